"""Command lines of a shell: which parts have a key of their own, and what remains. Pure."""

import re
import shlex
from dataclasses import dataclass, field

from .schedules import seconds_text

_TARGET = r"(?:\"[^\"]*\"|'[^']*'|[^\s;&|<>'\"]+)"
_REDIRECTION = re.compile(rf"(?<!\s)\s*(?:(?<=\s)[012]|&)?>{{1,2}}\s*(?:&[012]|{_TARGET})\s*$")
_MERGE = re.compile(r"(?<!\s)\s*(?:2>&1|1>&2|>&2)\s*$")
_CONTAINER_OUTPUT = re.compile(r"/dev/(?:null|stdout|stderr|fd/[12])|/proc/(?:1|self|\$\$)/fd/[12]")
_FOLDER = re.compile(r"cd\s+(\"[^\"$`]*\"|'[^']*'|[^\s;&|<>'\"$`~*?\\]+)\s*&&\s*")
_WRITTEN = re.compile(r"(?<![<>=-])(?:[012]|&)?>{1,2}\s*(?:\"([^\"&]+)\"|([^\s;&|<>'\"()`]+))")
_META = re.compile(r"[|&;<>()$`*?\[\]{}~#\n]|^\S*=")
_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)=(\"[^\"$`\\]*\"|'[^']*'|[^\s;&|<>'\"$`~*?\\]*)\s+(?=\S)")
_FLOCK = re.compile(r"(?:/usr/bin/)?flock\s+((?:-\S+\s+(?:\d+\s+)?)*)([^\s;&|<>$`-][^\s;&|<>$`]*)\s+(?:-c\s+)?")
_TIMEOUT = re.compile(r"(?:/usr/bin/)?timeout\s+(\d+)([smhd]?)\s+(?=[^\s-])")
_MOST_OUTPUTS = 9
"""Redirections that are taken off one command. Each is searched in the whole command."""
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
_LONGEST = 30 * 86400


@dataclass(slots=True)
class CommandLine:
    """A command line.

    Args:
        rest: The remaining command.
        folder: The folder of `cd folder &&`.
        environment: Variables that are set before the command.
        timeout: The time of `timeout`, as a duration of the configuration.
        lock: The options of `flock`. None without it.
        lock_file: The file that `flock` locks.
        outputs: The redirections at the end, in order.
        background: Whether `&` ends the line.
    """

    rest: str
    folder: str = ""
    environment: dict[str, str] = field(default_factory=dict[str, str])
    timeout: str = ""
    lock: str | None = None
    lock_file: str = ""
    background: bool = False
    outputs: list[str] = field(default_factory=list[str])

    @property
    def needs_shell(self) -> bool:
        """Whether a shell must interpret the remaining command."""
        try:
            shlex.split(self.rest)
        except ValueError:
            return True
        return _META.search(_without_quoted(self.rest)) is not None

    def words(self, shell: str) -> list[str]:
        """The words of the command."""
        return [shell, "-c", self.rest] if self.needs_shell else shlex.split(self.rest)


def _without_quoted(text: str) -> str:
    """The text without parts in single quotes, which a shell takes literally."""
    return re.sub(r"'[^']*'", "_", text)


def command_line(text: str) -> CommandLine:
    """Take apart a command line. Uncertain parts stay in the command."""
    found = CommandLine(text.strip())
    if found.rest.endswith("&") and found.rest[-2:] not in ("&&", ">&", "\\&"):
        found.background, found.rest = True, found.rest[:-1].rstrip()
    if _single_command(found.rest):
        _take_outputs(found)
    if folder := _FOLDER.match(found.rest):
        path = folder[1].strip("\"'")
        if path.startswith("/"):
            found.folder, found.rest = path, found.rest[folder.end() :]
    if _compound(found.rest):
        return found
    end = 0
    while assignment := _ASSIGNMENT.match(found.rest, end):
        found.environment[assignment[1]] = assignment[2].strip("\"'")
        end = assignment.end()
    found.rest = found.rest[end:]
    _take_lock(found)
    _take_timeout(found)
    return found


def _take_outputs(found: CommandLine) -> None:
    while (
        len(found.outputs) < _MOST_OUTPUTS
        and (match := _MERGE.search(found.rest) or _REDIRECTION.search(found.rest))
        and match.start()
    ):
        found.outputs.insert(0, match[0].strip())
        found.rest = found.rest[: match.start()].rstrip()


def is_container_output(redirection: str) -> bool:
    """Whether a redirection only moves the output to where a container's output is read, or discards it."""
    target = redirection.lstrip("012&>").strip().strip("\"'")
    return redirection.endswith(("&1", "&2")) or _CONTAINER_OUTPUT.fullmatch(target) is not None


def files_of(command: str) -> list[str]:
    """The files to which a command writes its output, also in a quoted part for another shell."""
    targets = (match[1] or match[2] for match in _WRITTEN.finditer(command))
    return [target for target in targets if not _CONTAINER_OUTPUT.fullmatch(target)]


def _single_command(text: str) -> bool:
    """Whether redirections at the end belong to the whole line, apart from `cd folder &&`."""
    return not _compound(text[folder.end() :] if (folder := _FOLDER.match(text)) else text)


def _compound(text: str) -> bool:
    bare = re.sub(r"'[^']*'|\"[^\"]*\"|&>|>&|\\.", "_", text)
    return re.search(r"[|;&(`\n]", bare) is not None


def _take_lock(found: CommandLine) -> None:
    lock = _FLOCK.match(found.rest)
    if not lock:
        return
    rest = found.rest[lock.end() :]
    if lock[0].rstrip().endswith("-c"):
        words = shlex.split(rest) if rest.count('"') % 2 == 0 and rest.count("'") % 2 == 0 else []
        if len(words) != 1:
            return
        rest = words[0]
    found.lock, found.lock_file, found.rest = lock[1].strip(), lock[2], rest


def _take_timeout(found: CommandLine) -> None:
    limit = _TIMEOUT.match(found.rest)
    if not limit:
        return
    seconds = int(limit[1]) * _UNITS[limit[2]]
    if 60 <= seconds <= _LONGEST:
        found.timeout, found.rest = seconds_text(seconds), found.rest[limit.end() :]


_PROGRAMS = frozenset(
    """
    bash
    bundle cd chronic curl dash docker docker-compose echo env exec flock ionice java make nice node npm npx perl php
    python python2 python3 rake ruby run run-parts sh sudo test time timeout wget yarn zsh
    """.split()  # noqa: SIM905 - a list of words is easier to read
)
_WORD = re.compile(r"[A-Za-z][\w.:/-]*")


def name_of(text: str) -> str:
    """A name for the task of a command line: that of its program, without interpreters and endings."""
    words = [word for word in re.split(r"[\s;&|()<>\"']+", text) if word]
    names = [_base(word) for word in words if _is_name(word)]
    chosen = [name for name in names if name not in _PROGRAMS] or names or ["task"]
    # A subcommand tells two commands of the same program apart.
    second = next((name for name in chosen[1:2] if re.fullmatch(r"[a-z][a-z0-9:_-]*", name) and len(name) <= 30), "")
    return f"{chosen[0]}-{second}" if second else chosen[0]


def _is_name(word: str) -> bool:
    # In a path, only the last part is the name.
    path = word.rstrip("/").rsplit("/", 1)[-1] if word.startswith(("/", "~", ".")) else word
    return not word.startswith(("-", "$", "%")) and "=" not in word and bool(_WORD.fullmatch(path.lstrip(".")))


def _base(word: str) -> str:
    """The last part of a path, without its ending."""
    return re.sub(r"\.[A-Za-z0-9]{1,4}$", "", word.rstrip("/").rsplit("/", 1)[-1])
