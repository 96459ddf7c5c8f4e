"""The output of `scheduled-tasks check` that the README shows.

To update it, run: python -m tests.docs.mistakes
"""

import re
import shutil
from contextlib import chdir
from pathlib import Path
from tempfile import TemporaryDirectory

from typer.testing import CliRunner

from ops.command_line import app

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "README.md",)
STACK = "prod"
EDITS = {
    "Pulumi.prod.yaml": ("    nightly-backup:", "    nightly-bakcup:"),
    "config/tasks/hourly-etl.yaml": ("memory: 4096", "memory: 700"),
}
"""The text that is replaced in each file."""
SHOWN = re.compile(r"(?<=```\n)Configuration of stack .*?(?=```)", re.DOTALL)


def output() -> str:
    """Return what the command prints about the files with mistakes."""
    with TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "config" / "tasks", Path(folder) / "config" / "tasks")
        for name in ("Pulumi.yaml", f"Pulumi.{STACK}.yaml"):
            shutil.copy(ROOT / name, folder)
        for name, (old, new) in EDITS.items():
            text = (Path(folder) / name).read_text()
            assert old in text, f"{name}: {old}"
            (Path(folder) / name).write_text(text.replace(old, new))
        with chdir(folder):
            found = CliRunner().invoke(app, ["check", "--stack", STACK])
    assert found.exit_code == 1, found.output
    return found.output


def page(text: str) -> str:
    """Return the page with the current output."""
    assert SHOWN.search(text)
    shown = output()
    return SHOWN.sub(lambda _: shown, text)


if __name__ == "__main__":
    for file in PAGES:
        file.write_text(page(file.read_text()))
