"""The results of the smoke test for people. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from ..cells import Cell, Color, colored
from ..columns import Column
from ..output import counted, in_words
from .step import AS_ASSUMED, DIFFERENT, NOT_TESTED, Result

COLUMNS = (Column("STEP"), Column("RESULT"), Column("TIME", right=True), Column("SEEN", wraps=True))
_COLORS: Mapping[str, Color] = {AS_ASSUMED: "green", DIFFERENT: "red", NOT_TESTED: "yellow"}


def rows(results: Sequence[Result]) -> Iterator[tuple[Cell, ...]]:
    """A row per step."""
    for result in results:
        yield (
            result.step.name,
            colored(result.outcome, _COLORS[result.outcome]),
            in_words(timedelta(seconds=result.seconds)),
            result.seen,
        )


def summary(results: Sequence[Result]) -> list[str]:
    """The assumptions that AWS differs from, and counts."""
    outcomes = [result.outcome for result in results]
    different = [f"{each.step.name}: {each.step.assumption}" for each in results if each.outcome == DIFFERENT]
    passed, untested = outcomes.count(AS_ASSUMED), outcomes.count(NOT_TESTED)
    counts = f"{counted(passed, 'step')} as assumed, {len(different)} different, {untested} not tested."
    return [*(["Assumptions that don't hold:", *different] if different else []), counts]
