"""The results of the smoke test for people. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from ..cells import Cell, Color, colored
from ..columns import Column
from ..errors import FAILED, LACKING
from ..output import counted, in_words
from .step import AS_ASSUMED, DIFFERENT, GAP, NOT_TESTED, Result

COLUMNS = (Column("STEP"), Column("RESULT"), Column("TIME", right=True), Column("SEEN", wraps=True))
_COLORS: Mapping[str, Color] = {AS_ASSUMED: "green", DIFFERENT: "red", GAP: "yellow", NOT_TESTED: "yellow"}


def rows(results: Sequence[Result]) -> Iterator[tuple[Cell, ...]]:
    """A row per step."""
    for result in results:
        yield (
            result.step.name,
            colored(result.outcome, _COLORS[result.outcome]),
            in_words(timedelta(seconds=result.seconds)),
            result.seen,
        )


def summary(results: Sequence[Result], *, in_emulator: bool = False) -> list[str]:
    """The assumptions that AWS differs from, what an emulator lacks, and counts."""
    outcomes = [result.outcome for result in results]
    different = [f"{each.step.name}: {each.step.assumption}" for each in results if each.outcome == DIFFERENT]
    gaps = [f"{each.step.name}: {each.step.assumption}" for each in results if each.outcome == GAP]
    passed, untested = outcomes.count(AS_ASSUMED), outcomes.count(NOT_TESTED)
    counts = [f"{counted(passed, 'step')} as assumed", f"{len(different)} different"]
    if in_emulator:
        counts.append(counted(len(gaps), "gap of the emulator", "gaps of the emulator"))
    title = "The emulator differs from AWS:" if in_emulator else "Assumptions that don't hold:"
    return [
        *([title, *different] if different else []),
        *(["The emulator lacks, which says nothing about AWS:", *gaps] if gaps else []),
        f"{', '.join(counts)}, {untested} not tested.",
    ]


def exit_code(results: Sequence[Result]) -> int:
    """The exit code: something is different, an emulator lacks something, or all is as assumed."""
    outcomes = {result.outcome for result in results}
    if DIFFERENT in outcomes:
        return FAILED
    return LACKING if GAP in outcomes else 0
