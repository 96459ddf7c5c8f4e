"""The state machines of calls as `doctor` reads them, and the commands that restore a closed resource."""

from __future__ import annotations

import json
import shlex
from typing import Any

import pytest
from botocore.session import get_session

from components.aws.account import Account
from components.snapshots.permissions import snapshots_policy
from components.snapshots.retention import Retention
from ops.aws.left_closed import remembered_by
from ops.doctor.called.machines import changed_by
from ops.doctor.called.permissions import machine_needs
from ops.doctor.closed import restoring
from ops.doctor.inventory import CallMachine
from tests.components.hours.machines import EVERYTHING, machine
from tests.components.policies.simulation import decisions, simulation
from tests.components.snapshots.world import NAMES, kept
from tests.components.snapshots.world import machine as snapshots
from tests.mocks import ACCOUNT, REGION


def test_the_resources_of_office_hours_are_those_of_the_definition():
    assert sorted((one.kind, one.name, one.operation) for one in changed_by(machine(EVERYTHING))) == [
        ("Auto Scaling group", "workers", "autoscaling:updateAutoScalingGroup"),
        ("DB cluster", "au", "rds:stopDBCluster"),
        ("DB instance", "orders", "rds:stopDBInstance"),
        ("ECS service", "service/main/web", "applicationautoscaling:registerScalableTarget"),
        ("Redshift cluster", "dw", "redshift:pauseCluster"),
        ("instance", "i-01234567", "ec2:stopInstances"),
    ]


def test_the_resource_of_a_snapshot_is_its_database():
    [one] = changed_by(snapshots(kept()))
    assert (one.kind, one.name, one.operation) == ("DB instance", "orders", "rds:createDBSnapshot")


def test_the_settings_of_each_resource_are_claimed():
    assert remembered_by(machine(EVERYTHING)) == {
        "office#service:main/web", "office#group:workers", "office#instance:i-01234567", "office#redshift:dw",
        "office#database:orders", "office#cluster:au",
    }  # fmt: skip


def test_the_role_needs_the_permissions_for_its_changes():
    needs = machine_needs(
        CallMachine("arn", "role", machine([{"database": "orders"}])), Account("aws", REGION, ACCOUNT)
    )
    assert {(need.actions, need.resources) for need in needs} == {
        ((f"rds:{verb}DBInstance",), (f"arn:aws:rds:{REGION}:{ACCOUNT}:db:orders",)) for verb in ("Start", "Stop")
    }


@pytest.mark.parametrize("of", [kept(), kept(cluster="au")], ids=["database", "cluster"])
def test_the_role_of_snapshots_has_the_permissions_that_are_checked_and_the_role_of_another_task_has_not(of: Retention):
    account = Account("aws", REGION, ACCOUNT)
    needs = list(machine_needs(CallMachine("arn", "role", snapshots(of)), account))
    asked = [(action, on, dict(need.context)) for need in needs for action in need.actions for on in need.resources]
    noun = "DBSnapshot" if of.kind == "database" else "DBClusterSnapshot"
    assert {action for action, _, _ in asked} == {
        f"rds:Create{noun}", f"rds:Describe{noun}s", "rds:AddTagsToResource", f"rds:Delete{noun}",
    }  # fmt: skip
    [deleted] = [(on, context) for action, on, context in asked if action == f"rds:Delete{noun}"]
    assert deleted == (of.snapshots(f"{of.prefix}any"), {f"aws:ResourceTag/{key}": tag for key, tag in of.tags.items()})
    other = kept(task="weekly", **({"cluster": "au"} if of.kind == "cluster" else {}))
    own, another = (json.loads(snapshots_policy(each, NAMES, account, tracing=False)) for each in (of, other))
    for policy, allowed in ((own, {"Allowed"}), (another, {"Allowed", "ImplicitlyDenied"})):
        answers = decisions(
            [simulation(action, on, context, identity_policies=[policy]) for action, on, context in asked]
        )
        assert set(answers) == allowed
    assert "ImplicitlyDenied" in answers[-1:]


_SERVICE = {"desired": 3, "scaling": {"scales": True, "min": 2, "max": 6, "suspended": [False, True, False]}}
_GROUP = {"min": 1, "max": 4, "desired": 2, "suspended": [False, True]}


@pytest.mark.parametrize(
    ("resource", "settings", "commands"),
    [
        ("database:orders", {}, ["rds start-db-instance --db-instance-identifier orders"]),
        ("cluster:au", {}, ["rds start-db-cluster --db-cluster-identifier au"]),
        ("redshift:dw", {}, ["redshift resume-cluster --cluster-identifier dw"]),
        ("instance:i-01234567", {}, ["ec2 start-instances --instance-ids i-01234567"]),
        (
            "service:main/web",
            _SERVICE,
            [
                "ecs update-service --cluster main --service web --desired-count 3",
                ("application-autoscaling register-scalable-target --service-namespace ecs --resource-id "
                "service/main/web --scalable-dimension ecs:service:DesiredCount --min-capacity 2 --max-capacity 6 "
                '--suspended-state \'{"DynamicScalingInSuspended": false, "DynamicScalingOutSuspended": true, '
                '"ScheduledScalingSuspended": false}\''),
            ],
        ),
        ("service:main/web", {"desired": 3, "scaling": {"scales": False}}, [
            "ecs update-service --cluster main --service web --desired-count 3",
        ]),
        (
            "group:workers",
            _GROUP,
            [
                ("autoscaling update-auto-scaling-group --auto-scaling-group-name workers --min-size 1 --max-size 4 "
                "--desired-capacity 2"),
                "autoscaling resume-processes --auto-scaling-group-name workers --scaling-processes AlarmNotification",
            ],
        ),
    ],
)  # fmt: skip
def test_commands_restore_a_resource_and_forget_it(resource: str, settings: dict[str, Any], commands: list[str]):
    """The AWS CLI's names of operations and options are those of botocore's models."""
    found = restoring("leases", f"office#{resource}", json.dumps(settings))
    assert found[:-1] == [f"aws {command}" for command in commands]
    key = json.dumps({"id": {"S": f"office#{resource}"}})
    assert shlex.split(found[-1]) == ["aws", "dynamodb", "delete-item", "--table-name", "leases", "--key", key]
    for command in found:
        _, service, operation, *options = shlex.split(command)
        model = get_session().get_service_model(service)
        [name] = [each for each in model.operation_names if _cli(each) == operation]
        shape = model.operation_model(name).input_shape
        assert shape is not None
        members = {_cli(member) for member in shape.members}
        assert {option[2:] for option in options if option.startswith("--")} <= members


def _cli(name: str) -> str:
    """A name of the API as the AWS CLI spells it."""
    from botocore import xform_name

    return xform_name(name, "-")
