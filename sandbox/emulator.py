"""moto's server, mended where it would refuse what AWS takes: `python -m sandbox.emulator -H HOST -p PORT`."""

from types import SimpleNamespace
from typing import Any

from moto.ecs.models import EC2ContainerServiceBackend
from moto.server import main

_requirements: Any = EC2ContainerServiceBackend._calculate_task_resource_requirements  # pyright: ignore[reportPrivateUsage]


def mend() -> None:
    """Let RunTask take containers that say nothing of memory: on Fargate, the size is the task's (AWS: Amazon ECS API
    reference, ContainerDefinition, memory)."""

    def requirements(task_definition: Any) -> Any:
        containers = [{"memory": 0, **container} for container in task_definition.container_definitions]
        return _requirements(SimpleNamespace(container_definitions=containers))

    EC2ContainerServiceBackend._calculate_task_resource_requirements = staticmethod(requirements)  # pyright: ignore[reportPrivateUsage]


if __name__ == "__main__":
    mend()
    main()
