"""A task that starts after another one: `after`. Its schedule in AWS is disabled, and a rule starts its runs."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from components.schedules import AFTER_TASK
from ops.aws.schedules import Schedule
from ops.aws.session import Aws
from ops.dead_letters import queue as queues
from ops.dead_letters.message import LAUNCHES, dead_letter
from ops.pricing.costs import Assumptions, stack_cost
from ops.project import project_at
from tests.ops.cloud import ACCOUNT, REGION, Cloud, Deployed
from tests.ops.conftest import Ops
from tests.ops.healthy_stack import HealthyStack
from tests.ops.session import share_session
from tests.ops.supervised import state_machine

NOW = datetime(2026, 11, 27, tzinfo=UTC)
LOAD = """\
    load: { image: "load:1", cpu: 256, memory: 512, after: backup }
    report: { image: "report:1", cpu: 256, memory: 512, after: load }
"""
RUN = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/scheduled-tasks-test/0123456789abcdef0123456789abcdef"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/scheduled-tasks-test__load__after"


@pytest.fixture
def configured(project: Path) -> Path:
    with (project / "Pulumi.test.yaml").open("a") as file:
        file.write(LOAD)
    return project


@pytest.fixture
def stack(configured: Path, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Deployed:
    """The stack as a deployment leaves it: a state machine, a disabled schedule, and a rule with a role."""
    share_session(monkeypatch)
    monkeypatch.setattr(queues, "WAIT_SECONDS", 0)
    deployed = cloud.deploy(project_at(configured).load("test"))
    for name, after in (("load", "backup"), ("report", "load")):
        supervise(deployed, name, after)
    return deployed


def machine(task: str) -> str:
    return f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:scheduled-tasks-test__{task}"


def supervise(deployed: Deployed, task: str, after: str) -> None:
    client, group = deployed.cloud.client, deployed.names.schedule_group
    schedule = client("scheduler").get_schedule(GroupName=group, Name=task)
    target = schedule["Target"]
    revision = target.pop("EcsParameters")["TaskDefinitionArn"]
    client("stepfunctions").create_state_machine(
        name=f"scheduled-tasks-test__{task}",
        definition=state_machine(
            deployed, {"Cluster": deployed.cluster_arn, "TaskDefinition": revision}, task=task, after="dump"
        ),
        roleArn=target["RoleArn"],
    )
    text = json.dumps({"schedule": task, "time": "<aws.scheduler.scheduled-time>", "overrides": {}, "after": after})
    given = {key: schedule[key] for key in ("ScheduleExpression", "FlexibleTimeWindow", "State")}
    client("scheduler").update_schedule(
        GroupName=group, Name=task, **given, Target={**target, "Arn": machine(task), "Input": text}
    )
    events = client("events")
    events.put_rule(Name=f"scheduled-tasks-test__{task}", EventPattern="{}")
    events.put_targets(Rule=f"scheduled-tasks-test__{task}", Targets=[rule_target(deployed, task)])


def rule_target(deployed: Deployed, task: str) -> Any:
    queue = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{deployed.names.dead_letter_queue}"
    return {"Id": task, "Arn": machine(task), "RoleArn": ROLE, "DeadLetterConfig": {"Arn": queue}}


def test_next_and_calendar_name_the_other_task_and_its_next_run(configured: Path, ops: Ops):
    assert ops("check", "--stack", "test").exit_code == 0
    text = ops("next", "--stack", "test", "--from", "2026-11-27T12:00:00Z").stdout
    assert "After backup (next Sat 2026-11-28 02:30-02:45 CET)" in text
    # `report` starts after `load`, which starts after `backup`.
    assert "After load (next Sat 2026-11-28 02:30-02:45 CET)" in text
    [plan] = json.loads(ops("next", "--stack", "test", "--task", "load", "--json").stdout)
    assert (plan["runs"], plan["after"], plan["explanation"]) == ([], "backup", "after each success of backup")
    assert "After backup" in ops("calendar", "--stack", "test", "--by-task").stdout


def test_a_paused_task_names_no_other_task(configured: Path, ops: Ops):
    path = configured / "Pulumi.test.yaml"
    path.write_text(path.read_text().replace("after: backup }", "after: backup, enabled: false }"))
    [plan] = json.loads(ops("next", "--stack", "test", "--task", "load", "--json").stdout)
    assert plan["after"] is None


def test_status_names_the_other_task(stack: Deployed, ops: Ops):
    found = json.loads(ops("status", "--stack", "test", "--json").stdout)
    states = {row["task"]: row["state"] for row in found["tasks"]}
    assert (states["load"], states["report"]) == ("after backup", "after load")


def test_another_upstream_task_is_a_difference(stack: Deployed, configured: Path, ops: Ops):
    def drift(task: str) -> list[str]:
        found = json.loads(ops("status", "--stack", "test", "--json").stdout)["tasks"]
        return next(row["drift"] for row in found if row["task"] == task)

    assert not [each for each in drift("report") if "after" in each]
    path = configured / "Pulumi.test.yaml"
    path.write_text(path.read_text().replace("after: load }", "after: backup }"))
    assert [each for each in drift("report") if "after" in each] == ["after: AWS load, config backup"]


@pytest.mark.parametrize("command", [("pause", "--why", "release"), ("resume",)])
def test_a_single_task_cannot_be_paused_by_hand(stack: Deployed, ops: Ops, command: tuple[str, ...]):
    result = ops(command[0], "load", *command[1:], "--stack", "test")
    assert result.exit_code == 1
    assert "load has no schedule: it starts after each success of backup. Pause backup, or set" in result.stderr
    assert ops("pause", "--all", "--stack", "test", "--why", "release").exit_code == 0


def test_it_costs_as_many_runs_as_the_other_task_has(configured: Path):
    costs = stack_cost(project_at(configured).load("test"), NOW, Assumptions(10, 0)).tasks
    assert costs["load"].fargate == pytest.approx(costs["backup"].fargate)
    assert costs["report"].supervised == costs["load"].supervised > 0
    assert costs["load"].scheduler == 0


def test_a_task_can_start_after_the_work_of_a_call(configured: Path, ops: Ops):
    path = configured / "Pulumi.test.yaml"
    call = "    train: { schedule: 'cron(30 2 * * ? *)', execute: { stateMachine: train } }\n"
    path.write_text(path.read_text().replace("after: backup }", "after: train }") + call)
    assert ops("check", "--stack", "test").exit_code == 0
    [plan] = json.loads(ops("next", "--stack", "test", "--task", "load", "--json").stdout)
    assert plan["after"] == "train"
    assert "After load (next " in ops("next", "--stack", "test", "--from", "2026-11-27T12:00:00Z").stdout
    costs = stack_cost(project_at(configured).load("test"), NOW, Assumptions(10, 0)).tasks
    assert costs["report"].supervised == costs["load"].supervised > 0
    path.write_text(path.read_text().replace("execute: { stateMachine: train }", "invoke: { function: train }"))
    refused = ops("check", "--stack", "test")
    assert refused.exit_code != 0
    assert "no event reports the end of what it starts" in " ".join((refused.stdout + refused.stderr).split())


def test_a_paused_task_costs_nothing(configured: Path):
    path = configured / "Pulumi.test.yaml"
    path.write_text(path.read_text().replace("after: backup }", "after: backup, enabled: false }"))
    costs = stack_cost(project_at(configured).load("test"), NOW, Assumptions(10, 0)).tasks
    assert (costs["load"].total, costs["report"].total) == (0, 0)


def findings(stack: Deployed, ops: Ops) -> list[tuple[str, str]]:
    stack.cloud.client("iam").create_role(
        RoleName="scheduled-tasks-test__load__after", AssumeRolePolicyDocument=json.dumps(TRUST)
    )
    found = HealthyStack(stack, ops).findings("load")
    return [(level, words) for level, words, _ in found if "__load" in words and "task definition" not in words.lower()]


TRUST: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sts:AssumeRole"},
    ],
}
STARTS = ("ok", "The rule scheduled-tasks-test__load starts it after each success of backup.")
TRUSTED = ("ok", "events.amazonaws.com can assume the role scheduled-tasks-test__load__after.")
MAY = ("ok", "scheduled-tasks-test__load__after may states:StartExecution.")


def test_doctor_checks_the_rule_and_its_role(stack: Deployed, ops: Ops):
    assert {STARTS, TRUSTED, MAY} <= set(findings(stack, ops))


def test_doctor_asks_no_emulator_about_the_role_of_the_rule(stack: Deployed, ops: Ops, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Aws, "emulated", True)
    found = findings(stack, ops)
    assert {STARTS, TRUSTED} <= set(found)
    assert MAY not in found
    assert "iam.SimulatePrincipalPolicy" not in stack.cloud.calls


def test_doctor_finds_a_missing_rule(stack: Deployed, ops: Ops):
    events = stack.cloud.client("events")
    events.remove_targets(Rule="scheduled-tasks-test__load", Ids=["load"])
    events.delete_rule(Name="scheduled-tasks-test__load")
    found = findings(stack, ops)
    assert ("problem", "The rule scheduled-tasks-test__load doesn't exist. load doesn't start after backup.") in found


def test_doctor_finds_a_disabled_rule_and_a_target_without_a_queue(stack: Deployed, ops: Ops):
    events, name = stack.cloud.client("events"), "scheduled-tasks-test__load"
    events.disable_rule(Name=name)
    target = {key: value for key, value in rule_target(stack, "load").items() if key != "DeadLetterConfig"}
    events.put_targets(Rule=name, Targets=[target])
    found = findings(stack, ops)
    assert ("warning", f"The rule {name} is disabled. load doesn't start after backup.") in found
    assert ("warning", f"The rule {name} has no dead-letter queue. Failed starts are lost.") in found


def test_doctor_finds_a_rule_without_a_target(stack: Deployed, ops: Ops):
    stack.cloud.client("events").remove_targets(Rule="scheduled-tasks-test__load", Ids=["load"])
    found = findings(stack, ops)
    lost = "load doesn't start after backup."
    assert ("problem", f"The rule scheduled-tasks-test__load has no target that starts its runs. {lost}") in found


EVENT = {"time": "2026-11-24T03:05:00Z", "detail": {"group": "backup", "taskArn": RUN}}


def send(stack: Deployed, event: object = EVENT, target: str = machine("load")) -> str:
    """Send the event that a rule could not deliver to the queue. Returns the message's ID.

    AWS: Amazon EventBridge user guide, "Using dead-letter queues to process undelivered events".
    """
    values = {
        "RULE_ARN": f"arn:aws:events:{REGION}:{ACCOUNT}:rule/scheduled-tasks-test__load",
        "TARGET_ARN": target,
        "ERROR_CODE": "NO_PERMISSIONS",
        "ERROR_MESSAGE": "not authorized to perform: states:StartExecution",
    }
    attributes: Any = {name: {"DataType": "String", "StringValue": value} for name, value in values.items()}
    sqs = stack.cloud.client("sqs")
    return sqs.send_message(QueueUrl=stack.queue_url, MessageBody=json.dumps(event), MessageAttributes=attributes)[
        "MessageId"
    ]


def test_a_failed_start_is_listed_and_redriven_with_the_run_that_succeeded(stack: Deployed, ops: Ops):
    id_ = send(stack)
    listed = ops("dead-letters", "list", "--stack", "test")
    assert "load: 1 failed launch. Access denied: states:StartExecution" in listed.stdout
    result = ops("dead-letters", "redrive", "--all", "--stack", "test")
    states = stack.cloud.client("stepfunctions")
    [execution] = states.list_executions(stateMachineArn=machine("load"))["executions"]
    given = json.loads(states.describe_execution(executionArn=execution["executionArn"])["input"])
    assert execution["name"] == f"manual-{id_}"
    assert (given["upstream"], given["time"], given["schedule"]) == (RUN, "2026-11-24T03:05:00Z", "load")
    assert result.exit_code == 0


@pytest.mark.parametrize(
    ("target", "why"),
    [
        (machine("gone"), "The task gone doesn't exist any more."),
        (machine("load").replace("-test__", "-prod__"), "which is not a state machine of this stack."),
    ],
)
def test_a_message_for_another_state_machine_is_kept(stack: Deployed, ops: Ops, target: str, why: str):
    send(stack, target=target)
    result = ops("dead-letters", "redrive", "--all", "--stack", "test")
    assert result.exit_code == 1
    assert why in " ".join(result.stderr.split())
    assert "0 redriven, 1 kept" in result.stderr


@pytest.mark.parametrize(
    ("event", "target", "why"),
    [
        (EVENT, "arn:aws:lambda:eu-west-1:123456789012:function:x", "Its TARGET_ARN is"),
        (EVENT, "x" * 3000, "Its TARGET_ARN is"),
        ({"detail": {"group": "backup"}}, machine("load"), "Its event names no run."),
        ({"detail": {"taskArn": ["x"]}}, machine("load"), "Its event names no run."),
        ({"detail": {"taskArn": f"{RUN}{'x' * 2000}"}}, machine("load"), "Its event names no run."),
        ("x", machine("load"), "Its body is not an event."),
    ],
)
def test_other_messages_of_rules_are_unreadable(event: object, target: str, why: str):
    attributes = {"RULE_ARN": "arn:rule", "TARGET_ARN": target}
    found = dead_letter(
        {
            "MessageId": "1",
            "Body": json.dumps(event),
            "MessageAttributes": {
                name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
            },
        },
        LAUNCHES,
    )
    assert found.unreadable.startswith(why)


@pytest.mark.parametrize("text", ["", "{}", "x", "[]", '{"after": 1}'])
def test_an_input_that_names_no_task(text: str):
    schedule = Schedule("a", "arn", AFTER_TASK, "UTC", False, {"Arn": machine("a"), "Input": text})
    assert schedule.after == ""
