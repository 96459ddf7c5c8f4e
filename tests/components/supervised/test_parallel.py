"""Runs of several ECS tasks, in a real interpreter. Each test decides how ECS answers."""

import json
import threading
from typing import Any

import pytest
from jsonata import Jsonata

from components.aws.limits import HISTORY_EVENTS, PARALLEL_AT_ONCE, PARALLEL_TASKS, STATE_BYTES
from components.supervised.contract import FORMAT_OF_PARALLEL, OF_EXECUTION, decode
from components.supervised.locking import LONGEST_PAUSE
from components.supervised.parallel import REASON_LENGTH, START_RETRIES
from components.supervised.queueing import SHARE
from components.supervised.settings import LOCK_WAIT, LONGEST_EXECUTION
from components.task import overrides
from ops.pricing.costs import TRANSITIONS_PER_REPLACEABLE_TASK, TRANSITIONS_PER_RUN, TRANSITIONS_PER_TASK
from tests.interpreter import (
    ACCOUNT,
    CLUSTER,
    INDEX_MACHINE,
    REGION,
    SECONDS,
    Answer,
    End,
    Ended,
    Hang,
    Interpreter,
    client,
    error,
    interpreter,
)
from tests.state_language import language_problems

from .machines import REVISION, index_machine, machine, supervised_task

ONE_BY_ONE: dict[str, Any] = {"timeout": "1h", "parallel": {"tasks": 3, "at_once": 1}}
FORBID: dict[str, Any] = {**ONE_BY_ONE, "overlap": "forbid"}
STARTED = "SCHEDULED_TASKS_RUN"


def ran(*answers: Answer, **args: Any) -> tuple[Ended, Interpreter]:
    """A complete run."""
    with interpreter(*answers) as states:
        create(states, **args)
        return states.run(), states


def create(states: Interpreter, **args: Any) -> None:
    states.create_index(index_machine(**args))
    states.create(machine(**args), name="whole")


def wait_for(states: Interpreter, operation: str) -> None:
    """Wait until a state machine has made a call."""
    pause = threading.Event()
    while operation not in states.operations():
        pause.wait(0.01)


def variables(call: dict[str, Any]) -> dict[str, str]:
    [container] = call["overrides"]["containerOverrides"]
    return {pair["name"]: pair["value"] for pair in container["environment"]}


def started(states: Interpreter) -> list[dict[str, str]]:
    """The variables of each ECS task, in the order of the calls."""
    return [variables(call) for name, call in states.calls if name == "run_task"]


@pytest.mark.parametrize("overlap", ["allow", "forbid", "queue", "replace"])
@pytest.mark.parametrize(
    "more",
    [
        {},
        {"lock": "orders-db", "notify_after": 2},
        {"retry_run": {"attempts": 2}, "only": "workdays"},
        {"after": "dump", "expect_duration_under": "1h"},
    ],
)
def test_the_linter_accepts_both_state_machines(overlap: str, more: dict[str, Any]):
    args = {**ONE_BY_ONE, "overlap": overlap, **more}
    assert [language_problems(json.loads(made(**args))) for made in (machine, index_machine)] == [[], []]


def test_each_task_gets_its_index_and_all_have_the_name_of_the_run():
    """0-based, like AWS_BATCH_JOB_ARRAY_INDEX (AWS Batch user guide, "Array jobs")."""
    ended, states = ran(**ONE_BY_ONE)
    assert (ended.status, [outcome["stoppedReason"] for outcome in states.reported()]) == (
        "SUCCEEDED",
        ["All 3 tasks succeeded."],
    )
    assert started(states) == [{STARTED: "first", "TASK_INDEX": str(index), "TASK_COUNT": "3"} for index in range(3)]
    tokens = {call["clientToken"] for name, call in states.calls if name == "run_task"}
    assert len(tokens) == 3
    names = [call["name"] for name, call in states.calls if name == "start_execution"]
    assert names == ["first-0", "first-1", "first-2"]


def test_the_overrides_of_the_schedule_reach_each_task():
    with interpreter() as states:
        create(states, **ONE_BY_ONE)
        states.run(overrides={"ContainerOverrides": [{"Name": "main", "Command": ["nightly"]}]})
    commands = [
        call["overrides"]["containerOverrides"][0]["command"] for name, call in states.calls if name == "run_task"
    ]
    assert commands == [["nightly"]] * 3


def test_a_failed_task_does_not_stop_the_others_but_fails_the_run():
    ended, states = ran(End(), End(3), End(), **ONE_BY_ONE)
    why = "1 of 3 tasks failed. Task 1: Exit code 3: Essential container in task exited."
    assert (ended.error, ended.cause) == ("Failed", why)
    assert [(outcome["outcome"], outcome["stoppedReason"]) for outcome in states.reported()] == [("Failed", why)]
    assert [each["TASK_INDEX"] for each in started(states)] == ["0", "1", "2"]


def test_only_the_task_that_failed_is_retried():
    ended, states = ran(End(), End(3), End(), retry_run={"attempts": 1}, **ONE_BY_ONE)
    assert ended.status == "SUCCEEDED"
    assert [each["TASK_INDEX"] for each in started(states)] == ["0", "1", "1", "2"]


def test_a_task_that_times_out_is_stopped_and_no_other():
    with interpreter(Hang(), Hang(times_out=True), End()) as states:
        create(states, timeout="1h", parallel={"tasks": 2, "at_once": 2})
        execution = states.start("first")
        wait_for(states, "stop_task")
        states.ecs.end_all()
        ended = states.end(execution)
    [stopped] = [call["task"] for name, call in states.calls if name == "stop_task"]
    [timed_out] = [arn for arn, run in states.ecs.runs.items() if isinstance(run, Hang) and run.times_out]
    assert stopped == timed_out
    assert "Timed out: still running after 1h." in ended.cause


def test_a_scheduled_time_that_is_delivered_twice_runs_once():
    with interpreter() as states:
        create(states, **ONE_BY_ONE)
        states.run()
        assert states.run("second").error == "Skipped"
    assert len(started(states)) == 3


def test_a_success_of_another_task_that_is_delivered_twice_runs_once():
    args = {**FORBID, "overlap": "queue", "lock": "orders-db", "notify_after": 2, "after": "dump"}
    with interpreter(End(3)) as states:
        create(states, **args)
        first, again = (states.run(name, upstream=f"{CLUSTER}/1") for name in ("first", "second"))
        assert (first.error, again.error) == ("Failed", "Skipped")
        [outcome] = states.reported()
        assert (outcome["failures"], outcome["scheduledTime"]) == (1, "2026-11-25T03:00:00Z")
        assert "backup" not in states.rows()
        assert "holder" not in states.rows()["#orders-db"]
    assert len(started(states)) == 3


def test_a_time_that_is_left_out_starts_no_task():
    with interpreter() as states:
        create(states, **ONE_BY_ONE, except_={"dates": ["2026-12-24 Party"]})
        task = supervised_task(**ONE_BY_ONE, except_={"dates": ["2026-12-24 Party"]})
        left_out = overrides.exceptions(task, task.schedules[0], 2026)
        given = overrides.execution_input({}, name="backup", exceptions=left_out)
        ended = states.run(**{**given, "time": "2026-12-24T03:00:00Z"})
    assert (ended.error, ended.cause, started(states)) == ("Skipped", "Left out: Party", [])


def test_the_state_transitions_that_the_cost_counts():
    with interpreter() as states:
        create(states, **ONE_BY_ONE)
        whole = states.start("first")
        states.end(whole)
        of_tasks = [whole.replace(":whole:first", f":{INDEX_MACHINE}:first-{index}") for index in range(3)]
        entered = [name for execution in (whole, *of_tasks) for name in states.entered(execution)]
    assert len(entered) == TRANSITIONS_PER_RUN + 3 * TRANSITIONS_PER_TASK


@pytest.mark.parametrize("more", [0, 1])
def test_a_run_that_can_be_replaced_takes_one_more_transition_per_task(more: int):
    found = list[int]()
    for overlap in ("forbid", "replace"):
        with interpreter() as states:
            create(states, **{**ONE_BY_ONE, "overlap": overlap, "parallel": {"tasks": 3 + more}})
            whole = states.start("first")
            states.end(whole)
            found.append(len(states.entered(whole)))
    assert found[1] - found[0] == (3 + more) * TRANSITIONS_PER_REPLACEABLE_TASK


REPLACE: dict[str, Any] = {"timeout": "1h", "overlap": "replace", "parallel": {"tasks": 3, "at_once": 2}}


def replaced_after(*answers: Answer, of: dict[str, Any] = REPLACE, hangs: int = 2) -> tuple[Ended, Interpreter]:
    """A run whose first tasks have these answers, and that a second run replaces while the others run."""
    running = tuple(Hang() for _ in range(hangs))
    with interpreter(*answers, *running, End()) as states:
        create(states, **of)
        first = states.start("first")
        assert all(hang.running.wait(SECONDS) for hang in running)
        assert states.run("second", time="2026-11-26T03:00:00Z").status == "SUCCEEDED"
        ended = states.end(first)
        assert "backup" not in states.rows()
    return ended, states


def test_a_newer_run_replaces_a_run_and_none_of_its_tasks_starts_afterwards():
    ended, states = replaced_after()
    assert ended == Ended("FAILED", "Replaced", "Replaced by a newer run. Tasks that had not ended: 3 of 3.")
    assert [each[STARTED] for each in started(states)] == ["first", "first", "second", "second", "second"]
    stopped = [task["stoppedReason"] for task in list(states.ecs.tasks.values())[:2]]
    assert stopped == ["Replaced by second"] * 2
    assert sorted(told["outcome"] for told in states.reported()) == ["Replaced", "Succeeded"]


def test_a_newer_run_starts_only_after_the_earlier_one_has_released_its_lease():
    _, states = replaced_after()
    names = states.operations()
    starts = [position for position, name in enumerate(names) if name == "run_task"]
    [release, *_] = [position for position, name in enumerate(names) if name == "delete_item"]
    assert starts[1] < names.index("stop_task") < release < starts[2]


def test_all_tasks_of_the_earlier_run_stop_before_the_newer_one_waits_for_the_first():
    """One after the other, 40 tasks with a stop timeout of 2 minutes would take more than an hour."""
    _, states = replaced_after()
    names = states.operations()
    first = names.index("stop_task")
    assert [name for name in names[first:] if name in ("stop_task", "describe_tasks")][:2] == ["stop_task"] * 2


def test_a_task_that_failed_before_its_run_was_replaced_is_reported():
    ended, states = replaced_after(End(3), of={**REPLACE, "parallel": {"tasks": 3, "at_once": 1}}, hangs=1)
    assert ended.error == "Failed"
    assert ended.cause == (
        "1 of 3 tasks failed. Task 0: Exit code 3: Essential container in task exited. "
        "Replaced by a newer run. Tasks that had not ended: 2 of 3."
    )
    assert sorted(told["outcome"] for told in states.reported()) == ["Failed", "Succeeded"]


@pytest.mark.parametrize(
    ("answer", "more", "calls"),
    [
        (End(1), {"retry_run": {"attempts": 1, "delay": "24h"}}, 1),
        (error("ThrottlingException"), {"retry": {"attempts": 1, "max_age": "1h"}}, 1),
    ],
    ids=["attempt", "launch"],
)
def test_no_task_starts_again_after_its_run_is_replaced(answer: Answer, more: dict[str, Any], calls: int):
    """Another run requests the lease while the only task that is left waits."""
    with interpreter(answer) as states:
        create(states, **{**REPLACE, **more, "parallel": {"tasks": 2, "at_once": 1}})
        real = states.client

        def request(service: str, *, waiting: bool) -> Any:
            if states.operations()[-1:] == ["run_task"]:
                lease = {name: next(iter(value.values())) for name, value in states.rows()["backup"].items()}
                states.put_row(**{**lease, "replacer": "second"})
            return real(service, waiting=waiting)

        states.client = request  # type: ignore[method-assign]
        ended = states.run()
    assert ended == Ended("FAILED", "Replaced", "Replaced by a newer run. Tasks that had not ended: 2 of 2.")
    assert states.operations().count("run_task") == calls


def test_a_long_pause_is_divided_so_that_the_newer_run_can_wait_for_its_end():
    """The newer run asks at least 120 times, 10 seconds apart, for the lease."""
    states = json.loads(index_machine(**REPLACE, retry_run={"attempts": 2, "delay": "1h", "backoff": 2}))["States"]
    pauses = [states[f"Pause before attempt {attempt}"] for attempt in (2, 3)]
    assert [(pause["Seconds"], pause["Assign"]["pauseLeft"]) for pause in pauses] == [(600, 3000), (600, 6600)]
    assert states["Pause again"]["Seconds"] == "{% $min([600, $pauseLeft]) %}"
    held = json.loads(machine(**REPLACE))["States"]["Lease held"]
    assert "{% $tries >= 120 %}" in [choice["Condition"] for choice in held["Choices"]]
    assert 640 < 120 * 10, "the longest pause before a launch"


def test_a_lease_that_cannot_be_confirmed_does_not_stop_a_run():
    """DynamoDB doesn't answer. A newer run would stop the tasks."""
    with interpreter(End(1), End()) as states:
        create(states, **REPLACE, retry_run={"attempts": 1})
        real = states.client

        def fail(service: str, *, waiting: bool) -> Any:
            if service == "dynamodb":
                states.faults["update_item"] = [error("InternalServerError", "UpdateItem")]
            return real(service, waiting=waiting)

        states.client = fail  # type: ignore[method-assign]
        assert states.run().status == "SUCCEEDED"
    assert states.operations().count("run_task") == 4


def test_the_lease_lasts_for_all_tasks_and_is_released_after_the_last():
    with interpreter(End(3)) as states:
        create(states, **FORBID)
        assert states.run().error == "Failed"
        assert "backup" not in states.rows()
    operations = [name for name in states.operations() if name in ("put_item", "run_task", "delete_item")]
    assert operations == ["put_item", "put_item", "run_task", "run_task", "run_task", "delete_item"]


def test_a_run_is_skipped_while_tasks_of_another_run_continue():
    with interpreter(Hang()) as states:
        create(states, **FORBID)
        states.start("first")
        wait_for(states, "run_task")
        assert states.run("second", time="2026-11-26T03:00:00Z").error == "Skipped"


def test_without_a_result_of_a_task_another_run_takes_the_lease_over():
    """A run of it can be left, so the lease ends without being released."""
    denied = error("AccessDeniedException", "StartExecution")
    with interpreter() as states:
        create(states, **FORBID)
        states.faults["start_execution"] = [denied]
        ended = states.run()
        assert states.rows()["backup"]["ends"] == {"N": "0"}
    assert "Task 2: No result of its execution: StepFunctions.AccessDenied" in ended.cause


def test_after_a_killed_run_the_next_one_waits_for_the_lease_and_stops_its_tasks():
    """Nothing reports the killed run but the rule on broken executions, and no task of it is retried."""
    hangs = Hang(), Hang()
    args = {"timeout": "1h", "overlap": "forbid", "retry_run": {"attempts": 1}, "parallel": {"tasks": 2, "at_once": 2}}
    with interpreter(*hangs, End()) as states:
        create(states, **args)
        killed = states.start("first")
        assert all(hang.running.wait(SECONDS) for hang in hangs)
        client("stepfunctions").stop_execution(executionArn=killed)
        assert states.end(killed).status == "ABORTED"
        assert states.run("second", time="2026-11-26T03:00:00Z").error == "Skipped"
        states.put_row(
            **{name: next(iter(value.values())) for name, value in states.rows()["backup"].items()} | {"ends": "0"}
        )
        left = list(states.ecs.tasks)
        assert states.run("third", time="2026-11-27T03:00:00Z").status == "SUCCEEDED"
        assert sorted(call["task"] for name, call in states.calls if name == "stop_task") == sorted(left)
        assert len(states.reported()) == 1
    assert [each[STARTED] for each in started(states)] == ["first", "first", "third", "third"]


class LostAnswers:
    """Step Functions, whose answers to StartExecution get lost, after the ECS task has started."""

    def __init__(self, *hangs: Hang):
        self.hangs = iter(hangs)

    def __getattr__(self, operation: str) -> Any:
        return getattr(client("stepfunctions"), operation)

    def start_execution(self, **request: Any) -> None:
        client("stepfunctions").start_execution(**request)
        assert next(self.hangs).running.wait(SECONDS)
        raise error("ServiceUnavailable", "StartExecution")


def test_an_execution_without_a_result_is_stopped_before_the_lease_ends():
    """It would start the next attempt of its task during the next run."""
    hangs = Hang(), Hang()
    with interpreter(*hangs) as states:
        create(states, timeout="1h", overlap="forbid", retry_run={"attempts": 2}, parallel={"tasks": 2, "at_once": 1})
        states.services["stepfunctions"] = LostAnswers(*hangs)
        ended = states.run()
        of_task = f"arn:aws:states:{REGION}:{ACCOUNT}:execution:{INDEX_MACHINE}:first-"
        stopped = [call["executionArn"] for name, call in states.calls if name == "stop_execution"]
        assert stopped == [f"{of_task}0", f"{of_task}1"]
        assert [states.end(arn).status for arn in stopped] == ["ABORTED", "ABORTED"]
        assert states.rows()["backup"]["ends"] == {"N": "0"}
    assert ended.cause.startswith("2 of 2 tasks failed. Task 0: No result of its execution: ")


def test_a_throttled_start_is_retried_with_the_same_name():
    busy = error("ExecutionLimitExceeded", "StartExecution")
    with interpreter() as states:
        create(states, **ONE_BY_ONE)
        states.faults["start_execution"] = [busy, busy]
        states.run()
    names = [call["name"] for name, call in states.calls if name == "start_execution"]
    assert names == ["first-0", "first-0", "first-1", "first-1", "first-2", "first-2"]


def _reason(count: int, failed: list[dict[str, Any]]) -> str:
    args: dict[str, Any] = {"timeout": "1h", "parallel": {"tasks": count, "at_once": 1}}
    text: str = json.loads(machine(**args))["States"]["Run"]["Assign"]["reason"][2:-2]
    whole = Jsonata(text.replace("$states.result", "$result"))
    whole.assign("result", [*failed, {"index": 0, "outcome": "Succeeded", "left": False}])
    return str(whole.evaluate(None))


@pytest.mark.parametrize(
    ("failed", "start", "end"),
    [
        (0, "All 250 tasks succeeded.", "All 250 tasks succeeded."),
        (1, "1 of 250 tasks failed. Task 1: Exit code 1.", "Task 1: Exit code 1."),
        (10, "10 of 250 tasks failed. Task 1: Exit code 1. Task 2: ", "Task 10: Exit code 1."),
        (12, "12 of 250 tasks failed. Task 1: ", "Task 10: Exit code 1. Also failed: 11, 12."),
        (200, "200 of 250 tasks failed. Task 1: ", ", 109, 110 and more."),
    ],
)
def test_the_reason_names_the_failed_tasks(failed: int, start: str, end: str):
    results = [{"index": n, "outcome": "Failed", "reason": "Exit code 1", "left": False} for n in range(1, failed + 1)]
    found = _reason(250, results)
    assert (found[: len(start)], found[-len(end) :]) == (start, end)


def test_the_results_of_all_tasks_fit_into_the_output_of_a_state():
    """JSON writes a control character with six characters."""
    longest = {"index": PARALLEL_TASKS, "outcome": "TimedOut", "reason": "\x01" * REASON_LENGTH, "left": False}
    assert len(json.dumps([longest] * PARALLEL_TASKS)) < STATE_BYTES == 262_144


def test_the_history_has_room_for_all_tasks_after_the_longest_waits():
    """AWS: Step Functions API reference, HistoryEvent. A task state writes 5 events, one that waits for a job 6, other
    states 2, and each retry up to 4. A run that waits for half a year has no time left for tasks that take as long."""
    whole = supervised_task(**ONE_BY_ONE, overlap="queue", lock="db").supervision
    assert whole
    assert 2 * whole.whole.longest_wait < whole.whole.longest <= LONGEST_EXECUTION
    queue = _tries(LONGEST_EXECUTION // 2, LONGEST_EXECUTION) * (5 + 5 + 5 + 2 + 2)
    lock = _tries(LOCK_WAIT, LONGEST_PAUSE) * (5 + 5 + 5 + 2 + 2)
    a_task = 2 + 6 + START_RETRIES * 4 + 5 + 2
    rest = 100
    assert queue + lock + PARALLEL_TASKS * a_task + rest < HISTORY_EVENTS == 25_000
    # A run that replaces another one doesn't queue, but asks for the lease, and stops the tasks of the other.
    a_try, a_stop, confirmed = 6 * 5 + 6 * 2, 5 + 2 + 5 + 2 + 2 + 5 + 2, 5
    replacing = 120 * a_try + 2 * PARALLEL_AT_ONCE * a_stop
    assert replacing + lock + PARALLEL_TASKS * (a_task + confirmed) + rest < HISTORY_EVENTS


def _tries(seconds: int, longest: int) -> int:
    waited = tries = 0
    while waited < seconds:
        waited += min(longest, max(10, waited // SHARE))
        tries += 1
    return tries


def test_the_machine_says_what_it_runs():
    """Another state machine calls RunTask, so the mark repeats RunTask's arguments."""
    facts = decode(machine(**FORBID))
    assert (facts.tasks, facts.at_once, facts.timeout, facts.task_definition_arn) == (3, 1, 3600, REVISION)
    assert FORMAT_OF_PARALLEL in machine(**FORBID)
    arguments = json.loads(index_machine(**FORBID))["States"]["Run"]["Arguments"]
    assert facts.run == {name: value for name, value in arguments.items() if name not in OF_EXECUTION}


def test_a_run_never_outlives_its_lease():
    """Three tasks, two at once: the second round starts when the first has ended."""
    one = supervised_task(timeout="1h").supervision
    three = supervised_task(timeout="1h", overlap="forbid", parallel={"tasks": 3, "at_once": 2}).supervision
    assert one
    assert three
    assert three.whole.lease > 2 * one.longest
    assert three.whole.longest > three.whole.lease
