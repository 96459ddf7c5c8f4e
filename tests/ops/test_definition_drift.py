"""Drift compares every member that a deployment writes: the rows of tests/config/test_changes.py say which keys do."""

from typing import Any

import pytest

from components.aws.account import Account
from components.aws.names import GroupNames
from components.aws.spelling import pascal_keys
from components.resolved import Group, Task
from config import Source, load
from ops.state.definition_drift import definition_differences, expected_definition, run_differences
from sandbox.plugin.fields import to_api
from sandbox.plugin.provider import TYPES
from tests.config.test_changes import NO_SHARED_TASKS, STACK, TASK, TASK_CHANGES, deployed
from tests.mocks import UNMONITORED

NAMES, ACCOUNT = GroupNames("shop-dev"), Account("aws", "eu-west-1", "123456789012")
ARN = ACCOUNT.arn("ecs", f"task-definition/{NAMES.family('job')}:1")
CHANGES = [change for change, changed in TASK_CHANGES if "!job-definition" in changed]


def configured(change: dict[str, Any]) -> tuple[Task, Group]:
    task = {key: value for key, value in {**TASK, **change}.items() if value is not None}
    found = load(Source("test", {**STACK, "tasks": {"job": task}}, ()), NO_SHARED_TASKS)
    return found.tasks["job"], found.group


def registered(change: dict[str, Any]) -> Any:
    """The request that the sandbox's provider sends to ECS for the task definition of a deployment."""
    made = deployed({**STACK, **UNMONITORED}, {**TASK, **change}).named("job-definition")
    return to_api(TYPES[made.type].all_fields, made.inputs)


def drift(change: dict[str, Any], actual: Any) -> list[str]:
    task, group = configured(change)
    expected = expected_definition(task, group, NAMES, ACCOUNT)
    return definition_differences(ARN, actual, expected, family=NAMES.family("job"), account=ACCOUNT)


@pytest.fixture(scope="module")
def before() -> Any:
    return registered({})


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_every_key_of_a_task_definition_is_compared(before: Any, change: dict[str, Any]):
    assert drift(change, before) != []
    assert drift(change, registered(change)) == []


FILES: dict[str, Any] = {
    "volumes": {"a": {"path": "/a", "efs": "fs-0a", "accessPoint": "fsap-0a"}, "b": {"path": "/b"}},
    "sidecars": {"proxy": {"image": "proxy:1", "init": True}},
}


def test_values_that_aws_adds_are_no_differences():
    """AWS: botocore ecs, EFSVolumeConfiguration.rootDirectory, and the answers of DescribeTaskDefinition."""
    actual = registered(FILES)
    for container in actual["containerDefinitions"]:
        container.update(systemControls=[], volumesFrom=[], dockerLabels={}, interactive=False)
    for volume in actual["volumes"]:
        volume.setdefault("host", {})
    actual["volumes"][0]["efsVolumeConfiguration"]["rootDirectory"] = "/"
    more = {"revision": 1, "status": "ACTIVE", "placementConstraints": [], "compatibilities": ["EC2", "FARGATE"]}
    assert drift(FILES, {**actual, **more}) == []


def test_members_that_a_deployment_does_not_write_are_compared_too():
    actual = registered(FILES)
    main, proxy = actual["containerDefinitions"]
    main["privileged"] = True
    proxy["linuxParameters"]["initProcessEnabled"] = False
    main["environment"].append({"name": "EMPTY", "value": ""})
    actual["taskRoleArn"] = ACCOUNT.iam_arn("role/admin")
    actual["placementConstraints"] = [{"type": "memberOf", "expression": "x"}]
    assert sorted(drift(FILES, actual)) == [
        "environment.EMPTY: AWS set, config not set",
        "placementConstraints: AWS [{type: memberOf, expression: x}], config not set",
        "privileged: AWS true, config not set",
        "proxy.linuxParameters.initProcessEnabled: AWS false, config true",
        "taskRoleArn: AWS admin, config shop-dev__job__task",
    ]


def test_an_image_that_the_deployment_builds_is_not_compared():
    change = {"image": {"build": "."}}
    actual = registered({})
    assert drift(change, actual) == []
    actual["containerDefinitions"][0]["user"] = "root"
    assert drift(change, actual) == ["user: AWS root, config not set"]


ON_EC2 = {"launch": "ec2"}
RUNS: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"platformVersion": "1.4.0"}, {"platformVersion": "1.4.0"}, "platformVersion"),
    ({"propagateTags": False}, {}, "propagateTags"),
    ({**ON_EC2, "placementConstraints": [{"type": "distinctInstance"}]}, {"placementConstraints": [{"type": "distinctInstance"}]}, "placementConstraints"),
    ({**ON_EC2, "placementStrategies": [{"type": "random"}]}, {"placementStrategy": [{"type": "random"}]}, "placementStrategy"),
]  # fmt: skip


@pytest.mark.parametrize("supervised", [False, True])
@pytest.mark.parametrize(("change", "members", "name"), RUNS, ids=[name for *_, name in RUNS])
def test_settings_of_runs_are_compared(change: dict[str, Any], members: Any, name: str, supervised: bool):
    task, _ = configured(change)
    tags = {} if name == "propagateTags" else {"propagateTags": "TASK_DEFINITION"}
    managed = {} if supervised else {"enableECSManagedTags": True}
    given: dict[str, Any] = {**tags, **managed, **members}
    actual = pascal_keys(given) if supervised else {f"{key[0].upper()}{key[1:]}": value for key, value in given.items()}
    assert list(run_differences(actual, task, enter=False, supervised=supervised)) == []
    plain, _ = configured(ON_EC2 if "launch" in change else {})
    [found] = run_differences(actual, plain, enter=False, supervised=supervised)
    assert found.startswith(f"{name}: AWS ")
    entered = {"EnableExecuteCommand": True, **actual}
    assert list(run_differences(entered, task, enter=True, supervised=supervised)) == []
    assert list(run_differences(entered, task, enter=False, supervised=supervised))
