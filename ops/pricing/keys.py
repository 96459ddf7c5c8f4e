"""The resources and costs that each key adds to a stack, counted in its program on Pulumi's mocks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from components import ScheduledTask, ScheduledTaskGroup, testing
from config import Source, StackConfig, load

from .costs import Assumptions, launches_cost, shared_cost, watching_cost

_STACK: Mapping[str, Any] = {"cluster": "main", "catalogue": False}
_TASK: Mapping[str, Any] = {"image": "job:1", "schedule": "rate(1 hour)", "cpu": 512, "memory": 1024}
_RUNS = 1000
_UPSTREAM = "upstream"
"""A task that every stack here has, so that others can start after it."""
_NO_SHARED_TASKS = Path("there", "is", "none")
_SECRETS = {
    "secret": "a1b2c3",
    "hook": "https://hooks.example.com/runs?sig=x",
    "ping": "https://hooks.example.com/ping",
}
_HOOK = {"url": "https://hooks.example.com/runs", "secret": {"config": "secret"}}
_PING = {"tasks": ["job-1"], "url": {"config": "ping"}}
_CHANNEL = {"token": {"config": "secret"}, "channel": "C0123456789"}
_SECRET = {"PASSWORD": "arn:aws:ssm:eu-west-1:123456789012:parameter/a"}
_READ = [{"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::a/*"]}]
TASK_KEYS: Mapping[str, Mapping[str, Any]] = {
    "`permissions`": {"permissions": _READ},
    "`secrets`": {"secrets": _SECRET},
    "`logs.retentionDays`": {"logs": {"retentionDays": 7}},
    "`timeout`, `retryRun`": {"timeout": "1h"},
    "`overlap: forbid` or `replace`": {"overlap": "forbid"},
    "`overlap: queue`": {"overlap": "queue"},
    "`lock`": {"lock": "orders"},
    "`except`, `only`": {"only": "workdays"},
    "`expectDurationUnder`": {"expectDurationUnder": "1h"},
    "`parallel` with 10 tasks, of which 9 are more": {"parallel": {"tasks": 10}},
    "`notifyAfter`": {"notifyAfter": 3},
    "`after`": {"schedule": None, "after": _UPSTREAM},
    "`expectSuccessWithin`": {"expectSuccessWithin": "25h"},
}
"""The settings of each task, by the key's name in the table."""
STACK_KEYS: Mapping[str, Mapping[str, Any]] = {
    "`notify.emails`, one address": {"notify": {"emails": ["ops@example.com"]}},
    "`notify.webhook`": {"notify": {"webhook": {"a": _HOOK}}},
    "`notify.pagerduty`": {"notify": {"pagerduty": {"a": {"routingKey": {"config": "secret"}}}}},
    "`notify.slack`": {"notify": {"slack": {"a": _CHANNEL}}},
    "`notify.teams`": {"notify": {"teams": {"a": {"url": {"config": "hook"}}}}},
    "`notify.heartbeat`": {"notify": {"heartbeat": {"a": _PING}}},
    "`monitoring.dashboard`": {"monitoring": {"dashboard": True}},
}
"""The settings of the stack, by the key's name in the table."""


@dataclass(frozen=True, slots=True)
class Amount:
    """Resources, and US dollars per month."""

    resources: int
    usd: float

    def __sub__(self, other: "Amount") -> "Amount":
        return Amount(self.resources - other.resources, self.usd - other.usd)


@dataclass(frozen=True, slots=True)
class KeyCost:
    """The resources and costs of a key."""

    key: str
    stack: Amount
    """Added to a stack once."""
    task: Amount
    """Added to the stack for each task."""
    runs: float
    """US dollars per thousand runs."""


@cache
def key_costs() -> Sequence[KeyCost]:
    """A stack without these keys, then the additions of each key. Runs programs on Pulumi's mocks."""
    return tuple(_key_costs())


def _key_costs() -> Iterator[KeyCost]:
    plain, more, runs = _stack({}, {}, 1), _stack({}, {}, 2), _of_runs({}, {})
    each = more - plain
    yield KeyCost("None of these", plain - each - each, each, 0)
    for key, task in TASK_KEYS.items():
        first = _stack({}, task, 1) - plain
        each = _stack({}, task, 2) - more - first
        yield KeyCost(key, first - each, each, _of_runs({}, task) - runs)
    for key, stack in STACK_KEYS.items():
        yield KeyCost(key, _stack(stack, {}, 1) - plain, Amount(0, 0), _of_runs(stack, {}) - runs)


def _stack(stack: Mapping[str, Any], task: Mapping[str, Any], tasks: int) -> Amount:
    """A stack with the upstream task and a number of equal tasks, without their runs."""
    config, prices = _config(stack, task, tasks), Assumptions().prices

    def program() -> None:
        group = ScheduledTaskGroup("tasks", replace(config.group, prefix="shop-prod", tasks=config.tasks))
        for name, each in config.tasks.items():
            ScheduledTask(name, each.in_group(group.reference))

    fixed = [watching_cost(each, config.group, prices).total for each in config.tasks.values()]
    return Amount(len(testing.run(program).of_aws), shared_cost(config.group, prices).total + sum(fixed))


def _of_runs(stack: Mapping[str, Any], task: Mapping[str, Any]) -> float:
    config = _config(stack, task, 1)
    each = config.tasks["job-1"]
    return launches_cost(each, config.group, each.schedules[0], _RUNS, Assumptions()).total


def _config(stack: Mapping[str, Any], task: Mapping[str, Any], tasks: int) -> StackConfig:
    entries = {_UPSTREAM: _TASK, **{f"job-{number + 1}": {**_TASK, **task} for number in range(tasks)}}
    # A secret that nothing uses is refused.
    stored = {key: value for key, value in _SECRETS.items() if repr({"config": key}) in repr(stack)}
    paths = tuple((key,) for key in stored)
    return load(
        Source("prod", {**_STACK, **stored, **stack, "tasks": entries}, paths, stored.__getitem__), _NO_SHARED_TASKS
    )
