"""`dead-letters`: failed launches and undelivered events."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Annotated

import typer

from components.json_values import read_json

from ..aws import errors
from ..aws.deployment import Deployment
from ..dead_letters.executions import Executions
from ..dead_letters.grouping import ID_LENGTH, grouped
from ..dead_letters.message import EVENTS, LAUNCHES, DeadLetter
from ..dead_letters.queue import LIST_SECONDS, NoQueueError, Queue, Received
from ..dead_letters.redrive import Redrive, Redriven
from ..dead_letters.selection import check_prefix, check_selection, find_by_id, select
from ..errors import FAILED, OpsError
from ..interrupts import terminable
from ..output import completed, counted, note, notes, print_json, say, say_wrapped
from .confirming import require_yes
from .options import (
    DebugOption,
    GroupOption,
    ProfileOption,
    RegionOption,
    StackOption,
    Where,
    explained,
    person,
    reached,
)
from .planning_options import JsonOption

app = typer.Typer(rich_markup_mode=None)
dead_letters_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
app.add_typer(dead_letters_app, name="dead-letters")

MOST = 1000
"""The most messages that are read from a queue."""
_COMMANDS_SHOWN = 5
"""Commands that the note after a redrive shows, one per task."""
_NOT_RECEIVED = "SQS didn't return the message. Somebody else is processing it, or has deleted it."

IdsArgument = Annotated[list[str] | None, typer.Argument(help="Ids of messages, or their first characters.")]
TaskOption = Annotated[str | None, typer.Option("--task", "-t", help="All messages of this task.")]
AllOption = Annotated[bool, typer.Option("--all", help="All messages.")]


@dead_letters_app.callback()
def dead_letters(context: typer.Context) -> None:
    """List, redrive and delete failed launches and events.

    A queue keeps each run that AWS could not launch, and each event that it could not deliver, for 14 days.
    """
    context.with_resource(terminable())


@dead_letters_app.command("list")
def list_(
    task: Annotated[str | None, typer.Argument(help="Name of the task. Default: all tasks.")] = None,
    stack: StackOption = None,
    group: GroupOption = None,
    profile: ProfileOption = None,
    region: RegionOption = None,
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """List the messages by task and cause, with fixes. Times are in UTC.

    The messages stay in their queues. While this runs, other commands can't receive them. Exit code 1: some messages
    could not be read.
    """
    if task == "":
        raise typer.BadParameter("The name is empty. Pass the name of a task, or omit it.", param_hint="task")
    where = Where(stack, group, profile, region, debug)
    with reached(where) as deployment:
        read = _read(deployment)
        messages = [message for message in read.messages if task in (None, message.task)]
        if as_json:
            print_json([message.as_data() for message in messages])
        else:
            for each in grouped(messages):
                say_wrapped(each.heading(), continued="  ")
                _say_indented(map(completed, each.lines()))
            _say_next(messages, task, where, complete=not read.incomplete)
        if read.incomplete:
            raise typer.Exit(FAILED)


def _say_next(messages: Sequence[DeadLetter], task: str | None, where: Where, *, complete: bool) -> None:
    if messages:
        note(f"To run launches again: {where.command('dead-letters', 'redrive', 'ID')}, or --task NAME, or --all")
    elif complete:
        note("There are no dead-letter messages" + (f" of {task}." if task else "."))


@dead_letters_app.command()
def show(
    id_: Annotated[str, typer.Argument(metavar="ID", help="Id of the message, or its first characters.")],
    stack: StackOption = None,
    group: GroupOption = None,
    profile: ProfileOption = None,
    region: RegionOption = None,
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Show a message with its attributes and its body, which is the request to the target."""
    with explained(debug=debug):
        check_prefix(id_)
    with reached(Where(stack, group, profile, region, debug)) as deployment:
        message = find_by_id(_read(deployment).messages, id_)
        if as_json:
            print_json({**message.as_data(), "attributes": dict(message.attributes), "body": message.body})
            return
        say(f"Message {message.id}")
        _say_indented([f"{name}: {value}" for name, value in sorted(message.attributes.items())])
        _say_indented([f"Cause: {message.cause.summary}", f"Fix: {completed(message.cause.fix)}"])
        say("Body (truncated because it was too large):" if message.truncated else "Body:")
        say(_readable(message.body))


@dead_letters_app.command()
def redrive(
    ids: IdsArgument = None,
    task: TaskOption = None,
    every: AllOption = False,
    again: Annotated[
        bool,
        typer.Option("--again", help="Start a run even if an earlier redrive of the message may have started one."),
    ] = False,
    again_by_earlier_name: Annotated[
        bool, typer.Option("--anew", hidden=True, help="The earlier name of --again.")
    ] = False,
    stack: StackOption = None,
    group: GroupOption = None,
    profile: ProfileOption = None,
    region: RegionOption = None,
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Start the runs of failed launches, same as `run`, and delete each message after its run started.

    You can interrupt and repeat it: a message is kept until its run has started, and the run carries the message's id.
    A repeated redrive finds the run by that id for 24 hours, but at most until an hour after its end. A supervised run
    is found for 90 days. If runs must not overlap, redrive one message at a time. Exit code 1: some messages were kept,
    or could not be read.
    """
    with explained(debug=debug):
        check_selection(ids or [], task, every=every)
    where = Where(stack, group, profile, region, debug)
    with reached(where) as deployment:
        read = _read(deployment)
        messages = select(read.messages, ids or [], task, LAUNCHES, every=every)
        if events := [message.id[:ID_LENGTH] for message in messages if message.queue == EVENTS]:
            raise OpsError(
                f"Not a failed launch: {', '.join(events)}. It is an event about a run that has ended, so there is "
                "nothing to start. Check the run with scheduled-tasks history, then delete the message: "
                "scheduled-tasks dead-letters delete ID"
            )
        outcome = _Results()
        if messages:
            queue = Queue(deployment, LAUNCHES)
            redrive_ = Redrive(
                deployment, queue, Executions(deployment), person(), note, again or again_by_earlier_name
            )
            try:
                _redrive_each(redrive_, messages, outcome, quiet=as_json)
            except KeyboardInterrupt:
                if as_json:
                    _print_redriven(outcome)
                note(_interrupted(outcome))
                raise
        left = not ids and LAUNCHES in read.incomplete
        _say_redriven(outcome, where, complete=not left, as_json=as_json)
        if outcome.kept or left:
            raise typer.Exit(FAILED)


class _Results:
    """The redriven messages, and the kept ones with the reason."""

    def __init__(self) -> None:
        self.redriven: list[Redriven] = []
        self.kept: list[tuple[DeadLetter, str]] = []
        self.errors: list[str] = []
        """Errors of the queue, after which the other messages are kept."""
        self.current: DeadLetter | None = None
        """The message that is being redriven."""

    def keep(self, message: DeadLetter, why: str) -> None:
        """Add a kept message and tell the user."""
        self.kept.append((message, why))
        note(f"Kept {_short(message)}: {why}")


def _redrive_each(redrive_: Redrive, messages: Sequence[DeadLetter], outcome: _Results, *, quiet: bool) -> None:
    def one(received: Received) -> bool:
        outcome.current = received.message
        try:
            redriven = redrive_.one(received)
        except Exception as error:
            if (line := errors.explained(error)) is None:
                raise
            outcome.keep(received.message, line)
            outcome.current = None
            return False
        outcome.current = None
        outcome.redriven.append(redriven)
        if not quiet:
            verb = "Already started by an earlier redrive" if redriven.started_before else "Started"
            say(f"{verb}: {_short(received.message)} as {', '.join(redriven.ids)}")
        return True

    missing = _process(redrive_.queue, [message.id for message in messages], one, outcome.errors)
    for message in messages:
        if message.id in missing:
            outcome.keep(message, outcome.errors[0] if outcome.errors else _NOT_RECEIVED)


def _interrupted(outcome: _Results) -> str:
    if outcome.current is None:
        return f"Interrupted. {len(outcome.redriven)} redriven. All other messages are kept."
    # The deletion may have taken effect, but only after the run has started.
    return (
        f"Interrupted at {_short(outcome.current)}. Redrive it again within an hour. If its run has started, nothing "
        "else starts. All other messages are kept."
    )


def _process(queue: Queue, ids: Sequence[str], one: Callable[[Received], bool], failed: list[str]) -> set[str]:
    """Handle messages and return the ids of those that weren't received. An error of the queue is added to `failed`,
    because it must not hide what happened to the messages before."""
    received: set[str] = set()

    def handle(each: Received) -> bool:
        received.add(each.message.id)
        return one(each)

    try:
        return queue.process(ids, handle)
    except Exception as error:
        if (line := errors.explained(error)) is None:
            raise
        failed.append(line)
        return set(ids) - received


def _say_redriven(outcome: _Results, where: Where, *, complete: bool, as_json: bool) -> None:
    if as_json:
        _print_redriven(outcome)
    if outcome.redriven:
        note(f"To follow the runs, run: {_follow_commands(outcome.redriven, where)}")
    elif not outcome.kept and complete:
        note("No messages match.")
    if outcome.kept:
        note(
            f"{len(outcome.redriven)} redriven, {len(outcome.kept)} kept. Fix the causes, then redrive the kept "
            "messages. If ECS had no capacity, AWS may repeat that answer for a day. To get a new answer, pass --again."
        )


def _print_redriven(outcome: _Results) -> None:
    kept = [_kept(message, why) for message, why in outcome.kept]
    print_json({"redriven": [redriven.as_data() for redriven in outcome.redriven], "kept": kept})


def _kept(message: DeadLetter, why: str) -> dict[str, str]:
    """A message that was kept, for JSON output."""
    return {"message": message.id, "task": message.task, "why": why}


def _follow_commands(redriven: Sequence[Redriven], where: Where) -> str:
    """The commands that show the logs of the started runs: one per task."""
    tasks = sorted({each.message.task for each in redriven})
    commands = [where.command("logs", task, "--follow") for task in tasks[:_COMMANDS_SHOWN]]
    more = f", and so on for {len(tasks) - len(commands)} more tasks" if len(tasks) > len(commands) else ""
    return ", ".join(commands) + more


@dead_letters_app.command()
def delete(
    ids: IdsArgument = None,
    task: TaskOption = None,
    every: AllOption = False,
    events: Annotated[
        bool, typer.Option("--events", help="With --task and --all: undelivered events instead of failed launches.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask for confirmation.")] = False,
    stack: StackOption = None,
    group: GroupOption = None,
    profile: ProfileOption = None,
    region: RegionOption = None,
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Delete messages permanently without starting anything.

    Exit code 1: some messages were not deleted, or could not be read.
    """
    with explained(debug=debug):
        check_selection(ids or [], task, every=every)
    with reached(Where(stack, group, profile, region, debug)) as deployment:
        read, selected = _read(deployment), EVENTS if events else LAUNCHES
        messages = select(read.messages, ids or [], task, selected, every=every)
        if messages and not yes:
            _confirm(messages)
        deleted, failed = list[str](), list[str]()
        for kind in {message.queue for message in messages}:
            queue = Queue(deployment, kind)

            def one(received: Received, queue: Queue = queue) -> bool:
                queue.delete(received)
                deleted.append(received.message.id)
                return True

            try:
                _process(queue, [message.id for message in messages if message.queue == kind], one, failed)
            except KeyboardInterrupt:
                if as_json:
                    print_json({"deleted": deleted})
                note(f"Interrupted. Deleted {counted(len(deleted), 'message')}, and possibly one more.")
                raise
        _say_deleted(messages, deleted, failed[0] if failed else _NOT_RECEIVED, as_json=as_json)
        if not ids and selected in read.incomplete:
            raise typer.Exit(FAILED)


def _confirm(messages: Sequence[DeadLetter]) -> None:
    for group in grouped(messages):
        note(group.heading())
    require_yes("Delete these messages?", to="delete", unchanged="Nothing was deleted.")


def _say_deleted(messages: Sequence[DeadLetter], deleted: Sequence[str], why: str, *, as_json: bool) -> None:
    kept = [message for message in messages if message.id not in deleted]
    if as_json:
        print_json({"deleted": list(deleted), "kept": [_kept(message, why) for message in kept]})
    else:
        note(f"Deleted {len(deleted)} message{'' if len(deleted) == 1 else 's'}.")
    if kept:
        raise OpsError(f"Not deleted: {', '.join(map(_short, kept))}. {why}")


@dataclass(frozen=True, slots=True)
class Read:
    """The messages of both queues."""

    messages: list[DeadLetter]
    incomplete: set[str] = field(default_factory=set[str])
    """The kinds of the queues that have messages that weren't read."""


def _read(deployment: Deployment) -> Read:
    """Read both queues. The queue of events exists only if outcomes are monitored."""
    read = Read([])
    try:
        with notes.progress("Reading the queues"):
            _read_queue(Queue(deployment, LAUNCHES), read)
            try:
                events = Queue(deployment, EVENTS)
            except NoQueueError:
                return read
            _read_queue(events, read)
            return read
    except KeyboardInterrupt:
        note(f"Interrupted. All messages are kept. They are visible again after {LIST_SECONDS} s at the latest.")
        raise


def _read_queue(queue: Queue, read: Read) -> None:
    state, messages = queue.state(), queue.messages(MOST)
    count = state.messages
    read.messages.extend(messages)
    if state.redrive_policy and messages:
        policy = state.redrive_policy.sentence
        note(f"{queue.name} has a redrive policy. {policy} To fix it, see scheduled-tasks doctor.")
    if queue.not_released:
        note(f"The messages of {queue.name} are hidden for up to {LIST_SECONDS} s. {queue.not_released}")
    if count > len(messages):
        read.incomplete.add(queue.kind)
    if len(messages) == MOST:
        note(f"{queue.name} has about {count} messages. Only {MOST} were read.")
    elif count > len(messages):
        note(
            f"{queue.name} has about {count - len(messages)} more. Somebody is processing them, or was until recently. "
            "They are visible again after some minutes at the latest."
        )


def _short(message: DeadLetter) -> str:
    return f"{message.task or 'no task'} {message.id[:ID_LENGTH]}"


def _say_indented(lines: Iterable[str]) -> None:
    for line in lines:
        say_wrapped(line, "  ", "    ")


def _readable(body: str) -> str:
    try:
        return json.dumps(read_json(body), indent=2, ensure_ascii=False)
    except ValueError:
        return body
