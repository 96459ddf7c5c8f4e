"""The problems of a stack, for the top of the page. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from components.monitoring.alarms import group_alarms

from ..dead_letters.message import EVENTS, LAUNCHES
from ..dead_letters.queue import queue_names
from ..output import counted, in_words
from ..pauses.record import ALL
from ..runs.records import Run
from ..state.status import Status
from .reading import Reading
from .tasks import TaskView, shortened

ERROR, WARNING, UNKNOWN = "error", "warning", "unknown"
_REASON, _LINE = 200, 200
"""The most characters of a reason and of a log line."""
_DEAD_LETTERS = "dead-letters"
_COMMANDS = {
    _DEAD_LETTERS: ("dead-letters", "list"),
    "dropped": ("dead-letters", "list"),
    "target-errors": ("doctor",),
    "lost-dead-letters": ("doctor",),
    "throttled": ("load",),
}
"""The command that tells most about an alarm of a group."""


@dataclass(frozen=True, slots=True)
class Problem:
    """An entry of the list of problems.

    Args:
        level: `ERROR`, `WARNING`, or `UNKNOWN` for something that could not be read.
        title: The problem in a few words.
        text: Details in sentences.
        task: The task that it is about. Empty if it is about the stack.
        at: When it happened.
        words: The words of a command that tells more or helps.
        line: The last log line of a failed run.
    """

    level: str
    title: str
    text: str = ""
    task: str = ""
    at: datetime | None = None
    words: Sequence[str] = ()
    line: str = ""


def problems(reading: Reading, tasks: Sequence[TaskView]) -> list[Problem]:
    """The problems of a stack, the most important ones first."""
    found = reading.status
    if found is None:
        return [Problem(ERROR, f"{reading.name} could not be read", each) for each in reading.problems]
    unread = [_unknown(sentences) for sentences in reading.problems]
    lost = reading.outcomes.lost if reading.outcomes else ()
    if count := sum(1 for view in tasks if any(source.enabled and source.times is None for source in view.row.sources)):
        text = "The stack's configuration isn't here, or is invalid. Run the command in its project, or pass --full."
        unread.append(Problem(UNKNOWN, f"The next runs of {counted(count, 'task')} are unknown", text))
    unread += [_unknown(sentences) for sentences in dict.fromkeys([*found.unknown, *lost])]
    if len(unread) > 1:
        text = "\n".join(f"{problem.title}. {problem.text}".rstrip() for problem in unread)
        unread = [Problem(UNKNOWN, f"{len(unread)} parts are unknown", text)]
    failed = [(view, view.last_failed) for view in tasks if view.failures]
    known = sorted(((view, run) for view, run in failed if run), key=_newest_first, reverse=True)
    return [
        *(_failed(view, run, reading) for view, run in known),
        *_dead_letters(found),
        *_group_alarms(found),
        *(problem for view in tasks if not view.failures for problem in _alarms(view)),
        *unread,
        *(_slow(view) for view in tasks if view.slow),
        *_pauses(found),
    ]


def nothing_wrong(reading: Reading) -> bool:
    """Whether the page may say that nothing fails: everything that it depends on was read."""
    found = reading.status
    if found is None or found.alarms is None or found.dead_letters is None:
        return False
    return reading.runs_known and reading.complete


def _unknown(sentences: str) -> Problem:
    first, _, rest = sentences.removesuffix(".").partition(". ")
    return Problem(UNKNOWN, first, f"{rest}." if rest else "")


def _ended(run: Run) -> datetime | None:
    return run.stopped or run.started


def _newest_first(failed: tuple[TaskView, Run]) -> tuple[bool, float]:
    at = _ended(failed[1])
    return (at is not None, at.timestamp() if at else 0)


def _failed(view: TaskView, run: Run, reading: Reading) -> Problem:
    times = "" if view.failures == 1 else f" {view.failures} times in a row"
    sentences = [
        *([] if run.exit_code is None else [f"Exit code {run.exit_code}."]),
        *([_sentence(shortened(run.reason, _REASON))] if run.reason else []),
        *(f"Alarm {alarm.removeprefix(f'{view.row.task}/')} is firing." for alarm in view.row.alarms),
    ]
    words = ("history", view.row.task) if view.row.is_call else ("logs", view.row.task, "--run", run.id)
    lines = [line.text.strip() for line in reading.lines.get(run.id, ()) if line.text.strip()]
    line = shortened(lines[-1], _LINE) if lines else ""
    title = f"{view.row.task} failed{times}"
    return Problem(ERROR, title, " ".join(sentences), view.row.task, _ended(run), words, line)


def _alarms(view: TaskView) -> Iterator[Problem]:
    text = "No run has succeeded for as long as `expectSuccessWithin` allows."
    for alarm in view.row.alarms:
        yield Problem(ERROR, f"Alarm {alarm} is firing", text, view.row.task, words=("history", view.row.task))


def _group_alarms(found: Status) -> Iterator[Problem]:
    """Yield the firing alarms of the group. A message in a dead-letter queue is already a problem."""
    known = group_alarms(schedule_group=found.deployment.name, queues=dict(queue_names(found.deployment)))
    counted_letters = found.dead_letters is not None and any(found.dead_letters.values())
    for name in found.alarms or ():
        if name == _DEAD_LETTERS and counted_letters:
            continue
        text = known[name]["alarm_description"] if name in known else ""
        yield Problem(ERROR, f"Alarm {name} is firing", text, words=_COMMANDS.get(name, ()))


def _dead_letters(found: Status) -> Iterator[Problem]:
    if found.dead_letters is None:
        return
    launches, events = found.dead_letters.get(LAUNCHES), found.dead_letters.get(EVENTS)
    words = _COMMANDS[_DEAD_LETTERS]
    if launches is None:
        queue = found.deployment.names.dead_letter_queue
        yield Problem(ERROR, "Failed launches are lost", f"The dead-letter queue {queue} doesn't exist.")
    elif launches:
        title = counted(launches, "failed launch", "failed launches")
        yield Problem(ERROR, title, "EventBridge Scheduler could not start these runs.", words=words)
    if events:
        text = "These outcomes reached neither an outcome log nor a recipient."
        yield Problem(ERROR, counted(events, "undelivered event"), text, words=words)


def _slow(view: TaskView) -> Problem:
    run = view.runs[0]
    lasting = view.now - (run.started or view.now)
    text = f"It has run for {in_words(lasting)}. Its usual duration is {in_words(view.usual or lasting)}."
    words = ("logs", view.row.task, "--run", run.id)
    return Problem(WARNING, f"{view.row.task} runs longer than usual", text, view.row.task, None, words)


def _pauses(found: Status) -> Iterator[Problem]:
    for task, pause in sorted(found.pauses.items()):
        if task in found.over:
            continue
        title = "All tasks are paused by hand" if task == ALL else f"{task} is paused by hand"
        words = ("resume", "--all") if task == ALL else ("resume", task)
        text = f"By {pause.who}: {pause.why}"
        yield Problem(WARNING, title, text, "" if task == ALL else task, pause.at, words)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."
