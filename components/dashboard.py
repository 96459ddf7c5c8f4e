"""The dashboard of a group, as CloudWatch's JSON.

AWS: CloudWatch user guide, "Dashboard body structure and syntax": at most 500 widgets and 2,500 metrics.
"""

import json
from collections.abc import Mapping
from typing import Any

_WIDTH, _HEIGHT = 12, 6


def body(*, region: str, prefix: str, schedule_group: str, logs: Mapping[str, str], queues: Mapping[str, str]) -> str:
    """The dashboard: six widgets whatever the number of tasks, which are told apart by queries of the outcome logs.

    `logs` are the log groups by outcome, `queues` the dead-letter queues by what waits in them.
    """
    widgets = [
        _metrics(
            region,
            "Launches: tried, refused, given up, throttled",
            [
                ["AWS/Scheduler", metric, "ScheduleGroup", schedule_group]
                for metric in (
                    "InvocationAttemptCount",
                    "TargetErrorCount",
                    "InvocationDroppedCount",
                    "InvocationThrottleCount",
                    "TargetErrorThrottledCount",
                )
            ],
        ),
        _metrics(
            region,
            "Dead letters that wait",
            [["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", name] for name in queues.values()],
            statistic="Maximum",
        ),
        *(_by_task(region, outcome, group) for outcome, group in sorted(logs.items())),
        *(_latest(region, outcome, group) for outcome, group in sorted(logs.items())),
    ]
    placed = [
        {**widget, "x": _WIDTH * (number % 2), "y": _HEIGHT * (number // 2), "width": _WIDTH, "height": _HEIGHT}
        for number, widget in enumerate(widgets)
    ]
    title = {
        "type": "text", "x": 0, "y": _HEIGHT * 3, "width": 24, "height": 2,
        "properties": {"markdown": f"**{prefix}**: upcoming runs: `python -m ops next`; what to do: docs/runbook.md"},
    }  # fmt: skip
    return json.dumps({"widgets": [*placed, title]}, sort_keys=True)


def _metrics(region: str, title: str, metrics: list[list[str]], statistic: str = "Sum") -> dict[str, Any]:
    properties = {
        "region": region,
        "title": title,
        "metrics": metrics,
        "stat": statistic,
        "period": 300,
        "view": "timeSeries",
    }
    return {"type": "metric", "properties": properties}


def _by_task(region: str, outcome: str, log_group: str) -> dict[str, Any]:
    query = f"SOURCE '{log_group}' | stats count(*) as runs by detail.group | sort runs desc"
    properties = {"region": region, "title": f"Runs that {outcome}, by task", "query": query, "view": "table"}
    return {"type": "log", "properties": properties}


def _latest(region: str, outcome: str, log_group: str) -> dict[str, Any]:
    query = (
        f"SOURCE '{log_group}' | fields detail.stoppedAt, detail.group, detail.stopCode, detail.stoppedReason "
        "| sort @timestamp desc | limit 20"
    )
    properties = {"region": region, "title": f"The latest that {outcome}", "query": query, "view": "table"}
    return {"type": "log", "properties": properties}
