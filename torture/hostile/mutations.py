"""Random changes of configurations: of bytes, of lines, and of values."""

import random
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from . import structures, values
from .project import GOOD, TASK, Special

_ROOT = Path(__file__).parents[2]
_SMALL = 4096
"""Bytes of a seed. Larger inputs are trials of their own."""
_TOKENS = tuple(
    token.encode()
    for token in (
        "&a ", "*a ", "<<: *a", "!!int ", "!!timestamp ", "!!python/name:os.system ", "!x ", "[", "]", "{", "}", "\t",
        "\0", "\ufeff", "\x85", "\u2028", "- ", "? ", ": ", '"', "'", "%YAML 9.9\n", "\n---\n", "\n...\n",
        "|\n", ">-\n", "#", ",", "~", "null", "true", "0", "-1", ".nan", "\\", "\\u0000", "\r", " ", "\n", "@", "`",
        "tasks:\n", "defaults: ", "<aws.scheduler.schedule-time>",
    )
)  # fmt: skip


@cache
def seeds() -> tuple[tuple[str, bytes], ...]:
    """Real stacks and tasks, and small hostile files. Each with the place that it is for."""
    real = [
        *((path, TASK) for path in sorted((_ROOT / "config" / "tasks").glob("*.yaml"))),
        *((path, "Pulumi.test.yaml") for path in sorted(_ROOT.glob("Pulumi.*.yaml"))),
        *((path, "Pulumi.test.yaml") for path in sorted((_ROOT / "examples").glob("*/Pulumi.example.yaml"))),
    ]
    found = [(place, path.read_bytes()) for path, place in real]
    found += [(name, text.encode()) for name, text in GOOD.items()]
    hostile = [*structures.cases(), *values.cases()]
    small = [(name, it) for case in hostile for name, it in case.files.items() if isinstance(it, bytes)]
    return (*found * 8, *((name, it) for name, it in small if len(it) <= _SMALL))


@cache
def _scalars() -> tuple[bytes, ...]:
    every = (*values.NUMBERS, *values.EXPRESSIONS, *values.TIMES, *values.DURATIONS)
    return tuple(text.encode() for text in every if len(text) < 300)


def inputs(count: int, seed: int) -> list[dict[str, bytes | Special]]:
    """Files of a project, each changed at random."""
    draw = random.Random(seed)  # noqa: S311 - no secret
    made: list[dict[str, bytes | Special]] = []
    for _ in range(count):
        name, text = draw.choice(seeds())
        for _ in range(draw.choice((1, 1, 1, 2, 3, 8))):
            text = draw.choice(_CHANGES)(draw, text)
        made.append({name: text[: 4 * _SMALL]})
    return made


def _at(draw: random.Random, text: bytes) -> int:
    return draw.randint(0, len(text))


def _insert(draw: random.Random, text: bytes) -> bytes:
    at = _at(draw, text)
    return text[:at] + draw.choice(_TOKENS) * draw.choice((1, 1, 1, 30)) + text[at:]


def _flip(draw: random.Random, text: bytes) -> bytes:
    at = _at(draw, text)
    return text[:at] + draw.randbytes(1) + text[at + 1 :]


def _remove(draw: random.Random, text: bytes) -> bytes:
    at = _at(draw, text)
    return text[:at] + text[at + draw.randint(1, 30) :]


def _repeat(draw: random.Random, text: bytes) -> bytes:
    at = _at(draw, text)
    part = text[at : at + draw.randint(1, 60)]
    return text[:at] + part * draw.choice((1, 2, 20)) + text[at:]


def _splice(draw: random.Random, text: bytes) -> bytes:
    _, other = draw.choice(seeds())
    return text[: _at(draw, text)] + other[_at(draw, other) :]


def _value(draw: random.Random, text: bytes) -> bytes:
    """Another value after a colon."""
    lines = text.split(b"\n")
    number = draw.randrange(len(lines))
    key, colon, _ = lines[number].partition(b": ")
    lines[number] = key + (colon or b": ") + draw.choice(_scalars())
    return b"\n".join(lines)


def _lines(draw: random.Random, text: bytes) -> bytes:
    """Two lines in each other's place, or another indentation."""
    lines = text.split(b"\n")
    one, two = draw.randrange(len(lines)), draw.randrange(len(lines))
    if draw.random() < 0.5:
        lines[one], lines[two] = lines[two], lines[one]
    else:
        lines[one] = b" " * draw.randint(0, 8) + lines[one].lstrip()
    return b"\n".join(lines)


_CHANGES: Sequence[Callable[[random.Random, bytes], bytes]] = (
    _insert, _insert, _flip, _remove, _repeat, _splice, _value, _value, _lines,
)  # fmt: skip
