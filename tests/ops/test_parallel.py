"""Commands know that a run with `parallel` has several ECS tasks."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from components.aws.names import GroupNames
from components.resolved import Task
from components.supervised.contract import decode
from components.supervised.language import Supervised
from components.supervised.machine import definition, index_definition
from ops.doctor.inventory import StateMachine
from ops.doctor.role_needs import needs
from ops.runs.ecs_tasks import EcsTask
from ops.runs.records import Run, with_attempts
from ops.state.drift import Shared, index_machine_differences, machine_differences
from tests.components.supervised.machines import REVISION, supervised_task
from tests.interpreter import CLUSTER

NAMES = GroupNames("shop-dev")
SHARED = Shared(NAMES, {})
INDEX = f"arn:aws:states:eu-west-1:123456789012:stateMachine:{NAMES.index_machine('backup')}"
ARGS: dict[str, Any] = {"timeout": "1h", "launch": "ec2", "network_mode": "bridge", "parallel": {"tasks": 3}}
RUN: Any = {
    "Cluster": CLUSTER,
    "TaskDefinition": REVISION,
    "Group": "supervised:backup",
    "LaunchType": "EC2",
    "PropagateTags": "TASK_DEFINITION",
}


def of(task: Task, index: str = INDEX) -> Supervised:
    assert task.supervision
    return Supervised("backup", "main", "shop-dev", NAMES.lease_table, task.supervision, RUN, index_machine_arn=index)


def ecs_task(index: int, code: int | None) -> EcsTask:
    variables = {"SCHEDULED_TASKS_RUN": "nightly", "TASK_INDEX": str(index), "TASK_COUNT": "3"}
    environment = [{"name": name, "value": value} for name, value in variables.items()]
    return EcsTask.read(
        {
            "taskArn": f"{CLUSTER.replace('cluster', 'task')}/{index}{code}",
            "lastStatus": "STOPPED",
            "stopCode": "EssentialContainerExited",
            "containers": [{"name": "main", "exitCode": code}],
            "overrides": {"containerOverrides": [{"name": "main", "environment": environment}]},
        }
    )


@pytest.mark.parametrize(
    ("tasks", "attempts", "code"),
    [
        ([(0, 0), (1, 0), (2, 0)], 1, 0),
        ([(0, 0), (1, 3), (1, 0), (2, 0)], 2, 0),
        ([(0, 0), (1, 3), (1, 4), (2, 0)], 2, 4),
    ],
)
def test_attempts_are_those_of_the_task_with_the_most(tasks: list[tuple[int, int]], attempts: int, code: int):
    run = with_attempts(Run("nightly", "backup", "failed", None), [ecs_task(*each) for each in tasks])
    assert (run.attempts, run.exit_code, len(run.tasks)) == (attempts, code, len(tasks))


def test_both_state_machines_are_compared_with_the_configuration():
    task, other = supervised_task(**ARGS), supervised_task(**{**ARGS, "parallel": {"tasks": 4, "at_once": 2}})
    assert task.supervision
    assert other.supervision
    deployed, index = definition(of(task)), index_definition(of(task))
    assert machine_differences(deployed, task, task.supervision, shared=SHARED) == []
    assert machine_differences(deployed, other, other.supervision, shared=SHARED) == [
        "parallel.tasks: AWS 3, config 4",
        "parallel.atOnce: AWS 10, config 2",
    ]
    facts = decode(deployed)
    assert index_machine_differences(facts, index, task, task.supervision, shared=SHARED) == []
    name = NAMES.index_machine("backup")
    assert index_machine_differences(facts, None, task, task.supervision, shared=SHARED) == [
        f"the state machine {name} doesn't exist"
    ]
    changed = json.dumps({**json.loads(index), "TimeoutSeconds": 1})
    assert index_machine_differences(facts, changed, task, task.supervision, shared=SHARED) == [
        f"the state machine {name} differs: timeout, retry, retryRun or version"
    ]


def test_a_task_that_is_no_longer_parallel_differs():
    task, one = (
        supervised_task(**ARGS),
        supervised_task(**{name: value for name, value in ARGS.items() if name != "parallel"}),
    )
    assert one.supervision
    found = machine_differences(definition(of(task)), one, one.supervision, shared=SHARED)
    assert "parallel.tasks: AWS 3, config 1" in found


def test_a_task_that_is_not_parallel_yet_differs():
    task, one = (
        supervised_task(**ARGS),
        supervised_task(**{name: value for name, value in ARGS.items() if name != "parallel"}),
    )
    assert task.supervision
    found = machine_differences(definition(of(one, "")), task, task.supervision, shared=SHARED)
    assert "parallel.tasks: AWS 1, config 3" in found


def needs_of(role: str, index_machine_arn: str) -> set[tuple[str, str]]:
    """The permissions that `doctor` simulates for a role of state machines, each with a resource."""
    machine = StateMachine("m", "ACTIVE", role, "", None, index_machine_arn=index_machine_arn)
    deployment = SimpleNamespace(
        names=NAMES, account=None, resource=lambda service, name: f"arn:aws:{service}:eu-west-1:123456789012:{name}"
    )
    inventory: Any = SimpleNamespace(
        deployment=deployment, machines=[machine], launches=[], schedules=[], definitions=[], call_machines={}
    )
    return {(action, resource) for need in needs(inventory) for action in need.actions for resource in need.resources}


def test_doctor_checks_the_permissions_for_the_tasks_of_runs():
    """AWS: Step Functions developer guide, "IAM policies for AWS Step Functions", Synchronous."""
    rule = "arn:aws:events:eu-west-1:123456789012:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule"
    execution = f"{INDEX.replace(':stateMachine:', ':execution:')}:any"
    existing, own = (
        f"arn:aws:iam::123456789012:role/{name}" for name in ("shared", f"shop-dev/{NAMES.role('supervisor')}")
    )
    start = ("states:StartExecution", INDEX)
    of_existing = {
        start,
        *((f"events:{action}", rule) for action in ("DescribeRule", "PutRule", "PutTargets")),
        *((f"states:{action}", execution) for action in ("DescribeExecution", "StopExecution")),
    }
    assert needs_of(existing, INDEX) - needs_of(existing, "") == of_existing
    assert needs_of(own, INDEX) - needs_of(own, "") == {start}
