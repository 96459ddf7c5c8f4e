"""The data of the page: tasks, and problems first."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from components.monitoring.events import FAILED, SUCCEEDED
from ops.board.data import board_data
from ops.board.problems import ERROR, UNKNOWN, WARNING
from ops.board.reading import Reading, failed_last
from ops.pauses.record import ALL, Pause
from ops.runs.records import REPLACED, RUNNING, SKIPPED, Run
from ops.state.rows import Row, Source
from tests.ops.board.example import NOW, PERIOD, Example, example, fine, partly_read, unreadable

REASON = "x"


def data(*readings: Reading) -> Any:
    return board_data(readings, PERIOD)


def only(stack: Example) -> Any:
    return data(stack.reading())["stacks"][0]


def problems(stack: Example) -> list[tuple[str, str]]:
    return [(each["level"], each["title"]) for each in only(stack)["problems"]]


def run(outcome: str, hours: float, minutes: float | None = 10, **given: Any) -> Run:
    started = NOW - timedelta(hours=hours)
    stopped = None if minutes is None else started + timedelta(minutes=minutes)
    return Run(f"{outcome}-{hours}", "a", outcome, started, stopped, **given)


def stack_of(*runs: Run) -> Example:
    stack = Example()
    stack.rows = [Row("a", "enabled")]
    stack.runs = [*runs]
    return stack


@pytest.mark.parametrize(
    ("outcomes", "failures"),
    [
        ([SUCCEEDED, FAILED], 0),
        ([FAILED, SUCCEEDED], 1),
        ([FAILED, FAILED, FAILED], 3),
        ([RUNNING, FAILED, SUCCEEDED], 1),
        ([SKIPPED, REPLACED, FAILED, FAILED, SUCCEEDED, FAILED], 2),
        ([], 0),
    ],
)
def test_failures_since_the_last_success(outcomes: list[str], failures: int):
    stack = stack_of(*(run(outcome, hours) for hours, outcome in enumerate(outcomes, 1)))
    [task] = only(stack)["tasks"]
    assert task["failures"] == failures
    assert ("problem" in task["marks"]) == (failures > 0)
    assert (FAILED in task["marks"]) == (failures > 0)


def test_the_usual_duration_is_the_median_of_successes():
    stack = stack_of(run(SUCCEEDED, 1, 10), run(SUCCEEDED, 2, 20), run(SUCCEEDED, 3, 300), run(FAILED, 4, 1))
    [task] = only(stack)["tasks"]
    assert (task["usual"], task["usualOf"]) == (1200, 3)


@pytest.mark.parametrize(("hours", "slow"), [(0.3, False), (0.5, True)])
def test_a_run_that_takes_twice_as_long_is_slow(hours: float, slow: bool):
    stack = stack_of(run(SUCCEEDED, 5, 10))
    stack.rows[0].last = run(RUNNING, hours, None)
    assert [title for _, title in problems(stack)] == (["a runs longer than usual"] if slow else [])


def test_a_short_run_is_not_slow_after_a_few_minutes():
    stack = stack_of(run(SUCCEEDED, 5, 0.1))
    stack.rows[0].last = run(RUNNING, 0.05, None)
    assert problems(stack) == []


def test_usual_values_of_a_run_are_omitted():
    stack = stack_of(
        run(SUCCEEDED, 1, exit_code=0, by="schedule"),
        run(FAILED, 2, exit_code=3, reason=REASON, by="alice", attempts=2),
    )
    short, long = only(stack)["tasks"][0]["runs"]
    started = round(NOW.timestamp())
    assert short == [started - 3600, 600, 0, "succeeded-1"]
    assert long == [started - 7200, 600, 1, "failed-2", 3, REASON, "alice", 2]


def test_invisible_characters_are_shown():
    stack = stack_of(run(FAILED, 1, reason="a\u202eb\x1b"))
    assert only(stack)["tasks"][0]["runs"][0][5] == "a<U+202E>b<U+001B>"


def test_the_order_of_problems():
    found = data(example())["stacks"][0]["problems"]
    assert [(each["level"], each["title"], each["task"]) for each in found] == [
        (ERROR, "sync-inventory failed", "sync-inventory"),
        (ERROR, "nightly-backup failed 2 times in a row", "nightly-backup"),
        (ERROR, "2 failed launches", ""),
        (WARNING, "rebuild-search-index runs longer than usual", "rebuild-search-index"),
        (WARNING, "hourly-etl is paused by hand", "hourly-etl"),
    ]
    assert found[1]["text"] == [
        "Exit code 137. OutOfMemoryError: Container killed due to memory usage. Alarm no-success is firing."
    ]
    assert found[1]["line"] == 'pg_dump: error: Dumping the contents of table "order_lines" failed: out of memory'
    assert found[3]["text"] == ["It has run for 3 h 11 min. Its usual duration is 46 min 29 s."]
    assert found[4]["words"] == ["resume", "hourly-etl"]


@pytest.mark.parametrize(
    ("alarm", "text", "words"),
    [
        ("dropped", "A launch failed and no run was started. First: ", ["dead-letters", "list"]),
        ("target-errors", "AWS refused to start a run; ", ["doctor"]),
        ("lost-dead-letters", "A launch failed, and its message ", ["doctor"]),
        ("throttled", "Launches are throttled, ", ["load"]),
        ("dead-letters", "A dead-letter queue has messages: ", ["dead-letters", "list"]),
        ("of-another-version", "", []),
    ],
)
def test_an_alarm_of_the_group_says_what_to_do(alarm: str, text: str, words: list[str]):
    stack = stack_of()
    stack.alarms = [alarm]
    [found] = only(stack)["problems"]
    assert (found["title"], found["words"]) == (f"Alarm {alarm} is firing", words)
    assert "".join(found["text"]).startswith(text)


def test_numbers_of_a_stack_that_was_not_read_are_unknown():
    [partly, no] = data(partly_read(), unreadable())["stacks"]
    assert partly["counts"] == {
        "failing": [0, True], "launches": [0, False], "alarms": [0, False], "slow": [0, True], "paused": [0, True],
        "tasks": [1, True],
    }  # fmt: skip
    assert set(map(tuple, no["counts"].values())) == {(0, False)}


def test_several_unknown_parts_are_one_entry():
    [partly] = data(partly_read())["stacks"]
    [problem] = partly["problems"]
    assert (problem["level"], problem["title"]) == (UNKNOWN, "2 parts are unknown")
    assert problem["text"][1] == (
        "The dead-letter queues can't be read. alice may not sqs:GetQueueUrl. Ask for the permission."
    )


def test_an_alarm_of_a_task_without_failures_is_a_problem_of_its_own():
    stack = stack_of(run(SUCCEEDED, 1))
    stack.rows[0].alarms = ["a/no-success"]
    assert problems(stack) == [(ERROR, "Alarm a/no-success is firing")]


def test_pauses_without_an_effect_are_omitted():
    stack = stack_of()
    stack.rows[0].sources = [Source("a", False, None)]
    stack.pauses = {ALL: Pause("2026-10-21T15:55:00Z", "alice", "x")}
    found = stack.reading()
    assert found.status is not None
    assert [each["title"] for each in data(found)["stacks"][0]["problems"]] == ["All tasks are paused by hand"]
    assert data(found)["stacks"][0]["tasks"][0]["pause"]["who"] == "alice"
    over = replace(found, status=replace(found.status, over=[ALL]))
    assert data(over)["stacks"][0]["problems"] == []
    assert data(over)["stacks"][0]["tasks"][0]["pause"] is None


def test_dead_letters():
    stack = stack_of()
    stack.dead_letters = {"launches": 1, "events": 3}
    assert [title for _, title in problems(stack)] == ["1 failed launch", "3 undelivered events"]
    stack.dead_letters = {"launches": None, "events": None}
    assert problems(stack) == [(ERROR, "Failed launches are lost")]


@pytest.mark.parametrize(
    ("part", "value", "mark"),
    [("alarms", None, "none"), ("dead_letters", None, "none"), ("last_runs_known", False, "unknown")],
)
def test_an_unread_part_is_a_problem_and_nothing_is_fine(part: str, value: object, mark: str):
    assert data(fine())["stacks"][0]["fine"] is True
    stack = stack_of()
    setattr(stack, part, value)
    stack.failed, stack.unknown = True, ["The part can't be read. alice may not x:Y."]
    found = only(stack)
    assert (found["fine"], found["problems"][0]["level"]) == (False, UNKNOWN)
    assert [task["marks"] for task in found["tasks"]] == [[mark]]


def test_a_task_without_runs_is_unknown_if_outcomes_are_missing():
    stack = stack_of()
    stack.lost = ["The outcome log doesn't exist."]
    assert [task["marks"] for task in only(stack)["tasks"]] == [["unknown"]]


def test_unread_outcomes_do_not_look_like_no_failures():
    reading = replace(stack_of().reading(problems=["alice may not logs:StartQuery."]), outcomes=None)
    [found] = data(reading)["stacks"]
    assert (found["fine"], found["tasks"][0]["marks"]) == (False, ["unknown"])
    assert found["problems"][0]["title"] == "alice may not logs:StartQuery"
    assert found["counts"]["failing"] == [0, False]


def test_missing_outcomes_are_a_problem():
    stack = stack_of()
    stack.lost = ["Only the 10 newest events were read."]
    assert problems(stack) == [(UNKNOWN, "Only the 10 newest events were read")]
    assert only(stack)["fine"] is False


def test_unknown_next_runs_are_a_problem():
    stack = stack_of()
    stack.rows[0].sources = [Source("a", True, None)]
    assert problems(stack) == [(UNKNOWN, "The next runs of 1 task are unknown")]
    assert only(stack)["tasks"][0]["nextUnknown"] == 1


def test_a_stack_that_could_not_be_read():
    [found] = data(Reading("prod", "scheduled-tasks @ --stack prod", problems=["The credentials have expired."]))[
        "stacks"
    ]
    [problem] = found["problems"]
    assert (problem["level"], problem["title"]) == (ERROR, "prod could not be read")
    assert problem["text"] == ["The credentials have expired."]
    assert (found["tasks"], found["fine"]) == ([], False)


def test_the_command_is_split_around_its_words():
    assert data(fine())["stacks"][0]["command"] == ["scheduled-tasks", "--stack staging"]


def test_the_last_failed_run_of_each_task():
    runs = [run(FAILED, 5), run(FAILED, 1), replace(run(FAILED, 3), task="b"), run(SUCCEEDED, 0.5)]
    assert [(each.task, each.id) for each in failed_last(runs)] == [("a", "failed-1"), ("b", "failed-3")]
