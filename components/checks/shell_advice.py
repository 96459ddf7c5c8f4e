"""Warnings about shell scripts whose exit code hides a failure.

ECS reports the exit code of a container's first process, and a run with exit code 0 counts as a success. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from posixpath import basename

from ..problems import Path, Problem
from ..resolved import Task

_SHELLS = frozenset({"sh", "ash", "dash", "bash", "ksh", "zsh"})
_OPTIONS = re.compile(r"[-+][A-Za-z]+|--[a-z-]+")
_SYMBOL = re.compile(r"""\\.|['"\n]|(?<!\S)\#|\|\||>\||\|""", re.DOTALL | re.VERBOSE)
"""The characters that decide whether `|` connects commands. `||` and `>|` do not."""
_CASE = re.compile(r"(?<!\S)case\s")
"""`case` separates its patterns by `|`."""
_HIDDEN = (
    "has a pipeline, whose exit code is that of its last command. If an earlier one fails, the run counts as a "
    "success. Use a shell with the option pipefail: [bash, -o, pipefail, -c, ...]. Or write to a file, and connect "
    "the commands with &&."
)


def shell_warnings(task: Task) -> Iterator[Problem]:
    """Warnings about the commands of a task and of its schedules."""
    entry_point = _words(task.entry_point)
    commands: list[tuple[Path, Sequence[str]]] = [
        (("command",), _words(task.command)),
        *(((*schedule.path, "command"), schedule.command) for schedule in task.schedules if schedule.command),
    ]
    for path, command in commands:
        words = [*entry_point, *command]
        place = script_place(words)
        if place is not None and hides_failures(words[place]):
            inside = place - len(entry_point)
            yield Problem((*path, inside) if inside >= 0 else ("entry_point", place), _HIDDEN)


def _words(words: Sequence[object] | None) -> tuple[str, ...]:
    """The words of a command. An output is not known yet, and counts as an empty word."""
    return tuple(word if isinstance(word, str) else "" for word in words or ())


def script_place(words: Sequence[str]) -> int | None:
    """The place of the script in a command such as `sh -c SCRIPT`. None without one, or if the shell has `pipefail`.

    POSIX: Shell and Utilities, `sh`: the script is the first operand with the option -c.
    """
    shell = next((place for place, word in enumerate(words) if basename(word) in _SHELLS), None)
    if shell is None:
        return None
    has_script, name_follows = False, False
    for place, word in enumerate(words[shell + 1 :], shell + 1):
        if name_follows:
            name_follows = False
            if word == "pipefail":
                return None
        elif not _OPTIONS.fullmatch(word):
            return place if has_script else None
        elif not word.startswith("--"):
            has_script |= "c" in word
            name_follows = word.endswith("o")
    return None


def hides_failures(script: str) -> bool:
    """Whether a script has a pipeline, so that the failure of a command can be hidden.

    POSIX: Shell Command Language, "Pipelines": the exit status is that of the last command. In bash, ksh, zsh and
    BusyBox, `set -o pipefail` changes that. In other shells, it ends the script with an error.
    """
    return _has_pipe(script) and "pipefail" not in script and not _CASE.search(script)


def _has_pipe(script: str) -> bool:
    """Whether `|` connects commands, outside of quotes and comments."""
    inside = ""
    for match in _SYMBOL.finditer(script):
        symbol = match[0]
        if inside:
            # A backslash does not escape the quote that ends '...'.
            closed = symbol == inside or (inside == "'" and symbol == "\\'")
            inside = "" if closed else inside
        elif symbol in ("'", '"'):
            inside = symbol
        elif symbol == "#":
            inside = "\n"
        elif symbol == "|":
            return True
    return False
