"""The facts that the command line reads from state machines."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.supervised.contract import FORMAT, MachineFacts, UnknownMachineError, decode, facts_of
from components.supervised.language import Supervised
from components.supervised.machine import definition
from components.supervised.run_task import run_task
from components.task.schedule_target import ecs_parameters

from .machines import NETWORK, REVISION, machine, supervised_task

CLUSTERS = st.sampled_from(["aws", "aws-cn", "aws-us-gov"]).map(
    lambda partition: f"arn:{partition}:ecs:eu-west-1:123456789012:cluster/main"
)
NAMES = st.text(min_size=1, max_size=20)
ARGS = st.fixed_dictionaries(
    {},
    optional={
        "timeout": st.sampled_from(["60s", "45m", "30d"]),
        "overlap": st.sampled_from(["allow", "forbid", "queue", "replace"]),
        "lock": st.sampled_from(["orders-db", "a.b_c"]),
        "notify_after": st.integers(1, 9),
        "retry_run": st.fixed_dictionaries({"attempts": st.integers(1, 10)}),
        "exec": st.booleans(),
        "platform_version": st.sampled_from(["LATEST", "1.4.0"]),
        "capacity_providers": st.just([{"provider": "FARGATE_SPOT", "weight": 4}]),
    },
)


@st.composite
def supervised(draw: st.DrawFn) -> Supervised:
    task = supervised_task(**{"timeout": "24h", **draw(ARGS)})
    assert task.supervision
    parameters = ecs_parameters(
        task, enter=task.exec, group="supervised:backup", task_definition_arn=REVISION, network=NETWORK
    )
    return Supervised(
        task=draw(NAMES),
        container=draw(NAMES),
        prefix=draw(NAMES),
        table=draw(NAMES),
        settings=task.supervision,
        run=run_task(parameters, cluster_arn=draw(CLUSTERS)),
    )


@given(supervised())
def test_facts_are_decoded_from_the_definition(of: Supervised):
    text = definition(of)
    facts = decode(text)
    assert facts == facts_of(of)
    # The states do what the facts say.
    states = json.loads(text)["States"]
    assert facts.timeout == states["Run"]["TimeoutSeconds"]
    assert facts.exclusive == ("Acquire" in states)
    assert bool(facts.lock) == ("Acquire lock" in states)
    assert facts.counts_failures == ("Count failure" in states)
    if facts.notify_after:
        entry = states["Report"]["Arguments"]["Entries"][0]
        assert f"$failures < {facts.notify_after} " in entry["DetailType"]
    if facts.lock:
        assert facts.lease_table == states["Acquire lock"]["Arguments"]["TableName"]
    if facts.exclusive:
        assert facts.lease_table == states["Acquire"]["Arguments"]["TableName"]


def test_facts_of_a_state_machine():
    assert decode(machine(overlap="forbid", timeout="1h", container="app")) == MachineFacts(
        task="backup",
        prefix="shop-dev",
        container="app",
        timeout=3600,
        overlap="forbid",
        lease_table="leases",
        run={
            "Cluster": "arn:aws:ecs:eu-west-1:123456789012:cluster/main",
            "TaskDefinition": REVISION,
            "Group": "supervised:backup",
            "LaunchType": "FARGATE",
            "NetworkConfiguration": {
                "AwsvpcConfiguration": {
                    "Subnets": ["subnet-0a"],
                    "SecurityGroups": ["sg-0a"],
                    "AssignPublicIp": "DISABLED",
                }
            },
            "PropagateTags": "TASK_DEFINITION",
        },
    )


def test_the_comment_does_not_change_within_a_format():
    """A change here breaks the command line for state machines that are already deployed. It needs a new version."""
    assert FORMAT == "scheduled-tasks/1"
    assert json.loads(machine(overlap="replace", timeout="1h"))["Comment"] == (
        "Runs a scheduled task. Generated from its configuration, which overwrites changes made here. "
        'scheduled-tasks/1 {"container":"main","leaseTable":"leases",'
        '"overlap":"replace","prefix":"shop-dev","task":"backup","timeout":3600}'
    )


def changed(**changes: Any) -> str:
    whole = json.loads(machine(timeout="1h"))
    return json.dumps({key: value for key, value in {**whole, **changes}.items() if value is not None})


UNMARKED = 'The definition has no mark "scheduled-tasks/1" in its comment, so scheduled-tasks did not generate it.'
DIFFERENT = "The definition is marked as scheduled-tasks/1 but was changed: "


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "The definition is not a JSON object."),
        ("[]", "The definition is not a JSON object."),
        ("{}", UNMARKED),
        (changed(Comment=None), UNMARKED),
        (changed(Comment="Runs a backup"), UNMARKED),
        (changed(Comment=1), UNMARKED),
        (
            changed(Comment="Runs it. scheduled-tasks/3 {}"),
            "The definition is in the format scheduled-tasks/3, and this version reads scheduled-tasks/1 and scheduled-tasks/2.",
        ),
        (changed(Comment="Runs it. scheduled-tasks/1 {}"), f"{DIFFERENT}'task' is missing."),
        (changed(Comment="Runs it. scheduled-tasks/1 {"), UNMARKED),
        (changed(Comment="Runs it. scheduled-tasks/1 {x}"), f"{DIFFERENT}its comment is not valid."),
        (changed(States={}), f"{DIFFERENT}'Run' is missing."),
        (changed(States={"Run": {}}), f"{DIFFERENT}'Arguments' is missing."),
        (changed(States={"Run": {"Arguments": {"Cluster": ""}}}), f"{DIFFERENT}'TaskDefinition' is missing."),
        (changed(States={"Run": {"Arguments": "{% $x %}"}}), f"{DIFFERENT}the arguments of Run are not an object."),
    ],
)
def test_other_definitions_are_not_decoded(text: str, message: str):
    with pytest.raises(UnknownMachineError) as refused:
        decode(text)
    assert str(refused.value) == message
