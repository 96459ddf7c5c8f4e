"""Updating pages that show the output of commands."""

from collections.abc import Callable


def with_old_lines(new: str, old: str, fixed: Callable[[str], str]) -> str:
    """Return the new text, but keep old lines that differ only in varying parts, such as times and ids.

    `fixed` masks the varying parts of a line.
    """
    left: dict[str, list[str]] = {}
    for line in old.splitlines(keepends=True):
        left.setdefault(fixed(line), []).append(line)
    lines = new.splitlines(keepends=True)
    return "".join(known.pop(0) if (known := left.get(fixed(line))) else line for line in lines)
