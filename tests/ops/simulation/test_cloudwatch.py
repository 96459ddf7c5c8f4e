"""The state of an alarm, compared with AWS's own examples."""

import pytest

from ops.simulation.cloudwatch import state

POINTS = {"0": False, "X": True, "-": None}


@pytest.mark.parametrize(
    ("points", "to_alarm", "breaching", "not_breaching"),
    [
        ("0-X-X", 3, "OK", "OK"),
        ("0----", 3, "OK", "OK"),
        ("-----", 3, "ALARM", "OK"),
        ("0XX-X", 3, "ALARM", "ALARM"),
        ("--X--", 3, "ALARM", "OK"),
        ("0-X-X", 2, "ALARM", "ALARM"),
        ("00X0X", 2, "ALARM", "ALARM"),
        ("0-X--", 2, "ALARM", "OK"),
        ("----0", 2, "ALARM", "OK"),
        ("---X-", 2, "ALARM", "OK"),
    ],
)
def test_the_examples_of_aws(points: str, to_alarm: int, breaching: str, not_breaching: str):
    """AWS: CloudWatch user guide, "Configuring how CloudWatch alarms treat missing data", both tables. An alarm
    evaluates 3 periods, and its evaluation range is 5."""
    given = [POINTS[point] for point in points]
    assert state(given, periods=3, to_alarm=to_alarm, missing="breaching") == breaching
    assert state(given, periods=3, to_alarm=to_alarm, missing="notBreaching") == not_breaching


def test_old_points_do_not_count_if_there_are_enough_new_ones():
    assert state([True, True, False, False, False], periods=3, to_alarm=1, missing="breaching") == "OK"
