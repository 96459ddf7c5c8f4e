"""Kills of the sandbox's processes while it deploys and deletes."""

import random
import shutil
import signal
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

from sandbox.engine import Sandbox

from . import processes
from .small_stack import RESOURCES, STACK, SUPERVISED
from .trials import Part, Say, Section, Trial
from .victims import VICTIMS, Ended, Kill, run, small_sandbox


@dataclass(frozen=True, slots=True)
class Stack:
    """A stack to deploy and to delete.

    Args:
        text: Its configuration.
        resources: The number of its resources, apart from components.
        lines: About how many lines each command prints.
    """

    text: str
    resources: int
    lines: Mapping[str, int]


STACKS: Mapping[str, Stack] = {
    "small": Stack(STACK, RESOURCES - 1, {"up": 19, "destroy": 16}),
    "supervised": Stack(SUPERVISED, 54, {"up": 58, "destroy": 55}),
}
"""The stacks of the trials. The larger one takes three times as long, so one trial in four has it."""
END_SECONDS = 10
"""How long processes may take to notice that they are no longer needed."""
_SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
_STOPS = (1, 5, 20)
"""Seconds for which a process is stopped, as when a laptop sleeps or memory is swapped."""


def cases(count: int, seed: int) -> Iterator[tuple[str, str, Kill]]:
    """Random stacks, commands and kills: each victim equally often, at random lines.

    In one of four, the process is stopped for a while, and then continues or is killed.
    """
    chosen = random.Random(seed)  # noqa: S311 - not a secret
    victims = list(VICTIMS)
    for number in range(count):
        victim = victims[number % len(victims)]
        stack = "supervised" if chosen.random() < 0.25 else "small"
        command = chosen.choice(list(STACKS[stack].lines))
        line = chosen.randrange(STACKS[stack].lines[command])
        if chosen.random() < 0.25:
            after = chosen.choice((signal.SIGCONT, signal.SIGKILL))
            yield stack, command, Kill(victim, line, after, chosen.choice(_STOPS))
        else:
            number_of_signal = chosen.choice(_SIGNALS) if victim == "command" else signal.SIGKILL
            yield stack, command, Kill(victim, line, number_of_signal)


def trial(folder: Path, stack: str, command: str, kill: Kill) -> tuple[bool, str]:
    """Kill a process, or let it continue after a stop; then deploy, and delete.

    Returns whether a process was found, and what went wrong afterwards; an empty string if nothing did.
    """
    box = small_sandbox(folder, STACKS[stack].text)
    try:
        if command == "destroy":
            complete(run(box, "up"), box, stack)
        hit = run(box, command, kill=kill)
        problem = "a traceback" if "Traceback" in hit.output else ""
        if kill.continues and hit.code and not problem:
            problem = f"the command failed after a stop:\n{hit.output}"
        if command == "destroy":
            # Deletes what is left; nothing is left if the kill came after the end.
            run(box, "destroy")
        complete(run(box, "up"), box, stack)
        gone(run(box, "destroy"), box)
    except (AssertionError, subprocess.TimeoutExpired) as error:
        return True, str(error)
    else:
        return hit.hit, problem
    finally:
        box.discard()
        shutil.rmtree(folder)


def complete(ended: Ended, box: Sandbox, stack: str = "small") -> None:
    """Assert that an `up` has deployed the whole stack."""
    assert ended.code == 0, ended.output
    assert "Traceback" not in ended.output, ended.output
    found = [resource for resource in box.resources() if "ScheduledTask" not in str(resource["type"])]
    assert len(found) >= STACKS[stack].resources, f"{len(found)} resources"
    assert not box.locked, "Pulumi's lock is left"


def gone(ended: Ended, box: Sandbox) -> None:
    """Assert that a `destroy` has left no file and no process."""
    assert ended.code == 0, ended.output
    assert not box.base.exists(), "files are left"
    deadline = monotonic() + END_SECONDS
    while left := processes.of(box.home):
        assert monotonic() < deadline, f"processes are left: {left}"
        sleep(0.1)


def measure(count: int, seed: int, say: Say) -> Part:
    """Run trials until `count` processes were killed."""
    tried, survived, failures = Counter[str](), Counter[str](), list[str]()
    for stack, command, kill in cases(count * 2, seed):
        if tried.total() >= count:
            break
        with tempfile.TemporaryDirectory() as folder:
            hit, problem = trial(Path(folder) / "box", stack, command, kill)
        if not hit:
            continue
        tried[_what(kill)] += 1
        survived[_what(kill)] += not problem
        if problem:
            failures.append(problem)
            say(f"{stack} {command} {kill}: {problem}")
        elif tried.total() % 10 == 0:
            say(f"{tried.total()} kills")
    return Part([_trial(what, tried[what], survived[what], failures) for what in sorted(tried)])


def _what(kill: Kill) -> str:
    if not kill.stopped:
        return f"Kill the {kill.victim}"
    return f"Stop the {kill.victim}, then {'let it continue' if kill.continues else 'kill it'}"


def _trial(what: str, tried: int, survived: int, failures: Sequence[str]) -> Trial:
    rest = f"Failed: {failures[0].splitlines()[-1]}" if survived < tried else ""
    return Trial(what, tried, survived, rest)


SECTION = Section(
    "Killed processes of the sandbox",
    """\
A process of `make up` or `make down` is killed or stopped after a random line of output. The next `make up` must deploy
the whole stack, and the next `make down` must leave no file, lock or process.""",
    measure,
    200,
    """\
After a kill, the sandbox starts with an empty emulator. With `--endpoint`, it keeps yours.""",
)
