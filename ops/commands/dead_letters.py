"""`dead-letters`: launches that were given up, and events that were not delivered."""

import json
import sys
import textwrap
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from typing import Annotated, Any

import typer

from ..aws import errors
from ..aws.deployment import Deployment
from ..dead_letters.choosing import chosen, found
from ..dead_letters.executions import Executions
from ..dead_letters.grouping import ID_LENGTH, piles
from ..dead_letters.message import EVENTS, LAUNCHES, Letter
from ..dead_letters.queue import Held, Queue
from ..dead_letters.redrive import Redrive, Redriven
from ..errors import FAILED, OpsError
from ..output import console, note, notes, print_json, say
from .options import (
    DebugOption,
    GroupOption,
    JsonOption,
    ProfileOption,
    RegionOption,
    StackOption,
    Where,
    person,
    reached,
)

app = typer.Typer()
letters_app = typer.Typer(no_args_is_help=True)
app.add_typer(letters_app, name="dead-letters")

MOST = 1000
"""Messages that are looked at."""

IdsArgument = Annotated[list[str] | None, typer.Argument(help="Ids of messages, or their beginnings.")]
TaskOption = Annotated[str | None, typer.Option("--task", "-t", help="All messages of a task.")]
AllOption = Annotated[bool, typer.Option("--all", help="All messages.")]


@letters_app.callback()
def dead_letters() -> None:
    """List, show, redrive and delete what could not be launched or delivered."""


@letters_app.command("list")
def list_(
    task: Annotated[str | None, typer.Argument(help="Name of a task. Default: all.")] = None,
    stack: StackOption = None,
    group: GroupOption = None,
    profile: ProfileOption = None,
    region: RegionOption = None,
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Show the dead letters by task and cause, each cause with what mends it. Times are in UTC.

    The messages stay in their queues: they are hidden from others for as long as this takes.
    """
    if task == "":
        raise typer.BadParameter("it is empty: name a task, or leave it out.", param_hint="task")
    where = Where(stack, group, profile, region, debug)
    with reached(where) as deployment:
        letters = [letter for letter in _read(deployment) if task in (None, letter.task)]
        if as_json:
            print_json([letter.as_data() for letter in letters])
            return
        for pile in piles(letters):
            say(pile.heading())
            _say_indented(pile.lines())
        if letters:
            note(f"run again what matters: {where.command('dead-letters', 'redrive', 'ID')}, or --task NAME, or --all")
        else:
            note("no dead letters" + (f" of {task}" if task else ""))


@letters_app.command()
def show(
    id_: Annotated[str, typer.Argument(metavar="ID", help="Id of the message, or its beginning.")],
    stack: StackOption = None,
    group: GroupOption = None,
    profile: ProfileOption = None,
    region: RegionOption = None,
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Show all of one message: its attributes and its body, which is what the target was sent."""
    with reached(Where(stack, group, profile, region, debug)) as deployment:
        letter = found(_read(deployment), id_)
        if as_json:
            print_json({**letter.as_data(), "attributes": dict(letter.attributes), "body": letter.body})
            return
        say(f"message {letter.id}")
        _say_indented([f"{name}: {value}" for name, value in sorted(letter.attributes.items())])
        _say_indented([f"cause: {letter.cause.words}", f"fix: {letter.cause.fix}"])
        say("body, which was too large and was cut:" if letter.truncated else "body:")
        say(_readable(letter.body))


@letters_app.command()
def redrive(
    ids: IdsArgument = None,
    task: TaskOption = None,
    every: AllOption = False,
    anew: Annotated[
        bool, typer.Option("--anew", help="Start a run even where an earlier redrive of the message may have.")
    ] = False,
    stack: StackOption = None,
    group: GroupOption = None,
    profile: ProfileOption = None,
    region: RegionOption = None,
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Run again what was given up, as `run` would, and delete each message once its run was started.

    It can be interrupted and repeated: a message is kept unless its run was started, and its launch carries its id. By
    that it is found again for 24 hours, at most until an hour after the run's end; a supervised task's for 90 days. Of
    a task that may run once at a time, one message is redriven at a time. Exit code 1: messages were kept.
    """
    with reached(Where(stack, group, profile, region, debug)) as deployment:
        letters = chosen(_read(deployment), ids or [], task, LAUNCHES, every=every)
        if events := [letter.id[:ID_LENGTH] for letter in letters if letter.queue == EVENTS]:
            raise OpsError(
                f"{', '.join(events)}: an event about a run that has ended, and no launch: there is nothing to run "
                "again. What became of the run: ops history. Then: ops dead-letters delete"
            )
        done = _Done()
        if letters:
            queue = Queue(deployment, LAUNCHES)
            way = Redrive(deployment, queue, Executions(deployment), person(), note, anew)
            _redrive_each(way, letters, done, quiet=as_json)
        _say_redriven(done, as_json=as_json)


class _Done:
    """What became of messages."""

    def __init__(self) -> None:
        self.redriven: list[Redriven] = []
        self.kept: list[tuple[Letter, str]] = []


def _redrive_each(way: Redrive, letters: Sequence[Letter], done: _Done, *, quiet: bool) -> None:
    def one(held: Held) -> bool:
        try:
            redriven = way.one(held)
        except KeyboardInterrupt:
            note(
                f"interrupted at {_short(held.letter)}, which is kept. Redrive it again within the hour: if its run "
                "was started, nothing else is."
            )
            raise
        except Exception as error:
            line = str(error) if isinstance(error, OpsError) else errors.explained(error)
            if line is None:
                raise
            done.kept.append((held.letter, line))
            note(f"{_short(held.letter)} kept: {line}")
            return False
        done.redriven.append(redriven)
        if not quiet:
            before = "had been started by an earlier redrive" if redriven.before else "started"
            say(f"{_short(held.letter)} {before}: {', '.join(redriven.ids)}")
        return True

    missing = way.queue.visit([letter.id for letter in letters], one)
    for letter in letters:
        if letter.id in missing:
            done.kept.append((letter, "it was not to be had: somebody else holds it, or has deleted it."))
            note(f"{_short(letter)} kept: {done.kept[-1][1]}")


def _say_redriven(done: _Done, *, as_json: bool) -> None:
    if as_json:
        kept = [{"message": letter.id, "task": letter.task, "why": why} for letter, why in done.kept]
        print_json({"redriven": [redriven.as_data() for redriven in done.redriven], "kept": kept})
    if done.kept:
        note(
            f"{len(done.redriven)} redriven, {len(done.kept)} kept. Redrive these again when that is mended. Where ECS "
            "found no place for a run, AWS may repeat that for a day, unless it is asked --anew."
        )
        raise typer.Exit(FAILED)
    if not done.redriven:
        note("no message is meant by that")
    else:
        note("follow them with: ops logs TASK --follow, ops history TASK")


@letters_app.command()
def delete(
    ids: IdsArgument = None,
    task: TaskOption = None,
    every: AllOption = False,
    events: Annotated[
        bool, typer.Option("--events", help="With --task and --all: events that were not delivered, not launches.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    stack: StackOption = None,
    group: GroupOption = None,
    profile: ProfileOption = None,
    region: RegionOption = None,
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Delete messages for good, without running anything."""
    with reached(Where(stack, group, profile, region, debug)) as deployment:
        letters = chosen(_read(deployment), ids or [], task, EVENTS if events else LAUNCHES, every=every)
        if letters and not yes:
            _ask_whether(letters)
        deleted: list[str] = []
        for kind in {letter.queue for letter in letters}:
            queue = Queue(deployment, kind)

            def one(held: Held, queue: Queue = queue) -> bool:
                queue.delete(held)
                deleted.append(held.letter.id)
                return True

            queue.visit([letter.id for letter in letters if letter.queue == kind], one)
        _say_deleted(letters, deleted, as_json=as_json)


def _ask_whether(letters: Sequence[Letter]) -> None:
    for pile in piles(letters):
        note(pile.heading())
    if not _is_terminal():
        raise OpsError("nobody can be asked whether to delete them: --yes does it.")
    if not typer.confirm("Delete?", default=False, err=True):
        raise OpsError("nothing was deleted.")


def _is_terminal() -> bool:
    return sys.stdin.isatty()


def _say_deleted(letters: Sequence[Letter], deleted: Sequence[str], *, as_json: bool) -> None:
    if as_json:
        print_json({"deleted": list(deleted)})
    else:
        note(f"{len(deleted)} deleted")
    if missing := [_short(letter) for letter in letters if letter.id not in deleted]:
        raise OpsError(f"not to be had, as somebody else holds or has deleted them: {', '.join(missing)}.")


def _read(deployment: Deployment) -> list[Letter]:
    """The messages of both queues; that of events is there only where outcomes are watched."""
    with notes.status("reading the queues") if notes.is_terminal else nullcontext():
        letters = _read_queue(Queue(deployment, LAUNCHES))
        try:
            events = Queue(deployment, EVENTS)
        except OpsError:
            return letters
        return letters + _read_queue(events)


def _read_queue(queue: Queue) -> list[Letter]:
    there = queue.count()
    letters = queue.letters(MOST)
    if len(letters) == MOST:
        note(f"{queue.name} has about {there} messages, of which these are {MOST}")
    elif there > len(letters):
        note(
            f"{queue.name} has about {there - len(letters)} more: somebody holds them at the moment, or just did. They "
            "are seen again in some minutes at the latest."
        )
    return letters


def _short(letter: Letter) -> str:
    return f"{letter.task or 'no task'} {letter.id[:ID_LENGTH]}"


def _say_indented(lines: Iterable[str]) -> None:
    for line in lines:
        say(textwrap.fill(line, console.width, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False))


def _readable(body: str) -> str:
    try:
        data: Any = json.loads(body)
    except ValueError:
        return body
    return json.dumps(data, indent=2, ensure_ascii=False)
