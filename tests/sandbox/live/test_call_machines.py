"""State machines of calls in the live sandbox, with the policies that a deployment gives their roles."""

import json
from typing import Any

from components.args import HoursArgs
from components.hours.machine import OfficeHours
from components.hours.machine import definition as hours_definition
from components.hours.permissions import hours_policy
from components.hours.sleepers import sleepers
from components.infrastructure.trust import machine_trust
from components.keys.resolution import resolve
from components.keys.validation import validated
from components.resolved import Hours
from components.snapshots.machine import Snapshots
from components.snapshots.machine import definition as snapshots_definition
from components.snapshots.permissions import snapshots_policy
from tests.components.snapshots.world import kept

from .supervised import OWN, create_table, described, until
from .world import DEFINITION, NAMES, World, client

SLEEPS = [{"service": "main/web"}, {"database": "orders"}]


def create_machine(stack: World, kind: Any, task: str, text: str, policy: str) -> str:
    """Create a state machine of a call. Returns its ARN."""
    stack.live.alarms.is_on = lambda: False
    create_table()
    name = NAMES.call_machine(task, kind)
    client("iam").create_role(RoleName="call", AssumeRolePolicyDocument=machine_trust(OWN, name))
    client("iam").put_role_policy(RoleName="call", PolicyName="own", PolicyDocument=policy)
    client("rds").create_db_instance(
        DBInstanceIdentifier="orders",
        DBInstanceClass="db.t4g.micro",
        Engine="postgres",
        AllocatedStorage=20,
        MasterUsername="admin",
        MasterUserPassword="not-a-secret",
    )
    role = OWN.iam_arn("role/call")
    made = client("stepfunctions").create_state_machine(name=name, definition=text, roleArn=role)
    return made["stateMachineArn"]


def run(stack: World, machine: str, name: str, **given: str) -> dict[str, Any]:
    """Run an execution to its end."""
    text = json.dumps({"schedule": "s", "time": f"at {name}", **given})
    arn = client("stepfunctions").start_execution(stateMachineArn=machine, name=name, input=text)["executionArn"]
    until(stack, lambda: described(arn)["status"] != "RUNNING")
    return described(arn)


def status() -> str:
    return client("rds").describe_db_instances(DBInstanceIdentifier="orders")["DBInstances"][0]["DBInstanceStatus"]


def desired() -> int:
    return client("ecs").describe_services(cluster="main", services=["web"])["services"][0]["desiredCount"]


def test_office_hours_stop_and_restore_their_resources(unscheduled: World):
    found = validated(HoursArgs, {"open": "MON-FRI 07:30-19:00", "sleeps": SLEEPS}, from_yaml=True)
    resources = sleepers(resolve(Hours, HoursArgs, found.values).sleeps, OWN)
    client("ecs").create_service(cluster="main", serviceName="web", taskDefinition=DEFINITION, desiredCount=2)
    text = hours_definition(OfficeHours("office", "shop-dev", NAMES.lease_table, "aws", resources))
    policy = hours_policy(NAMES, OWN, "office", resources, tracing=False)
    machine = create_machine(unscheduled, "hours", "office", text, policy)
    closed = run(unscheduled, machine, "evening", action="close")
    assert closed["status"] == "SUCCEEDED", closed
    assert (status(), desired()) == ("stopped", 0)
    opened = run(unscheduled, machine, "morning", action="open")
    assert opened["status"] == "SUCCEEDED", opened
    assert (status(), desired()) == ("available", 2)


def test_snapshots_are_created_and_older_ones_deleted(unscheduled: World):
    of = kept(keep=2)
    text = snapshots_definition(Snapshots(of, "shop-dev", NAMES.lease_table, False))
    machine = create_machine(unscheduled, "keep", "backup", text, snapshots_policy(of, NAMES, OWN, tracing=False))
    for day in range(4):
        ended = run(unscheduled, machine, f"day-{day}")
        assert ended["status"] == "SUCCEEDED", ended
        unscheduled.run(86_400)
    assert len(client("rds").describe_db_snapshots(SnapshotType="manual")["DBSnapshots"]) == 2
