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
    return (
        f"{_start(partition, region)}/ecs/v2/clusters/{path}/configuration?region={region}" if _known(partition) else ""
    )


def execution_url(*, partition: str, region: str, execution_arn: str) -> str:
    """The console page of a Step Functions execution; empty for a partition whose console isn't known."""
    page = f"/states/home?region={region}#/v2/executions/details/{quote(execution_arn, safe=':')}"
    return f"{_start(partition, region)}{page}" if _known(partition) else ""


def _known(partition: str) -> bool:
    return partition in _HOSTS


def _start(partition: str, region: str) -> str:
    return f"https://{host(partition, region)}"


def schedule_url(*, partition: str, region: str, group: str, name: str) -> str:
    """The console page of a schedule."""
    path = f"{quote(group, safe='')}/{quote(name, safe='')}"
    return f"https://{host(partition, region)}/scheduler/home?region={region}#schedules/{path}"
