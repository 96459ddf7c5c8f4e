"""Supervised runs: their timeout, what happens when two meet, and what is tried again."""

from __future__ import annotations

from collections.abc import Iterator

from ..aws import limits as bounds
from ..problems import Problem
from ..supervised.settings import is_supervised
from .values import Args, choice, duration, items, mapping, whole, within


def supervision(args: Args) -> Iterator[Problem]:
    """Settings that a state machine can be made from."""
    yield from duration(args, "timeout", bounds.RUN_TIMEOUT_SECONDS)
    yield from choice(args, "overlap", bounds.OVERLAPS)
    if "retry_run" in args:
        for problem in _retry_run(mapping(args, "retry_run")):
            yield problem.within("retry_run")
    if is_supervised(args) and whole(count := args.get("count")) and count > 1:
        yield Problem(
            ("count",),
            f"{count} is not possible with timeout, overlap or retryRun: Step Functions starts one task at a time. "
            "Remove it, or drop them.",
        )


def _retry_run(given: Args) -> Iterator[Problem]:
    if "attempts" not in given:
        yield Problem(("attempts",), "is missing: how often is a run that failed tried again? Write 1 to 10.")
    yield from within(given, "attempts", bounds.RUN_ATTEMPTS)
    yield from duration(given, "delay", bounds.RUN_DELAY_SECONDS)
    yield from within(given, "backoff", bounds.RUN_BACKOFF)
    codes = items(given, "exit_codes")
    if "exit_codes" in given and not codes:
        yield Problem(("exit_codes",), "is empty: no exit code would be tried again. Leave it out for all of them.")
    least, most = bounds.EXIT_CODES
    for position, code in enumerate(codes):
        if whole(code) and not least <= code <= most:
            yield Problem(("exit_codes", position), f"{code} is not an exit code of a failure. Use {least} to {most}.")
