"""The plan of a cut-over: refusals, gaps, and a simulation in which no run is doubled or lost."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ops.importing.cut_over.gaps import MARGIN, Clockwork, Gap, next_gap, settled
from ops.importing.cut_over.planning import New, Old, Pair, Verdict, moves, verdicts
from ops.importing.record import Origin
from ops.importing.times.rules import times_of

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DAILY = "cron(0 3 * * ? *)"
RECORD = Origin(
    "rule", "arn:aws:events:eu-west-1:123456789012:rule/r", "r", "default", "a", "ENABLED", DAILY, "UTC", "x"
)


def clockwork(expression: str = DAILY, window: int = 0) -> Clockwork:
    return Clockwork(times_of(expression), timedelta(minutes=window), anchored=not expression.startswith("rate"))


OLD = Old("rule", True, {"expression": DAILY, "timezone": "UTC"}, clockwork(), frozenset({"a"}))
NEW = New(["t"], ["t"], [clockwork()], NOW - timedelta(days=1))
PAIR = Pair("t", RECORD, OLD, NEW)


def verdict(pair: Pair, now: datetime = NOW, *, accept: bool = False) -> Verdict:
    return verdicts([pair], now, accept=accept)[0]


# Gaps


@pytest.mark.parametrize(
    ("now", "start", "end"),
    [
        ("02:57:44", "02:57:44", "02:58:00"),  # 16 seconds are enough
        ("02:57:46", "03:02:00", None),
        ("03:00:00", "03:02:00", None),
        ("03:02:00", "03:02:00", None),
    ],
)
def test_a_gap_keeps_two_minutes_from_each_run(now: str, start: str, end: str | None):
    def at(time: str) -> datetime:
        return datetime.fromisoformat(f"2026-11-27T{time}+00:00")

    assert next_gap([clockwork()], at(now)) == Gap(at(start), at(end) if end else at("02:58:00") + timedelta(days=1))


def test_a_flexible_window_belongs_to_a_run():
    at = datetime(2026, 11, 27, 3, 14, tzinfo=UTC)
    found = next_gap([clockwork(), clockwork(window=15)], at)
    assert found
    assert found.start == at + 3 * MINUTE


def test_runs_of_both_sides_count():
    assert next_gap([clockwork("cron(0 * * * ? *)"), clockwork("cron(3 * * * ? *)")], NOW) == Gap(
        NOW + 5 * MINUTE, NOW + 58 * MINUTE
    )


@pytest.mark.parametrize("expression", ["cron(* * * * ? *)", "cron(*/4 * * * ? *)", "rate(1 day)"])
def test_there_is_no_gap_between_frequent_or_unknown_runs(expression: str):
    assert next_gap([clockwork(expression)], NOW) is None


def test_a_schedule_without_further_runs_has_an_endless_gap():
    assert next_gap([clockwork("cron(0 3 * * ? 2025)")], NOW) == Gap(NOW, None)


# Verdicts


def test_a_task_is_switched_in_a_gap_and_waits_outside_of_one():
    assert verdict(PAIR).result == "switch"
    waiting = verdict(PAIR, NOW.replace(hour=3))
    assert (waiting.result, waiting.why) == ("wait", "The next gap is at 2026-11-27 03:02:00Z.")


REFUSED = {
    "The stack has no schedule of this task": replace(PAIR, new=None),
    "expression was cron(0 3 * * ? *) and is cron(0 4 * * ? *) now": replace(
        PAIR, old=replace(OLD, settings={"expression": "cron(0 4 * * ? *)", "timezone": "UTC"})
    ),
    "start was not set and is 2027": replace(PAIR, old=replace(OLD, settings={**OLD.settings, "start": "2027"})),
    "The times of both differ: one; two.": replace(PAIR, new=replace(NEW, differences=["one", "two"])),
    "paused by hand since yesterday": replace(PAIR, new=replace(NEW, paused="since yesterday")),
    "It has a pattern.": replace(PAIR, old=replace(OLD, fixed="It has a pattern.")),
    "was disabled at the import and is enabled now": replace(PAIR, origin=replace(RECORD, state="DISABLED")),
    "isn't known to this version": replace(PAIR, old=replace(OLD, clockwork=None)),
    "The rule is disabled, and the new schedule is disabled": replace(PAIR, old=replace(OLD, enabled=False)),
    "The rule has no target a, and the new": replace(PAIR, old=replace(OLD, targets=frozenset({"b"}))),
    "The rule doesn't exist any more, and the stack has no schedule": replace(PAIR, old=None, new=None),
    "Its runs leave no gap of 2 minutes": replace(PAIR, new=replace(NEW, clockworks=[clockwork("cron(* * * * ? *)")])),
    "AWS doesn't report when a rate": replace(PAIR, new=replace(NEW, clockworks=[clockwork("rate(1 hour)")])),
}


@pytest.mark.parametrize("why", REFUSED)
def test_a_task_is_refused(why: str):
    found = verdict(REFUSED[why])
    assert found.result == "refused"
    assert why in found.why


@pytest.mark.parametrize("expression", ["cron(* * * * ? *)", "rate(1 hour)"])
def test_a_task_without_a_gap_is_switched_if_the_user_accepts_that(expression: str):
    pair = replace(PAIR, new=replace(NEW, clockworks=[clockwork(expression)]))
    assert verdict(pair, accept=True).result == "switch"
    assert verdict(PAIR, NOW.replace(hour=3), accept=True).result == "wait", "there is a gap"


@pytest.mark.parametrize(
    "pair",
    [
        replace(PAIR, origin=replace(RECORD, state="DISABLED"), old=replace(OLD, enabled=False)),
        replace(PAIR, old=replace(OLD, over=True)),
        replace(
            PAIR, old=None, new=None, origin=replace(RECORD, kind="schedule", expression="at(2026-01-01T00:00:00)")
        ),
    ],
)
def test_a_task_without_anything_to_do_is_skipped(pair: Pair):
    assert verdict(pair).result == "skipped"


@pytest.mark.parametrize("old", [None, replace(OLD, enabled=False), replace(OLD, targets=frozenset[str]())])
def test_a_task_is_switched_already_if_only_the_new_side_runs(old: Old | None):
    assert verdict(replace(PAIR, old=old, new=replace(NEW, disabled=[]))).result == "switched"


def test_an_interrupted_switch_continues_at_once_if_the_new_side_starts_the_next_run():
    """With both sides enabled, waiting for a gap would double the next run for sure."""
    at = NOW.replace(hour=3)
    both = replace(PAIR, new=replace(NEW, disabled=[], modified=at - 2 * MINUTE))
    assert verdict(both, at).result == "switch"
    late = replace(PAIR, new=replace(NEW, disabled=[], modified=at - MINUTE))
    assert verdict(late, at).result == "wait", "the new side may not start this run"
    soon = replace(PAIR, new=replace(NEW, disabled=[], modified=at - 2 * MINUTE - timedelta(seconds=9)))
    assert verdict(soon, at - 2 * MINUTE - timedelta(seconds=4)).result == "switch", (
        "too late to enable, not to disable"
    )
    assert not settled([clockwork("rate(1 day)")], NOW, NOW - MINUTE), "a change takes effect after a while"
    assert settled([clockwork("rate(1 day)")], NOW, NOW - 2 * MINUTE)


def test_a_rule_is_disabled_only_if_all_its_targets_are_switched():
    old = replace(OLD, targets=frozenset({"a", "b"}))
    first, second = replace(PAIR, old=old), replace(PAIR, task="u", old=old, origin=replace(RECORD, target="b"))
    both = moves([first, second], verdicts([first, second], NOW))
    assert [(move.tasks, move.whole) for move in both] == [(["t", "u"], True)]
    one = moves([first], verdicts([first], NOW))
    assert [(move.tasks, move.whole) for move in one] == [(["t"], False)]
    rest = replace(second, old=replace(OLD, targets=frozenset({"b"})))
    assert [move.whole for move in moves([rest], verdicts([rest], NOW))] == [True], "the last target"
    assert moves([PAIR], [Verdict("t", "wait")]) == []


# Simulation

EXPRESSIONS = [
    DAILY,
    "cron(*/15 * * * ? *)",
    "cron(0,7 * * * ? *)",
    "cron(0 8-18 ? * MON-FRI *)",
    "cron(*/6 * * * ? *)",
]


@dataclass
class World:
    """A rule with targets and their new schedules. Changes take effect after an unknown delay."""

    expression: str
    window: int
    targets: list[str]
    changes: list[tuple[datetime, str, bool]] = field(default_factory=list[tuple[datetime, str, bool]])
    """Instant, side (`old a` or `new a`), and state."""

    def on(self, side: str, now: datetime) -> bool:
        states = [on for at, changed, on in self.changes if changed == side and at <= now]
        return states[-1] if states else side.startswith("old")

    def since(self, side: str) -> datetime:
        return max((at for at, changed, _ in self.changes if changed == side), default=NOW - timedelta(days=9))

    def pairs(self, now: datetime) -> list[Pair]:
        whole = clockwork(self.expression, self.window)
        enabled = frozenset(target for target in self.targets if self.on(f"old {target}", now))
        old = Old("rule", True, {"expression": self.expression, "timezone": "UTC"}, whole, enabled)
        return [
            Pair(
                target,
                replace(RECORD, expression=self.expression, target=target),
                old,
                New([target], [] if self.on(f"new {target}", now) else [target], [whole], self.since(f"new {target}")),
            )
            for target in self.targets
        ]

    def steps(self, now: datetime) -> Iterator[tuple[str, bool]]:
        pairs = self.pairs(now)
        for move in moves(pairs, verdicts(pairs, now)):
            yield from ((f"new {task}", True) for task in move.tasks)
            yield from ((f"old {task}", False) for task in move.tasks)

    def starts(self, side: str, run: datetime) -> tuple[int, int]:
        """The least and the most runs that a side starts for a time, whatever AWS's delays are."""
        last = run + MINUTE + timedelta(minutes=self.window)
        possible = {self.on(side, run - MINUTE)}
        possible |= {on for at, changed, on in self.changes if changed == side and run - MINUTE <= at <= last}
        return int(min(possible)), int(max(possible))

    def cut_over(self, now: datetime, steps: int = 100) -> datetime:
        """Make so many steps, and return the time after the last one."""
        for side, on in list(self.steps(now))[:steps]:
            now += timedelta(seconds=1)
            self.changes.append((now, side, on))
        return now

    def both(self, now: datetime) -> bool:
        """Whether a target runs on both sides."""
        return any(self.on(f"old {target}", now) and self.on(f"new {target}", now) for target in self.targets)

    def switched(self, now: datetime) -> bool:
        return all(verdict.result == "switched" for verdict in verdicts(self.pairs(now), now))


@pytest.mark.thorough
@settings(max_examples=200)
@given(data=st.data(), expression=st.sampled_from(EXPRESSIONS), window=st.sampled_from([0, 0, 1]))
def test_no_run_is_doubled_or_lost_whenever_a_cut_over_is_interrupted(
    data: st.DataObject, expression: str, window: int
):
    world = World(expression, window, ["a", "b", "c"][: data.draw(st.integers(1, 3))])
    now = NOW + timedelta(seconds=data.draw(st.integers(0, 86400)))
    pauses: list[tuple[datetime, datetime]] = []
    for _ in range(data.draw(st.integers(0, 6))):
        before = now = world.cut_over(now, data.draw(st.integers(0, 6)))
        now += timedelta(seconds=data.draw(st.sampled_from([1, 1, 5, 30, 400, 4000])))
        if world.both(before):
            pauses.append((before, now))
    while not world.switched(now):
        now = world.cut_over(now) + timedelta(seconds=20)
    for run in times_of(expression)(NOW - timedelta(hours=1), now + timedelta(days=1)):
        sides = [(world.starts(f"old {target}", run), world.starts(f"new {target}", run)) for target in world.targets]
        assert all(old[0] + new[0] >= 1 for old, new in sides), f"{run} can be lost"
        # While a killed cut-over isn't continued, both sides start runs.
        paused = any(first - MARGIN <= run <= last + MARGIN for first, last in pauses)
        assert paused or all(old[1] + new[1] == 1 for old, new in sides), f"{run} can be doubled"
