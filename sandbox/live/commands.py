"""The commands of the live sandbox: what each prints, and the requests that they make."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from components.aws import names
from components.problems import listed, nearest
from components.schedules.durations import seconds
from ops.aws.schedules import is_call
from ops.columns import Column
from ops.errors import OpsError
from ops.output import shortened
from ops.runs.container_engines import find_engine
from ops.simulation.faults import NEED_CONTAINERS

from ..errors import SandboxError
from .faults import EVENTS_THROTTLED, KINDS, NextFault
from .mailbox import Mail
from .requests import Fire, Jump
from .session import ENGINE_VARIABLES, Settings

CLOCK_JUMP = "clock-jump"
ALL_KINDS = (*KINDS, CLOCK_JUMP)
LONGEST_JUMP = 7 * 86_400
MAILS = (Column("MAIL", right=True), Column("TIME"), Column("SUBJECT", wraps=True))
FAULTS = (Column("TASK"), Column("FAULT"), Column("TIMES", right=True))
_SUBJECT = 160


def settings(given: Mapping[str, str], *, stand_ins: bool) -> Settings:
    """The settings of a session: the container engine of this machine, or why there are only stand-ins."""
    if stand_ins:
        return Settings(why="--stand-ins is set.")
    try:
        engine = find_engine()
    except OpsError as error:
        return Settings(why=str(error))
    return Settings(engine, variables={name: given[name] for name in ENGINE_VARIABLES if name in given})


def mail_rows(mails: Sequence[Mail]) -> Iterator[Sequence[str]]:
    """One row per mail, the newest first."""
    for number, mail in reversed(list(enumerate(mails, 1))):
        yield str(number), mail.time, shortened(mail.title, _SUBJECT)


def mail_lines(mails: Sequence[Mail], number: int) -> Iterator[str]:
    """A mail. Raises SandboxError if there is none with that number."""
    if not 1 <= number <= len(mails):
        known = f"Use 1 to {len(mails)}." if mails else "The mailbox is empty."
        raise SandboxError(f"There is no mail {number}. {known}")
    mail = mails[number - 1]
    yield f"To: {', '.join(mail.to)}"
    yield f"Time: {mail.time}"
    yield f"From: {mail.topic}"
    if mail.subject:
        yield f"Subject: {mail.subject}"
    yield ""
    yield from mail.text.splitlines()


def fault_rows(faults: Sequence[NextFault]) -> Iterator[Sequence[str]]:
    """One row per fault that has not happened yet."""
    words = {kind: word for word, kind in KINDS.items()}
    for fault in faults:
        yield fault.task, words[fault.kind], str(fault.times)


def new_fault(kind: str, task: str, times: int, tasks: Mapping[str, bool]) -> NextFault:
    """A fault of a task.

    Args:
        kind: The kind, as the command names it.
        task: The task.
        times: How many runs it affects, or deliveries of events.
        tasks: All tasks, and whether each is a call, which starts no container.

    Raises:
        SandboxError: There is no such task or kind, or the task can't have it.
    """
    if kind not in KINDS:
        raise SandboxError(f'"{kind}" is not a fault.{nearest(kind, ALL_KINDS)} Use {listed(ALL_KINDS)}.')
    if not task:
        raise SandboxError(f"Name the task: python -m sandbox faults {kind} {next(iter(tasks), 'TASK')}")
    if task not in tasks:
        raise SandboxError(f'There is no task "{task}".{nearest(task, tasks)}')
    if tasks[task] and KINDS[kind] in {*NEED_CONTAINERS, EVENTS_THROTTLED}:
        raise SandboxError(f"{task} is a call, which starts no container. It can't have {kind}.")
    return NextFault(task, KINDS[kind], times)


def tasks_of(found: Sequence[Mapping[str, Any]]) -> dict[str, bool]:
    """The tasks of all schedules, as ListSchedules returns them, and whether each is a call."""
    return {names.task_of_schedule(each["Name"]): is_call(each["Target"]["Arn"]) for each in found}


def new_jump(text: str) -> Jump:
    """A jump of the clock. Raises SandboxError for another text than a duration of at most 7 days."""
    try:
        found = seconds(text)
    except ValueError as error:
        raise SandboxError(f"--by: {error}") from None
    if not 1 <= found <= LONGEST_JUMP:
        raise SandboxError(f'--by: "{text}" is not allowed. Use 1s to 7d.')
    return Jump(found)


def fires(found: Sequence[Mapping[str, Any]], task: str, schedule: str | None) -> Fire:
    """The request that fires a schedule of a task.

    Args:
        found: All schedules of the emulator, as ListSchedules returns them.
        task: The task.
        schedule: The name of the schedule; None for the only one.

    Raises:
        SandboxError: There is no such task or schedule, or it isn't clear which one.
    """
    own = [each for each in found if names.is_schedule_of(each["Name"], task)]
    if not own:
        tasks = sorted({names.task_of_schedule(each["Name"]) for each in found})
        raise SandboxError(f'There is no task "{task}".{nearest(task, tasks)}')
    by_name = {each["Name"]: each for each in own}
    if schedule is None and len(by_name) > 1:
        raise SandboxError(f"{task} has several schedules. Choose one: --schedule {listed(by_name)}.")
    for name in [next(iter(by_name))] if schedule is None else [schedule, names.named_schedule(task, schedule)]:
        if name in by_name:
            return Fire(by_name[name]["GroupName"], name)
    raise SandboxError(f'{task} has no schedule "{schedule}". Its schedules: {listed(by_name, "and")}.')
