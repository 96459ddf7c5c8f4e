"""Warnings about shell scripts whose exit code hides a failure.

ECS reports the exit code of a container's first process, and a run with exit code 0 counts as a success. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from posixpath import basename

from ..problems import Path, Problem
from ..resolved import Task

_SHELLS = frozenset({"sh", "ash", "dash", "bash", "ksh", "zsh"})
_OPTIONS = re.compile(r"[-+][A-Za-z]+|--[a-z-]+")
_SYMBOL = re.compile(r"""\\.|['"\n;]|(?<!\S)\#|\|\||>\||\|""", re.DOTALL | re.VERBOSE)
"""The characters that separate or connect commands, and those that hide them. `||` and `>|` do not count."""
_PIPE = "|"
_SEPARATORS = frozenset({";", "\n"})
_COMPOUND = re.compile(
    r"(?<![^\s;&|(])(?:case|if|for|while|until|select|function|trap)\s|(?<!\$)[({]|<<|\$\?",
)
"""Compound commands, functions and here-documents have separators of their own. A script with `$?` or `trap` looks at
exit codes itself."""
_CANNOT_FAIL = re.compile(r"(?:(?:echo|printf|export|umask|set|shopt|ulimit|:|true|sleep)(?:\s(?:[^`$&]|\$(?!\())*)?)?")
"""Commands whose failure hides nothing, if they call no others."""
_EXITS = re.compile(r"\|\|\s*(?:exit|return)\b")
_PIPELINE = (
    "has a pipeline, whose exit code is that of its last command. If an earlier one fails, the run counts as a "
    "success. Use a shell with the option pipefail: [bash, -o, pipefail, -c, ...]. Or write to a file, and connect "
    "the commands with &&."
)
_SEQUENCE = (
    "runs commands one after the other, and its exit code is that of the last one. If an earlier one fails, the run "
    "counts as a success. Connect the commands with &&, or begin the script with: set -e"
)


@dataclass(frozen=True, slots=True)
class Script:
    """The script of a shell."""

    place: int
    """Its place in the command."""
    pipefail: bool = False
    errexit: bool = False


def shell_warnings(task: Task) -> Iterator[Problem]:
    """Warnings about the commands of a task and of its schedules."""
    entry_point = _words(task.entry_point)
    commands: list[tuple[Path, Sequence[str]]] = [
        (("command",), _words(task.command)),
        *(((*schedule.path, "command"), schedule.command) for schedule in task.schedules if schedule.command),
    ]
    for path, command in commands:
        words = [*entry_point, *command]
        found = script_in(words)
        if found is not None:
            inside = found.place - len(entry_point)
            place = (*path, inside) if inside >= 0 else ("entry_point", found.place)
            yield from (Problem(place, message) for message in hidden_failures(words[found.place], found))


def _words(words: Sequence[object] | None) -> tuple[str, ...]:
    """The words of a command. An output is not known yet, and counts as an empty word."""
    return tuple(word if isinstance(word, str) else "" for word in words or ())


def script_in(words: Sequence[str]) -> Script | None:
    """The script in a command such as `sh -c SCRIPT`. None without one.

    POSIX: Shell and Utilities, `sh`: the script is the first operand with the option -c.
    """
    shell = next((place for place, word in enumerate(words) if basename(word) in _SHELLS), None)
    if shell is None:
        return None
    has_script, name_follows = False, False
    named: set[str] = set()
    for place, word in enumerate(words[shell + 1 :], shell + 1):
        if name_follows:
            name_follows = False
            named.add(word)
        elif not _OPTIONS.fullmatch(word):
            return Script(place, "pipefail" in named, "errexit" in named) if has_script else None
        elif not word.startswith("--"):
            has_script |= "c" in word
            name_follows = word.endswith("o")
            named |= {"errexit"} if word.startswith("-") and "e" in word else set()
    return None


def hidden_failures(text: str, script: Script) -> Iterator[str]:
    """Warnings about failures that a script hides.

    POSIX: Shell Command Language, "Pipelines" and "Sequential Lists": the exit status is that of the last command. In
    bash, ksh, zsh and BusyBox, `set -o pipefail` changes that for pipelines; in other shells, it ends the script with
    an error. `set -e` changes it for sequences.
    """
    commands, has_pipe = _parsed(text)
    if has_pipe and not script.pipefail and "pipefail" not in text and not re.search(r"(?<!\S)case\s", text):
        yield _PIPELINE
    elif not script.errexit and not _COMPOUND.search(text) and _loses_failures(commands):
        yield _SEQUENCE


def _loses_failures(commands: Sequence[str]) -> bool:
    """Whether the failure of a command before the last one changes nothing."""
    if any(map(_sets_errexit, commands)):
        return False
    return not all(_CANNOT_FAIL.fullmatch(command) or _EXITS.search(command) for command in commands[:-1])


def _sets_errexit(command: str) -> bool:
    name, *options = command.split()
    return name == "set" and any(word == "errexit" or (word[0] == "-" and "e" in word) for word in options)


def _parsed(script: str) -> tuple[list[str], bool]:
    """The commands of a script, and whether `|` connects some. Quoted characters and comments don't count."""
    inside, begin, has_pipe = "", 0, False
    commands: list[str] = []
    for match in _SYMBOL.finditer(script):
        symbol = match[0]
        if inside:
            # A backslash does not escape the quote that ends '...'.
            closed = symbol == inside or (inside == "'" and symbol == "\\'")
            if closed and inside == "\n":
                begin = match.end()
            inside = "" if closed else inside
        elif symbol in ("'", '"'):
            inside = symbol
        elif symbol == "#":
            commands.append(script[begin : match.start()])
            inside, begin = "\n", len(script)
        elif symbol in _SEPARATORS:
            commands.append(script[begin : match.start()])
            begin = match.end()
        has_pipe |= not inside and symbol == _PIPE
    stripped = (command.strip() for command in (*commands, script[begin:]))
    return [command for command in stripped if command], has_pipe
