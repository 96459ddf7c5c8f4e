"""`new`: creates a task."""

from datetime import UTC, datetime
from itertools import islice
from typing import Annotated

import typer

from components.aws.fargate import MEMORY_BY_CPU, memories_in_words
from components.problems import listed
from components.schedules import Rate, explain, next_runs, parse
from config import outside_links
from config.shared_tasks import read_shared_tasks
from config.yaml_files import YamlError

from .. import NAME
from ..creation import questions
from ..creation.answers import Answers, name_problem
from ..creation.creation import Creation, existing, planned
from ..creation.questions import Questions
from ..creation.words import EXAMPLES, expression_of
from ..errors import FAILED, OpsError
from ..output import confirm, fail, note, print_json, say
from ..project import Project
from .planning_options import PlannedStackOption, current_project, planned_stack

app = typer.Typer(rich_markup_mode=None)

RUNS = 3
_HELP = f"""Create a task: its file, and its entry in a stack.

The command asks for what the options don't set, and shows the next runs before it writes anything. The file is
config/tasks/NAME.yaml. Secrets differ per stack, so they go to the stack's file, whose comments stay. Nothing that
exists is overwritten.

A schedule is an interval, days with times, or a date with a time, in words. AWS's own expressions are accepted too.
Words with two meanings are refused. Examples: {", ".join(f"`{example}`" for example in EXAMPLES)}.

Exit code 1: nothing was written.
"""


@app.command("new", help=_HELP)
def new(
    name: Annotated[str | None, typer.Argument(help="Name of the task.")] = None,
    image: Annotated[str | None, typer.Option("--image", help="Container image.")] = None,
    schedule: Annotated[str | None, typer.Option("--schedule", help="Schedule in words, or AWS's expression.")] = None,
    timezone: Annotated[
        str | None,
        typer.Option(
            "--timezone", help="Time zone of the schedule, such as Europe/Berlin. Default: as other tasks, or UTC."
        ),
    ] = None,
    cpu: Annotated[
        str | None, typer.Option("--cpu", help="CPU units of Fargate, such as 256. 1024 are one vCPU. Default: 256.")
    ] = None,
    memory: Annotated[
        str | None,
        typer.Option("--memory", help="MiB, of the sizes for --cpu. Default: the smallest."),
    ] = None,
    secret: Annotated[
        list[str] | None,
        typer.Option(
            "--secret",
            help="VARIABLE=VALUE. The value is the ARN of a secret, an SSM parameter such as /prod/password, or "
            "config:KEY for a secret of the stack's configuration. Repeat it for several.",
        ),
    ] = None,
    command: Annotated[
        str | None, typer.Option("--command", help="Command of the container, as in a shell. Default: the image's own.")
    ] = None,
    stack: PlannedStackOption = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing: write what the options say.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the files and the next runs as JSON.")] = False,
) -> None:
    """Create a task. `_HELP` describes it."""
    here = current_project()
    stack = planned_stack(here, stack)
    now = datetime.now(UTC)
    asks = not yes and questions.terminal()
    try:
        _check_stack(here, stack)
        asked = Questions(asks=asks)
        answers = _answers(here, stack, asked, name, image, schedule, timezone, cpu, memory, secret, command)
        _say_schedule(answers, now)
        creation = planned(here, stack, answers, now)
        _say_files(creation)
        if not yes:
            _confirm(asks=asks)
        creation.write(here.folder)
    except OpsError as error:
        fail(str(error), error.exit_code or FAILED)
    except YamlError as error:
        fail(here.problem(stack, error))
    if as_json:
        print_json(_as_data(answers, creation, now))
        return
    say(f"Wrote {' and '.join(creation.files)}.")
    note(f"To check all stacks: {NAME} check\nTo see what would be deployed: pulumi preview --stack {stack}")


def _as_data(answers: Answers, creation: Creation, now: datetime) -> dict[str, object]:
    return {
        "task": answers.name,
        "stack": creation.stack,
        "files": creation.files,
        "schedule": answers.schedule,
        "timezone": answers.timezone,
        "nextRuns": _next_runs(answers, now),
    }


def _next_runs(answers: Answers, now: datetime) -> list[datetime]:
    """The next runs. Empty if AWS counts them from the deployment."""
    expression = parse(answers.schedule)
    return [] if isinstance(expression, Rate) else list(islice(next_runs(expression, answers.timezone, now), RUNS))


def _check_stack(here: Project, stack: str) -> None:
    if links := outside_links(here.folder):
        raise OpsError(str(links[0]))
    if stack not in here.stacks:
        raise OpsError(f"There is no Pulumi.{stack}.yaml.{here.existing(stack)} Choose one with --stack.")


def _confirm(*, asks: bool) -> None:
    if not asks:
        raise OpsError("Nothing was written, because stdin isn't a terminal. To write without a question, pass --yes.")
    if not confirm("Write this?"):
        raise OpsError("Nothing was written.")


def _answers(
    here: Project,
    stack: str,
    asked: Questions,
    name: str | None,
    image: str | None,
    schedule: str | None,
    timezone: str | None,
    cpu: str | None,
    memory: str | None,
    secret: list[str] | None,
    command: str | None,
) -> Answers:
    chosen = asked.answer("Name of the task", "the name", name, lambda text: _name(here, stack, text))
    from_image = asked.answer("Container image", "--image", image, questions.image)
    expression = asked.answer(f"Schedule, such as {EXAMPLES[4]}", "--schedule", schedule, expression_of)
    zone = _default_timezone(here)
    if timezone is not None or not isinstance(parse(expression), Rate):
        zone = asked.answer("Time zone", "--timezone", timezone, questions.timezone, default=zone)
    units = asked.answer(
        f"CPU units: {listed(MEMORY_BY_CPU, 'or')} (1024 are one vCPU)", "--cpu", cpu, questions.cpu, default="256"
    )
    size = asked.answer(
        f"Memory in MiB: {memories_in_words(units)}",
        "--memory",
        memory,
        lambda text: questions.memory(units, text),
        default=str(MEMORY_BY_CPU[units][0]),
    )
    words = asked.answer("Command", "--command", command or "", questions.command)
    return Answers(chosen, from_image, expression, zone, units, size, asked.secrets(secret), words)


def _name(here: Project, stack: str, text: str) -> str:
    if problem := name_problem(text) or existing(here, stack, text):
        raise ValueError(problem)
    return text


def _default_timezone(here: Project) -> str:
    """The time zone of the shared defaults, or else UTC."""
    found = read_shared_tasks(here.shared_tasks).defaults.get("timezone")
    return found if isinstance(found, str) else "UTC"


def _say_schedule(answers: Answers, now: datetime) -> None:
    """Show what the command has understood. Raises OpsError if the schedule never runs."""
    expression = parse(answers.schedule)
    runs = _next_runs(answers, now)
    if not runs and not isinstance(expression, Rate):
        raise OpsError(f"{answers.schedule} never runs in {answers.timezone}: it is in the past. Nothing was written.")
    note(f"Schedule: {answers.schedule}, {explain(expression, answers.timezone)}")
    if isinstance(expression, Rate):
        note("Next runs: when the schedule is created, and then at this interval.")
        return
    note(f"Next runs: {', '.join(f'{run:%a %Y-%m-%d %H:%M %Z}' for run in runs)}")


def _say_files(creation: Creation) -> None:
    note(f"\n{creation.task_file}:")
    note("\n".join(f"  {line}" for line in creation.task_text.splitlines() if not line.startswith("#")))
    if creation.changes_stack:
        note(f"{creation.stack_file}:")
        note("\n".join(f"  {line}" for line in creation.stack_lines))
    else:
        note(f"{creation.stack_file} doesn't change, because the stack selects all shared tasks.")
    if creation.others:
        note(f"These stacks select all shared tasks, so they run it too: {', '.join(creation.others)}")
