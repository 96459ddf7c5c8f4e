"""docs/cost.md, made from the price table: what a task costs, and what the figures rest on.

`python -m ops.cost_page` writes it; a test fails when it is stale.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from . import prices
from .costs import EVENT_GB, TRANSITIONS_PER_RUN, TRANSITIONS_WITH_LEASE, Assumptions, hourly, shared_cost, task_cost
from .markdown_tables import table

FILE = Path(__file__).parents[1] / "docs" / "cost.md"
_SIZES = ((256, 512), (512, 1024), (1024, 2048), (1024, 4096), (2048, 4096), (4096, 8192), (8192, 16384))
_SCHEDULES = {
    "every 5 minutes": ("rate(5 minutes)", 5),
    "every hour": ("rate(1 hour)", 60),
    "every night": ("cron(0 3 * * ? *)", 24 * 60),
    "every Sunday": ("cron(0 3 ? * SUN *)", 7 * 24 * 60),
}
"""Expressions, and the minutes between their runs."""
_MINUTES = (1, 10, 60)
# Any instant: these schedules run as often in every year.
_NOW = datetime(2027, 1, 1, tzinfo=UTC)
_TASK: dict[str, Any] = {"image": "job:1", "cpu": 512, "memory": 1024}


def text() -> str:
    """The page."""
    return _PAGE.format(
        region=prices.REGION,
        as_of=prices.AS_OF,
        hours=table(("cpu, memory", "x86_64", "arm64", "x86_64 on Spot", "arm64 on Spot", "Windows"), _hours()),
        months=table(("", *(f"{minutes} min a run" for minutes in _MINUTES), "60 min on Spot"), _months()),
        shares=table(("of that", "a month"), _shares()),
        alarms=f"{shared_cost({}).total:.2f}",
        watched=f"{prices.METRIC.usd + prices.ALARM.usd:.2f}",
        alarm=f"{prices.ALARM.usd:.2f}",
        dashboard=f"{prices.DASHBOARD.usd:.2f}",
        transitions=TRANSITIONS_PER_RUN,
        supervised=f"{TRANSITIONS_PER_RUN * prices.TRANSITIONS.usd:.2f}",
        exclusive=TRANSITIONS_WITH_LEASE,
        exclusive_cost=f"{TRANSITIONS_WITH_LEASE * prices.TRANSITIONS.usd:.2f}",
        minutes=f"{Assumptions().minutes:g}",
        log_mb=f"{Assumptions().log_mb:g}",
        event_kb=f"{EVENT_GB * 1024 * 1024:g}",
        prices=table(("what", "US dollars", "for", "source"), _prices()),
    )


def _hours() -> Iterable[tuple[str, ...]]:
    for cpu, memory in _SIZES:
        size: dict[str, Any] = {"cpu": cpu, "memory": memory}
        arm = {**size, "architecture": "arm64"}
        windows = {**size, "operating_system": "WINDOWS_SERVER_2022_CORE"}
        costs = [hourly(size), hourly(arm), hourly(size, spot=True), hourly(arm, spot=True)]
        has_windows = 1024 <= cpu <= 4096
        yield f"`{cpu}`, `{memory}`", *map(_usd, costs), _usd(hourly(windows)) if has_windows else "-"


def _months() -> Iterable[tuple[str, ...]]:
    for name, (schedule, apart) in _SCHEDULES.items():
        # A run that is longer than the time to the next one is none to plan with.
        costs = [_month(schedule, minutes) if minutes <= apart else "-" for minutes in _MINUTES]
        yield name, *costs, _month(schedule, 60, launch="fargateSpot") if apart >= 60 else "-"


def _month(schedule: str, minutes: float, **more: Any) -> str:
    cost = task_cost({**_TASK, "schedule": schedule, **more}, {}, _NOW, Assumptions(minutes=minutes))
    return _usd(cost.total)


def _shares() -> Iterable[tuple[str, ...]]:
    cost = task_cost({**_TASK, "schedule": "rate(1 hour)", "timeout": "30m"}, {}, _NOW, Assumptions())
    names = {
        "fargate": "Fargate",
        "supervised": "Step Functions, where runs are supervised",
        "logs": "logs, and the log of outcomes",
        "scheduler": "EventBridge Scheduler",
    }
    for part, name in names.items():
        yield name, _usd(cost.parts[part])


def _prices() -> Iterable[tuple[str, ...]]:
    for price in prices.TABLE:
        yield price.what, f"{price.usd:g}", price.unit, price.source


def _usd(amount: float) -> str:
    return f"${amount:.4f}" if amount < 1 else f"${amount:,.2f}"


_PAGE = """\
# What it costs

What runs costs, and what watches it; a schedule that waits costs nothing. Prices are of {region}, in US dollars, as of
{as_of}, without free tiers, Savings Plans and taxes. Other Regions cost 10 to 30 % more, as a rule (cloudburn.io, April
2026). The table at the end says where each price was read; none is from AWS's own price list, so look there before you
decide by them.

`python -m ops review` reckons with the same table: what a change does to the cost stands in its pull request.

## An hour of one run

{hours}

Storage above the 20 GB that come with a run is charged beside. Fargate bills by the second, from the pull of the image
to the end, and a minute at least. On EC2 and on machines elsewhere a run costs what the machine costs, which is not
reckoned here.

## A task a month

A task with `cpu: 512`, `memory: 1024` on Fargate x86_64, everything included but what watches it:

{months}

The one that runs every hour for 10 minutes, in parts:

{shares}

## What is there whether it runs or not

| part | a month |
|---|---|
| the stack's alarms (`monitoring.alarms`) | ${alarms} |
| `expectSuccessWithin`, for each task that has it | ${watched}; ${alarm} where its runs are supervised |
| the dashboard (`monitoring.dashboard`), but for the first three of an account | ${dashboard} |
| schedules, task definitions, roles, queues, rules, an unused topic | nothing |

[Supervised runs](supervised.md) (`timeout`, `overlap`, `retryRun`) cost {transitions} state transitions each,
${supervised} for a thousand runs, and {exclusive} with `overlap: forbid` or `replace`, ${exclusive_cost};
before retries.

## What a review assumes

A run lasts {minutes} minutes and writes {log_mb} MB of log, for every task alike; `--minutes` says otherwise. The log
of outcomes takes {event_kb} KB a run. A month is a twelfth of the coming year, so a one-time schedule counts for a
twelfth of a run. Not counted: EC2, task definitions made elsewhere (their size is not known), NAT gateways, endpoints,
public IPv4 addresses, traffic, storage of logs and images, KMS, Secrets Manager, mail, and whatever the containers use.

```sh
python -m ops review --base main --stack prod --minutes 45
```

## Prices

{prices}
"""


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
