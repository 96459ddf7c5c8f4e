"""Commands in processes of their own, with variables and streams that are wrong, missing or closed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ops.output import without_invalid_sizes

ROOT = Path(__file__).parents[2]


def run(project: Path, shell: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **variables}
    command = ["/bin/sh", "-c", f'exec "$0" -P -m ops next --stack test {shell}', sys.executable]
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)


def test_hostile_variables_do_not_change_the_result(project: Path):
    """The combination of variables that were tried alone, without HOME and stdin."""
    stack = project / "Pulumi.test.yaml"
    stack.write_text(stack.read_text().replace("    etl:", "    größe-日本:"))
    found = run(
        project, "<&-", PYTHONIOENCODING="ascii", LC_ALL="C", COLUMNS="²", LINES="abc", TERM="dumb", TZ="Nowhere/City",
        TMPDIR="/missing", NO_COLOR="1", AWS_MAX_ATTEMPTS="abc",
    )  # fmt: skip
    assert found.returncode == 1
    assert "Traceback" not in found.stderr
    assert "gr\\xf6\\xdfe" in found.stderr


@pytest.mark.parametrize("columns", ["²", "9" * 9, "", "abc", "-1", "80"])
def test_only_a_size_that_is_a_number_reaches_rich(columns: str):
    found = without_invalid_sizes({"COLUMNS": columns, "TERM": "dumb"})
    assert ("COLUMNS" in found) == (columns not in ("²", "9" * 9))
    assert found["TERM"] == "dumb"
