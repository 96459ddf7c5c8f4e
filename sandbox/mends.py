"""Where moto differs from AWS in what the sandbox needs, and is put right."""

from typing import Any

from moto.ecs.models import EC2ContainerServiceBackend


def mend() -> None:
    """Put it right, in this process."""
    _size_of_tasks()


def _size_of_tasks() -> None:
    """A task's own memory is enough; moto wants each container's."""
    ecs: Any = EC2ContainerServiceBackend
    count = ecs._calculate_task_resource_requirements

    class Sized:
        def __init__(self, definition: Any):
            self.container_definitions = [{"memory": 0, **container} for container in definition.container_definitions]

    ecs._calculate_task_resource_requirements = staticmethod(lambda definition: count(Sized(definition)))
