"""Opening hours in words."""

import pytest

from components.hours.times import times
from components.schedules import parse
from components.schedules.opening_hours import cron_expressions, opening_hours

DAY, WEEK = 24 * 60, 7 * 24 * 60


@pytest.mark.parametrize(
    ("text", "openings", "closings"),
    [
        ("MON-FRI 07:30-19:00", ["cron(30 7 ? * MON-FRI *)"], ["cron(0 19 ? * MON-FRI *)"]),
        (
            "mon-thu 07:30-19:00, FRI 07:30-16:00",
            ["cron(30 7 ? * MON-FRI *)"],
            ["cron(0 19 ? * MON-THU *)", "cron(0 16 ? * FRI *)"],
        ),
        ("MON-FRI 22:00-06:00", ["cron(0 22 ? * MON-FRI *)"], ["cron(0 6 ? * TUE-SAT *)"]),
        ("SAT-MON 08:00-09:00", ["cron(0 8 ? * MON,SAT,SUN *)"], ["cron(0 9 ? * MON,SAT,SUN *)"]),
        ("MON-SUN 08:00-20:00", ["cron(0 8 ? * * *)"], ["cron(0 20 ? * * *)"]),
        ("MON-FRI 00:00-24:00", ["cron(0 0 ? * MON *)"], ["cron(0 0 ? * SAT *)"]),
        ("MON 07:00-12:00,MON 11:00-19:00", ["cron(0 7 ? * MON *)"], ["cron(0 19 ? * MON *)"]),
        ("SUN 22:00-02:00, MON 02:00-03:00", ["cron(0 22 ? * SUN *)"], ["cron(0 3 ? * MON *)"]),
    ],
)
def test_hours_are_cron_expressions(text: str, openings: list[str], closings: list[str]):
    hours = opening_hours(text)
    assert (cron_expressions(hours.openings), cron_expressions(hours.closings)) == (openings, closings)
    for expression in (*openings, *closings):
        parse(expression)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("weekdays", "is not in the form of opening hours. Write days and times"),
        ("MON-FRI 7:30-19:00", "is not in the form of opening hours"),
        ("MON-FRI", "is not in the form of opening hours"),
        ("MON-FRI 07:30-19:00,", "is not in the form of opening hours"),
        ("MO-FR 07:30-19:00", "is not in the form of opening hours"),
        ("ABC 07:30-19:00", '"ABC" is not a day. Use one of MON, TUE'),
        ("MON 07:30-25:00", '"25:00" is not a time'),
        ("MON 24:00-25:00", '"24:00" is not a time'),
        ("MON 07:60-09:00", '"07:60" is not a time'),
        ("MON 07:30-07:30", "closes when it opens"),
        ("MON-SUN 00:00-24:00", "never closes"),
        ("MON-SUN 08:00-20:00, MON-SUN 20:00-08:00", "never closes"),
    ],
)
def test_other_text_is_refused(text: str, problem: str):
    with pytest.raises(ValueError, match=problem.replace(".", r"\.")):
        opening_hours(text)


def test_no_hours_are_closed_for_seven_days():
    """AWS starts a stopped database after 7 days (Amazon RDS user guide, "Stopping an Amazon RDS DB instance
    temporarily"). A week has at least one opening, so the shortest hours close for less than that."""
    hours = opening_hours("MON 08:00-08:01")
    assert (hours.openings[0] - hours.closings[0]) % WEEK == WEEK - 1


def test_each_schedule_has_a_name():
    found = times("MON-THU 07:30-19:00, FRI 07:30-16:00")
    assert [(time.action, time.name, time.expression) for time in found] == [
        ("open", "opening", "cron(30 7 ? * MON-FRI *)"),
        ("close", "closing", "cron(0 19 ? * MON-THU *)"),
        ("close", "closing-2", "cron(0 16 ? * FRI *)"),
    ]
