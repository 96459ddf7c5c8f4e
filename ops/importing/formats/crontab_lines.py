"""The lines of a crontab: times, commands, variables and comments. Pure.

Source: crontab(5) of Debian's cron.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ..cron_fields import DESCRIPTORS
from ..model import Source, SourceError

_VARIABLE = re.compile(r"\s*(?:\"([^\"]+)\"|'([^']+)'|([A-Za-z_]\w*))\s*=\s*(.*?)\s*$")
_FIELD = re.compile(r"[0-9A-Za-z*,/?-]+")
_NUMERIC = re.compile(r"(?:[0-9]+|\*)(?:[-/,][0-9*]+)*")
_USER = re.compile(r"[a-z_][a-z0-9_-]*")
_COMMANDS = frozenset(
    """
    awk aws backup bash bundle cat cd certbot chmod chown command curl date docker echo env exec export find flock git
    ionice java logrotate make mysql mysqldump nice node npm npx perl pg_dump php psql python python3 rclone rm rsync
    ruby run-parts sed service sh sleep source su sudo supervisorctl systemctl tar test timeout wget yarn
    """.split()  # noqa: SIM905 - a list of words is easier to read
)
"""Programs that are no users."""
_USERS = frozenset(
    """
    apache app backup cron daemon deploy ec2-user git http mysql nginx nobody node postgres rails redis root ubuntu
    www-data
    """.split()  # noqa: SIM905 - as above
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line with a job.

    Args:
        number: Its number, from 1.
        fields: Its time.
        rest: The text after the time.
        comment: The comment above it.
    """

    number: int
    fields: str
    rest: str
    comment: str


@dataclass(frozen=True, slots=True)
class Variable:
    """A line that sets an environment variable of the lines below."""

    number: int
    name: str
    value: str


@dataclass(slots=True)
class Lines:
    """The lines of a file, in order, and the numbers of jobs that are commented out."""

    found: list[Line | Variable] = field(default_factory=list[Line | Variable])
    disabled: list[int] = field(default_factory=list[int])


def lines_of(source: Source) -> Lines:
    """Read the lines of a crontab. Raises SourceError for a line that is none."""
    lines, comment = Lines(), ""
    for number, text in _texts(source.text):
        if text.startswith("#"):
            words = text.lstrip("# \t")
            comment = "" if _split(words) or not words else f"{comment} {words}".strip()
            lines.disabled += [number] if _split(words) else []
            continue
        if job := _split(text):
            lines.found.append(Line(number, *job, comment))
        elif variable := _VARIABLE.fullmatch(text):
            name = variable[1] or variable[2] or variable[3]
            lines.found.append(Variable(number, name, _unquoted(variable[4])))
        elif text:
            raise SourceError(source.file, number, f"Not a crontab line: {short(text)}. {_other_format(source.text)}")
        comment = ""
    if not lines.found:
        raise SourceError(source.file, None, "There is no crontab line in this file.")
    return lines


def _texts(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.split("\n"), 1):
        yield number, line.strip(" \t\r")


def _split(text: str) -> tuple[str, str] | None:
    """The time of a line and what follows; None if it has no time."""
    if text.startswith("@"):
        words = text.split(None, 2)
        if words[0] == "@every" and len(words) == 3:
            return " ".join(words[:2]), words[2]
        words = text.split(None, 1)
        known = words[0] in DESCRIPTORS or words[0] == "@reboot"
        return (words[0], words[1]) if known and len(words) == 2 else None
    words = text.split(None, 5)
    if len(words) < 6 or not all(map(_FIELD.fullmatch, words[:5])) or not _NUMERIC.match(words[0]):
        return None
    # A sentence in a comment isn't a time.
    return (" ".join(words[:5]), words[5]) if sum(bool(_NUMERIC.match(word)) for word in words[:5]) >= 3 else None


def columns_of(lines: Sequence[Line]) -> str:
    """The column that all lines have; empty if the lines don't tell."""
    words = [line.rest.split()[0] for line in lines if not line.fields.startswith("@")]
    if any(_NUMERIC.fullmatch(word) for word in words):
        return ""
    firsts = [line.rest.split(None, 1) for line in lines]
    if any(len(first) < 2 or _is_command(*first) for first in firsts):
        return "none"
    return "user" if all(first[0] in _USERS for first in firsts) else ""


def _is_command(word: str, rest: str) -> bool:
    """Whether a word is a command and no user: by its name, or by what follows it."""
    return word in _COMMANDS or not _USER.fullmatch(word) or re.match(r"[->|&;]|\d>", rest) is not None


def _unquoted(value: str) -> str:
    """A value without the quotes around it, as cron removes them."""
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value


def _other_format(text: str) -> str:
    if re.search(r"^\s*kind:\s*(CronJob|List)\b", text, re.MULTILINE):
        return "It looks like a Kubernetes manifest: use import kubernetes."
    if re.search(r"^type:\s*Scheduled Job", text, re.MULTILINE):
        return "It looks like a Copilot manifest: use import copilot."
    if re.search(r"^\s*(scheduleExpression|schedule_expression)\s*:", text, re.MULTILINE):
        return "It looks like a file of ecschedule: use import ecschedule."
    return "A line has five time fields and a command, or NAME=value."


def short(text: str) -> str:
    """A text for a message, cut after 60 characters."""
    return text if len(text) <= 60 else f"{text[:59]}…"
