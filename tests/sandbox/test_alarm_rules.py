"""Alarms that CloudWatch refuses. AWS: botocore cloudwatch, PutMetricAlarmInput."""

from typing import Any

import pytest

from sandbox.rules import rule_problems

SINGLE: dict[str, Any] = {"AlarmName": "a", "MetricName": "m", "Namespace": "n"}


def query(**more: Any) -> dict[str, Any]:
    return {"Id": "m1", "MetricStat": {"Metric": {"MetricName": "m"}, "Period": 300, "Stat": "Sum"}, **more}


@pytest.mark.parametrize(
    ("period", "periods"), [(60, 1440), (300, 288), (3540, 24), (3600, 168), (86_400, 7), (10, 8640), (604_800, 1)]
)
def test_the_longest_windows_are_accepted(period: int, periods: int):
    assert (
        rule_problems("cloudwatch", "PutMetricAlarm", {**SINGLE, "Period": period, "EvaluationPeriods": periods}) == []
    )
    too_many = {**SINGLE, "Period": period, "EvaluationPeriods": periods + 1}
    [problem] = rule_problems("cloudwatch", "PutMetricAlarm", too_many)
    assert problem.startswith(f"EvaluationPeriods: {periods + 1} periods of {period} seconds are longer")


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"Period": 90}, "Period: 90 must be 10, 20, 30 or a multiple of 60"),
        ({"DatapointsToAlarm": 4}, "DatapointsToAlarm: must not be greater than EvaluationPeriods"),
        ({"Metrics": [query()]}, "Metrics: can't be combined with MetricName"),
    ],
)
def test_other_alarms_that_are_refused(changes: dict[str, Any], problem: str):
    params = {**SINGLE, "Period": 60, "EvaluationPeriods": 3, **changes}
    assert rule_problems("cloudwatch", "PutMetricAlarm", params) == [problem]


def test_one_query_returns_data():
    both = {"AlarmName": "a", "EvaluationPeriods": 1, "Metrics": [query(), {"Id": "all", "Expression": "m1 + 1"}]}
    assert rule_problems("cloudwatch", "PutMetricAlarm", both) == ["Metrics: exactly one query must return data"]
    one = {**both, "Metrics": [query(ReturnData=False), {"Id": "all", "Expression": "m1 + 1", "ReturnData": True}]}
    assert rule_problems("cloudwatch", "PutMetricAlarm", one) == []
