"""Links to the AWS console in each partition."""

from urllib.parse import quote

_HOSTS = {
    "aws": "{region}.console.aws.amazon.com",
    "aws-cn": "{region}.console.amazonaws.cn",
    "aws-us-gov": "{region}.console.amazonaws-us-gov.com",
}


def host(partition: str, region: str) -> str:
    """The host name of the console."""
    return _HOSTS.get(partition, _HOSTS["aws"]).format(region=region)


def ecs_task_url(*, partition: str, region: str, cluster: str, task_id: str) -> str:
    """The console page of an ECS task; empty for a partition whose console isn't known."""
    path = f"{quote(cluster, safe='')}/tasks/{quote(task_id, safe='')}"
    return _known_url(partition, region, f"/ecs/v2/clusters/{path}/configuration?region={region}")


def execution_url(*, partition: str, region: str, execution_arn: str) -> str:
    """The console page of a Step Functions execution; empty for a partition whose console isn't known."""
    shown = quote(execution_arn, safe=":")
    return _known_url(partition, region, f"/states/home?region={region}#/v2/executions/details/{shown}")


def _known_url(partition: str, region: str, page: str) -> str:
    return f"https://{host(partition, region)}{page}" if partition in _HOSTS else ""


def schedule_url(*, partition: str, region: str, group: str, name: str) -> str:
    """The console page of a schedule."""
    path = f"{quote(group, safe='')}/{quote(name, safe='')}"
    return f"https://{host(partition, region)}/scheduler/home?region={region}#schedules/{path}"
