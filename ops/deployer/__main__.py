"""Generates ci/policies/, with placeholders: `python -m ops.deployer`. A test fails if a file is stale."""

from pathlib import Path

from .documents import files

FOLDER = Path(__file__).parents[2] / "ci" / "policies"

if __name__ == "__main__":
    for name, text in files().items():
        (FOLDER / name).write_text(text)
