"""`scheduled-tasks import cut-over`, against AWS emulated by moto: killed, refused and throttled at each call."""

import json
import os
import stat
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from ops import waiting
from ops.aws.schedule_states import change_state
from ops.aws.session import Aws
from ops.importing.cut_over import clock, switching
from ops.importing.record import Origin, write_record
from ops.importing.times.rules import times_of
from ops.permissions import UNDO as UNDOING
from ops.project import project_at
from tests.ops import test_permissions as permissions
from tests.ops.cloud import ACCOUNT, REGION, Cloud, Deployed, refusal
from tests.ops.conftest import Ops
from tests.ops.session import share_session

NOON = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=1)
GROUP = "scheduled-tasks-test"
STOP = "arn:aws:scheduler:::aws-sdk:rds:stopDBInstance"
UNDO = Path("config") / f"cut-over-{GROUP}.json"
NIGHTLY = "cron(0 3 * * ? *)"
TASKS = {"nightly": NIGHTLY, "first": "cron(15 12 * * ? *)", "second": "cron(15 12 * * ? *)", "old-school": NIGHTLY}
"""The targets of a rule are two tasks. The last task was a schedule."""


def config(tasks: dict[str, str]) -> str:
    entries = "".join(
        f'    {name}: {{ image: "x:1", cpu: 256, memory: 512, schedule: "{expression}", timezone: UTC, enabled: false }}\n'
        for name, expression in tasks.items()
    )
    return (
        "config:\n  aws:region: eu-west-1\n  scheduled-tasks:cluster: main\n"
        "  scheduled-tasks:network: { vpc: default }\n  scheduled-tasks:catalogue: false\n"
        f"  scheduled-tasks:tasks:\n{entries}"
    )


class Moving:
    """An account with old rules and schedules, and a stack whose schedules are disabled."""

    def __init__(self, stack: Deployed, ops: Ops, at: datetime):
        self.stack, self.cloud, self.ops, self.at = stack, stack.cloud, ops, at
        self.origins: dict[str, Origin] = {}
        self.log: list[tuple[datetime, dict[str, tuple[bool, bool]]]] = []
        """The sides that are enabled, old and new, by task."""

    def now(self) -> datetime:
        self.at += timedelta(seconds=0.2)
        return self.at

    def rule(self, name: str, expression: str, *tasks: str, **settings: Any) -> None:
        events = self.cloud.client("events")
        arn = events.put_rule(Name=name, ScheduleExpression=expression, State="ENABLED", **settings)["RuleArn"]
        targets = [self.target(task) for task in tasks]
        events.put_targets(Rule=name, Targets=targets)
        for task in tasks:
            self.origins[task] = Origin(
                "rule", arn, name, "default", f"{task}-target", "ENABLED", expression, "UTC", "2026-11-27T11:40:00Z"
            )

    def target(self, task: str) -> dict[str, Any]:
        return {
            "Id": f"{task}-target",
            "Arn": self.stack.cluster_arn,
            "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/old",
            "Input": json.dumps({"containerOverrides": [{"name": "main", "command": ["old"]}]}),
            "EcsParameters": {"TaskDefinitionArn": "old", "TaskCount": 1, "LaunchType": "FARGATE"},
            "DeadLetterConfig": {"Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:old"},
            "RetryPolicy": {"MaximumRetryAttempts": 3, "MaximumEventAgeInSeconds": 3600},
        }

    def schedule(self, name: str, expression: str, task: str, **settings: Any) -> None:
        arn = self.cloud.client("scheduler").create_schedule(
            Name=name,
            GroupName="default",
            ScheduleExpression=expression,
            Target={"Arn": self.stack.cluster_arn, "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/old"},
            **{"FlexibleTimeWindow": {"Mode": "OFF"}, "ScheduleExpressionTimezone": "UTC", **settings},
        )["ScheduleArn"]
        self.origins[task] = Origin(
            "schedule", arn, name, "default", "", "ENABLED", expression, "UTC", "2026-11-27T11:40:00Z"
        )

    def record(self) -> None:
        write_record(Path("config/imported.json"), self.origins)

    def run(self, *arguments: str) -> Any:
        return self.ops("import", "cut-over", "--stack", "test", *arguments)

    def states(self) -> dict[str, tuple[bool, bool]]:
        """Whether the old and the new side of each task are enabled, read from moto without a call."""
        calls, rules, lost = [*self.cloud.calls], [*self.cloud.rules], self.cloud.lost
        self.cloud.recover()
        try:
            return {task: (self._old(origin), self._new(task)) for task, origin in self.origins.items()}
        finally:
            self.cloud.calls[:], self.cloud.rules[:], self.cloud.lost = calls, rules, lost

    def _old(self, origin: Origin) -> bool:
        if origin.kind == "schedule":
            found = self.cloud.client("scheduler").get_schedule(GroupName="default", Name=origin.name)
            return found["State"] == "ENABLED"
        events = self.cloud.client("events")
        targets = events.list_targets_by_rule(Rule=origin.name)["Targets"]
        enabled = events.describe_rule(Name=origin.name)["State"] == "ENABLED"
        return enabled and any(target["Id"] == origin.target for target in targets)

    def _new(self, task: str) -> bool:
        return self.cloud.client("scheduler").get_schedule(GroupName=GROUP, Name=task)["State"] == "ENABLED"

    def turn(self, side: tuple[bool, bool], saved: bytes) -> None:
        """Enable one side without the command, with the undo file that belongs to it."""
        old, new = (("ENABLED" if on else "DISABLED") for on in side)
        events, scheduler = self.cloud.client("events"), self.cloud.client("scheduler")
        events.put_rule(Name="both", ScheduleExpression=TASKS["first"], State=old)
        if side == ON:
            events.put_targets(Rule="both", Targets=[self.target(task) for task in ("first", "second")])
        else:
            events.remove_targets(Rule="both", Ids=["first-target"])
        for group, name in (("default", "old"), *((GROUP, task) for task in self.origins)):
            found = scheduler.get_schedule(GroupName=group, Name=name)
            members = (
                "Name",
                "GroupName",
                "ScheduleExpression",
                "ScheduleExpressionTimezone",
                "FlexibleTimeWindow",
                "Target",
            )
            settings = {key: found[key] for key in members}
            scheduler.update_schedule(**settings, State=old if group == "default" else new)
        UNDO.unlink(missing_ok=True)
        if saved:
            UNDO.write_bytes(saved)
        self.at = NOON + timedelta(minutes=5)

    def watch(self) -> None:
        """Log which sides are enabled after each change."""
        self.log.append((self.at, self.states()))

    def check(self, days: int = 2) -> None:
        """Check that each task started once at each time since the first log entry, and for some days."""
        self.watch()
        for task, origin in self.origins.items():
            for run in times_of(origin.expression)(self.log[0][0], self.at + timedelta(days=days)):
                states = next(states for at, states in reversed(self.log) if at <= run)
                assert sum(states[task]) == 1, f"{task} at {run}: {states[task]}"


class Killed(BaseException):
    """The process is killed."""


STRIDE = 1 if os.environ.get("REFEREES") == "required" else 5
"""Every call is tried in `make test-all`, and every fifth otherwise."""
ON, OFF = (True, False), (False, True)
"""The old side runs, or the new one."""


@pytest.fixture
def moving(
    project: Path, cloud: Cloud, ops: Ops, monkeypatch: pytest.MonkeyPatch
) -> Callable[[dict[str, str]], Moving]:
    """Deploys tasks that are disabled."""
    share_session(monkeypatch)

    def deploy(tasks: dict[str, str]) -> Moving:
        (project / "Pulumi.test.yaml").write_text(config(tasks))
        found = Moving(cloud.deploy(project_at(project).load("test")), ops, NOON + timedelta(minutes=5))
        monkeypatch.setattr(clock, "now", found.now)
        return found

    return deploy


@pytest.fixture
def small(moving: Callable[[dict[str, str]], Moving]) -> Moving:
    """Four tasks: of a rule, of two targets of a rule, and of a schedule."""
    found = moving(TASKS)
    found.rule("nightly", NIGHTLY, "nightly")
    found.rule("both", "cron(15 12 * * ? *)", "first", "second")
    found.schedule("old", NIGHTLY, "old-school", Description="kept", ActionAfterCompletion="NONE")
    found.record()
    return found


def results(result: Any) -> dict[str, str]:
    return {each["task"]: each["result"] for each in json.loads(result.stdout)["tasks"]}


def test_a_cut_over_switches_each_task_and_an_undo_switches_back(small: Moving):
    before = small.cloud.client("scheduler").get_schedule(GroupName="default", Name="old")
    dry = small.run("--dry-run", "--json")
    assert (dry.exit_code, results(dry)) == (0, dict.fromkeys(sorted(TASKS), "switch"))
    assert small.states() == dict.fromkeys(TASKS, ON)
    assert not UNDO.exists()
    small.watch()
    result = small.run()
    assert result.exit_code == 0, result.output
    assert small.states() == dict.fromkeys(TASKS, OFF)
    assert "4 tasks: 4 switched." in result.stderr
    assert "The configuration still disables first, nightly, old-school, second." in result.stderr
    assert stat.S_IMODE(UNDO.stat().st_mode) == 0o600
    again = small.run("--json")
    assert (again.exit_code, results(again)) == (0, dict.fromkeys(sorted(TASKS), "switched"))
    small.check()
    undone = small.run("--undo")
    assert undone.exit_code == 0, undone.output
    assert small.states() == dict.fromkeys(TASKS, ON)
    assert not UNDO.exists()
    small.check()
    after = small.cloud.client("scheduler").get_schedule(GroupName="default", Name="old")
    changing = ("LastModificationDate", "ResponseMetadata")
    assert {k: v for k, v in after.items() if k not in changing} == {
        k: v for k, v in before.items() if k not in changing
    }


def test_a_call_is_switched_like_a_run(moving: Callable[[dict[str, str]], Moving], project: Path):
    """A rule invoked a function, and a schedule stopped a database. Both are calls of the stack now."""
    found = moving({"nightly": NIGHTLY})
    calls = {"report": "invoke: { function: report }", "stop": "stop: { database: orders }"}
    entries = "".join(
        f"    {name}: {{ {what}, schedule: '{NIGHTLY}', timezone: UTC, enabled: false }}\n"
        for name, what in calls.items()
    )
    (project / "Pulumi.test.yaml").write_text(config({"nightly": NIGHTLY}) + entries)
    targets = {"report": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:report", "stop": STOP}
    scheduler = found.cloud.client("scheduler")
    for name, target in targets.items():
        role = f"arn:aws:iam::{ACCOUNT}:role/{GROUP}__{name}__call"
        given = {"Arn": target, "RoleArn": role, "Input": '{"DbInstanceIdentifier": "orders"}'}
        scheduler.create_schedule(
            Name=name, GroupName=GROUP, ScheduleExpression=NIGHTLY, ScheduleExpressionTimezone="UTC",
            FlexibleTimeWindow={"Mode": "OFF"}, State="DISABLED", Target=given,
        )  # fmt: skip
    found.rule("report", NIGHTLY, "report")
    found.schedule("old-stop", NIGHTLY, "stop")
    found.record()
    found.watch()
    result = found.run("--json")
    assert (result.exit_code, results(result)) == (0, dict.fromkeys(calls, "switched")), result.output
    assert found.states() == dict.fromkeys(calls, OFF)
    found.check()
    for name, target in targets.items():
        assert scheduler.get_schedule(GroupName=GROUP, Name=name)["Target"]["Arn"] == target
    assert found.run("--undo").exit_code == 0
    assert found.states() == dict.fromkeys(calls, ON)
    found.check()


def test_a_target_is_removed_from_a_rule_that_keeps_others_and_is_put_back_whole(small: Moving):
    events = small.cloud.client("events")
    before = events.list_targets_by_rule(Rule="both")["Targets"]
    small.watch()
    assert small.run("--task", "first").exit_code == 0
    assert small.states() == {**dict.fromkeys(TASKS, ON), "first": OFF}
    assert events.describe_rule(Name="both")["State"] == "ENABLED"
    assert small.run().exit_code == 0
    assert events.describe_rule(Name="both")["State"] == "DISABLED", "its last target"
    small.check()
    partial = small.run("--undo", "--task", "first")
    assert (partial.exit_code, "The rule both is disabled" in partial.output) == (1, True)
    assert small.states() == dict.fromkeys(TASKS, OFF), "the new schedule stays enabled"
    undone = small.run("--undo")
    assert undone.exit_code == 0, undone.output
    assert small.states() == dict.fromkeys(TASKS, ON)
    found = events.list_targets_by_rule(Rule="both")["Targets"]
    assert sorted(found, key=lambda each: each["Id"]) == sorted(before, key=lambda each: each["Id"])
    small.check()


def killer(small: Moving, at: int, *, late: bool) -> Callable[[], int]:
    """Kill the process at a call: before the call reaches AWS, or after it took effect. Returns the calls so far."""
    count = 0

    def call(_: Any = None) -> None:
        nonlocal count
        small.watch()
        count += 1
        if count == at:
            raise Killed

    if late:
        small.cloud.lost = lambda _: bool(call())
    else:
        small.cloud.rules.append(("", call))
    return lambda: count


@pytest.mark.thorough
@pytest.mark.timeout(300)
@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("undo", [False, True])
def test_a_cut_over_that_is_killed_at_any_call_loses_no_run_and_continues(
    moving: Callable[[dict[str, str]], Moving], undo: bool, late: bool
):
    small = moving({name: TASKS[name] for name in ("first", "second", "old-school")})
    small.rule("both", TASKS["first"], "first", "second")
    small.schedule("old", NIGHTLY, "old-school")
    small.record()
    if undo:
        assert small.run("--task", "first").exit_code == 0
        assert small.run().exit_code == 0
    saved = UNDO.read_bytes() if undo else b""
    finished, at = False, 1 - STRIDE
    while not finished:
        at += STRIDE
        small.turn(OFF if undo else ON, saved)
        small.log.clear()
        small.watch()
        calls = killer(small, at, late=late)
        try:
            finished = small.run(*(("--undo",) if undo else ())).exit_code == 0 and calls() < at
        except Killed:
            finished = False
        small.cloud.recover()
        small.at += timedelta(seconds=30)
        assert all(any(each) for each in small.states().values()), "a task runs nowhere"
        result = small.run(*(("--undo",) if undo else ()))
        everything = undo and "has no tasks" in result.stderr
        assert everything or result.exit_code == 0, (at, result.output)
        assert small.states() == dict.fromkeys(small.origins, ON if undo else OFF), at
        small.check()
    assert at > 20


def test_a_cut_over_and_its_undo_need_the_permissions_on_the_page(small: Moving):
    allowed = permissions.allowed("import cut-over", UNDOING)
    small.cloud.calls.clear()
    for arguments in (("--task", "first"), (), ("--undo",)):
        assert small.run(*arguments).exit_code == 0
    asked = {call.replace("eventbridge.", "events.").replace(".", ":") for call in small.cloud.calls}
    assert asked <= allowed
    assert allowed - asked == {"iam:PassRole"}


def test_an_update_of_an_old_schedule_has_every_member_that_aws_takes(small: Moving):
    """botocore scheduler: members of GetScheduleOutput that UpdateScheduleInput has too. An omitted one is reset."""
    whole = {
        "Name": "old",
        "GroupName": "default",
        "ScheduleExpression": NIGHTLY,
        "ScheduleExpressionTimezone": "UTC",
        "FlexibleTimeWindow": {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 5},
        "Description": "kept",
        "StartDate": datetime(2030, 1, 1, tzinfo=UTC).timestamp(),
        "EndDate": datetime(2040, 1, 1, tzinfo=UTC).timestamp(),
        "KmsKeyArn": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1",
        "ActionAfterCompletion": "DELETE",
        "Target": {"Arn": small.stack.cluster_arn, "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/old", "Input": "{}"},
        "State": "ENABLED",
    }
    model = small.cloud.client("scheduler").meta.service_model
    shapes = (model.operation_model("GetSchedule").output_shape, model.operation_model("UpdateSchedule").input_shape)
    assert {*whole} == {*shapes[0].members} & {*shapes[1].members}
    sent: list[dict[str, Any]] = []

    small.cloud.answer("scheduler.GetSchedule", whole)
    small.cloud.rules.append(("scheduler.UpdateSchedule", lambda request: sent.append(json.loads(request.body))))
    scheduler = Aws(region=REGION).client("scheduler")
    change_state(scheduler, scheduler.get_schedule(GroupName="default", Name="old"), enabled=False, tell=lambda _: None)
    body = {key: value for key, value in sent[0].items() if key != "ClientToken"}
    # The name is in the path of the request.
    assert body == {key: value for key, value in whole.items() if key != "Name"} | {"State": "DISABLED"}


REFUSALS = {
    "eventbridge.DescribeRule": 0,
    "eventbridge.ListTargetsByRule": 0,
    "scheduler.ListSchedules": 0,
    "scheduler.GetSchedule": 0,
    "eventbridge.DisableRule": 1,
    "eventbridge.RemoveTargets": 1,
    "scheduler.UpdateSchedule": 0,
}
"""Calls, and the number of tasks that are switched without them."""


@pytest.mark.thorough
@pytest.mark.parametrize("code", ["AccessDeniedException", "ThrottlingException"])
@pytest.mark.parametrize("operation", REFUSALS)
def test_a_refused_call_leaves_each_task_on_one_side(small: Moving, operation: str, code: str):
    small.cloud.refuse(operation, code, "no")
    result = small.run("--task", "first", "--task", "nightly", "--task", "old-school")
    assert result.exit_code == 1
    action = operation.split(".")[1]
    assert f"{action}: " in result.output
    assert ("Access was denied" if code.startswith("Access") else "throttled") in result.output
    assert "Traceback" not in result.output
    assert all(sum(each) == 1 for each in small.states().values()), small.states()
    small.cloud.recover()
    assert small.run().exit_code == 0
    assert small.states() == dict.fromkeys(TASKS, OFF)


@pytest.mark.parametrize("operation", ["eventbridge.EnableRule", "eventbridge.PutTargets", "scheduler.UpdateSchedule"])
def test_a_refused_call_of_an_undo_leaves_each_task_on_one_side(small: Moving, operation: str):
    small.run("--task", "first")
    small.run()
    small.cloud.refuse(operation, "AccessDeniedException", "no")
    result = small.run("--undo")
    assert result.exit_code == 1
    assert f"{operation.split('.')[1]}: Access was denied" in result.output
    assert all(any(each) for each in small.states().values())
    small.cloud.recover()
    assert small.run("--undo").exit_code == 0
    assert small.states() == dict.fromkeys(TASKS, ON)


def test_a_target_that_aws_refuses_without_an_error_is_a_failure(small: Moving):
    """RemoveTargets and PutTargets answer with status 200 and the refused entries."""
    entry = {"TargetId": "first-target", "ErrorCode": "ConcurrentModificationException", "ErrorMessage": "busy"}
    small.cloud.answer("eventbridge.RemoveTargets", {"FailedEntryCount": 1, "FailedEntries": [entry]})
    result = small.run("--task", "first")
    assert (result.exit_code, "ConcurrentModificationException: busy" in result.output) == (1, True)
    assert small.states() == dict.fromkeys(TASKS, ON), "the new schedule is disabled again"


@pytest.mark.parametrize(
    "operation", ["eventbridge.DisableRule", "eventbridge.RemoveTargets", "scheduler.UpdateSchedule"]
)
def test_a_lost_answer_is_no_failure(small: Moving, operation: str):
    def lost(called: str) -> bool:
        if called == operation:
            raise ReadTimeoutError(endpoint_url="https://aws.example")
        return False

    small.cloud.lost = lost
    result = small.run("--task", "first", "--task", "nightly", "--task", "old-school")
    assert result.exit_code == 0, result.output
    assert small.states() == {**dict.fromkeys(TASKS, OFF), "second": ON}


def test_the_user_learns_if_it_is_not_known_which_side_runs(small: Moving):
    """The old rule can't be disabled, and the new schedule can't be disabled again."""
    updates = iter(range(9))

    def second_update(request: Any) -> Any:
        return refusal(request.url, 400, "AccessDeniedException", "no") if next(updates) else None

    small.cloud.rules.append(("scheduler.UpdateSchedule", second_update))
    small.cloud.refuse("eventbridge.DisableRule", "AccessDeniedException", "no")
    result = small.run("--task", "nightly", "--json")
    why = json.loads(result.stdout)["tasks"][0]["why"]
    assert "Both are enabled, so each run starts twice. To continue, run the command again." in why
    assert small.states()["nightly"] == (True, True)
    small.cloud.recover()
    assert small.run("--task", "nightly").exit_code == 0
    assert small.states()["nightly"] == OFF


def test_a_gap_is_named_and_waited_for(small: Moving, monkeypatch: pytest.MonkeyPatch):
    small.at = NOON + timedelta(minutes=14)
    small.watch()
    result = small.run("--json")
    assert (result.exit_code, results(result)["first"], results(result)["nightly"]) == (1, "wait", "switched")
    assert f"{NOON:%Y-%m-%d} 12:17:00Z" in result.output

    def pass_time(seconds: float) -> None:
        small.at += timedelta(seconds=seconds)

    monkeypatch.setattr(waiting, "wait", pass_time)
    result = small.run("--wait")
    assert result.exit_code == 0, result.output
    assert "Waiting for the next gap" in result.stderr
    small.check()


def test_a_deadline_that_passes_in_a_switch_takes_it_back(small: Moving, monkeypatch: pytest.MonkeyPatch):
    small.at = NOON + timedelta(minutes=12, seconds=40)

    def slow(_: Any) -> None:
        small.at += timedelta(seconds=16)

    small.cloud.rules.append(("scheduler.UpdateSchedule", slow))
    small.watch()
    result = small.run("--task", "first")
    assert (result.exit_code, "AWS was too slow for this gap" in result.output) == (1, True)
    assert small.states() == dict.fromkeys(TASKS, ON)


def test_a_changed_rule_or_another_time_is_refused(small: Moving):
    events, scheduler = small.cloud.client("events"), small.cloud.client("scheduler")
    events.put_rule(Name="nightly", ScheduleExpression="cron(0 4 * * ? *)", State="ENABLED")
    found = scheduler.get_schedule(GroupName=GROUP, Name="old-school")
    settings = {key: found[key] for key in ("GroupName", "Name", "FlexibleTimeWindow", "Target", "State")}
    scheduler.update_schedule(**settings, ScheduleExpression=NIGHTLY, ScheduleExpressionTimezone="Europe/Berlin")
    result = small.run()
    assert result.exit_code == 1
    assert "The rule was changed since the import: expression was cron(0 3 * * ? *) and is cron(0 4" in result.output
    assert "The times of both differ:" in result.output
    assert small.states() == {"nightly": ON, "old-school": ON, "first": OFF, "second": OFF}


def test_rules_that_also_match_events_and_paused_tasks_are_refused(small: Moving):
    pattern = json.dumps({"source": ["aws.ecs"]})
    small.cloud.client("events").put_rule(Name="nightly", ScheduleExpression=NIGHTLY, EventPattern=pattern)
    scheduler = small.cloud.client("scheduler")
    tags = [{"Key": "scheduled-tasks/paused/old-school", "Value": "2030-01-01T00:00:00Z alice: no"}]
    scheduler.tag_resource(ResourceArn=group_arn(), Tags=tags)
    result = small.run()
    assert "The rule also matches events." in result.output
    assert "paused by hand since 2030-01-01T00:00:00Z, by alice: no" in result.output


def group_arn() -> str:
    return f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule-group/{GROUP}"


def test_another_region_is_refused(small: Moving):
    arn = small.origins["nightly"].arn.replace(REGION, "us-east-1")
    write_record(Path("config/imported.json"), {"nightly": replace(small.origins["nightly"], arn=arn)})
    assert "The rule is in us-east-1" in small.run("--task", "nightly").output


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "isn't an undo file"),
        ('{"group": "x", "changes": []}', "is the undo file of x"),
        ('{"group": "%s", "changes": [{"kind": "job"}]}', "isn't an undo file"),
        ('{"group": "%s", "changes": [{"kind": "rule", "schedules": {"a": 1}}]}', "isn't an undo file"),
    ],
)
def test_a_broken_undo_file_stops_the_command(small: Moving, text: str, why: str):
    UNDO.write_text(text.replace("%s", group_arn()))
    for arguments in ((), ("--undo",)):
        result = small.run(*arguments)
        assert (result.exit_code, why in result.stderr) == (1, True)
    assert small.states() == dict.fromkeys(TASKS, ON)


def test_the_undo_file_names_a_change_before_it_is_made(small: Moving, monkeypatch: pytest.MonkeyPatch):
    def killed(*_: object) -> None:
        raise Killed

    monkeypatch.setattr(switching, "switch", killed)
    with pytest.raises(Killed):
        small.run()
    assert small.states() == dict.fromkeys(TASKS, ON)
    [change] = json.loads(UNDO.read_text())["changes"]
    assert "undone" not in change
    with pytest.raises(Killed):
        small.run("--undo")
    [begun] = json.loads(UNDO.read_text())["changes"]
    assert begun == {**change, "undone": begun["undone"]}


def test_nothing_is_changed_if_the_undo_file_cannot_be_written(small: Moving):
    result = small.run("--undo-file", "config/imported.json/undo.json")
    assert result.exit_code == 1
    assert small.states() == dict.fromkeys(TASKS, ON)


@pytest.mark.thorough
@pytest.mark.timeout(300)
def test_more_rules_and_schedules_than_a_page_has_are_switched(moving: Callable[[dict[str, str]], Moving]):
    rules = {f"rule-{number}": "cron(30 4 * * ? *)" for number in range(101)}
    schedules = {f"schedule-{number}": "cron(0 5 ? * MON *)" for number in range(101)}
    found = moving(rules | schedules)
    for name, expression in rules.items():
        found.rule(name, expression, name)
    for name, expression in schedules.items():
        found.schedule(name, expression, name)
    found.record()
    result = found.run()
    assert result.exit_code == 0, result.output[-500:]
    assert set(found.states().values()) == {OFF}
    assert found.run("--undo").exit_code == 0
    assert set(found.states().values()) == {ON}
