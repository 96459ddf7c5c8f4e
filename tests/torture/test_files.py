"""Hostile configurations: `check` ends with a message, within limits of time and memory."""

from collections import Counter

import pytest

from tests import referees
from torture import files, fuzz
from torture.hostile.mutations import inputs
from torture.hostile.project import TASK, Case, in_stack, in_task

# Processor time is limited in a child. Other tests may use the processors at the same time.
pytestmark = pytest.mark.timeout(240)
_LARGE = 120_000
"""Bytes of a case that only `make torture` tries."""
_CHECK = (("check",),)
_MEANT_TO_BE_HEAVY = {
    "3,000 unknown keys", "a key of 1 MB", "merging 2,000 objects", "lists", "complex keys",
}  # fmt: skip


def small() -> list[Case]:
    """Cases in the file of a task, without most of those that only take long."""
    every = files.cases()
    chosen = [case for case in every if case.kind not in ("Folders", "Numbers", "Times", "Expressions")]
    chosen = [case for case in chosen if TASK in case.files or "Pulumi" in "".join(case.files)]
    sizes = {id(case): sum(len(it) for it in case.files.values() if isinstance(it, bytes)) for case in chosen}
    places = [case for case in chosen if not case.name.endswith((".yaml",)) or case.name.endswith(TASK)]
    cheap = [
        case for case in places if sizes[id(case)] < _LARGE and case.kind not in ("Durations", "Endings of strings")
    ]
    heavy = [case for case in places if case.name.removesuffix(f" in {TASK}") in _MEANT_TO_BE_HEAVY]
    sampled = [case for case in every if case.kind in ("Numbers", "Times", "Expressions", "Durations")][::20]
    endings = [case for case in every if case.kind == "Endings of strings"][::10]
    return list({(case.kind, case.name): case for case in (*cheap, *heavy, *sampled, *endings)}.values())


@pytest.mark.thorough
def test_hostile_configurations_end_with_a_message():
    chosen = small()
    assert len(chosen) >= 153
    if not referees.all_tests():
        # Each sixth, and those that took long once.
        chosen = [
            case for number, case in enumerate(chosen) if number % 6 == 0 or case.name.startswith("a billion laughs")
        ]
    ends = [(case, ended) for case, ended in files.tried(chosen, seconds=20, commands=_CHECK)]
    assert {f"{case.kind}, {case.name}": ended.failure for case, ended in ends if ended.failure} == {}
    bombs = [ended for case, ended in ends if case.name.startswith("a billion laughs")]
    assert [ended.accepted for ended in bombs] == [False] * 3


def test_there_is_a_case_of_each_kind():
    every = files.cases()
    kinds = Counter(case.kind for case in every)
    assert len(every) > 1500
    assert len({case.name for case in every if case.kind == "Numbers"}) == kinds["Numbers"]


def test_random_configurations_end_with_a_message():
    drawn = inputs(120 if referees.all_tests() else 30, seed=20)
    failed = [(files, ended.failure) for files, ended in fuzz.tried(drawn, seconds=20) if ended.failure]
    assert failed == []


@pytest.mark.parametrize(
    "case",
    [
        *in_task("Sizes", {"variables": "environment: {" + ", ".join(f"V{n}: a" for n in range(10_001)) + "}"}),
        *in_stack("Keys", {"tasks": "tasks: {" + ", ".join(f"t{n}: {{}}" for n in range(5_001)) + "}"}),
    ],
    ids=lambda case: case.name,
)
def test_a_configuration_beyond_its_bounds_is_refused(case: Case):
    [(_, ended)] = files.tried([case], seconds=20, commands=_CHECK)
    assert (ended.failure, ended.accepted) == ("", False)
