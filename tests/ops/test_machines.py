"""State machines that a deployment did not generate: commands report them and don't guess what they run."""

import json

import pytest

from ops.aws.deployment import Deployment, find
from ops.aws.machines import read_machine
from ops.errors import OpsError
from tests.ops.cloud import Deployed
from tests.ops.conftest import Ops
from tests.ops.session import share_session
from tests.ops.supervised import supervise

UNKNOWN = json.dumps(
    {
        "StartAt": "Run",
        "States": {"Run": {"Type": "Pass", "Result": {"Cluster": "c", "TaskDefinition": "d"}, "End": True}},
    }
)
SENTENCE = (
    "Can't tell what the state machine scheduled-tasks-test__etl runs. The definition has no mark "
    '"scheduled-tasks/1" in its comment, so scheduled-tasks did not generate it.'
)


@pytest.fixture
def deployment(deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> Deployment:
    return find(share_session(monkeypatch))


@pytest.fixture
def changed(deployed: Deployed) -> str:
    arn = supervise(deployed, "etl")
    deployed.cloud.client("stepfunctions").update_state_machine(stateMachineArn=arn, definition=UNKNOWN)
    return arn


def test_a_generated_state_machine_is_read(deployed: Deployed, deployment: Deployment):
    machine = read_machine(deployment, supervise(deployed, "etl"))
    assert (machine.cluster_arn, machine.family, machine.exclusive) == (
        deployed.cluster_arn,
        deployed.names.family("etl"),
        False,
    )


def test_another_state_machine_is_an_error(changed: str, deployment: Deployment):
    with pytest.raises(OpsError) as refused:
        read_machine(deployment, changed)
    assert str(refused.value) == (
        f"{SENTENCE} To replace it with the one from the configuration, run: pulumi up --refresh"
    )


@pytest.mark.parametrize(("command", "code"), [(("history",), 1), (("run",), 125)])
def test_commands_that_need_it_fail(changed: str, ops: Ops, command: tuple[str, ...], code: int):
    result = ops(*command, "etl")
    assert (result.exit_code, SENTENCE in " ".join(result.stderr.split())) == (code, True)
