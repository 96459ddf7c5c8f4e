"""Kills of the sandbox's processes while it deploys and deletes."""

import random
import shutil
import signal
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import monotonic, sleep

from sandbox.engine import Sandbox

from . import processes
from .small_stack import RESOURCES
from .trials import Part, Say, Section, Trial
from .victims import VICTIMS, Ended, Kill, run, small_sandbox

LINES = {"up": 19, "destroy": 16}
"""About how many lines each command prints."""
END_SECONDS = 10
"""How long processes may take to notice that they are no longer needed."""
_SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)


def cases(count: int, seed: int) -> Iterator[tuple[str, Kill]]:
    """Random commands and kills: each victim equally often, at random lines."""
    chosen = random.Random(seed)  # noqa: S311 - not a secret
    victims = list(VICTIMS)
    for number in range(count):
        victim = victims[number % len(victims)]
        command = chosen.choice(list(LINES))
        number_of_signal = chosen.choice(_SIGNALS) if victim == "command" else signal.SIGKILL
        yield command, Kill(victim, chosen.randrange(LINES[command]), number_of_signal)


def trial(folder: Path, command: str, kill: Kill) -> tuple[bool, str]:
    """Kill a process, deploy, and delete.

    Returns whether a process was killed, and what went wrong afterwards; an empty string if nothing did.
    """
    box = small_sandbox(folder)
    try:
        if command == "destroy":
            complete(run(box, "up"), box)
        hit = run(box, command, kill=kill)
        problem = "a traceback" if "Traceback" in hit.output else ""
        if command == "destroy":
            # Deletes what is left; nothing is left if the kill came after the end.
            run(box, "destroy")
        complete(run(box, "up"), box)
        gone(run(box, "destroy"), box)
    except (AssertionError, subprocess.TimeoutExpired) as error:
        return True, str(error)
    else:
        return hit.hit, problem
    finally:
        box.discard()
        shutil.rmtree(folder)


def complete(ended: Ended, box: Sandbox) -> None:
    """Assert that an `up` has deployed the whole stack."""
    assert ended.code == 0, ended.output
    assert "Traceback" not in ended.output, ended.output
    found = [resource for resource in box.resources() if "ScheduledTask" not in str(resource["type"])]
    assert len(found) >= RESOURCES - 1, f"{len(found)} resources"
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
    for command, kill in cases(count * 2, seed):
        if tried.total() >= count:
            break
        with tempfile.TemporaryDirectory() as folder:
            hit, problem = trial(Path(folder) / "box", command, kill)
        if not hit:
            continue
        tried[kill.victim] += 1
        survived[kill.victim] += not problem
        if problem:
            failures.append(problem)
            say(f"{command} {kill}: {problem}")
        elif tried.total() % 10 == 0:
            say(f"{tried.total()} kills")
    return Part([_trial(victim, tried[victim], survived[victim], failures) for victim in VICTIMS if tried[victim]])


def _trial(victim: str, tried: int, survived: int, failures: Sequence[str]) -> Trial:
    rest = f"Failed: {failures[0].splitlines()[-1]}" if survived < tried else ""
    return Trial(f"Kill the {victim}", tried, survived, rest)


SECTION = Section(
    "Killed processes of the sandbox",
    """\
Each trial kills `make up`, `make down` (SIGKILL, SIGTERM or SIGINT), or one of their processes (SIGKILL) after a random
line of output. A trial survives if the next `make up` deploys the whole stack and the next `make down` leaves no file,
lock or process, and if nothing hangs or prints a traceback.""",
    measure,
    200,
    """\
After a kill, the sandbox starts with an empty emulator. With `--endpoint`, it keeps yours, and names the resources that
may exist without being in Pulumi's state.""",
)
