"""Members of a registered task definition that AWS returns, but moto doesn't: fault injection and filled-in ports."""

from typing import Any

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
            container["portMappings"] = [complete(port, definition.network_mode) for port in container["portMappings"]]
        return answer

    response.register_task_definition = registered


def complete(port: dict[str, Any], mode: str) -> dict[str, Any]:
    """Return a port mapping as AWS returns it. AWS: botocore ecs, PortMapping.hostPort and PortMapping.protocol."""
    if "containerPort" not in port:
        return {"protocol": "tcp", **port}
    host = port["containerPort"] if mode in ("awsvpc", "host") else 0
    return {"protocol": "tcp", **port, "hostPort": port.get("hostPort") or host}
