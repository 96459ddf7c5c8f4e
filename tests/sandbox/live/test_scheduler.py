"""The live sandbox fires deployed schedules with the rules of EventBridge Scheduler."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sandbox.errors import SandboxError
from sandbox.live.faults import NextFault
from sandbox.live.requests import Fire, Jump
from sandbox.live.schedules import deployed

from .world import ACCOUNT, ALLOWED, DEFINITION, NAMES, QUEUE, REGION, TRUST, World, client

ARN = f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/{NAMES.schedule_group}/job"


def test_a_schedule_runs_its_task_at_its_time(stack: World):
    stack.schedule(stack.at(30))
    stack.run(29)
    assert stack.tasks() == []
    stack.run(60)
    [task] = stack.tasks()
    assert task["group"] == "job"
    # Observed in public outputs, not documented.
    assert task["startedBy"] == "chronos-schedule/job"
    assert len(stack.outcomes("succeeded")) == 1
    assert stack.dead_letters() == []


def test_started_by_has_19_characters_of_the_schedule(stack: World):
    """All values in public outputs of real runs have 36 characters."""
    stack.schedule(stack.at(10), name="a-name-with-more-than-19-characters")
    stack.run(30)
    [task] = stack.tasks()
    assert task["startedBy"] == "chronos-schedule/a-name-with-more-th"
    assert len(task["startedBy"]) == 36


def test_a_cron_runs_each_minute(stack: World):
    stack.schedule("cron(* * * * ? *)")
    stack.run(181)
    assert len(stack.tasks()) == 3


def due_times(stack: World) -> list[str]:
    """The scheduled times of all runs, the oldest first."""
    return [line.split(" for ")[1].split(" UTC")[0] for line in stack.lines if "was accepted" in line]


def after(start: float, *seconds: float) -> list[str]:
    return [f"{datetime.fromtimestamp(start + each, UTC):%H:%M:%S}" for each in seconds]


@pytest.mark.parametrize("phase", [1.5, 3.5, 4.5])
def test_a_new_rate_runs_at_once(stack: World, phase: float):
    """AWS: EventBridge Scheduler user guide, "Schedule types": "If you do not provide a StartDate for a rate-based
    schedule, your schedule starts invoking the target immediately." """
    begun = stack.clock.now
    stack.run(phase)
    stack.schedule("rate(2 minutes)")
    stack.run(290)
    assert due_times(stack) == after(begun, phase, phase + 120, phase + 240)


def test_a_new_rate_runs_at_once_after_a_jump(stack: World):
    begun = stack.clock.now
    stack.run(2)
    stack.live.requests.add(Jump(5400))
    stack.run(1)
    stack.schedule("rate(1 hour)")
    stack.run(60)
    assert due_times(stack) == after(begun, 5403)


def test_a_rate_that_is_created_again_runs_at_once_again(stack: World):
    begun = stack.clock.now
    stack.run(1)
    stack.schedule("rate(1 hour)")
    stack.run(60)
    client("scheduler").delete_schedule(GroupName=NAMES.schedule_group, Name="job")
    stack.schedule("rate(1 hour)")
    stack.run(60)
    assert due_times(stack) == after(begun, 1, 61)


def test_a_rate_that_is_created_while_no_session_runs(stack: World):
    """Only the times from the beginning of the session on are due."""
    begun = stack.clock.now
    stack.run(1)
    stack.live.scheduler.is_on = lambda: False
    stack.run(5)
    stack.schedule("rate(2 minutes)")
    stack.run(60)
    stack.live.scheduler.is_on = lambda: True
    stack.run(100)
    assert due_times(stack) == after(begun, 126)


def test_a_schedule_that_is_created_shortly_before_its_time(stack: World):
    """The schedules are read every five seconds."""
    begun = stack.clock.now
    stack.run(0.5)
    stack.schedule(stack.at(1))
    stack.run(30)
    assert due_times(stack) == after(begun, 1)


def test_a_new_schedule_has_no_runs_before_its_creation(stack: World):
    stack.run(61)
    stack.schedule("cron(* * * * ? *)")
    stack.run(10)
    assert due_times(stack) == []


def test_schedules_that_do_not_run_now(stack: World):
    stack.schedule(stack.at(20), name="disabled", State="DISABLED")
    start = datetime.fromtimestamp(stack.clock.now, UTC) + timedelta(hours=1)
    stack.schedule("rate(1 minutes)", name="starts-later", StartDate=start)
    stack.schedule(stack.at(-60), name="past")
    stack.run(150)
    assert stack.tasks() == []


def test_a_flexible_window_delays_the_launch_within_the_window(stack: World):
    window = {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 5}
    stack.schedule(stack.at(10), FlexibleTimeWindow=window)
    found = client("scheduler").get_schedule(GroupName=NAMES.schedule_group, Name="job")
    due = datetime.fromtimestamp(int(stack.clock.now) + 10, UTC)
    delay = deployed(found).delay(due)
    assert 0 < delay < 300
    stack.run(10 + delay - 2)
    assert stack.tasks() == []
    stack.run(5)
    assert len(stack.tasks()) == 1


def test_a_changed_schedule_is_read_again(stack: World):
    stack.schedule("cron(* * * * ? *)")
    stack.run(10)
    found = client("scheduler").get_schedule(GroupName=NAMES.schedule_group, Name="job")
    kept = ("Name", "GroupName", "ScheduleExpression", "FlexibleTimeWindow", "Target")
    client("scheduler").update_schedule(**{name: found[name] for name in kept}, State="DISABLED")
    stack.run(120)
    assert stack.tasks() == []


def test_the_keywords_of_scheduler_are_in_the_overrides(stack: World):
    time = datetime.fromtimestamp(stack.clock.now + 10, UTC)
    names = ("schedule-arn", "scheduled-time", "attempt-number")
    environment = [{"name": name, "value": f"<aws.scheduler.{name}>"} for name in names]
    overrides = {"containerOverrides": [{"name": "main", "environment": environment}]}
    stack.schedule(stack.at(10))
    found = client("scheduler").get_schedule(GroupName=NAMES.schedule_group, Name="job")
    kept = ("Name", "GroupName", "ScheduleExpression", "FlexibleTimeWindow")
    target = {**found["Target"], "Input": json.dumps(overrides)}
    client("scheduler").update_schedule(**{name: found[name] for name in kept}, Target=target)
    stack.run(30)
    [task] = stack.tasks()
    given = {it["name"]: it["value"] for it in task["overrides"]["containerOverrides"][0]["environment"]}
    assert given == {
        "schedule-arn": ARN,
        "scheduled-time": time.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "attempt-number": "1",
    }


def test_throttling_is_retried(stack: World):
    stack.live.faults.add(NextFault("job", "throttled", 2))
    stack.schedule(stack.at(10))
    stack.run(60)
    assert len(stack.tasks()) == 1
    assert stack.dead_letters() == []
    assert [line for line in stack.lines if "Retry" in line] == [
        "job: ThrottlingException: Rate exceeded Retry 1 in 1 s.",
        "job: ThrottlingException: Rate exceeded Retry 2 in 2 s.",
    ]


def test_the_message_after_all_retries(stack: World):
    """AWS: EventBridge Scheduler user guide, "Configuring a dead-letter queue", the attributes of a message."""
    due = datetime.fromtimestamp(stack.clock.now + 10, UTC)
    stack.live.faults.add(NextFault("job", "throttled", 3))
    stack.schedule(stack.at(10))
    stack.run(60)
    assert stack.tasks() == []
    [message] = stack.dead_letters()
    attributes = message["attributes"]
    assert len(attributes.pop("EXECUTION_ID")) == 16
    assert attributes == {
        "ERROR_CODE": "ThrottlingException",
        "ERROR_MESSAGE": "Rate exceeded",
        "EXHAUSTED_RETRY_CONDITION": "MaximumRetryAttempts",
        "IS_PAYLOAD_TRUNCATED": "false",
        "RETRY_ATTEMPTS": "2",
        "SCHEDULED_TIME": due.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "SCHEDULE_ARN": ARN,
        "TARGET_ARN": f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/main",
    }
    assert json.loads(message["Body"])["taskDefinition"] == DEFINITION


def test_access_denied_is_not_retried(stack: World):
    stack.live.faults.add(NextFault("job", "accessDenied"))
    stack.schedule(stack.at(10))
    stack.run(60)
    [message] = stack.dead_letters()
    assert message["attributes"]["ERROR_CODE"] == "AccessDeniedException"
    assert message["attributes"]["RETRY_ATTEMPTS"] == "0"
    assert "EXHAUSTED_RETRY_CONDITION" not in message["attributes"]


@pytest.mark.parametrize("missing", ["ecs:RunTask", "trust"])
def test_a_launch_needs_the_rights_of_its_role(stack: World, missing: str):
    if missing == "trust":
        trust = json.dumps(TRUST).replace("scheduler.amazonaws.com", "events.amazonaws.com")
        client("iam").update_assume_role_policy(RoleName="scheduler", PolicyDocument=trust)
    else:
        stack.allow([each for each in ALLOWED if each["Action"] != missing])
    stack.schedule(stack.at(10))
    stack.run(60)
    assert stack.tasks() == []
    [message] = stack.dead_letters()
    assert message["attributes"]["ERROR_CODE"] == "AccessDeniedException"
    assert ("assume role" if missing == "trust" else missing) in message["attributes"]["ERROR_MESSAGE"]


def test_a_run_with_a_role_needs_pass_role(stack: World):
    definition = client("ecs").describe_task_definition(taskDefinition=DEFINITION)["taskDefinition"]
    kept = ("family", "networkMode", "requiresCompatibilities", "cpu", "memory", "containerDefinitions")
    role = f"arn:aws:iam::{ACCOUNT}:role/job"
    client("ecs").register_task_definition(**{name: definition[name] for name in kept}, taskRoleArn=role)
    stack.schedule(stack.at(10))
    found = client("scheduler").get_schedule(GroupName=NAMES.schedule_group, Name="job")
    found["Target"]["EcsParameters"]["TaskDefinitionArn"] = DEFINITION.removesuffix("1") + "2"
    names = ("Name", "GroupName", "ScheduleExpression", "FlexibleTimeWindow", "Target")
    client("scheduler").update_schedule(**{name: found[name] for name in names})
    stack.run(60)
    [message] = stack.dead_letters()
    assert f"iam:PassRole on {role}" in message["attributes"]["ERROR_MESSAGE"]


def test_a_message_that_cannot_be_sent_is_counted(stack: World):
    stack.allow([each for each in ALLOWED if each["Action"] != "sqs:SendMessage"])
    stack.live.faults.add(NextFault("job", "accessDenied"))
    stack.schedule(stack.at(10))
    stack.run(180)
    assert stack.dead_letters() == []
    assert "job: Its message is lost." in stack.lines
    assert any(subject.startswith('ALARM: "shop-dev/lost-dead-letters"') for subject in stack.subjects())


def test_a_launch_that_starts_nothing_is_a_success_for_scheduler(stack: World):
    stack.live.faults.add(NextFault("job", "noCapacity"))
    stack.schedule(stack.at(10))
    stack.run(60)
    assert (stack.tasks(), stack.dead_letters()) == ([], [])
    assert any("RunTask started nothing" in line for line in stack.lines)


def test_a_time_can_be_delivered_twice(stack: World):
    stack.live.faults.add(NextFault("job", "doubleDelivery"))
    stack.schedule(stack.at(10))
    stack.run(60)
    assert len(stack.tasks()) == 2


def test_a_schedule_is_deleted_after_its_last_run(stack: World):
    stack.schedule(stack.at(10), ActionAfterCompletion="DELETE")
    stack.schedule("rate(1 minutes)", name="stays", ActionAfterCompletion="DELETE")
    stack.run(90)
    listed = client("scheduler").list_schedules(GroupName=NAMES.schedule_group)["Schedules"]
    assert [each["Name"] for each in listed] == ["stays"]


def test_a_request_fires_a_schedule(stack: World):
    stack.schedule("cron(0 3 1 1 ? *)", State="DISABLED")
    stack.live.requests.add(Fire(NAMES.schedule_group, "job"))
    stack.run(20)
    assert len(stack.tasks()) == 1
    with pytest.raises(SandboxError, match="There is no schedule other in "):
        stack.live.scheduler.fire(NAMES.schedule_group, "other")


def test_a_jump_of_the_clock_delivers_what_was_due(stack: World):
    """Times that are older than the maximum age of an event go to the dead-letter queue."""
    stack.schedule("rate(5 minutes)")
    stack.run(10)
    stack.live.requests.add(Jump(1800))
    stack.run(120)
    found = [message["attributes"] for message in stack.dead_letters()]
    # The maximum age is 10 minutes.
    assert len(stack.tasks()) == 3
    assert {it["EXHAUSTED_RETRY_CONDITION"] for it in found} == {"MaximumEventAgeInSeconds"}
    assert len(found) == 4
    stack.run(200)
    assert len(stack.tasks()) == 4, "the schedule continues from the new time"


def queue_target(body: str) -> dict[str, Any]:
    return {"Arn": QUEUE, "Input": body}


def test_a_schedule_can_have_another_target(stack: World):
    stack.schedule(stack.at(10), target=queue_target("from <aws.scheduler.schedule-arn>"))
    stack.run(30)
    sqs = client("sqs")
    url = sqs.get_queue_url(QueueName=NAMES.dead_letter_queue)["QueueUrl"]
    [message] = sqs.receive_message(QueueUrl=url)["Messages"]
    assert message["Body"] == f"from {ARN}"


def test_a_call_can_be_refused_too(stack: World):
    stack.live.faults.add(NextFault("job", "throttled"))
    stack.live.faults.add(NextFault("job", "accessDenied"))
    stack.schedule(stack.at(10), target=queue_target("{}"))
    stack.run(30)
    found = [letter["attributes"]["ERROR_CODE"] for letter in stack.dead_letters()]
    assert found == ["AccessDeniedException"]
    assert any("ThrottlingException: Rate exceeded Retry 1 in 1 s." in line for line in stack.lines)


DATABASE = f"arn:aws:rds:{REGION}:{ACCOUNT}:db:orders"
STOP = {
    "Arn": "arn:aws:scheduler:::aws-sdk:rds:stopDBInstance",
    "Input": json.dumps({"DbInstanceIdentifier": "orders"}),
}


@pytest.mark.parametrize(
    ("resource", "status", "denied"),
    [(DATABASE, "stopped", False), (DATABASE.replace("orders", "users"), "available", True), (None, "available", True)],
    ids=["allowed", "another database", "no permission"],
)
def test_a_call_needs_the_permission_of_its_operation(stack: World, resource: str | None, status: str, denied: bool):
    """AWS: EventBridge Scheduler user guide, "Using universal targets"; Service Authorization Reference, Amazon RDS:
    StopDBInstance needs rds:StopDBInstance on the DB instance."""
    rds = client("rds")
    rds.create_db_instance(DBInstanceIdentifier="orders", DBInstanceClass="db.t4g.micro", Engine="postgres")
    given = [{"Effect": "Allow", "Action": "rds:StopDBInstance", "Resource": resource}] if resource else []
    stack.allow([*ALLOWED, *given])
    stack.schedule(stack.at(10), target=STOP)
    stack.run(60)
    assert rds.describe_db_instances()["DBInstances"][0]["DBInstanceStatus"] == status
    found = [
        (letter["attributes"]["ERROR_CODE"], letter["attributes"]["RETRY_ATTEMPTS"]) for letter in stack.dead_letters()
    ]
    assert found == ([("AccessDeniedException", "0")] if denied else [])


def test_a_request_of_a_session_that_has_ended_is_too_late(unscheduled: World, monkeypatch: pytest.MonkeyPatch):
    unscheduled.schedule("cron(0 3 1 1 ? *)")
    live = unscheduled.live
    live.requests.add(Fire(NAMES.schedule_group, "job"))
    with monkeypatch.context() as off:
        off.setattr(live, "_is_on", lambda: False)
        live._look_for_requests()
    live._look_for_requests()
    unscheduled.run(20)
    assert unscheduled.tasks() == []


def test_a_failed_launch_raises_alarms(stack: World):
    stack.live.faults.add(NextFault("job", "accessDenied"))
    stack.schedule(stack.at(10))
    stack.run(130)
    raised = {subject.split('"')[1] for subject in stack.subjects() if subject.startswith("ALARM")}
    assert raised == {"shop-dev/dropped", "shop-dev/target-errors", "shop-dev/dead-letters"}
