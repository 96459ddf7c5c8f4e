"""Rules across the members of a task definition: what Fargate, network modes and Windows support.

The texts have the form of AWS's own, as quoted in
https://github.com/cloudposse/terraform-aws-ecs-alb-service-task/issues/174 and
https://github.com/cn-terraform/terraform-aws-ecs-fargate/issues/2. The rules are from botocore ecs,
ContainerDefinition and RegisterTaskDefinitionRequest, and from
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from .definition_platform import is_for, is_windows, network_mode

Params = Mapping[str, Any]

_NOT_ON_FARGATE = ("disableNetworking", "dockerSecurityOptions", "links")
_NOT_ON_WINDOWS = ("disableNetworking", "links")
_MOST_CONSTRAINTS = 10


def definition_problems(params: Params) -> Iterator[str]:
    """Return what AWS refuses in the members of a RegisterTaskDefinition request together."""
    fargate = is_for(params, "FARGATE")
    windows = is_windows(params)
    yield from _whole(params, fargate=fargate, windows=windows)
    mode = network_mode(params)
    containers: list[Params] = params.get("containerDefinitions", [])
    names = {container.get("name") for container in containers}
    for container in containers:
        problems = (
            *_container(container, mode, fargate=fargate, windows=windows),
            *_ports(container, mode),
            *_unknown(container, names),
        )
        yield from (f"container {container.get('name')!r}: {problem}" for problem in problems)
    proxy: Params = params.get("proxyConfiguration", {})
    if proxy and proxy.get("containerName") not in names:
        yield f"proxyConfiguration: {proxy.get('containerName')!r} is not a container of the task definition"


def _whole(params: Params, *, fargate: bool, windows: bool) -> Iterator[str]:
    if fargate and params.get("ipcMode"):
        yield "Fargate compatible task definitions do not support ipcMode"
    if fargate and params.get("placementConstraints"):
        yield "Fargate compatible task definitions do not support constraints"
    if len(params.get("placementConstraints", [])) > _MOST_CONSTRAINTS:
        yield f"placementConstraints: AWS accepts at most {_MOST_CONSTRAINTS}"
    if windows and params.get("ipcMode"):
        yield "ipcMode: is not supported for Windows containers"
    # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fault-injection.html
    if params.get("enableFaultInjection") and (windows or params.get("networkMode") not in ("awsvpc", "host")):
        yield "enableFaultInjection: works only on Linux, with the network modes awsvpc and host"


def _container(container: Params, mode: str, *, fargate: bool, windows: bool) -> Iterator[str]:
    for name in _NOT_ON_FARGATE:
        if fargate and container.get(name):
            yield f"Fargate compatible task definitions do not support {name}"
    if fargate and container.get("linuxParameters", {}).get("devices"):
        yield "Fargate compatible task definitions do not support devices"
    for name in _NOT_ON_WINDOWS:
        if windows and container.get(name):
            yield f"{name}: is not supported for Windows containers"
    if container.get("links") and mode != "bridge":
        yield f"Links are not supported when networkMode={mode}"
    if container.get("hostname") and mode == "awsvpc":
        yield "hostname: is not supported when networkMode=awsvpc"


def _ports(container: Params, mode: str) -> Iterator[str]:
    ports: list[Params] = container.get("portMappings", [])
    if ports and mode == "none":
        yield "portMappings: can't be specified when networkMode=none"
    for port in ports:
        if mode in ("awsvpc", "host") and port.get("hostPort") not in (None, 0, port.get("containerPort")):
            yield f"When networkMode={mode}, the host ports and container ports in port mappings must match."


def _unknown(container: Params, names: set[Any]) -> Iterator[str]:
    """References to containers that the task definition doesn't have."""
    for volumes in container.get("volumesFrom", []):
        if volumes.get("sourceContainer") not in names:
            yield f"volumesFrom: {volumes.get('sourceContainer')!r} is not a container of the task definition"
    for link in container.get("links", []):
        if str(link).split(":")[0] not in names:
            yield f"links: {link!r} does not name a container of the task definition"
