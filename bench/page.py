"""docs/scale.md and docs/load.svg, generated from the results of `make bench` and `scheduled-tasks load`.

`python -m bench.page` writes both. A test fails if they are stale.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from ops.load.limits import CALLS, ECS_CALLS, ON_DEMAND, SCHEDULER
from ops.load.run_sizes import DEFAULT_VCPUS
from ops.load.week import LoadedWeek, loaded_week
from ops.load.week_svg import week_svg
from ops.markdown_tables import table

from . import cdk, engine
from .figures import read
from .load import BEGIN, demand, nightly
from .program import UNCOLLECTED

DOCS = Path(__file__).parents[1] / "docs"
FILE, PICTURE = DOCS / "scale.md", DOCS / "load.svg"
_ENGINE_COUNTS = tuple(engine.COUNTS)
_ENGINE = ("preview", "first up", "up without a change", "up of one changed task", "peak memory of the program")
_CDK = tuple(cdk.CONSTRUCTS.values())

Results = Mapping[str, Any]


class Figures:
    """The results of a run."""

    def __init__(self, results: Results):
        self.results = results

    def figure(self, part: str, what: str, tasks: int = 0) -> Mapping[str, Any]:
        """Return one figure. Raises KeyError if the run has none."""
        for figure in self.results[part]["figures"]:
            if (figure["what"], figure["tasks"]) == (what, tasks):
                return figure
        raise KeyError(f"{part}: no {what} of {tasks} tasks")

    def ours(self, part: str, what: str, tasks: int = 0) -> float:
        """Return our value of a figure."""
        return self.figure(part, what, tasks)["ours"]

    def row(self, part: str, what: str, counts: Iterable[int], *others: str) -> list[str]:
        """Return our values at each count, with their ratios to others."""
        return [self._cell(self.figure(part, what, count), others) for count in counts]

    @staticmethod
    def _cell(figure: Mapping[str, Any], others: Sequence[str]) -> str:
        ours = (
            f"{figure['ours']:.3g} {figure['unit']}"
            if figure["ours"] < 100
            else f"{figure['ours']:,.0f} {figure['unit']}"
        )
        ratios = [f"{figure['ours'] / figure['others'][other]:.2f}" for other in others]
        return f"{ours} ({', '.join(ratios)})" if ratios else ours

    def growth(self, part: str, what: str, of: str = "ours") -> str:
        """Return the exponent of a time."""
        return f"{self.results[part]['growth'][what][of]:.2f}"


def example() -> LoadedWeek:
    """Return the launches of a thousand tasks, most of them due at three."""
    spread = [demand(f"spread-{n:03}", f"cron({n % 60} {n % 24} * * ? *)", timedelta(minutes=15)) for n in range(300)]
    hourly = [demand(f"hourly-{n:03}", "cron(0 * * * ? *)") for n in range(100)]
    return loaded_week([*(nightly(number) for number in range(600)), *spread, *hourly], BEGIN)


def text(results: Results) -> str:
    """Generate the page."""
    found = Figures(results)
    machine = _machine(results)
    thousand, hundred = (round(found.ours("program", "AWS resources", count)) for count in (1000, 100))
    plain = (thousand - hundred) // 900
    return _PAGE.format(
        machine=f"{machine['processor']}, {machine['cores']} cores, {machine['memory_gib']} GiB, {machine['system']}",
        versions=f"Python {machine['python']}, pulumi {machine['pulumi']}, pulumi-aws {machine['pulumi_aws']}",
        taken=" to ".join(dict.fromkeys(choose(part["taken"] for part in results.values()) for choose in (min, max))),
        plain=plain,
        group=thousand - 1000 * plain,
        thousand=f"{thousand:,}",
        cdk=table(("Comparison", "scheduled-tasks", *(f"CDK `{name.split('.')[-1]}`" for name in _CDK)), _cdk(found)),
        engine=table(
            ("Step", *_heading(_ENGINE_COUNTS), "Exponent"),
            _measured(found, "engine", _ENGINE, _ENGINE_COUNTS, UNCOLLECTED),
        ),
        nightly_wait=f"{found.ours('load', 'delay of the last launch', 1000):.0f}",
        nightly_throttled=f"{found.ours('load', 'throttled per night', 1000):,.0f}",
        window=f"{found.ours('load', 'flexibleWindow that avoids throttling', 1000):g}",
        limits=table(("Limit", "Value", "Used by this project"), _LIMITS),
        rates=table(("Requests", "At once", "Then per second", "Used by a deployment"), _RATES),
        registering=(1000 - _REGISTER_BURST) / _REGISTER_RATE / 60,
        tagging=(1000 - _TAG_BURST) / _TAG_RATE,
    )


def _machine(results: Results) -> Mapping[str, Any]:
    """Return the machine of all results. Raises ValueError if they are from different machines."""
    machines = [part["machine"] for part in results.values()]
    if any(machine != machines[0] for machine in machines):
        raise ValueError("The parts were measured on more than one machine or version. Run `make bench`.")
    return machines[0]


def picture() -> str:
    """Draw the week of `example`."""
    return week_svg(example(), "Stack prod")


def _cdk(found: Figures) -> Iterable[Iterable[str]]:
    for what in ("resources of a plain task", "most tasks within 500 resources"):
        figure = found.figure("cdk", what)
        yield _capitalized(what), f"{figure['ours']:g}", *(f"{figure['others'][name]:g}" for name in _CDK)


def _measured(
    found: Figures, part: str, whats: Iterable[str], counts: Sequence[int], *others: str
) -> Iterable[Iterable[str]]:
    """Yield rows of figures at each count, with the exponent of times."""
    for what in whats:
        growth = found.growth(part, what) if found.figure(part, what, counts[0])["unit"] == "s" else ""
        yield _capitalized(what), *found.row(part, what, counts, *others), growth


_REGISTER_BURST, _REGISTER_RATE = 20, 1
"""Task definition modify actions. AWS: Amazon ECS developer guide, "Request throttling for the Amazon ECS API"."""
_TAG_BURST, _TAG_RATE = 20, 10
"""Tag modify actions. AWS: the same page."""
_RATES = (
    (
        "`RegisterTaskDefinition` and `DeregisterTaskDefinition` together",
        f"{_REGISTER_BURST}",
        f"{_REGISTER_RATE}",
        "1 per new task, and 1 per task whose image, command, variables or size change",
    ),
    ("`TagResource` and `UntagResource` of ECS", f"{_TAG_BURST}", f"{_TAG_RATE}", "1 per task if its tags change"),
    (
        "`CreateSchedule`, `UpdateSchedule`, `DeleteSchedule`, each",
        "See Service Quotas",
        "1,000 or more in the large Regions, 250 elsewhere",
        "1 per schedule that is created or changed",
    ),
)


_LIMITS = (
    (
        "EventBridge rules per event bus",
        "300, in some Regions 100",
        "2 per stack, 5 with supervised tasks, 7 with `notifyAfter`; 1 per task with `after`; 3 to 8 per recipient",
    ),
    ("Schedule groups", "500", "1 per stack"),
    (
        "IAM roles per account",
        "1,000",
        "2 per stack, 1 more with supervised tasks; 1 per task with `permissions`, 1 per task with secrets",
    ),
    (
        "RunTask calls, shared with StartTask, StopTask and a few others",
        f"{ECS_CALLS.bucket} at once, then {ECS_CALLS.refill} per second; {CALLS.refill} per second on Fargate",
        "1 per run, or per task of a run with `parallel`",
    ),
    (
        "Tasks started on Fargate",
        f"{ON_DEMAND.bucket} at once, then {ON_DEMAND.refill} per second; the same again on Fargate Spot",
        "`count` per run; with `parallel`, `atOnce`, then one by one",
    ),
    ("Scheduler invocations", f"1,000 per second in the large Regions, {SCHEDULER.refill} elsewhere", "1 per run"),
    (
        "Fargate vCPUs at the same time",
        f"{DEFAULT_VCPUS} by default; the same again on Fargate Spot. AWS raises it with the usage",
        "`cpu` / 1024 for each of `count` or `atOnce` tasks. `load` shows the peak, and `doctor` compares",
    ),
)


def _capitalized(text: str) -> str:
    return text[0].upper() + text[1:]


def _heading(counts: Iterable[int]) -> list[str]:
    return [f"{count:,} tasks" for count in counts]


_PAGE = """\
# Scale

## Resources

A plain task has {plain} AWS resources: a schedule and a task definition. The group with all monitoring has {group}, so
a thousand tasks have {thousand}.

{cdk}

The limit of 500 resources is CloudFormation's. Pulumi stacks have no such limit.

## Deployment time

On the real engine, with a file backend and an emulator that answers at once:

{engine}

The ratio in parentheses compares with a bare Pulumi program that has the same AWS resources. An exponent of 1 is linear
growth. With a file backend, the engine writes the whole state seven times per task, so a first `up` grows faster.

[Reliability](reliability.md#growth-with-the-number-of-tasks) has the times of commands.

Measured with `make bench` (all figures are in `bench/results.json`): {taken}, on {machine}, with {versions}.

## Splitting a stack

A thousand tasks in one stack work. Split earlier if deployments wait for the stack's lock, or if previews take too
long: with a file backend, at some hundreds of tasks. Pulumi Cloud wasn't measured.

Use two projects, or two stacks that list different tasks in `scheduled-tasks:catalogue`. To move a task between two of
its runs, deploy it in the new stack with `enabled: false`, remove it from the old stack, then enable it.

## AWS limits

Limits are per account and Region, except that of IAM roles. See [AWS limits](limits.md) for sizes of resources.

{limits}

A deployment sends one request for each resource that it creates or changes:

{rates}

Registering a thousand task definitions takes at least {registering:.0f} minutes, and changing their tags {tagging:.0f}
seconds. If a deployment fails with `ThrottlingException`, repeat it, or send fewer requests at once:
`pulumi up --parallel 4`.

## Many tasks at the same time

With a thousand tasks at `cron(0 3 * * ? *)`, AWS throttles {nightly_throttled} launches every night, and the last is
at least {nightly_wait} seconds late. Retries start them all, but the errors can hide other problems. With
`flexibleWindow: {window}m`, AWS throttles none. To find such windows, pass all stacks of the account and Region:

```sh
scheduled-tasks load --stack prod --svg week.svg
```

![Launches of a week, one row per day; red means throttled](load.svg)

The calculation assumes that all launches of a minute come at once. `check` warns about minutes with more than a hundred
tasks.

`load` also shows the most vCPUs of Fargate that run at the same time. Runs beyond the account's quota don't start. To
use measured [durations](guides/simulate-failures.md#durations), pass them with `--durations`.
"""


if __name__ == "__main__":
    FILE.write_text(text(read()), encoding="utf-8")
    PICTURE.write_text(picture(), encoding="utf-8")
