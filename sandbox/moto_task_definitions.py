"""Task definitions that AWS accepts and moto doesn't, and members that AWS returns and moto doesn't."""

from typing import Any

from moto.ecs.models import EC2ContainerServiceBackend
from moto.ecs.responses import EC2ContainerServiceResponse


def fix_task_definitions() -> None:
    """Apply the fix to moto in this process."""
    response: Any = EC2ContainerServiceResponse
    register = response.register_task_definition

    def registered(self: Any) -> Any:
        answer = register(self)
        definition: Any = answer.result["taskDefinition"]
        # AWS: botocore ecs, TaskDefinition.enableFaultInjection.
        if (enabled := self._get_param("enableFaultInjection")) is not None:
            definition.enable_fault_injection = enabled
        for container in definition.container_definitions:
            # https://github.com/hashicorp/terraform-provider-aws/pull/41394
            if container.get("firelensConfiguration"):
                container["user"] = "0"
            container["portMappings"] = [complete(port, definition.network_mode) for port in container["portMappings"]]
        return answer

    response.register_task_definition = registered
    backend: Any = EC2ContainerServiceBackend
    validate = backend._validate_container_defs

    def validated(memory: str | None, containers: list[dict[str, Any]], _: list[str] | None) -> None:
        # On EC2, moto doesn't accept memoryReservation instead of memory. AWS: botocore ecs,
        # ContainerDefinition.memoryReservation: "a non-zero integer for one or both".
        validate(memory, containers, None)

    backend._validate_container_defs = staticmethod(validated)


def complete(port: dict[str, Any], mode: str) -> dict[str, Any]:
    """Return a port mapping as AWS returns it. AWS: botocore ecs, PortMapping.hostPort and PortMapping.protocol."""
    if "containerPort" not in port:
        return {"protocol": "tcp", **port}
    host = port["containerPort"] if mode in ("awsvpc", "host") else 0
    return {"protocol": "tcp", **port, "hostPort": port.get("hostPort") or host}
