"""Pages that show what commands print, written anew."""

from collections.abc import Callable


def with_old_lines(new: str, old: str, fixed: Callable[[str], str]) -> str:
    """The new text, with the old lines where nothing but what varies is another: times, and ids that AWS gives.

    `fixed` makes a line what is the same each time.
    """
    left: dict[str, list[str]] = {}
    for line in old.splitlines(keepends=True):
        left.setdefault(fixed(line), []).append(line)
    lines = new.splitlines(keepends=True)
    return "".join(known.pop(0) if (known := left.get(fixed(line))) else line for line in lines)
