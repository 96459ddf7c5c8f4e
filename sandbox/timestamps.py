"""Times as AWS writes them in events, and in the context object of state machines."""

from datetime import UTC, datetime


def timestamp(seconds: float) -> str:
    """A time with milliseconds, such as `2019-03-26T20:14:13.192Z`.

    Args:
        seconds: Seconds since 1970.
    """
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
