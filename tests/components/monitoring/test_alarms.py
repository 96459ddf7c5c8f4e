"""When alarms fire: the arithmetic of periods, on a simulated clock."""

import json
from typing import Any

import pytest

from components.monitoring import alarms, dashboard
from components.schedules.durations import seconds

MINUTE, HOUR, DAY = 60, 3600, 86400


@pytest.mark.parametrize(
    ("within", "period", "periods"),
    [
        ("60s", MINUTE, 1),
        ("1m", MINUTE, 1),
        ("10m", MINUTE, 10),
        ("59m", MINUTE, 59),
        ("1h", 5 * MINUTE, 12),
        ("61m", MINUTE, 61),
        ("90m", 5 * MINUTE, 18),
        ("24h", 5 * MINUTE, 288),
        ("1439m", MINUTE, 1439),
        ("25h", HOUR, 25),
        ("26h", HOUR, 26),
        ("2d", HOUR, 48),
        ("7d", HOUR, 168),
    ],
)
def test_periods_add_up_to_the_time_and_are_valid(within: str, period: int, periods: int):
    window = alarms.success_window(seconds(within))
    assert (window.period, window.periods) == (period, periods)
    assert window.period * window.periods == seconds(within)
    # AWS: CloudWatch API reference, PutMetricAlarm.
    assert window.period * window.periods <= (7 * DAY if window.period >= HOUR else DAY)


@pytest.mark.parametrize(
    ("within", "message"),
    [
        ("59s", '^"59s" is not allowed. Use 1m to 7d, the range of a CloudWatch alarm'),
        ("604801s", '^"604801s" is not allowed. Use 1m to 7d'),
        ("8d", '^"8d" is not allowed. Use 1m to 7d'),
        ("30d", r"\(notify\.heartbeat\)"),
        ("90s", '^"90s" is not a number of whole minutes'),
        ("1501m", '^"1501m" is more than a day, for which a CloudWatch alarm needs a number of whole hours'),
    ],
)
def test_times_that_cloudwatch_does_not_support_are_refused(within: str, message: str):
    with pytest.raises(ValueError, match=message):
        alarms.success_window(seconds(within))


def alarm_on(data: list[int | None], periods: int) -> bool:
    """Whether an alarm is on, for `1 of periods` above zero, given the newest data points, oldest first. FILL has
    replaced missing data by 0, so CloudWatch evaluates the newest periods only.

    AWS: CloudWatch user guide, "Evaluating an alarm".
    """
    return any((value or 0) > 0 for value in data[-periods:])


def test_a_sum_that_arrives_late_still_fires():
    """Scheduler and SQS publish a metric up to some minutes after its period."""
    [threshold] = {
        alarm["evaluation_periods"]
        for alarm in alarms.group_alarms(schedule_group="x", queues={"launches": "letters"}).values()
        if "metric_queries" in alarm
    }
    one_period_late = [0, 1, None]
    assert alarm_on(one_period_late, threshold)
    assert not alarm_on(one_period_late, 1)


def alarm_times(successes: list[int], window: alarms.SuccessWindow, until: int) -> list[int]:
    """The times at which the alarm is on: at the end of a period, if none of the last periods has a success."""
    full = {success // window.period for success in successes}
    return [
        (period + 1) * window.period
        for period in range(window.periods - 1, until // window.period)
        if not any(period - back in full for back in range(window.periods))
    ]


@pytest.mark.parametrize("within", ["5m", "1h", "26h", "7d"])
@pytest.mark.parametrize("offset", [0, 1, 59, 61, 3599, 40_000])
def test_the_alarm_fires_in_time_and_never_for_a_healthy_task(within: str, offset: int):
    limit = seconds(within)
    window = alarms.success_window(limit)
    start = offset % limit
    healthy = list(range(start, 12 * limit, limit))
    assert alarm_times(healthy, window, 12 * limit) == []
    stopped = healthy[:5]
    first = alarm_times(stopped, window, 12 * limit)[0]
    assert stopped[-1] < first <= stopped[-1] + limit + window.period


def test_the_alarm_of_a_task_uses_its_own_metric():
    metric = alarms.success_metric("shop-dev", "backup")
    settings = alarms.success_alarm(prefix="shop-dev", task="backup", seconds=26 * HOUR, metric=metric)
    assert settings["metric_name"] == "shop-dev/backup/succeeded"
    assert (settings["treat_missing_data"], settings["comparison_operator"]) == ("breaching", "LessThanThreshold")
    assert (settings["evaluation_periods"], settings["datapoints_to_alarm"], settings["threshold"]) == (26, 26, 1)
    assert (settings["period"], settings["statistic"]) == (HOUR, "Sum")
    assert (settings["namespace"], settings["dimensions"]) == ("ScheduledTasks", None)
    assert "No run of the scheduled task backup has succeeded for 26h. First:" in settings["alarm_description"]
    assert len(alarms.success_metric("x" * 200, "y" * 100).name) == 255
    assert alarms.success_filter("backup") == '{ $.detail.group = "backup" }'


def test_the_alarm_of_an_expected_duration():
    """AWS: Step Functions developer guide, "Monitoring Step Functions metrics": ExecutionTime, in milliseconds."""
    settings = alarms.duration_alarm(task="backup", seconds=HOUR, state_machine_arn="arn")
    assert "A run of the scheduled task backup took longer than 1h. First:" in settings["alarm_description"]
    assert (settings["namespace"], settings["metric_name"]) == ("AWS/States", "ExecutionTime")
    assert settings["dimensions"] == {"StateMachineArn": "arn"}
    assert (settings["statistic"], settings["comparison_operator"]) == ("Maximum", "GreaterThanThreshold")
    assert (settings["threshold"], settings["treat_missing_data"]) == (3_600_000, "notBreaching")


def periods(alarm: alarms.Alarm) -> set[int]:
    """The periods of an alarm's metrics, in seconds."""
    queried = [query["metric"]["period"] for query in alarm.get("metric_queries", ()) if "metric" in query]
    return {*queried, *([alarm["period"]] if "period" in alarm else [])}


def test_every_alarm_of_a_group_is_valid_and_says_what_to_do_first():
    found = alarms.group_alarms(schedule_group="shop-dev", queues={"launches": "letters", "events": "undelivered"})
    assert set(found) == {"dead-letters", "dropped", "target-errors", "lost-dead-letters", "throttled"}
    for settings in found.values():
        assert "First: " in settings["alarm_description"]
        assert len(settings["alarm_description"]) <= 1024
        assert settings["treat_missing_data"] == "notBreaching"
        assert settings["threshold"] == 0
        assert settings["comparison_operator"] == "GreaterThanThreshold"
        assert periods(settings) == {300}
    # AWS: CloudWatch user guide, "Using metric math", FILL: use an M out of N alarm, because the newest data is late.
    assert {what: (alarm["evaluation_periods"], alarm.get("datapoints_to_alarm")) for what, alarm in found.items()} == {
        "dead-letters": (3, 1),
        "throttled": (3, 1),
        "dropped": (1, None),
        "target-errors": (1, None),
        "lost-dead-letters": (1, None),
    }
    for alarm in found.values():
        expressions = [query["expression"] for query in alarm.get("metric_queries", ()) if "expression" in query]
        assert any("FILL" in text for text in expressions) == ("datapoints_to_alarm" in alarm)
    assert found["dead-letters"]["metric_queries"][0]["expression"] == "FILL(m1, 0) + FILL(m2, 0)"
    scheduler = [found[what] for what in ("dropped", "target-errors", "lost-dead-letters")]
    metrics = {alarm["metric_name"] for alarm in scheduler}
    for alarm in scheduler:
        assert (alarm["namespace"], alarm["statistic"]) == ("AWS/Scheduler", "Sum")
        assert alarm["dimensions"] == {"ScheduleGroup": "shop-dev"}
    assert metrics == {"InvocationDroppedCount", "TargetErrorCount", "InvocationsFailedToBeSentToDeadLetterCount"}
    whole, *throttled = found["throttled"]["metric_queries"]
    assert whole == {"id": "all", "expression": "FILL(m1, 0) + FILL(m2, 0)", "label": "all", "return_data": True}
    assert throttled == [
        {
            "id": f"m{number}",
            "metric": {
                "namespace": "AWS/Scheduler",
                "metric_name": name,
                "dimensions": {"ScheduleGroup": "shop-dev"},
                "period": 300,
                "stat": "Sum",
            },
        }
        for number, name in ((1, "InvocationThrottleCount"), (2, "TargetErrorThrottledCount"))
    ]
    waiting = [query["metric"] for query in found["dead-letters"]["metric_queries"][1:]]
    assert [metric["dimensions"] for metric in waiting] == [{"QueueName": "letters"}, {"QueueName": "undelivered"}]
    assert {(metric["namespace"], metric["stat"]) for metric in waiting} == {("AWS/SQS", "Maximum")}


def test_the_size_of_the_dashboard_does_not_depend_on_the_tasks():
    body = json.loads(
        dashboard.body(
            region="eu-west-1",
            prefix="shop-dev",
            schedule_group="shop-dev",
            logs={"failed": "/aws/events/shop-dev/failed", "succeeded": "/aws/events/shop-dev/succeeded"},
            queues={"launches": "letters", "events": "undelivered"},
        )
    )
    widgets: list[dict[str, Any]] = body["widgets"]
    assert len(widgets) == 7
    assert {widget["type"] for widget in widgets} == {"metric", "log", "text"}
    taken = [
        (x, y) for w in widgets for x in range(w["x"], w["x"] + w["width"]) for y in range(w["y"], w["y"] + w["height"])
    ]
    assert len(taken) == len(set(taken)), "no widget covers another"
    assert max(x for x, _ in taken) < 24


def test_the_dashboard_shows_the_duration_of_supervised_runs():
    common: dict[str, Any] = {
        "region": "eu-west-1",
        "prefix": "shop-dev",
        "schedule_group": "shop-dev",
        "queues": {"launches": "letters"},
    }
    logs = {"failed": "/aws/events/shop-dev/failed", "succeeded": "/aws/events/shop-dev/succeeded"}
    plain = json.loads(dashboard.body(**common, logs=logs))["widgets"]
    widgets = json.loads(dashboard.body(**common, logs=logs, state_machines="shop-dev__"))["widgets"]
    added = [widget for widget in widgets if widget["properties"].get("title", "").startswith("Supervised")]
    assert len(widgets) == len(plain) + 2
    searched = [metric[0]["expression"] for widget in added for metric in widget["properties"]["metrics"]]
    assert (
        searched[0]
        == """SEARCH('{AWS/States,StateMachineArn} MetricName="ExecutionTime" StateMachineArn="shop-dev__"', 'Maximum', 300)"""
    )
    assert len(searched) == 5
    assert widgets[-1]["y"] >= max(widget["y"] + widget["height"] for widget in widgets[:-1])
