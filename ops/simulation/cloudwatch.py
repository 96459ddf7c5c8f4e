"""The state of a CloudWatch alarm. Pure.

AWS: CloudWatch user guide, "Configuring how CloudWatch alarms treat missing data" and "Alarm evaluation".
"""

from collections.abc import Sequence
from typing import Literal, TypeAlias

Treatment: TypeAlias = Literal["breaching", "notBreaching"]
"""How a missing data point counts. The alarms of a stack use only these two of AWS's four values."""
OK, ALARM = "OK", "ALARM"
MORE_PERIODS = 2
"""Periods that CloudWatch reads in addition to the ones that it evaluates. AWS publishes no number. In AWS's examples,
an alarm that evaluates 3 periods reads 5."""


def state(points: Sequence[bool | None], *, periods: int, to_alarm: int, missing: Treatment) -> str:
    """The state of an alarm.

    Args:
        points: Whether each data point of the evaluation range is breaching, the newest last; None if it is missing.
        periods: Evaluation periods.
        to_alarm: Datapoints to alarm.
        missing: How a missing data point counts.
    """
    real = [point for point in points if point is not None]
    # All real points count, and only as many missing ones as are needed.
    filled = [missing == "breaching"] * (periods - len(real))
    evaluated = [*real, *filled][-periods:]
    return ALARM if sum(evaluated) >= to_alarm else OK
