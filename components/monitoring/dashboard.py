"""The dashboard of a group, as CloudWatch's JSON.

AWS: CloudWatch user guide, "Dashboard body structure and syntax": at most 500 widgets and 2,500 metrics.
"""

import json
from collections.abc import Mapping
from typing import Any

_WIDTH, _HEIGHT = 12, 6


def body(
    *,
    region: str,
    prefix: str,
    schedule_group: str,
    logs: Mapping[str, str],
    queues: Mapping[str, str],
    state_machines: str = "",
) -> str:
    """The dashboard: six widgets whatever the number of tasks, which are told apart by queries of the outcome logs, and
    two for supervised runs where there are such.

    `logs` are the log groups by outcome, `queues` the dead-letter queues by what waits in them, `state_machines` is
    what the names of state machines begin with.
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
        *(_supervised(region, state_machines) if state_machines else ()),
    ]
    placed = [
        {**widget, "x": _WIDTH * (number % 2), "y": _HEIGHT * (number // 2), "width": _WIDTH, "height": _HEIGHT}
        for number, widget in enumerate(widgets)
    ]
    title = {
        "type": "text", "x": 0, "y": _HEIGHT * ((len(placed) + 1) // 2), "width": 24, "height": 2,
        "properties": {"markdown": f"**{prefix}**: upcoming runs: `python -m ops next`; what to do: docs/runbook.md"},
    }  # fmt: skip
    return json.dumps({"widgets": [*placed, title]}, sort_keys=True)


def _supervised(region: str, state_machines: str) -> list[dict[str, Any]]:
    """How long supervised runs take, and how they end: searched for by the names of their state machines.

    AWS: CloudWatch user guide, "Use search expressions in graphs"; at most 100 time series each.
    """
    ends = ("ExecutionsSucceeded", "ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted")
    shown = {
        "Supervised runs: duration": [_search("ExecutionTime", state_machines, "Maximum")],
        "Supervised runs: how they ended (skipped ones failed)": [_search(end, state_machines, "Sum") for end in ends],
    }
    return [
        _metrics(region, title, [[{"expression": text, "id": f"e{number}"}] for number, text in enumerate(texts, 1)])
        for title, texts in shown.items()
    ]


def _search(metric: str, state_machines: str, statistic: str) -> str:
    return (
        f'SEARCH(\'{{AWS/States,StateMachineArn}} MetricName="{metric}" StateMachineArn="{state_machines}"\', '
        f"'{statistic}', 300)"
    )


def _metrics(region: str, title: str, metrics: list[list[Any]], statistic: str = "Sum") -> dict[str, Any]:
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
