"""`python -m tools.mutation`: change random places, run the tests that cover them, and list what survives."""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Literal

from .baseline import Baseline, Test, copy_tree
from .mutations import Mutation, is_valid, mutations

PATHS = ("components", "config", "ops")
SLOWER, EXTRA_SECONDS = 4, 90
"""The tests of a mutant may take this much longer than on the unchanged code: workers share the cores."""
MOST_FAILED = 0.05
"""Share of the tests that may fail on the unchanged code."""
Verdict = Literal["killed", "survived", "timeout", "not covered"]


@dataclass(frozen=True, slots=True)
class Result:
    """The verdict of the tests on one mutation."""

    mutation: Mutation
    verdict: Verdict
    tests: int
    seconds: float


def sample(baseline: Baseline, count: int, seed: int) -> list[Mutation]:
    """Random mutations: a random line first, then one of its mutations, so that long tables don't prevail."""
    by_line: dict[tuple[str, int], list[Mutation]] = {}
    for file in baseline.files:
        for mutation in mutations(file, (baseline.folder / file).read_text("utf-8")):
            by_line.setdefault((file, mutation.line), []).append(mutation)
    chance = random.Random(seed)  # noqa: S311 - no secret
    chosen: list[Mutation] = []
    for file, line in chance.sample(sorted(by_line), len(by_line)):
        source = (baseline.folder / file).read_text("utf-8")
        of_line = chance.sample(by_line[file, line], len(by_line[file, line]))
        chosen += [mutation for mutation in of_line if is_valid(mutation, source)][:1]
        if len(chosen) == count:
            break
    return chosen


def judge(mutation: Mutation, tests: Sequence[Test], tree: Path) -> Result:
    """Run the tests in a tree of its own with this mutation, up to the first that fails."""
    if not tests:
        return Result(mutation, "not covered", 0, 0)
    file = tree / mutation.file
    original = file.with_suffix(".original")
    shutil.copy2(file, original)
    began = time.monotonic()
    try:
        file.write_text(mutation.applied(file.read_text("utf-8")), "utf-8")
        return Result(mutation, _verdict(tests, tree), len(tests), time.monotonic() - began)
    finally:
        original.replace(file)


def _verdict(tests: Sequence[Test], tree: Path) -> Verdict:
    arguments = tree / "arguments.txt"
    arguments.write_text("\n".join(test.id for test in tests), "utf-8")
    command = [sys.executable, "-m", "pytest", "-x", "-n", "0", "-p", "no:cacheprovider", f"@{arguments}"]
    limit = SLOWER * sum(test.seconds for test in tests) + EXTRA_SECONDS
    # Python compares only time and size of a file with its compiled form, so don't write one for a mutant.
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    with subprocess.Popen(
        command, cwd=tree, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        try:
            return "killed" if process.wait(limit) else "survived"
        except subprocess.TimeoutExpired:
            return "timeout"
        finally:
            _end_group(process.pid)


def _end_group(group: int) -> None:
    """End what the tests started and left behind."""
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return


def run(folder: Path, count: int, seed: int, paths: Sequence[str], workers: int) -> list[Result]:
    """Measure the baseline, then judge each mutation of the sample."""
    tree = folder / "tree"
    if not tree.exists():
        copy_tree(tree)
    baseline = Baseline(tree, paths)
    if len(baseline.failed) > MOST_FAILED * len(baseline.tests):
        sys.exit(f"{len(baseline.failed)} tests fail on the unchanged code. Fix them first.")
    if baseline.failed:
        _say(f"{len(baseline.failed)} tests fail on the unchanged code and are left out:")
        for test in baseline.failed:
            _say(f"  {test}")
    chosen = sample(baseline, count, seed)
    trees: SimpleQueue[Path] = SimpleQueue()
    for number in range(workers):
        copy = folder / f"worker-{number}"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(tree, copy)
        trees.put(copy)

    def judged(mutation: Mutation) -> Result:
        own = trees.get()
        try:
            result = judge(mutation, baseline.tests_of(mutation), own)
        finally:
            trees.put(own)
        _say(f"{result.verdict:<11} {result.tests:>4} tests {result.seconds:>4.0f} s  {mutation}")
        return result

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(judged, chosen))


def report(results: Sequence[Result], seed: int) -> str:
    """The score, by operator, and the mutations that no test detected."""
    verdicts = Counter(result.verdict for result in results)
    detected = verdicts["killed"] + verdicts["timeout"]
    summary = (
        f"{len(results)} mutants (seed {seed}): {verdicts['killed']} killed, {verdicts['timeout']} timed out, "
        f"{verdicts['survived']} survived, {verdicts['not covered']} not covered. "
        f"Score: {100 * detected / max(len(results), 1):.1f} %"
    )
    lines = ["", summary]
    for operator in sorted({result.mutation.operator for result in results}):
        of_it = [result for result in results if result.mutation.operator == operator]
        lines.append(
            f"  {operator}: {sum(result.verdict in ('killed', 'timeout') for result in of_it)} of {len(of_it)}"
        )
    lines += ["", "Not detected:"]
    lines += [
        f"  {result.mutation}" + (" (no test runs it)" if result.verdict == "not covered" else "")
        for result in sorted(results, key=lambda result: (result.mutation.file, result.mutation.line))
        if result.verdict in ("survived", "not covered")
    ]
    return "\n".join(lines)


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201


def main() -> None:
    """Parse the command line, run, and report."""
    parser = argparse.ArgumentParser(prog="python -m tools.mutation", description=__doc__)
    parser.add_argument("paths", nargs="*", default=PATHS, help="folders to change (default: components config ops)")
    parser.add_argument("--count", type=int, default=200, help="number of mutants (default: 200)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the random choice (default: 1)")
    cores = os.cpu_count() or 1
    parser.add_argument("--workers", type=int, default=cores, help="mutants at a time (default: one per core)")
    parser.add_argument("--folder", type=Path, help="folder to work in; it is kept, and its baseline is used again")
    given = parser.parse_args()
    if given.folder:
        results = run(given.folder.resolve(), given.count, given.seed, given.paths, given.workers)
    else:
        with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
            results = run(Path(folder), given.count, given.seed, given.paths, given.workers)
    _say(report(results, given.seed))


if __name__ == "__main__":
    main()
