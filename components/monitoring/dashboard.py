"""The dashboard of a group, as the JSON that CloudWatch expects.

AWS: CloudWatch user guide, "Dashboard body structure and syntax": at most 500 widgets and 2,500 metrics.
"""

import json
from collections.abc import Mapping

from ..json_values import Json

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
    """The body of the dashboard: six widgets for any number of tasks, two more if there are supervised tasks, and a
    footer. Queries of the outcome logs distinguish the tasks.

    Args:
        region: The group's Region.
        prefix: The prefix of the group's names.
        schedule_group: Name of the schedule group.
        logs: Outcome log groups, by outcome.
        queues: Names of the dead-letter queues, by what they hold.
        state_machines: Prefix of the names of state machines; empty if there are no supervised tasks.
    """
    widgets = [
        _metrics(
            region,
            "Launches: attempted, refused, failed, throttled",
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
            "Messages in the dead-letter queues",
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
    footer = {
        "type": "text", "x": 0, "y": _HEIGHT * ((len(placed) + 1) // 2), "width": 24, "height": 2,
        "properties": {"markdown": f"**{prefix}**: launches, outcomes and dead-letter queues of the scheduled tasks"},
    }  # fmt: skip
    return json.dumps({"widgets": [*placed, footer]}, sort_keys=True)


def _supervised(region: str, state_machines: str) -> list[dict[str, Json]]:
    """The duration and the results of supervised runs, found by the names of their state machines.

    AWS: CloudWatch user guide, "Use search expressions in graphs"; at most 100 time series each.
    """
    ends = ("ExecutionsSucceeded", "ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted")
    shown = {
        "Supervised runs: duration": [_search("ExecutionTime", state_machines, "Maximum")],
        "Supervised runs: results (skipped runs count as failed)": [
            _search(end, state_machines, "Sum") for end in ends
        ],
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


def _metrics(region: str, title: str, metrics: list[list[Json]], statistic: str = "Sum") -> dict[str, Json]:
    properties = {
        "region": region,
        "title": title,
        "metrics": metrics,
        "stat": statistic,
        "period": 300,
        "view": "timeSeries",
    }
    return {"type": "metric", "properties": properties}


def _by_task(region: str, outcome: str, log_group: str) -> dict[str, Json]:
    query = f"SOURCE '{log_group}' | stats count(*) as runs by detail.group | sort runs desc"
    properties = {"region": region, "title": f"Runs that {outcome}, by task", "query": query, "view": "table"}
    return {"type": "log", "properties": properties}


def _latest(region: str, outcome: str, log_group: str) -> dict[str, Json]:
    query = (
        f"SOURCE '{log_group}' | fields detail.stoppedAt, detail.group, detail.stopCode, detail.stoppedReason "
        "| sort @timestamp desc | limit 20"
    )
    properties = {"region": region, "title": f"Latest runs that {outcome}", "query": query, "view": "table"}
    return {"type": "log", "properties": properties}
