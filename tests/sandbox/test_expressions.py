"""Schedule expressions that the sandbox accepts, and those that it refuses as AWS does."""

import pytest

from sandbox.rules import rule_problems


def problems(expression: str) -> list[str]:
    return rule_problems("scheduler", "CreateSchedule", {"ScheduleExpression": expression})


@pytest.mark.parametrize(
    "expression",
    [
        # AWS: botocore scheduler, CreateScheduleInput, ScheduleExpression: a value as a positive integer. Only the year
        # of cron has a range: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
        "cron(0 0 1 1 ? 2199)", "cron(0/15 9-17 ? * MON-FRI *)", "cron(59 23 L 12 ? 1970)", "cron(0 8 ? * 2#1 *)",
        "cron(0 8 3W * ? *)", "cron(0 8 ? JAN,12 7L 2026-2030)", "rate(1 minute)", "rate(84000 days)", "at(1969-12-31T23:59:59)", "at(2200-01-01T00:00:00)",
    ],
)  # fmt: skip
def test_accepted(expression: str):
    assert problems(expression) == []


@pytest.mark.parametrize(
    "expression",
    [
        # https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
        "cron(0 0 1 1 ? 2200)", "cron(0 0 1 1 ? 1969)", "cron(60 0 1 1 ? *)", "cron(0 24 1 1 ? *)", "cron(0 0 32 1 ? *)",
        "cron(0 0 0 1 ? *)", "cron(0 0 1 13 ? *)", "cron(0 0 ? 1 8 *)", "cron(0 0 1 1 ? 2026-2200)", "rate(0 days)", "rate(1\u0661 days)", "at(2026-02-30T00:00:00)", "at(2026-01-01T24:00:00)",
        "at(202\u0666-01-01T00:00:00)", "at(2026-01-01T00:00:00Z)", "at(2026-01-01T00:00:00)\n",
    ],
)  # fmt: skip
def test_refused(expression: str):
    assert len(problems(expression)) == 1
