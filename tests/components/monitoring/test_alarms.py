"""When alarms alarm: the arithmetic of periods, on a simulated clock."""

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
def test_periods_make_up_the_time_exactly_and_aws_takes_them(within: str, period: int, periods: int):
    window = alarms.success_window(seconds(within))
    assert (window.period, window.periods) == (period, periods)
    assert window.period * window.periods == seconds(within)
    # AWS: CloudWatch API reference, PutMetricAlarm.
    assert window.period * window.periods <= (7 * DAY if window.period >= HOUR else DAY)


@pytest.mark.parametrize(
    ("within", "message"),
    [
        ("59s", "Use 1m to 7d"),
        ("8d", "Use 1m to 7d"),
        ("30d", "let it report to a monitor outside"),
        ("90s", "not in whole minutes"),
        ("1501m", "over a day and not in whole hours"),
    ],
)
def test_what_cloudwatch_cannot_count_is_refused(within: str, message: str):
    with pytest.raises(ValueError, match=message):
        alarms.success_window(seconds(within))


def alarm_times(successes: list[int], window: alarms.SuccessWindow, until: int) -> list[int]:
    """When the alarm is on, looked at as each period ends: the last periods hold no success at all."""
    full = {success // window.period for success in successes}
    return [
        (period + 1) * window.period
        for period in range(window.periods - 1, until // window.period)
        if not any(period - back in full for back in range(window.periods))
    ]


@pytest.mark.parametrize("within", ["5m", "1h", "26h", "7d"])
@pytest.mark.parametrize("offset", [0, 1, 59, 61, 3599, 40_000])
def test_a_task_that_stops_is_noticed_in_time_and_a_healthy_one_never_alarms(within: str, offset: int):
    limit = seconds(within)
    window = alarms.success_window(limit)
    start = offset % limit
    healthy = list(range(start, 12 * limit, limit))
    assert alarm_times(healthy, window, 12 * limit) == []
    stopped = healthy[:5]
    first = alarm_times(stopped, window, 12 * limit)[0]
    assert stopped[-1] < first <= stopped[-1] + limit + window.period


def test_the_alarm_of_a_task_is_on_its_own_metric():
    metric = alarms.success_metric("shop-dev", "backup")
    settings = alarms.success_alarm(prefix="shop-dev", task="backup", seconds=26 * HOUR, metric=metric)
    assert settings["metric_name"] == "shop-dev/backup/succeeded"
    assert (settings["treat_missing_data"], settings["comparison_operator"]) == ("breaching", "LessThanThreshold")
    assert (settings["evaluation_periods"], settings["datapoints_to_alarm"], settings["threshold"]) == (26, 26, 1)
    assert "No run of the scheduled task backup has succeeded for 26h. First:" in settings["alarm_description"]
    assert alarms.success_filter("backup") == '{ $.detail.group = "backup" }'


def test_every_alarm_of_a_group_says_what_to_do_first():
    found = alarms.group_alarms(schedule_group="shop-dev", queues={"launches": "letters", "events": "undelivered"})
    assert set(found) == {"dead-letters", "dropped", "target-errors", "lost-dead-letters", "throttled"}
    for settings in found.values():
        assert "First: " in settings["alarm_description"]
        assert len(settings["alarm_description"]) <= 1024
        assert settings["treat_missing_data"] == "notBreaching"
    assert found["dead-letters"]["metric_queries"][0]["expression"] == "FILL(m1, 0) + FILL(m2, 0)"
    metrics = {found[what]["metric_name"] for what in ("dropped", "target-errors", "lost-dead-letters")}
    assert metrics == {"InvocationDroppedCount", "TargetErrorCount", "InvocationsFailedToBeSentToDeadLetterCount"}
    throttled = [query["metric"]["metric_name"] for query in found["throttled"]["metric_queries"][1:]]
    assert throttled == ["InvocationThrottleCount", "TargetErrorThrottledCount"]


def test_the_dashboard_does_not_grow_with_the_tasks_and_stays_within_awss_limits():
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
    assert len(taken) == len(set(taken)), "no widget lies on another"
    assert max(x for x, _ in taken) < 24


def test_the_dashboard_shows_how_long_supervised_runs_take():
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
