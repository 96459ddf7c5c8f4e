"""A run with `parallel` in the live sandbox: its ECS tasks, and the message about the one that fails."""

import json
import threading
from typing import Any

import pytest
from moto.core.config import default_user_config
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service_callback

from components.monitoring import events
from components.supervised.language import Supervised
from components.supervised.machine import definition, index_definition
from components.supervised.run_task import RunTask
from sandbox.live.faults import NextFault
from tests.components.supervised.machines import supervised_task

from .world import ACCOUNT, CLUSTER, DEFINITION, NAMES, REGION, TOPIC, World, client, failure_transformer

ROLE = f"arn:aws:iam::{ACCOUNT}:role/scheduler"
MACHINES = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:"
WHY = "1 of 3 tasks failed. Task 0: Exit code 1: Essential container in task exited."
SECONDS = 60
"""How long the test waits for the end of the run."""


def deploy(stack: World) -> str:
    """Create what a deployment creates for a task with `parallel`, and return the ARN of its state machine."""
    settings = supervised_task(timeout="1h", parallel={"tasks": 3, "at_once": 1}).supervision
    assert settings
    run: RunTask = {
        "Cluster": CLUSTER,
        "TaskDefinition": DEFINITION,
        "Group": "supervised:job",
        "LaunchType": "FARGATE",
        "NetworkConfiguration": {
            "AwsvpcConfiguration": {
                "Subnets": [stack.subnet],
                "SecurityGroups": [stack.security_group],
                "AssignPublicIp": "ENABLED",
            }
        },
    }
    index = NAMES.index_machine("job")
    of = Supervised("job", "main", "shop-dev", "leases", settings, run, index_machine_arn=MACHINES + index)
    states = client("stepfunctions")
    states.create_state_machine(name=index, definition=index_definition(of), roleArn=ROLE)
    client("dynamodb").create_table(
        TableName="leases",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    # The state machine reports how its ECS tasks ended.
    prefix = DEFINITION.removesuffix("job:1")
    direct = events.pattern(events.FAILED, CLUSTER, "main", [prefix], supervised=True)
    client("events").put_rule(Name=events.FAILED, EventPattern=direct)
    client("events").put_rule(Name="supervised", EventPattern=events.supervised_pattern(events.FAILED, "shop-dev"))
    target = {"Id": "topic", "Arn": TOPIC, "InputTransformer": failure_transformer(supervised=True)}
    client("events").put_targets(Rule="supervised", Targets=[target])
    return states.create_state_machine(name=NAMES.family("job"), definition=definition(of), roleArn=ROLE)[
        "stateMachineArn"
    ]


def stopped_tasks() -> list[dict[str, Any]]:
    arns = client("ecs").list_tasks(cluster="main", desiredStatus="STOPPED")["taskArns"]
    return client("ecs").describe_tasks(cluster="main", tasks=arns)["tasks"]


@pytest.fixture
def _executions_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(default_user_config, "stepfunctions", {"execute_state_machine": True})
    monkeypatch.setattr(state_task_service_callback, "_DELAY_SECONDS_SYNC_CONDITION_CHECK", 0.005)


@pytest.mark.usefixtures("_executions_run")
def test_one_message_names_the_task_that_fails_and_the_others_run(unscheduled: World):
    machine = deploy(unscheduled)
    unscheduled.live.faults.add(NextFault("job", "exitCode"))
    given = json.dumps({"schedule": "job", "time": "2026-11-25T03:00:00Z", "overrides": {}})
    states, pause = client("stepfunctions"), threading.Event()
    arn = states.start_execution(stateMachineArn=machine, name="tonight", input=given)["executionArn"]
    for _ in range(SECONDS * 100):
        if states.describe_execution(executionArn=arn)["status"] != "RUNNING":
            break
        unscheduled.run(1)
        pause.wait(0.01)
    ended = states.describe_execution(executionArn=arn)
    assert (ended["status"], ended["cause"]) == ("FAILED", WHY)
    variables = [
        {pair["name"]: pair["value"] for pair in task["overrides"]["containerOverrides"][0]["environment"]}
        for task in stopped_tasks()
    ]
    assert sorted(each["TASK_INDEX"] for each in variables) == ["0", "1", "2"]
    assert {each["SCHEDULED_TASKS_RUN"] for each in variables} == {"tonight"}
    [mail] = unscheduled.live.mailbox.read()
    assert mail.text.startswith('"The scheduled task job in shop-dev failed at ')
    assert WHY in mail.text
