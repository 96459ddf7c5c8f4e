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


def schedule_url(*, partition: str, region: str, group: str, name: str) -> str:
    """The console page of a schedule."""
    path = f"{quote(group, safe='')}/{quote(name, safe='')}"
    return f"https://{host(partition, region)}/scheduler/home?region={region}#schedules/{path}"
