"""Files and folders that are not what a program expects."""

import os
import socket
from collections.abc import Mapping
from pathlib import Path

from .project import GOOD, PLACES, STACK, TASK, Case, Special

_LIMIT = 4 * 2**20
_JOB = GOOD[TASK].encode()


def _link(target: str) -> Special:
    return lambda path: path.symlink_to(target)


def _socket(path: Path) -> None:
    # The path of a socket has at most 107 bytes, so it is made from its own folder.
    here = os.open(".", os.O_RDONLY)
    os.chdir(path.parent)
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.fchdir(here)
        os.close(here)


def _sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(10 * 2**30)


def _linked_folder(target: str) -> Special:
    def make(path: Path) -> None:
        path.mkdir(parents=True)
        (path / "in").symlink_to(target, target_is_directory=True)

    return make


def _deep(path: Path) -> None:
    path.joinpath(*["a"] * 500).mkdir(parents=True)


def _wide(path: Path) -> None:
    path.mkdir()
    for number in range(25_000):
        (path / f"f{number}").touch()


KINDS: Mapping[str, Special] = {
    "a folder": lambda path: path.mkdir(),
    "a pipe": os.mkfifo,
    "a socket": _socket,
    "an endless device": _link("/dev/zero"),
    "an empty device": _link("/dev/null"),
    "a terminal": _link("/dev/tty"),
    "a broken link": _link("nowhere"),
    "a link to itself": _link("job.yaml"),
    "a chain of links": _link("/proc/self/cwd/Pulumi.test.yaml/a"),
    "a file of the kernel": _link("/proc/self/maps"),
    "10 GiB of nothing": _sparse,
}
NAMES: Mapping[str, str] = {
    "a line break": "a\nb",
    "control characters": "\x1b]0;title\x07\x9b",
    "markup": "[red]a[/red] <b> `a` | @org #1",
    "a right-to-left mark": "\u202egpj",
    "bytes that are not UTF-8": os.fsdecode(b"\xff\xfe\xe9"),
    "250 characters": "a" * 250,
    "spaces": "  ",
    "no name": "",
    "a dash": "-rf",
    "dots": "..",
    "emoji": "\U0001f4a3",
    "a colon": "a:b",
    "a percent sign": "%s{}%0A::error::",
}


def cases() -> list[Case]:
    """All cases."""
    found = [
        Case("Kinds of files", f"{name} as {place}", {place: make}) for name, make in KINDS.items() for place in PLACES
    ]
    for name, written in NAMES.items():
        found.append(Case("Names of files", f"{name} of a task", {f"config/tasks/{written}.yaml": _JOB}))
        found.append(Case("Names of files", f"{name} of a bad task", {f"config/tasks/{written}.yaml": b"imgae: a"}))
        if len(written) < 240:
            found.append(Case("Names of files", f"{name} of a stack", {f"Pulumi.{written}.yaml": _stack()}))
            found.append(Case("Names of files", f"{name} of a bad stack", {f"Pulumi.{written}.yaml": b"config: [a]"}))
            found.append(Case("Names of files", f"{name} with .yml", {f"Pulumi.{written}.yml": b"config: [a]"}))
    found += [
        Case("Folders", "a link to all files", {"config/tasks/more": _linked_folder("/")}),
        Case("Folders", "a link to the folder above", {"config/tasks/more": _linked_folder("..")}),
        Case("Folders", "500 levels", {"config/tasks/more": _deep}),
        Case("Folders", "25,000 files", {"config/tasks/more": _wide}),
        Case("Folders", "3,000 shared tasks", {f"config/tasks/t{n}.yaml": _JOB for n in range(3000)}),
        Case("Folders", "3,000 bad shared tasks", {f"config/tasks/t{n}.yaml": b"imgae: a" for n in range(3000)}),
        Case("Folders", "3,000 files that are not YAML", {f"config/tasks/t{n}.yaml": b"[" for n in range(3000)}),
        Case("Folders", "3,000 files with .yml", {f"config/tasks/t{n}.yml": _JOB for n in range(3000)}),
        Case("Folders", "300 stacks", {f"Pulumi.s{n}.yaml": _stack() for n in range(300)}),
        Case("Sizes", "a file as large as is allowed", {TASK: _JOB + b"#" * (_LIMIT - len(_JOB))}),
        Case("Sizes", "a file one byte larger", {TASK: _JOB + b"#" * (_LIMIT - len(_JOB) + 1)}),
        Case("Sizes", "twenty files as large as is allowed", {f"config/tasks/t{n}.yaml": _full() for n in range(20)}),
    ]
    return found


def _stack() -> bytes:
    return GOOD[STACK].encode()


def _full() -> bytes:
    return _JOB + b"#" * (_LIMIT - len(_JOB))
