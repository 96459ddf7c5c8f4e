"""Generates docs/cost.md from the price table: `python -m ops.pricing.page`. A test fails if the page is stale."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from components.resolved import Task
from components.resolver import resolve_group, resolve_task

from ..markdown_tables import table
from .costs import (
    EVENT_GB,
    Assumptions,
    hourly,
    shared_cost,
    task_cost,
)
from .keys import key_costs
from .prices import SHIPPED

FILE = Path(__file__).parents[2] / "docs" / "cost.md"
_SIZES = ((256, 512), (512, 1024), (1024, 2048), (2048, 4096), (8192, 16384))
_SCHEDULES = {
    "Every 5 minutes": ("rate(5 minutes)", 5),
    "Every hour": ("rate(1 hour)", 60),
    "Every night": ("cron(0 3 * * ? *)", 24 * 60),
    "Every Sunday": ("cron(0 3 ? * SUN *)", 7 * 24 * 60),
}
"""Expressions, and the minutes between two runs."""
_MINUTES = (1, 10, 60)
# These schedules run equally often in every year.
_NOW = datetime(2027, 1, 1, tzinfo=UTC)
_GROUP = resolve_group({})


def text() -> str:
    """The text of the page."""
    return _PAGE.format(
        region=SHIPPED.region,
        as_of=SHIPPED.as_of,
        hours=table(("cpu, memory", "x86_64", "arm64", "x86_64 on Spot", "arm64 on Spot", "Windows"), _hours()),
        months=table(("Schedule", *(f"{minutes} min per run" for minutes in _MINUTES), "60 min on Spot"), _months()),
        alarms=f"{shared_cost(_GROUP).total:.2f}",
        watched=f"{SHIPPED.metric.usd + SHIPPED.alarm.usd:.2f}",
        alarm=f"{SHIPPED.alarm.usd:.2f}",
        dashboard=f"{SHIPPED.dashboard.usd:.2f}",
        transition=f"{SHIPPED.transitions.usd:g}",
        message=f"{SHIPPED.message.usd:.2f}",
        minutes=f"{Assumptions().minutes:g}",
        log_mb=f"{Assumptions().log_mb:g}",
        event_kb=f"{EVENT_GB * 1024 * 1024:g}",
        keys=table(
            ("Key", "Resources of the stack", "Per task", "Per month", "Per task and month", "Per 1,000 runs"), _keys()
        ),
        prices=table(("Item", "US dollars", "Per", "Source"), _prices()),
    )


def _task(**args: Any) -> Task:
    return resolve_task("job", {"image": "job:1", "cpu": 512, "memory": 1024, **args})


def _hours() -> Iterable[tuple[str, ...]]:
    for cpu, memory in _SIZES:
        size = _task(cpu=cpu, memory=memory)
        arm = _task(cpu=cpu, memory=memory, architecture="arm64")
        windows = _task(cpu=cpu, memory=memory, operating_system="WINDOWS_SERVER_2022_CORE")
        costs = [hourly(size), hourly(arm), hourly(size, spot=True), hourly(arm, spot=True)]
        has_windows = 1024 <= cpu <= 4096
        yield f"`{cpu}`, `{memory}`", *map(_usd, costs), _usd(hourly(windows)) if has_windows else "-"


def _months() -> Iterable[tuple[str, ...]]:
    for name, (schedule, interval) in _SCHEDULES.items():
        # Omits runs that are longer than the interval between two runs.
        costs = [_month(schedule, minutes) if minutes <= interval else "-" for minutes in _MINUTES]
        yield name, *costs, _month(schedule, 60, launch="fargateSpot") if interval >= 60 else "-"


def _month(schedule: str, minutes: float, **more: Any) -> str:
    cost = task_cost(_task(schedule=schedule, **more), _GROUP, _NOW, Assumptions(minutes=minutes))
    return _usd(cost.total)


def _prices() -> Iterable[tuple[str, ...]]:
    for price in SHIPPED.by_name.values():
        yield price.what, f"{price.usd:g}", price.unit, price.source


def _keys() -> Iterable[tuple[str, ...]]:
    for each in key_costs():
        resources = str(each.stack.resources), str(each.task.resources)
        yield each.key, *resources, *map(_added, (each.stack.usd, each.task.usd, each.runs))


def _added(amount: float) -> str:
    return "-" if abs(amount) < _NOTHING else f"${amount:.4f}".rstrip("0") if amount < _CENT else f"${amount:.2f}"


_NOTHING, _CENT = 1e-9, 0.01


def _usd(amount: float) -> str:
    return f"${amount:.4f}" if amount < 1 else f"${amount:,.2f}"


_PAGE = """\
# Cost

You pay for runs and for monitoring. A schedule that waits for its next run costs nothing. All figures are estimates.

```sh
scheduled-tasks cost --stack prod                    # each task's cost per month, the most expensive first
scheduled-tasks cost --stack prod --refresh-prices   # first read the Region's prices from AWS's price list
```

The [prices](#prices) are those of {region}, as of {as_of}, without free tiers, Savings Plans and taxes. Other Regions
usually cost 10 to 30 % more. `--refresh-prices` writes AWS's own prices to `prices.json`. Commit this file, so that
`cost` and `review` use it. Spot, EventBridge Scheduler, API destinations and dashboards keep the prices of this page.

## One hour of a run

{hours}

Fargate bills per second, from the pull of the image to the end of the run, and at least one minute.

## One task per month

The cost of a task with `cpu: 512` and `memory: 1024` on Fargate x86_64, without monitoring:

{months}

## Fixed costs

| Resource | Per month |
|---|---|
| Alarms of the stack (`monitoring.alarms`) | ${alarms} |
| `expectSuccessWithin`, per task | ${watched}, or ${alarm} if the task is supervised |
| Dashboard (`monitoring.dashboard`); the first three of an account are free | ${dashboard} |
| Schedules, task definitions, roles, queues, rules, an unused topic | Nothing |
| Recipients of `notify`, with the secrets of their connections | Nothing |

A million requests to recipients cost ${message}. A thousand state transitions of
[supervised runs](supervised.md#resources-and-costs) cost ${transition}.

## Resources and costs per key

For successful runs, in a stack with an existing cluster and the default VPC:

{keys}

The first supervised task of a stack adds what all of them share.

## Assumptions of a review

- Each run of each task lasts {minutes} minutes. To change that, pass `--minutes`.
- Each run writes {log_mb} MB of logs, and {event_kb} KB to the outcome log.
- A month is one twelfth of the coming year, so a one-time schedule counts as one twelfth of a run.

Not included: EC2 and external instances, existing task definitions, NAT gateways, endpoints, public IPv4 addresses,
data transfer, storage of logs, images and snapshots, KMS, Secrets Manager, email, and what the containers use.

## Prices

{prices}
"""


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
