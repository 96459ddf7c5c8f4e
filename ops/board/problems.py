"""The problems of a stack, for the top of the page. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from ..dead_letters.message import EVENTS, LAUNCHES
from ..output import counted, in_words
from ..pauses.record import ALL
from ..state.status import Status
from .reading import Reading
from .tasks import TaskView, shortened

ERROR, WARNING, UNKNOWN = "error", "warning", "unknown"
_REASON = 200


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
    """

    level: str
    title: str
    text: str = ""
    task: str = ""
    at: datetime | None = None
    words: Sequence[str] = ()


def problems(reading: Reading, tasks: Sequence[TaskView]) -> list[Problem]:
    """The problems of a stack, the most important ones first."""
    found = reading.status
    unread = [Problem(UNKNOWN, sentence) for sentence in reading.problems]
    if found is None:
        return [Problem(ERROR, f"{reading.name} could not be read", each.title) for each in unread]
    lost = reading.outcomes.lost if reading.outcomes else ()
    if count := sum(1 for view in tasks if any(source.enabled and source.times is None for source in view.row.sources)):
        text = "The stack's configuration isn't here, or is invalid. Run the command in its project, or pass --full."
        unread.append(Problem(UNKNOWN, f"The next runs of {counted(count, 'task')} are unknown", text))
    unread += [Problem(UNKNOWN, sentence) for sentence in dict.fromkeys([*found.unknown, *lost])]
    failed = sorted((view for view in tasks if view.failures), key=_ended, reverse=True)
    return [
        *map(_failed, failed),
        *(Problem(ERROR, f"Alarm {alarm} is firing") for alarm in found.alarms or ()),
        *(problem for view in tasks if not view.failures for problem in _alarms(view)),
        *_dead_letters(found),
        *(_slow(view) for view in tasks if view.slow),
        *unread,
        *_pauses(found),
    ]


def nothing_wrong(reading: Reading) -> bool:
    """Whether the page may say that nothing fails: everything that it depends on was read."""
    found, outcomes = reading.status, reading.outcomes
    if found is None or outcomes is None or not outcomes.complete:
        return False
    known = found.last_runs_known and found.alarms is not None and found.dead_letters is not None
    return known and reading.complete


def _last_failed(view: TaskView) -> datetime | None:
    failed = next(run for run in view.runs if run.outcome == "failed")
    return failed.stopped or failed.started


def _ended(view: TaskView) -> tuple[bool, float]:
    at = _last_failed(view)
    return (at is not None, at.timestamp() if at else 0)


def _failed(view: TaskView) -> Problem:
    run = next(run for run in view.runs if run.outcome == "failed")
    times = "" if view.failures == 1 else f" {view.failures} times in a row"
    sentences = [
        *([] if run.exit_code is None else [f"Exit code {run.exit_code}."]),
        *([_sentence(shortened(run.reason, _REASON))] if run.reason else []),
        *(problem.title + "." for problem in _alarms(view)),
    ]
    words = ("logs", view.row.task, "--run", run.id)
    return Problem(
        ERROR, f"{view.row.task} failed{times}", " ".join(sentences), view.row.task, _last_failed(view), words
    )


def _alarms(view: TaskView) -> Iterator[Problem]:
    for alarm in view.row.alarms:
        yield Problem(ERROR, f"Alarm {alarm} is firing", task=view.row.task, words=("history", view.row.task))


def _dead_letters(found: Status) -> Iterator[Problem]:
    if found.dead_letters is None:
        return
    launches, events = found.dead_letters.get(LAUNCHES), found.dead_letters.get(EVENTS)
    words = ("dead-letters", "list")
    if launches is None:
        queue = found.deployment.names.dead_letter_queue
        yield Problem(ERROR, "Failed launches are lost", f"The dead-letter queue {queue} doesn't exist.")
    elif launches:
        title = counted(launches, "failed launch") if launches == 1 else f"{launches:,} failed launches"
        yield Problem(ERROR, title, "EventBridge Scheduler could not start these runs.", words=words)
    if events:
        text = "These outcomes reached neither an outcome log nor a recipient."
        yield Problem(ERROR, counted(events, "undelivered event"), text, words=words)


def _slow(view: TaskView) -> Problem:
    usual = in_words(view.usual) if view.usual else "unknown"
    run = view.runs[0]
    text = f"Its usual duration is {usual}."
    words = ("logs", view.row.task, "--run", run.id)
    return Problem(WARNING, f"{view.row.task} runs longer than usual", text, view.row.task, run.started, words)


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
