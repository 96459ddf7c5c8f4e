"""Recovery from an interrupted command: its leftovers, and the next step."""

import shlex
import signal
from collections.abc import Mapping
from dataclasses import dataclass

INTERRUPTED = "the last command was interrupted"
CANT_USE_STATE = "Pulumi can't use its state"


@dataclass(frozen=True, slots=True)
class Leftovers:
    """Leftovers of earlier commands, at the start of a command.

    Arguments:
        unfinished: The marker of a command that did not end well.
        locked: Pulumi's lock, although no engine is running.
        damaged: The checkpoint of the stack can't be read.
        stack: There is a checkpoint.
        used: An earlier command has prepared the engine.
        emulator: The emulator of the sandbox answers.
        hangs: The emulator of the sandbox lives, but it doesn't answer.
    """

    unfinished: bool = False
    locked: bool = False
    damaged: bool = False
    stack: bool = False
    used: bool = False
    emulator: bool = False
    hangs: bool = False

    @property
    def interrupted(self) -> bool:
        """Whether an engine was killed, or the command that started it."""
        return self.unfinished or self.locked


def reason_to_start_over(found: Leftovers) -> str:
    """Return why an embedded sandbox must start empty, as a clause; empty if it can continue.

    The state and the emulator must belong together, because a resource that only one of them has makes every later
    command fail.
    """
    if found.interrupted:
        return INTERRUPTED
    if found.hangs:
        return "its emulator doesn't answer"
    if found.damaged:
        return "its state can't be read"
    if found.emulator and found.used and not found.stack:
        return "its state is missing"
    if found.stack and not found.emulator:
        return "its emulator was stopped"
    return ""


def killed(code: int) -> str:
    """Describe the death of the engine by a signal. `code` is negative, as subprocess returns it."""
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    return f"The Pulumi engine was ended by {name}, for example because memory ran out."


PROVIDER_ENDED = "The AWS provider ended before the engine did, for example because memory ran out."
STARTS_OVER = "The next command starts with an empty sandbox."


def advice(endpoint: str, folder: str, resources: Mapping[str, str]) -> str:
    """Say what to do about resources that a given emulator may have although they are not in the state.

    Args:
        endpoint: The emulator's URL.
        folder: The folder of the sandbox that belongs to the emulator.
        resources: The name in AWS of each resource, by URN.
    """
    if not resources:
        return ""
    lines = [f"  {_type(urn)} {name or urn.rsplit('::', 1)[-1]}" for urn, name in sorted(resources.items())]
    return "\n".join([
        f"These resources may exist at {endpoint} without being in the stack's state:",
        *lines,
        "If `up` fails because one exists, delete it in the emulator. To clear an emulator that has nothing else, run:",
        f"  {_clear(endpoint, folder)}",
    ])  # fmt: skip


def _type(urn: str) -> str:
    return urn.split("::")[-2].rsplit("$", 1)[-1] if urn.count("::") >= 3 else ""


def unreadable(endpoint: str, folder: str) -> str:
    """Say what to do about a state that can't be read, with a given emulator."""
    return (
        f"The state of the stack at {endpoint} can't be read, and there is no earlier copy. To clear the sandbox and an"
        f" emulator that has nothing else, run: {_clear(endpoint, folder)}"
    )


def _clear(endpoint: str, folder: str) -> str:
    """A shell command that empties an emulator of moto, and the sandbox that belongs to it."""
    return f"curl -X POST {shlex.quote(f'{endpoint}/moto-api/reset')} && rm -r {shlex.quote(folder)}"
