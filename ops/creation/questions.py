"""Answers from options, or else from questions. A wrong answer to a question is explained and asked for again."""

import re
import shlex
import sys
from collections.abc import Callable, Iterable
from typing import TypeVar

from components.aws.fargate import MEMORY_BY_CPU, memories_in_words
from components.problems import listed
from components.schedules import known_timezone, nearest_timezones

from ..errors import MISTYPED, OpsError
from ..output import ask, note
from .answers import CONFIG

T = TypeVar("T")
UNITS_PER_VCPU = 1024
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)


class Questions:
    """Takes answers from options, or asks for them on a terminal.

    Args:
        asks: Whether there is somebody to ask.
    """

    def __init__(self, *, asks: bool):
        self._asks = asks

    def answer(
        self, question: str, option: str, given: str | None, read: Callable[[str], T], *, default: str | None = None
    ) -> T:
        """Return an answer.

        Args:
            question: The question, without a question mark.
            option: The option that has the answer.
            given: The option's value.
            read: Makes the answer of a text. Raises ValueError with a message for a wrong one.
            default: The answer if there is nobody to ask.

        Raises:
            OpsError: The option's value is wrong, or there is nobody to ask.
        """
        if given is None and self._asks:
            return self._asked(question, read, default)
        if given is None and default is None:
            raise OpsError(
                f"Can't ask for the answer, because stdin isn't a terminal or --yes is set: {question}. Pass {option}.",
                MISTYPED,
            )
        try:
            return read(default or "" if given is None else given)
        except ValueError as error:
            raise OpsError(f"{option}: {error}", MISTYPED) from None

    def _asked(self, question: str, read: Callable[[str], T], default: str | None) -> T:
        while True:
            try:
                return read(ask(question, default))
            except ValueError as error:
                note(str(error))

    def secrets(self, given: Iterable[str] | None) -> dict[str, str]:
        """Return the secrets by environment variable. Raises OpsError for a wrong one."""
        question = "Secret as VARIABLE=ARN (Enter: none, or no more)"
        if given or not self._asks:
            return dict(self.answer(question, "--secret", each, secret) for each in given or ())
        found: dict[str, str] = {}
        while answer := self._asked(question, _secret_or_nothing, ""):
            found[answer[0]] = answer[1]
        return found


def terminal() -> bool:
    """Whether somebody can answer questions."""
    return sys.stdin.isatty()


def image(text: str) -> str:
    """An image. `check` knows the details."""
    if not text or re.search(r"\s", text):
        raise ValueError("Must be an image, such as public.ecr.aws/docker/library/postgres:17.")
    return text


def timezone(text: str) -> str:
    """A time zone of the IANA database."""
    if not known_timezone(text):
        near = nearest_timezones(text)
        hint = f" Did you mean {listed(near, 'or')}?" if near else ""
        raise ValueError(f'"{text}" isn\'t in the IANA database. Write a name such as Europe/Berlin or UTC.{hint}')
    return text


def cpu(text: str) -> int:
    """CPU units of Fargate, from `256` or `0.25 vCPU`."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?) *(vcpus?)?", text, re.IGNORECASE | re.ASCII)
    units = float(match[1]) * (UNITS_PER_VCPU if match[2] else 1) if match else 0
    if units not in MEMORY_BY_CPU:
        raise ValueError(f"Fargate has {listed(MEMORY_BY_CPU, 'or')} CPU units. 1024 are one vCPU.")
    return int(units)


def memory(units: int, text: str) -> int:
    """A memory size in MiB that Fargate has for a number of CPU units."""
    if not re.fullmatch(r"\d{1,7}", text, re.ASCII) or int(text) not in MEMORY_BY_CPU[units]:
        raise ValueError(f"With cpu {units}, Fargate has {memories_in_words(units)} MiB.")
    return int(text)


def command(text: str) -> tuple[str, ...]:
    """A command, split as a shell does it."""
    try:
        return tuple(shlex.split(text))
    except ValueError as error:
        raise ValueError(f"{error}. Write it as in a shell.") from None


def secret(text: str) -> tuple[str, str]:
    """A variable and the place of its value. The message has no value, because people write the secret itself."""
    name, separator, value = (part.strip() for part in text.partition("="))
    if not separator or not _VARIABLE.fullmatch(name):
        raise ValueError("Must be VARIABLE=VALUE, such as PGPASSWORD=/prod/password.")
    if not (value.startswith(("arn:", "/")) or (value.startswith(CONFIG) and value != CONFIG)):
        raise ValueError(
            f"{name} must be the ARN of a secret, an SSM parameter that begins with /, or config:KEY for a secret of "
            "the stack's configuration. Never write the secret itself."
        )
    return name, value


def _secret_or_nothing(text: str) -> tuple[str, str] | None:
    return secret(text) if text else None
