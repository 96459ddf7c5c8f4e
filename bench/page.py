"""docs/scale.md and its picture, made from the figures of the last `make bench`, the price table and `ops load`.

`python -m bench.page` writes them; a test fails when they are stale.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console

from ops.costs import Assumptions, shared_cost, task_cost
from ops.load.limits import CALLS, ECS_CALLS, ON_DEMAND, SCHEDULER
from ops.load.week import LoadedWeek, loaded_week
from ops.load.week_svg import week_svg
from ops.load.week_tables import limits_table, overloads_table, windows_summary
from ops.markdown_tables import table

from . import cdk, configuration, engine
from .figures import read
from .load import BEGIN, demand, nightly
from .program import BARE, COMPONENTS, UNCOLLECTED

DOCS = Path(__file__).parents[1] / "docs"
FILE, PICTURE = DOCS / "scale.md", DOCS / "load.svg"
_COUNTS, _ENGINE_COUNTS = configuration.COUNTS, tuple(engine.COUNTS)
_PROGRAM = ("program", "peak memory")
_ENGINE = ("preview", "first up", "up without a change", "up of one changed task", "peak memory of the program")
_CONFIGURATION = ("load", "load and check (ops check)", "next five runs of each (ops next)", "schema validation")
_CDK = tuple(cdk.CONSTRUCTS.values())
_TASK = {"image": "job:1", "cpu": 512, "memory": 1024, "schedule": "cron(0 3 * * ? *)"}
_CROWDS = 3
_NOW = datetime(2027, 1, 1, tzinfo=UTC)

Results = Mapping[str, Any]


class Figures:
    """The results of a run, looked up."""

    def __init__(self, results: Results):
        self.results = results

    def figure(self, part: str, what: str, tasks: int = 0) -> Mapping[str, Any]:
        """One figure. Raises KeyError where the run has none."""
        for figure in self.results[part]["figures"]:
            if (figure["what"], figure["tasks"]) == (what, tasks):
                return figure
        raise KeyError(f"{part}: no {what} of {tasks} tasks")

    def ours(self, part: str, what: str, tasks: int = 0) -> float:
        """Ours alone."""
        return self.figure(part, what, tasks)["ours"]

    def row(self, part: str, what: str, counts: Iterable[int], *others: str) -> list[str]:
        """Ours at each count, with its ratios to others'."""
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
        """How a time grows with the number of tasks."""
        return f"{self.results[part]['growth'][what][of]:.2f}"


def example() -> LoadedWeek:
    """A thousand tasks as stacks have them: most of them at three."""
    spread = [demand(f"spread-{n:03}", f"cron({n % 60} {n % 24} * * ? *)", timedelta(minutes=15)) for n in range(300)]
    hourly = [demand(f"hourly-{n:03}", "cron(0 * * * ? *)") for n in range(100)]
    return loaded_week([*(nightly(number) for number in range(600)), *spread, *hourly], BEGIN)


def text(results: Results) -> str:
    """The page."""
    found = Figures(results)
    week = example()
    machine = _machine(results)
    thousand, hundred = (round(found.ours("program", "AWS resources", count)) for count in (1000, 100))
    plain = (thousand - hundred) // 900
    bare, uncollected = (found.figure("program", "program", 1000)["others"][name] for name in (BARE, UNCOLLECTED))
    cost = task_cost(_TASK, {}, _NOW, Assumptions())
    return _PAGE.format(
        machine=f"{machine['processor']}, {machine['cores']} cores, {machine['memory_gib']} GiB, {machine['system']}",
        versions=f"Python {machine['python']}, pulumi {machine['pulumi']}, pulumi-aws {machine['pulumi_aws']}",
        taken=" to ".join(dict.fromkeys(choose(part["taken"] for part in results.values()) for choose in (min, max))),
        plain=plain,
        group=thousand - 1000 * plain,
        thousand=f"{thousand:,}",
        garbage=f"{1 - uncollected / bare:.0%}",
        lookups=f"{found.ours('program', 'look-ups', 1000):g}",
        cdk=table(("", "scheduled-tasks", *_CDK), _cdk(found)),
        program=table(
            ("", *_heading(_COUNTS), "exponent"),
            _measured(found, "program", _PROGRAM, _COUNTS, BARE, UNCOLLECTED, COMPONENTS),
        ),
        engine=table(
            ("", *_heading(_ENGINE_COUNTS), "exponent"),
            _measured(found, "engine", _ENGINE, _ENGINE_COUNTS, COMPONENTS, UNCOLLECTED),
        ),
        configuration=table(
            ("", *_heading(_COUNTS), "exponent"), _measured(found, "configuration", _CONFIGURATION, _COUNTS)
        ),
        imported=found.row("configuration", "import", [0], configuration.IMPORTED)[0],
        imported_uncollected=found.row("configuration", "import", [0], configuration.UNCOLLECTED)[0],
        cost=f"{1000 * cost.total:,.0f}",
        fargate=f"{cost.fargate / cost.total:.0%}",
        watched=f"{shared_cost({}).total:.2f}",
        nightly_wait=f"{found.ours('load', 'the last one waits', 1000):.0f}",
        nightly_throttled=f"{found.ours('load', 'throttled of a night', 1000):,.0f}",
        window=f"{found.ours('load', 'flexibleWindow that mends it', 1000):g}",
        limits=table(("limit", "value", "what is taken of it"), _LIMITS),
        load=_printed(week),
        windows_summary=" ".join(windows_summary(week, _CROWDS)),
    )


def _machine(results: Results) -> Mapping[str, Any]:
    """The machine that all was measured on. Raises ValueError where it was not one."""
    machines = [part["machine"] for part in results.values()]
    if any(machine != machines[0] for machine in machines):
        raise ValueError("not all parts were measured on one machine with the same versions: run `make bench`.")
    return machines[0]


def picture() -> str:
    """The week of `example`, drawn."""
    return week_svg(example(), "Stack prod")


def _cdk(found: Figures) -> Iterable[Iterable[str]]:
    for what in ("resources of a plain task", "most tasks within 500 resources"):
        figure = found.figure("cdk", what)
        yield what, f"{figure['ours']:g}", *(f"{figure['others'][name]:g}" for name in _CDK)


def _measured(
    found: Figures, part: str, whats: Iterable[str], counts: Sequence[int], *others: str
) -> Iterable[Iterable[str]]:
    """Rows of figures at each count, with the exponent of times."""
    for what in whats:
        growth = found.growth(part, what) if found.figure(part, what, counts[0])["unit"] == "s" else ""
        yield what, *found.row(part, what, counts, *others), growth


_LIMITS = (
    (
        "EventBridge rules on a bus",
        "300, in some Regions 100",
        "2 a stack with `monitoring.outcomes`, 5 with supervised tasks, more with many task definitions made elsewhere",
    ),
    ("schedule groups", "500", "1 a stack"),
    (
        "schedules",
        "10,000,000",
        "1 a schedule; a one-time schedule stays until the next `pulumi up`, unless `deleteAfterCompletion: true`",
    ),
    (
        "IAM roles (of the account, in all Regions)",
        "1,000",
        "2 a stack, 1 more with supervised tasks; 1 for each task with `permissions`, 1 with secrets of its own",
    ),
    (
        "resource policies of CloudWatch Logs",
        "10",
        "none: the logs of outcomes have policies of their own",
    ),
    (
        "calls of RunTask, with StartTask, StopTask and a few others",
        f"{ECS_CALLS.bucket} at once, then {ECS_CALLS.refill} a second",
        "1 a run",
    ),
    ("calls of RunTask on Fargate", f"{CALLS.refill} a second", "1 a run"),
    (
        "tasks started on Fargate",
        f"{ON_DEMAND.bucket} at once, then {ON_DEMAND.refill} a second; the same again on Spot",
        "`count` a run",
    ),
    (
        "Scheduler's invocations",
        f"1,000 a second in the large Regions, {SCHEDULER.refill} elsewhere; what is more waits",
        "1 a run",
    ),
    ("changing the tags of a schedule group", "1 a second", "1 when the stack's tags change"),
    ("vCPUs on Fargate at the same time", "see Service Quotas", "`cpu` / 1024 a run"),
)


def _heading(counts: Iterable[int]) -> list[str]:
    return [f"{count:,} tasks" for count in counts]


def _printed(week: LoadedWeek) -> str:
    console = Console(width=80, color_system=None, force_terminal=False)
    with console.capture() as captured:
        console.print(limits_table(week), overloads_table(week, _CROWDS))
    return "\n".join(line.rstrip() for line in captured.get().splitlines())


_PAGE = """\
# A thousand tasks

What a stack of a thousand scheduled tasks takes, how long it takes, and which of AWS's limits come first. The figures
are those of `make bench`, of each part its last ({taken}), on {machine};
{versions}. All of them are in `bench/results.json`.

## Resources

A plain task is {plain} AWS resources: its schedule and its task definition. The group with everything that watches it
is {group} whatever the number of tasks, so a thousand tasks are {thousand}, and {lookups} look-ups in AWS, as many as
for ten. Beside AWS's own constructs as they come, without roles that tasks share, synthesised in the same run:

{cdk}

The limit of 500 resources is CloudFormation's; a Pulumi stack has none.

## Time

Without an engine, from YAML to the last resource, beside bare Pulumi programs with literal inputs. In brackets, ours as
a multiple of three of them: of one that registers the same AWS resources; of that without Python's garbage collection;
and of that with the components, too. The exponent is the power of the number of tasks that time grows with, from 100
on:

{program}

{garbage} of the first one's time, of a thousand tasks, is Python looking for garbage in what is needed until the end.
Ours does without: `__main__.py` turns the collector off. What is left are the configuration, which is read and checked,
and a third registration for each task, its component.

On the real engine, with a backend of files, in the sandbox (AWS answers at once there; what AWS itself takes for two
thousand calls comes on top, for all alike). In brackets, ours as a multiple of the bare program that registers the
components, too, and of the one with AWS's resources alone, both without garbage collection:

{engine}

A task is a component beside its two resources, and to the engine a component is a resource like others, in previews and
in the state. With a backend of files the engine writes the whole state each time that it begins or ends a step, or is
told a component's outputs: seven times a task with its component, four without. That is what makes a first `up` slower
than that of a program without components, and slower than its number of tasks. Once the stack is there, the two differ
less.

What comes before the engine:

{configuration}

(`ops check` prints its result and starts Python beside that.) Importing what the program needs takes {imported}; in
brackets, as a multiple of importing `pulumi` and `pulumi_aws` with the same resource classes touched. Beside that
without garbage collection: {imported_uncollected}.

## How many tasks to a stack

A thousand work. What ends it is patience, and who waits for whom:

- A stack has one lock: while one person deploys, nobody else can. Split by team, so that teams do not wait for each
  other, and so that a mistake stays within one team's tasks.
- Time for a preview grows with the stack, even if one task changes. Split before a pull request waits longer for it
  than for its tests: with the figures above, at some hundreds of tasks with a backend of files.
- A backend of files or buckets (`file://`, `s3://`) keeps a stack's state in one file, which the engine writes again
  after every step. A first `up` has the most of them: where only that is too slow, deploy in parts, with a
  `scheduled-tasks:catalogue` that grows. Pulumi Cloud keeps histories, queues deployments and knows who may deploy
  which stack; with files and buckets, that is what whoever runs `pulumi` has to see to (Pulumi documentation, "Using
  a DIY backend"). Nothing else differs: no figure here was taken with it.
- A stack for each environment comes first anyway: `Pulumi.<stack>.yaml`.

A split needs no new code: two projects with a catalogue each, or one project with two stacks that have different
parts of it. To move a task from one stack to another, deploy it there with `enabled: false`, remove it here, then
enable it there, all between two of its runs.

## AWS's limits

Limits are an account's in a Region. Those that can be raised are asked for in Service Quotas.

{limits}

(AWS: EventBridge Scheduler user guide, quotas; EventBridge user guide, quotas; IAM user guide, quotas; CloudWatch
Logs API reference, PutResourcePolicy; Amazon ECS API reference, Request throttling; Amazon ECS developer guide, AWS
Fargate throttling quotas.)

## All at three

A thousand tasks with `cron(0 3 * * ? *)` are {nightly_throttled} launches that are throttled every night; the last of
them waits {nightly_wait} seconds at least, and longer in truth, as Scheduler tries again at times of its own. Nothing
is lost while `retry` allows for it, but `ThrottlingException` hides what else may be wrong. With `flexibleWindow:
{window}m` none is throttled.

```sh
python -m ops load --stack prod --svg week.svg
```

The coming week of a stack's launches beside the limits: which are throttled, and windows that mend it. Name `--stack`
again for other stacks in the same account and Region, as they share the limits. This is a stack with six hundred
tasks at three, three hundred over the day with a window, and a hundred every hour:

```text
{load}
```

{windows_summary}

![A week of launches, a row a day: red where launches are throttled](load.svg)

Scheduler says no more than that it launches within the minute that a schedule is due in, or within its window.
Without a window all of a minute are taken to come at once, which is the worst; with one, each anywhere in it. A
`rate` without `start` is counted from any time, as AWS counts it from when its schedule was made. `ops check` warns
of a minute with more than a hundred tasks; fewer wait for seconds, as the figures above say.

## Money

A thousand tasks that run every night for ten minutes with 0.5 vCPU and 1 GB cost ${cost} a month, {fargate} of it
Fargate; what watches the stack costs ${watched}, whatever the number of tasks. [cost.md](cost.md) has the rest, and
where the prices are from.

## Measuring

```sh
make bench
make bench PARTS="program cdk"     # some of it
```

`bench/results.json` gets the figures of the parts that were measured, with the machine and its load before; this page
is written from it by `make docs`.
"""


if __name__ == "__main__":
    FILE.write_text(text(read()), encoding="utf-8")
    PICTURE.write_text(picture(), encoding="utf-8")
