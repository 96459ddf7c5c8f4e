"""Referees: tools outside the virtual environment that judge what the product generates, such as AWS's event matcher.

A test skips itself if its referee is missing, so that `make test` needs neither Go nor Java nor a network. In
`make test-all`, which sets REFEREES=required, a missing referee fails the test.
"""

import filecmp
import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkstemp
from typing import Any, Literal, NoReturn

import pytest

from sandbox.pulumi_cli import find

SETTING, REQUIRED = "REFEREES", "required"
NODE = Path(__file__).parents[1] / "tools" / "referees"
"""The names and versions of the Node packages, and the scripts that ask them."""
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "scheduled-tasks"


def all_tests() -> bool:
    """Whether all trials run, as with `make test-all`. `make test` takes some of the long ones."""
    return os.environ.get(SETTING) == REQUIRED


def examples(number: int) -> int:
    """The number of random cases of a test: all with `make test-all`, a fifth with `make test`, but at least 5."""
    return number if all_tests() else max(number // 5, 5)


def patient() -> None:
    """Skip a test that takes long, unless all trials run."""
    if not all_tests():
        pytest.skip("It takes long. To try it, run: make test-all")


def missing(referee: str, remedy: str) -> NoReturn:
    """Skip the test, or fail it if referees are required.

    Args:
        referee: The name of the tool, such as "Java".
        remedy: A sentence that says how to get it.
    """
    reason = f"{referee} is missing. {remedy}"
    if all_tests():
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def program(name: str) -> Path:
    """The path of a program on PATH; the test is skipped or fails if it isn't installed."""
    return Path(shutil.which(name) or missing(name, "Install it."))


def pulumi() -> Path:
    """The path of the Pulumi CLI; the test is skipped or fails if it would have to be downloaded or built first."""
    root = find() or missing("The Pulumi CLI", "To get it, run: make cli")
    return root / "bin" / "pulumi"


def judged(kind: Literal["requests", "machines", "expressions"], items: Sequence[str | Mapping[str, Any]]) -> list[Any]:
    """The answers of a referee in Node, one per item. The test is skipped or fails if Node or its packages are missing.

    tools/referees/judge.mjs describes the items and the answers.
    """
    judge, errors = _judge()
    assert judge.stdin
    assert judge.stdout
    try:
        judge.stdin.write(f"{json.dumps({kind: items})}\n")
        judge.stdin.flush()
        answer = judge.stdout.readline()
    except BrokenPipeError:
        answer = ""
    except BaseException:
        # The time limit of a test. The next question must not get this answer.
        judge.kill()
        end_judge()
        raise
    if not answer:
        message = errors.read_text()
        end_judge()
        pytest.fail(f"judge.mjs ended: {message}", pytrace=False)
    return json.loads(answer)[kind]


@cache
def _judge() -> tuple[subprocess.Popen[str], Path]:
    """The process that answers all questions of a session, because Node takes longer to start than to answer. The file
    has its errors."""
    node, folder = _node()
    descriptor, errors = mkstemp(prefix="judge")
    with os.fdopen(descriptor, "w") as file:
        command = [node, NODE / "judge.mjs", folder]
        judge = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=file, text=True)
    return judge, Path(errors)


def end_judge() -> None:
    """End the process of `judged`, if there is one."""
    if _judge.cache_info().currsize:
        judge, errors = _judge()
        judge.communicate()
        errors.unlink()
        _judge.cache_clear()


def observed(question: Mapping[str, Any], script: Literal["board.mjs", "site.mjs"] = "board.mjs") -> dict[str, Any]:
    """The observations of a script of tools/referees in Chromium. The script describes the question. The test is
    skipped or fails if Chromium, Node or its packages are missing."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next((path for path in map(shutil.which, names) if path), None)
    browser = found or missing("Chromium", "To get it, run: make chromium")
    with TemporaryDirectory(prefix="chromium") as profile:
        return _answered(script, {"chromium": browser, "profile": profile, **question})


def _node() -> tuple[Path, Path]:
    """Node, and the folder of its packages. The test is skipped or fails if one of them is missing."""
    node, folder, lock = program("node"), CACHE / "referees", "package-lock.json"
    if not (folder / lock).is_file() or not filecmp.cmp(folder / lock, NODE / lock, shallow=False):
        missing("A Node package", "To get it, run: make referees")
    return node, folder


def _answered(script: str, question: Mapping[str, Any]) -> dict[str, Any]:
    node, folder = _node()
    text = json.dumps({"folder": str(folder), **question})
    run = subprocess.run([node, NODE / script], input=text, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)
