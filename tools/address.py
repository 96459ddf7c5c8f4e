"""`python -m tools.address OWNER/NAME`: write the repository's address into the pages, examples and the template.

The address of a published copy isn't known here, so the files say `<org>/<repo>`.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PLACEHOLDER = "<org>/<repo>"
_PLACES = ("README.md", "action.yml", ".pre-commit-hooks.yaml", "docs", "examples", "templates")
_ADDRESS = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})/[A-Za-z0-9._-]{1,100}", re.ASCII)
"""GitHub: an owner has at most 39 characters, a repository at most 100."""


def write(address: str, root: Path = ROOT) -> list[Path]:
    """Replace the placeholder in all files, and return those that changed. Raises ValueError for an invalid address."""
    if not _ADDRESS.fullmatch(address):
        raise ValueError(f'"{address}" is not a repository. Write OWNER/NAME.')
    changed = [path for path in _files(root) if PLACEHOLDER in path.read_text(encoding="utf-8")]
    for path in changed:
        path.write_text(path.read_text(encoding="utf-8").replace(PLACEHOLDER, address), encoding="utf-8")
    return changed


def _files(root: Path) -> Iterator[Path]:
    for place in _PLACES:
        path = root / place
        found = sorted(path.rglob("*")) if path.is_dir() else [path]
        yield from (each for each in found if each.suffix in (".md", ".yml", ".yaml", ".txt") and each.is_file())


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Usage: python -m tools.address OWNER/NAME")
    try:
        changed = write(sys.argv[1])
    except ValueError as error:
        sys.exit(str(error))
    sys.stdout.writelines(f"{path.relative_to(ROOT)}\n" for path in changed)
