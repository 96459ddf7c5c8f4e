"""Running trials in child processes with a limit of time and memory, so that a hang or a crash ends only one trial."""

import faulthandler
import json
import os
import resource
import signal
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
_MIB = 2**20


@dataclass(frozen=True, slots=True)
class Ended:
    """How a trial ended."""

    number: int
    accepted: bool = False
    failure: str = ""
    """The end of the traceback, or the signal; empty if the trial survived."""
    seconds: float = 0.0
    """Processor time."""
    mib: float = 0.0
    """Memory of the process at its largest, above what it had before its first trial."""


def run_all(items: Sequence[T], trial: Callable[[T], bool], *, seconds: float = 5, mib: int = 1024) -> Iterator[Ended]:
    """Run a trial with each item, in the order of the items.

    Args:
        items: Values, one per trial.
        trial: Whether the item is accepted. Whatever it raises is a failure.
        seconds: Processor time of one trial. The process ends when it is over.
        mib: Memory that all trials of one process may take, in addition to what it has.
    """
    first = 0
    while first < len(items):
        for ended in _in_child(items, trial, first, seconds, mib):
            yield ended
            first = ended.number + 1


def _in_child(items: Sequence[T], trial: Callable[[T], bool], first: int, seconds: float, mib: int) -> Iterator[Ended]:
    """The trials from `first` on, until one of them ends the process."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _run(items, trial, first, seconds, mib, writing)
    os.close(writing)
    number = first
    with os.fdopen(reading) as lines:
        for line in lines:
            ended = Ended(**json.loads(line))
            number = ended.number + 1
            yield ended
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        yield Ended(number, failure=signal.Signals(os.WTERMSIG(status)).name, seconds=seconds)
    elif number < len(items):
        yield Ended(number, failure=f"exit code {os.WEXITSTATUS(status)}")


def _run(items: Sequence[T], trial: Callable[[T], bool], first: int, seconds: float, mib: int, writing: int) -> None:
    """Run in the child, which never returns."""
    code = 1
    faulthandler.disable()
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        allowed = pages * resource.getpagesize() + mib * _MIB
        resource.setrlimit(resource.RLIMIT_AS, (allowed, allowed))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        # The default action of the signal ends the process, even inside the parser of libyaml.
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for number in range(first, len(items)):
            ended = _one(number, items[number], trial, seconds, before)
            os.write(writing, (json.dumps(ended) + "\n").encode())
        code = 0
    finally:
        os._exit(code)


def _one(number: int, item: T, trial: Callable[[T], bool], seconds: float, before: int) -> dict[str, object]:
    accepted, failure = False, ""
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        accepted = trial(item)
    except BaseException as error:
        failure = f"{type(error).__name__}: {error}"[:500] + "\n" + "".join(traceback.format_exception(error))[-1500:]
    left, _ = signal.setitimer(signal.ITIMER_PROF, 0)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    return {
        "number": number,
        "accepted": accepted,
        "failure": failure,
        "seconds": seconds - left,
        "mib": grown,
    }
