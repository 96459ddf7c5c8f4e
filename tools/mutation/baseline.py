"""The suite on the unchanged code: which tests run each line, how long they take, and which fail already."""

import ast
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest
from coverage import CoverageData

from .mutations import Mutation

ROOT = Path(__file__).parents[2]


def copy_tree(folder: Path) -> None:
    """Copy what git tracks, and new files that it doesn't ignore."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    for name in filter(None, names):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    # Some tools look for the root of a repository.
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)


@dataclass(frozen=True, slots=True)
class Test:
    """One test of the suite."""

    id: str
    seconds: float


class Baseline:
    """The results of a run of the suite in `folder`, a copy of the tree."""

    def __init__(self, folder: Path, paths: Iterable[str]):
        self.folder, self.paths = folder, tuple(paths)
        measured, durations = folder / ".coverage", folder / "durations.json"
        if not measured.exists() or not durations.exists():
            self._measure(durations)
        found = json.loads(durations.read_text("utf-8"))
        self.failed: list[str] = found["failed"]
        self.tests = {id_: Test(id_, seconds) for id_, seconds in found["seconds"].items() if id_ not in self.failed}
        data = CoverageData(str(measured))
        data.read()
        self._contexts: dict[str, dict[int, list[str]]] = {
            Path(name).resolve().relative_to(folder.resolve()).as_posix() if Path(name).is_absolute() else name: (
                data.contexts_by_lineno(name)
            )
            for name in data.measured_files()
        }

    def _measure(self, durations: Path) -> None:
        command = [sys.executable, "-m", "pytest", "-n", "auto", "--dist", "worksteal"]
        command += ["-p", "tools.mutation.durations", "--cov", "--cov-report=", "--cov-fail-under=0"]
        # A new worker after a crash would lose the data of the others.
        command += ["--cov-context=test", "--timeout=600", "--max-worker-restart=0"]
        environment = {**os.environ, "DURATIONS": str(durations)}
        ended = subprocess.run(command, cwd=self.folder, env=environment, check=False)
        if ended.returncode not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
            durations.unlink(missing_ok=True)
            sys.exit("The tests of the unchanged code did not run to the end.")

    @property
    def files(self) -> list[str]:
        """The files that are changed."""
        found = (file for path in self.paths for file in (self.folder / path).rglob("*.py"))
        return sorted(file.relative_to(self.folder).as_posix() for file in found)

    def tests_of(self, mutation: Mutation) -> list[Test]:
        """The tests that run a changed line, fastest files first.

        A line that runs at import is not of one test: the tests of its file run then, or those of the files that import
        it if it has no functions.
        """
        lines = self._contexts.get(mutation.file, {})
        own = range(mutation.line, mutation.end_line + 1)
        ids = _tests_in(contexts for line, contexts in lines.items() if line in own)
        if not mutation.in_function:
            ids |= _tests_in(lines.values())
            others = self._importers.get(mutation.file, ()) if not ids else ()
            for other in others:
                ids |= _tests_in(self._contexts.get(other, {}).values())
        return self._fastest_first(ids)

    def _fastest_first(self, ids: Iterable[str]) -> list[Test]:
        tests = [self.tests[id_] for id_ in ids if id_ in self.tests]
        of_file: dict[str, float] = {}
        for test in tests:
            file = test.id.split("::", 1)[0]
            of_file[file] = of_file.get(file, 0) + test.seconds
        return sorted(tests, key=lambda test: (of_file[test.id.split("::", 1)[0]], test.id))

    @cached_property
    def _importers(self) -> dict[str, set[str]]:
        """The files that import each file."""
        found: dict[str, set[str]] = {}
        for file in self.files:
            package = list(Path(file).parent.parts)
            for node in ast.walk(ast.parse((self.folder / file).read_text("utf-8"))):
                if isinstance(node, ast.ImportFrom):
                    base = package[: len(package) - node.level + 1] if node.level else []
                    module = [*base, *(node.module or "").split(".")] if node.module else base
                    for imported in (module, *([*module, alias.name] for alias in node.names)):
                        found.setdefault("/".join(imported) + ".py", set()).add(file)
        return found


def _tests_in(contexts: Iterable[list[str]]) -> set[str]:
    # A context is `<test>|setup`, `|run` or `|teardown`; that of an import is empty.
    return {context.rsplit("|", 1)[0] for line in contexts for context in line if context}
