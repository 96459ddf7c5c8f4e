"""Takes the pictures of the board in docs/: python -m tests.ops.board.pictures"""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode

from ops.board.data import board_data
from ops.board.page import page
from tests import referees
from tests.ops.board.example import NOW, PERIOD, example

DOCS = Path(__file__).parents[3] / "docs"
OPEN = "#" + urlencode({"task": "scheduled-tasks-prod/nightly-backup"})
PICTURES: dict[str, dict[str, Any]] = {
    "board-light.png": {"width": 1280, "height": 1010, "scheme": "light"},
    "board-dark.png": {"width": 1280, "height": 820, "scheme": "dark", "hash": OPEN, "scroll": 640},
    "board-phone.png": {"width": 390, "height": 844, "scheme": "light"},
}
"""The pictures by file: the size of the window, the color scheme, the address, and how far it is scrolled."""


def take() -> None:
    """Take all pictures of the example."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "example.html"
        file.write_text(page(board_data([example()], PERIOD)), encoding="utf-8")
        pictures = [{"page": "example", "file": str(DOCS / name), **given} for name, given in PICTURES.items()]
        now = NOW.timestamp() * 1000 + 120_000
        referees.observed({"pages": {"example": str(file)}, "now": now, "pictures": pictures})


if __name__ == "__main__":
    take()
