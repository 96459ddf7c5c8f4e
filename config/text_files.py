"""Reading text files that may be anything: a folder, a device, a pipe that nobody writes to, or far too much."""

import os
import stat
from pathlib import Path

from .bounds import FILE_BYTES
from .places import LocatedProblem, Place, Spot

_MARKS = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
"""Byte order marks of other encodings."""
_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
)
_NON_BLOCKING: int = getattr(os, "O_NONBLOCK", 0)
"""Opening a pipe would otherwise wait for its writer. Windows has no such option."""
_BINARY: int = getattr(os, "O_BINARY", 0)


class YamlError(Exception):
    """A file that cannot be read. The text says why, and `spot` says where if that is known."""

    def __init__(self, message: str, spot: Spot | None = None):
        super().__init__(message)
        self.spot = spot

    @property
    def is_missing(self) -> bool:
        """Whether there is no such file."""
        return isinstance(self.__cause__, FileNotFoundError)

    def located(self, file: str) -> LocatedProblem:
        """The problem in a file."""
        return LocatedProblem((), str(self), Place.at(file, self.spot))


def read_text(path: Path) -> str:
    """The text of a file.

    Raises:
        YamlError: The file is missing, is not a file, has more than `FILE_BYTES` bytes, or is not UTF-8 text.
    """
    try:
        content = _read(path)
    except OSError as error:
        raise YamlError(f"cannot be read: {error.strerror}.") from error
    except ValueError as error:
        # Only for a path that contains a null character.
        raise YamlError(f"cannot be read: {error}.") from error
    if len(content) > FILE_BYTES:
        raise YamlError(f"has more than {FILE_BYTES // 2**20} MiB. Split it into several files.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _not_utf8(content, error.start) from error


def _read(path: Path) -> bytes:
    """At most one byte more than is allowed, so that even an endless file ends."""
    opened = os.open(path, os.O_RDONLY | _NON_BLOCKING | _BINARY)
    try:
        mode = os.fstat(opened).st_mode
        if not stat.S_ISREG(mode):
            kind = next((noun for is_kind, noun in _KINDS if is_kind(mode)), "a device")
            raise YamlError(f"cannot be read: it is {kind}, not a file.")
        content = bytearray()
        while len(content) <= FILE_BYTES and (part := os.read(opened, FILE_BYTES + 1 - len(content))):
            content += part
        return bytes(content)
    finally:
        os.close(opened)


def _not_utf8(content: bytes, start: int) -> YamlError:
    known = next((name for mark, name in _MARKS if content.startswith(mark)), None)
    if known:
        return YamlError(f"is {known}, not UTF-8 text. Save it as UTF-8.")
    before = content[:start].decode("utf-8-sig", errors="replace")
    lines = before.split("\n")
    return YamlError("is not UTF-8 text. Save it as UTF-8.", Spot(len(lines), len(lines[-1]) + 1))
