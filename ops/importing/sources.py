"""Reads the files that the user names, within the bounds of configuration files."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from config.text_files import YamlError, read_text

from .model import Source, SourceError

_MOST = 2000
"""The most files of a folder."""


def read_sources(paths: Sequence[Path], patterns: Sequence[str]) -> list[Source]:
    """Read files, and the files of folders whose names match.

    Raises:
        SourceError: A file is missing, isn't text or is too large, or a folder has no file of the format.
    """
    return [source for path in paths for source in _read(path, patterns)]


def _read(path: Path, patterns: Sequence[str]) -> Iterator[Source]:
    files = [path]
    if path.is_dir():
        files = sorted({file for pattern in patterns for file in path.rglob(pattern) if file.is_file()})
        if not files:
            raise SourceError(str(path), None, f"The folder has no {' or '.join(patterns)}. Pass a file.")
        if len(files) > _MOST:
            raise SourceError(str(path), None, f"The folder has more than {_MOST} such files. Pass them in parts.")
    for file in files:
        try:
            text = read_text(file)
        except YamlError as error:
            problem = str(error)
            line = error.spot.line if error.spot else None
            raise SourceError(str(file), line, f"The file {problem}") from None
        if "\0" in text:
            line = text[: text.index("\0")].count("\n") + 1
            raise SourceError(str(file), line, "The file is binary. Pass the source of the schedule.")
        yield Source(str(file), text)
