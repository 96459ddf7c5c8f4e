"""`doctor` of calls: whether the called resource exists, is in a state in which the call works, and whether the role may
make the call."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.stub import Stubber
from moto.core.botocore_stubber import MockRawResponse

from components.args import CallArgs
from components.aws.account import Account
from components.calls.kinds import call_of
from components.keys.validation import validated
from ops.aws.schedules import Schedule
from ops.doctor.called.compute import group_states, instance_states, service_states
from ops.doctor.called.databases import database_cluster_states, database_states, warehouse_states
from ops.doctor.called.permissions import call_need
from ops.doctor.called.resources import Called, called
from ops.doctor.called.state import Reader
from ops.doctor.called.work import (
    function_states,
    job_definition_states,
    job_queue_states,
    replication_states,
    runbook_states,
    state_machine_states,
)
from ops.doctor.finding import OK, PROBLEM, UNKNOWN, WARNING
from ops.permissions import CALLS
from tests.components.calls.test_kinds import EVERY
from tests.components.policies.simulation import decisions, simulation
from tests.ops.cloud import ACCOUNT, REGION, Deployed
from tests.ops.conftest import Ops
from tests.ops.healthy_stack import HealthyStack
from tests.ops.session import share_session
from tests.ops.test_permissions import allowed

HERE = Account("aws", REGION, ACCOUNT)
ROLE = f"arn:aws:iam::{ACCOUNT}:role/stop"
DMS = f"arn:aws:dms:{REGION}:{ACCOUNT}:task:orders"
MORE: dict[str, dict[str, Any]] = {
    "start a replication": {
        "call": "databasemigration:startReplicationTask",
        "with": {"replicationTaskArn": DMS, "startReplicationTaskType": "reload-target"},
    },
    "run a runbook": {"call": "ssm:startAutomationExecution", "with": {"documentName": "Restart"}},
    "publish": {"call": "sns:publish", "with": {"topicArn": f"arn:aws:sns:{REGION}:{ACCOUNT}:orders", "message": "a"}},
}


@pytest.fixture
def stack(deployed: Deployed, ops: Ops, monkeypatch: pytest.MonkeyPatch) -> HealthyStack:
    share_session(monkeypatch)
    return HealthyStack(deployed, ops)


def call_target(given: dict[str, Any]) -> dict[str, Any]:
    """The target of the schedule of a call."""
    found = validated(CallArgs, given, from_yaml=True)
    assert found.problems == []
    call = call_of(found.values, HERE, "shop-dev__nightly")
    text = {"Input": call.target_input} if call.target_input else {}
    return {"Arn": call.target_arn("aws"), "RoleArn": ROLE, **text, **call.target_parameters}


def deploy(stack: HealthyStack, given: dict[str, Any]) -> None:
    stack.client("scheduler").create_schedule(
        GroupName=stack.deployed.names.schedule_group,
        Name="job",
        ScheduleExpression="cron(0 20 * * ? *)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target=call_target(given),
    )


def about(stack: HealthyStack, word: str) -> list[tuple[str, str]]:
    """The findings about a called resource."""
    found = [(level, words) for level, words, _ in stack.findings("job")]
    return [(level, words) for level, words in found if word in words]


MISSING = {
    "stop a database": "The DB instance orders",
    "stop a cluster": "The DB cluster orders",
    "stop instances": "The instance i-0123456789abcdef0",
    "pause a warehouse": "The Redshift cluster dw",
    "scale a service": "The ECS service web",
    "scale the bounds of a service": "The ECS service service/main/web",
    "scale a group": "The Auto Scaling group workers",
    "invoke": "The function reports:live",
    "execute": "The state machine nightly",
    "submit a job": "The job queue default",
    "run a Glue job": "The Glue job nightly",
    "build": "The build project nightly",
    "start a pipeline": "The pipeline release",
    "send to a FIFO queue": "The queue orders.fifo",
    "send to a queue": "The queue orders",
    "send to a topic": "The topic orders",
    "start a replication": "The replication task orders",
    "run a runbook": "The runbook Restart",
}


@pytest.mark.parametrize("name", MISSING)
def test_a_missing_resource_is_a_problem(stack: HealthyStack, name: str):
    deploy(stack, {**EVERY, **MORE}[name])
    assert (PROBLEM, f"{MISSING[name]} doesn't exist, so each call fails.") in about(stack, "doesn't exist")


def state_of(reader: Reader, one: Called, *answers: tuple[str, str, Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Returns the findings after these answers: service, operation, and AWS's answer. botocore's model judges the
    requests and the answers."""
    clients: dict[str, Any] = {}
    stubbers: list[Stubber] = []
    for service, operation, answer in answers:
        make: Any = boto3.client
        clients[service] = make(service, region_name=REGION)
        stubbers.append(Stubber(clients[service]))
        stubbers[-1].add_response(operation, answer)
        stubbers[-1].activate()
    found = [(state.level, state.predicate) for state in reader(clients.__getitem__, one)]
    for stubber in stubbers:
        stubber.assert_no_pending_responses()
    return found


def database(operation: str, **found: Any) -> list[tuple[str, str]]:
    given = {"DBInstanceIdentifier": "orders", "DBInstanceStatus": "available", "Engine": "postgres", **found}
    one = Called("DB instance", "orders", f"rds:{operation}")
    return state_of(database_states, one, ("rds", "describe_db_instances", {"DBInstances": [given]}))


DATABASES: list[tuple[str, dict[str, Any], str, str]] = [
    # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_StopInstance.html, limitations.
    ("stopDBInstance", {}, OK, "is available."),
    ("stopDBInstance", {"DBInstanceStatus": "stopped"}, OK, "is stopped."),
    ("stopDBInstance", {"DBClusterIdentifier": "c"}, PROBLEM, "is a member of the DB cluster c."),
    ("startDBInstance", {"DBClusterIdentifier": "c"}, PROBLEM, "is a member of the DB cluster c."),
    ("createDBSnapshot", {"ReadReplicaSourceDBInstanceIdentifier": "main"}, OK, "is available."),
    ("stopDBInstance", {"ReadReplicaSourceDBInstanceIdentifier": "main"}, PROBLEM, "is a read replica of main."),
    ("stopDBInstance", {"ReadReplicaDBInstanceIdentifiers": ["r1"]}, PROBLEM, "has the read replica r1."),
    ("stopDBInstance", {"ReadReplicaDBClusterIdentifiers": ["r2"]}, PROBLEM, "has the read replica r2."),
    ("startDBInstance", {"ReadReplicaDBInstanceIdentifiers": ["r1"]}, OK, "is available."),
    ("stopDBInstance", {"Engine": "sqlserver-se", "MultiAZ": True}, PROBLEM, "is a Multi-AZ deployment of SQL Server"),
    ("stopDBInstance", {"Engine": "sqlserver-se", "MultiAZ": False}, OK, "is available."),
    ("stopDBInstance", {"Engine": "postgres", "MultiAZ": True}, OK, "is available."),
    # https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_StopDBInstance.html
    ("stopDBInstance", {"Engine": "custom-oracle-ee"}, PROBLEM, "uses Amazon RDS Custom"),
    ("startDBInstance", {"DBInstanceStatus": "failed"}, PROBLEM, "is in the state failed"),
    # https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBSnapshot.html
    ("createDBSnapshot", {"DBInstanceStatus": "stopped"}, WARNING, "is stopped now."),
    ("createDBSnapshot", {"DBInstanceStatus": "storage-optimization"}, OK, "is storage-optimization."),
]


@pytest.mark.parametrize(
    "status",
    [
        # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html
        "deleting", "failed", "inaccessible-encryption-credentials", "incompatible-create", "incompatible-network",
        "incompatible-option-group", "incompatible-parameters", "incompatible-restore", "restore-error",
        # botocore redshift, Cluster.ClusterStatus.
        "hardware-failure", "incompatible-hsm",
    ],
)  # fmt: skip
def test_states_that_do_not_end_by_themselves(status: str):
    found = [(PROBLEM, f"is in the state {status}, in which AWS refuses the call.")]
    assert database("createDBSnapshot", DBInstanceStatus=status) == state_of(*warehouse(status)) == found


@pytest.mark.parametrize(("operation", "found", "level", "words"), DATABASES)
def test_databases_that_aws_does_not_stop(operation: str, found: dict[str, Any], level: str, words: str):
    [(answered, predicate)] = database(operation, **found)
    assert (answered, predicate.startswith(words)) == (level, True), predicate


@pytest.mark.parametrize(
    ("operation", "found", "level", "words"),
    [
        # https://docs.aws.amazon.com/systems-manager-automation-runbooks/latest/userguide/start-stop-aurora-cluster.html
        ("stopDBCluster", {}, OK, "is available."),
        ("stopDBCluster", {"EngineMode": "provisioned"}, OK, "is available."),
        ("stopDBCluster", {"EngineMode": "serverless"}, PROBLEM, "uses Aurora Serverless v1."),
        ("startDBCluster", {"EngineMode": "parallelquery"}, PROBLEM, "uses Aurora parallel query."),
        ("stopDBCluster", {"EngineMode": "multimaster"}, PROBLEM, "is an Aurora multi-master cluster."),
        ("stopDBCluster", {"GlobalClusterIdentifier": "g"}, PROBLEM, "is a member of an Aurora global database."),
        ("stopDBCluster", {"ReadReplicaIdentifiers": ["arn:aws:rds:us-east-1:1:cluster:r"]}, PROBLEM, "has the read replica r"),
        ("createDBClusterSnapshot", {"EngineMode": "serverless"}, OK, "is available."),
        ("createDBClusterSnapshot", {"Status": "stopped"}, WARNING, "is stopped now."),
    ],
)  # fmt: skip
def test_clusters_that_aws_does_not_stop(operation: str, found: dict[str, Any], level: str, words: str):
    answer = {"DBClusters": [{"DBClusterIdentifier": "orders", "Status": "available", **found}]}
    one = Called("DB cluster", "orders", f"rds:{operation}")
    [(answered, predicate)] = state_of(database_cluster_states, one, ("rds", "describe_db_clusters", answer))
    assert (answered, predicate.startswith(words)) == (level, True), predicate


KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-1111-1111-1111-111111111111"
_IN_USE = {"StorageEncrypted": True, "KmsKeyId": KEY}
UNUSABLE = "is encrypted with the KMS key 11111111-1111-1111-1111-111111111111, which is {}."


@pytest.mark.parametrize("state", ["Enabled", "Disabled", "PendingDeletion"])
@pytest.mark.parametrize("kind", ["database", "cluster"])
def test_an_encrypted_database_needs_its_key(kind: str, state: str):
    """AWS: AWS KMS developer guide, "Key states of AWS KMS keys"; botocore rds, KMSKeyNotAccessibleFault."""
    key = ("kms", "describe_key", {"KeyMetadata": {"KeyId": KEY.rsplit("/")[-1], "KeyState": state}})
    if kind == "database":
        given = {"DBInstanceIdentifier": "orders", "DBInstanceStatus": "stopped", "Engine": "postgres", **_IN_USE}
        answer, reader = ("rds", "describe_db_instances", {"DBInstances": [given]}), database_states
        one = Called("DB instance", "orders", "rds:startDBInstance")
    else:
        clusters = {"DBClusters": [{"DBClusterIdentifier": "orders", "Status": "stopped", **_IN_USE}]}
        answer, reader = ("rds", "describe_db_clusters", clusters), database_cluster_states
        one = Called("DB cluster", "orders", "rds:startDBCluster")
    first, *rest = state_of(reader, one, answer, key)
    assert first == (OK, "is stopped.")
    assert [(level, words.startswith(UNUSABLE.format(state))) for level, words in rest] == (
        [] if state == "Enabled" else [(PROBLEM, True)]
    )


@pytest.mark.parametrize(
    ("code", "level", "words"),
    [
        ("NotFoundException", PROBLEM, UNUSABLE.format("deleted")),
        ("AccessDeniedException", UNKNOWN, "is encrypted with the KMS key 11111111-1111-1111-1111-111111111111, whose"),
    ],
)
def test_a_key_that_cannot_be_read_says_nothing_else_about_the_database(code: str, level: str, words: str):
    """AWS: botocore kms, the errors of DescribeKey."""
    make: Any = boto3.client
    clients = {service: make(service, region_name=REGION) for service in ("rds", "kms")}
    given = {"DBInstanceIdentifier": "orders", "DBInstanceStatus": "available", "Engine": "postgres", **_IN_USE}
    with Stubber(clients["rds"]) as rds, Stubber(clients["kms"]) as kms:
        rds.add_response("describe_db_instances", {"DBInstances": [given]})
        kms.add_client_error("describe_key", code, "no")
        found = list(database_states(clients.__getitem__, Called("DB instance", "orders", "rds:stopDBInstance")))
    assert [
        (each.level, each.predicate.startswith(text))
        for each, text in zip(found, ("is available.", words), strict=True)
    ] == [
        (OK, True),
        (level, True),
    ]


def test_a_database_that_has_lost_its_key():
    """AWS: re:Post knowledge center, "How do I resolve an Amazon RDS instance or Amazon Aurora cluster that's in an
    inaccessible encryption state?": 7 days until the final state."""
    status = "inaccessible-encryption-credentials-recoverable"
    [(level, words)] = database("stopDBInstance", DBInstanceStatus=status)
    assert (level, words) == (
        PROBLEM,
        f"is in the state {status}: AWS can't use its KMS key, and gives it up after 7 days.",
    )


def account_quotas(**used: tuple[int, int]) -> str:
    """The answer of DescribeAccountAttributes. AWS: Amazon RDS API reference, AccountQuota."""
    found = "".join(
        f"<AccountQuota><AccountQuotaName>{name}</AccountQuotaName><Used>{count}</Used><Max>{most}</Max></AccountQuota>"
        for name, (count, most) in used.items()
    )
    return (
        '<DescribeAccountAttributesResponse xmlns="http://rds.amazonaws.com/doc/2014-10-31/">'
        f"<DescribeAccountAttributesResult><AccountQuotas>{found}</AccountQuotas></DescribeAccountAttributesResult>"
        "</DescribeAccountAttributesResponse>"
    )


@pytest.mark.parametrize(
    ("call", "used", "level"),
    [
        ({"snapshot": {"database": "orders"}}, 79, OK),
        ({"snapshot": {"database": "orders"}}, 80, WARNING),
        ({"snapshot": {"cluster": "orders"}}, 80, OK),
        ({"stop": {"database": "orders"}}, 100, None),
    ],
)
def test_manual_snapshots_have_a_quota(stack: HealthyStack, call: dict[str, Any], used: int, level: str | None):
    """AWS: Amazon RDS user guide, "Quotas and constraints for Amazon RDS": 100 manual snapshots of each kind."""
    text = account_quotas(ManualSnapshots=(used, 100), ManualClusterSnapshots=(3, 100), DBInstances=(40, 40))
    body: Any = MockRawResponse(text)
    headers: Any = {}
    stack.cloud.rules.append(
        ("rds.DescribeAccountAttributes", lambda request: AWSResponse(request.url, 200, headers, body))
    )
    deploy(stack, call)
    found = [(level, words) for level, words, _ in stack.findings() if "manual snapshots" in words]
    kind, count = ("DB clusters", 3) if "cluster" in str(call) else ("DB instances", used)
    words = f"The account has {count} of 100 manual snapshots of {kind} in this Region."
    if level == WARNING:
        words += " Without a free one, new snapshots fail."
    assert found == ([] if level is None else [(level, words)])


INSTANCE = Called("instance", "i-0123456789abcdef0", "ec2:stopInstances")
WORKERS = {
    "AutoScalingGroupName": "workers", "MinSize": 1, "MaxSize": 2, "DesiredCapacity": 1, "DefaultCooldown": 1,
    "AvailabilityZones": ["a"], "HealthCheckType": "EC2", "CreatedTime": datetime(2026, 1, 1, tzinfo=UTC),
}  # fmt: skip
WEB = {"serviceName": "web", "status": "ACTIVE", "schedulingStrategy": "REPLICA"}
BOUNDS = {
    "ServiceNamespace": "ecs", "ResourceId": "service/main/web", "ScalableDimension": "ecs:service:DesiredCount",
    "MinCapacity": 1, "MaxCapacity": 4, "RoleARN": "r", "CreationTime": datetime(2026, 1, 1, tzinfo=UTC),
}  # fmt: skip


def instance(**found: Any) -> tuple[Any, ...]:
    given = {"InstanceId": INSTANCE.name, "State": {"Name": "running"}, "RootDeviceType": "ebs", **found}
    return instance_states, INSTANCE, ("ec2", "describe_instances", {"Reservations": [{"Instances": [given]}]})


def group(parameters: dict[str, Any], **found: Any) -> tuple[Any, ...]:
    one = Called("Auto Scaling group", "workers", "autoscaling:updateAutoScalingGroup", parameters)
    answer = {"AutoScalingGroups": [{**WORKERS, **found}]}
    return group_states, one, ("autoscaling", "describe_auto_scaling_groups", answer)


def service(count: int, targets: list[Any] | None, **found: Any) -> tuple[Any, ...]:
    one = Called("ECS service", "web", "ecs:updateService", {"Cluster": "main", "DesiredCount": count})
    scaling = ("application-autoscaling", "describe_scalable_targets", {"ScalableTargets": targets})
    more = [] if targets is None else [scaling]
    return service_states, one, ("ecs", "describe_services", {"services": [{**WEB, **found}]}), *more


def one_of(
    reader: Reader, kind: str, name: str, service: str, operation: str, answer: Mapping[str, Any]
) -> tuple[Any, ...]:
    return reader, Called(kind, name, "x"), (service, operation, answer)


def job_queue(**found: Any) -> tuple[Any, ...]:
    answer = {"jobQueues": [{"jobQueueName": "q", "jobQueueArn": "a", "priority": 1, "state": "ENABLED", "status": "VALID", "computeEnvironmentOrder": [], **found}]}  # fmt: skip
    return one_of(job_queue_states, "job queue", "q", "batch", "describe_job_queues", answer)


def job_definition(name: str, *statuses: str) -> tuple[Any, ...]:
    found = [{"jobDefinitionName": "d", "jobDefinitionArn": "a", "revision": 3, "type": "container", "status": status} for status in statuses]  # fmt: skip
    answer = {"jobDefinitions": found}
    return one_of(job_definition_states, "job definition", name, "batch", "describe_job_definitions", answer)


def function(**found: Any) -> tuple[Any, ...]:
    return one_of(function_states, "function", "f:live", "lambda", "get_function_configuration", found)


def replication(status: str) -> tuple[Any, ...]:
    answer = {"ReplicationTasks": [{"Status": status}]}
    return one_of(replication_states, "replication task", DMS, "dms", "describe_replication_tasks", answer)


def runbook(**found: Any) -> tuple[Any, ...]:
    return one_of(runbook_states, "runbook", "Restart", "ssm", "describe_document", {"Document": found})


MACHINE = {
    "stateMachineArn": f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:nightly", "name": "nightly", "definition": "{}",
    "roleArn": "r", "type": "STANDARD", "creationDate": datetime(2026, 1, 1, tzinfo=UTC),
}  # fmt: skip


def machine(status: str) -> tuple[Any, ...]:
    answer = {**MACHINE, "status": status}
    arn = MACHINE["stateMachineArn"]
    return one_of(state_machine_states, "state machine", str(arn), "stepfunctions", "describe_state_machine", answer)


def warehouse(status: str) -> tuple[Any, ...]:
    answer = {"Clusters": [{"ClusterStatus": status}]}
    return one_of(warehouse_states, "Redshift cluster", "dw", "redshift", "describe_clusters", answer)


MEMBER = {"Tags": [{"Key": "aws:autoscaling:groupName", "Value": "workers"}]}
STATES: list[tuple[tuple[Any, ...], str, str]] = [
    (instance(), OK, "is running."),
    # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StopInstances.html
    (instance(RootDeviceType="instance-store"), PROBLEM, "has a root volume in the instance store."),
    (instance(State={"Name": "terminated"}), PROBLEM, "is terminated."),
    (instance(**MEMBER), WARNING, "belongs to the Auto Scaling group workers"),
    (group({"DesiredCapacity": 0}), PROBLEM, "has a size between 1 and 2. AWS refuses the size 0."),
    (group({"DesiredCapacity": 0, "MinSize": 0}), OK, "is active."),
    (group({}, Status="Delete in progress"), PROBLEM, "is in the state Delete in progress."),
    (service(0, [BOUNDS]), WARNING, "has autoscaling between 1 and 4"),
    (service(2, [BOUNDS]), OK, "is active."),
    (service(0, []), OK, "is active."),
    (service(0, None, schedulingStrategy="DAEMON"), PROBLEM, "runs one task per instance"),
    (service(0, None, status="DRAINING"), PROBLEM, "is DRAINING."),
    (service(0, None, status="INACTIVE"), PROBLEM, "doesn't exist"),
    (job_queue(), OK, "is enabled."),
    (job_queue(state="DISABLED"), PROBLEM, "is disabled"),
    (job_queue(status="INVALID", statusReason="no role"), PROBLEM, "is invalid: no role."[:-1]),
    (job_definition("d:3", "ACTIVE"), OK, "is active."),
    (job_definition("d:3", "INACTIVE"), PROBLEM, "isn't active"),
    (job_definition("d"), PROBLEM, "doesn't exist"),
    (job_definition(f"arn:aws:batch:{REGION}:{ACCOUNT}:job-definition/d:3", "ACTIVE"), OK, "is active."),
    (function(State="Active"), OK, "is active."),
    (function(State="Inactive"), OK, "is inactive."),
    (function(State="Failed", StateReason="No subnet."), PROBLEM, "is in the state Failed. No subnet."),
    # botocore lambda, State.
    *((function(State=state), PROBLEM, f"is in the state {state}.") for state in ("ActiveNonInvocable", "Deactivated", "Deactivating", "Deleting")),
    (function(State="Active", LastUpdateStatus="Failed"), WARNING, "failed to update"),
    (replication("ready"), OK, "is ready."),
    (replication("failed"), WARNING, "failed when it ran last."),
    # botocore dms, ReplicationTask.Status.
    (replication("deleting"), PROBLEM, "is in the state deleting."),
    (replication("failed-move"), PROBLEM, "is in the state failed-move."),
    (runbook(DocumentType="Automation", Status="Active"), OK, "is active."),
    (runbook(DocumentType="Command", Status="Active"), PROBLEM, "is a document of the type Command"),
    # botocore ssm, DocumentStatus.
    *((runbook(DocumentType="Automation", Status=state), PROBLEM, f"is in the state {state}.") for state in ("Creating", "Deleting", "Failed")),
    (runbook(DocumentType="Automation", Status="Updating"), OK, "is active."),
    (machine("ACTIVE"), OK, "is active."),
    (machine("DELETING"), PROBLEM, "is DELETING."),
    (warehouse("paused"), OK, "is paused."),
    (warehouse("incompatible-network"), PROBLEM, "is in the state incompatible-network"),
]  # fmt: skip


@pytest.mark.parametrize("case", STATES, ids=[str(number) for number in range(len(STATES))])
def test_states_in_which_calls_work(case: tuple[tuple[Any, ...], str, str]):
    (reader, one, *answers), level, words = case
    [(answered, predicate)] = state_of(reader, one, *answers)
    assert (answered, predicate.startswith(words)) == (level, True), predicate


def schedule(given: dict[str, Any]) -> Schedule:
    target = call_target(given)
    return Schedule("job", "arn", "rate(1 day)", "UTC", enabled=True, target=target)


DENIED = {
    "stop a database": f"arn:aws:rds:{REGION}:{ACCOUNT}:db:users",
    "execute": f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:weekly",
    "invoke": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:other",
}


UNKNOWN_TO_THE_SIMULATOR = f"arn:aws:ssm:{REGION}::"
"""Its copy of AWS's reference has neither runbooks of AWS nor tasks of AWS DMS."""


def test_the_simulator_allows_what_doctor_asks():
    """The policies that the product gives to roles suffice for what `doctor` asks IAM about them."""
    asked: list[Any] = []
    names: list[tuple[str, str]] = []
    for name, given in {**EVERY, **MORE}.items():
        found = validated(CallArgs, given, from_yaml=True)
        call = call_of(found.values, HERE, "shop-dev__nightly")
        policy = {"Version": "2012-10-17", "Statement": list(call.statements)}
        needs = list(call_need(schedule(given), HERE))
        assert needs, name
        for need in needs:
            context = {key: [value] if key in ("events:source", "states:StateMachineQualifier") else value for key, value in need.context}  # fmt: skip
            for resource in need.resources:
                if UNKNOWN_TO_THE_SIMULATOR in resource or ":dms:" in resource:
                    continue
                asked.append(simulation(need.actions[0], resource, context, identity_policies=[policy]))
                names.append((name, "Allowed"))
            if name in DENIED:
                asked.append(simulation(need.actions[0], DENIED[name], context, identity_policies=[policy]))
                names.append((name, "ImplicitlyDenied"))
    wrong = [(name, want, got) for (name, want), got in zip(names, decisions(asked), strict=True) if want != got]
    assert wrong == []


def test_a_role_that_may_not_call_is_a_problem(stack: HealthyStack):
    deploy(stack, EVERY["stop a database"])
    stack.denied["rds:StopDBInstance"] = "implicitDeny"
    found = [finding for finding in stack.findings("job") if "rds:StopDBInstance" in finding[1]]
    assert found[-1][:2] == (
        PROBLEM,
        "stop may not rds:StopDBInstance on arn:aws:rds:eu-west-1:123456789012:db:orders.",
    )
    del stack.denied["rds:StopDBInstance"]
    assert (OK, "stop may rds:StopDBInstance.") in about(stack, "rds:StopDBInstance")


def test_the_key_of_an_encrypted_queue_is_checked(stack: HealthyStack):
    stack.client("kms").create_key()
    key = stack.client("kms").list_keys()["Keys"][0]["KeyArn"]
    stack.client("sqs").create_queue(QueueName="orders", Attributes={"KmsMasterKeyId": key})
    deploy(stack, EVERY["send to a queue"])
    assert (OK, "The queue orders exists.") in about(stack, "The queue orders exists.")
    assert (OK, "stop may kms:GenerateDataKey.") in about(stack, "kms:GenerateDataKey")
    stack.denied["kms:GenerateDataKey"] = "implicitDeny"
    [finding] = [each for each in stack.problems("job") if "kms:GenerateDataKey" in each[1]]
    assert (finding[0], "Set `kmsKey` of the message" in finding[2]) == (WARNING, True)


def test_resources_of_other_accounts_are_not_read(stack: HealthyStack):
    other = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:reports"
    deploy(stack, {"invoke": {"function": other}})
    assert about(stack, "reports.")[-1] == (
        UNKNOWN,
        "Can't check the function reports. It is in another account or Region.",
    )
    assert "lambda.GetFunctionConfiguration" not in stack.cloud.calls


def test_a_denied_read_is_reported(stack: HealthyStack):
    deploy(stack, EVERY["run a Glue job"])
    stack.cloud.refuse("glue.GetJob", "AccessDeniedException", "no")
    assert [level for level, _ in about(stack, "Can't check the Glue job nightly.")] == [UNKNOWN]


@pytest.mark.parametrize(
    ("arn", "text", "names"),
    [
        ("arn:aws:scheduler:::aws-sdk:ec2:stopInstances", json.dumps({"InstanceIds": ["i-1", "i-2"]}), ["i-1", "i-2"]),
        ("arn:aws:scheduler:::aws-sdk:rds:stopDBInstance", '{"DbInstanceIdentifier": "<aws.scheduler.x>"}', []),
        ("arn:aws:scheduler:::aws-sdk:rds:stopDBInstance", "no JSON", []),
        ("arn:aws:scheduler:::aws-sdk:rds:stopDBInstance", "[]", []),
        ("arn:aws:scheduler:::aws-sdk:rds:stopDBInstance", "[" * 4000 + "]" * 4000, []),
        ("arn:aws:scheduler:::aws-sdk:sns:createTopic", '{"Name": "a"}', []),
        ("arn:aws:firehose:eu-west-1:123456789012:deliverystream/a", "", []),
    ],
)
def test_only_fixed_names_of_known_operations_are_looked_up(arn: str, text: str, names: list[str]):
    assert [one.name for one in called(arn, text)] == names


def test_the_page_lists_the_permissions_of_the_reads(stack: HealthyStack):
    service_names = {"cloudwatch-logs": "logs", "eventbridge": "events", "sfn": "states", "auto-scaling": "autoscaling"}
    service_names |= {"database-migration-service": "dms", "elastic-load-balancing": "elb"}
    granted = allowed("doctor", CALLS)
    for position, (name, given) in enumerate({**EVERY, **MORE}.items()):
        if position:
            stack.client("scheduler").delete_schedule(GroupName=stack.deployed.names.schedule_group, Name="job")
        deploy(stack, given)
        stack.cloud.calls.clear()
        stack.findings("job")
        pairs = (call.removesuffix("Batch").split(".") for call in stack.cloud.calls)
        asked = {f"{service_names.get(service, service)}:{operation}" for service, operation in pairs}
        assert asked - granted <= {"service-quotas:ListServiceQuotas"}, name


def test_a_stack_with_only_calls_needs_no_rules_on_runs(stack: HealthyStack):
    deploy(stack, EVERY["stop a database"])
    assert about(stack, "The rule") != []
    events = stack.client("events")
    for rule in events.list_rules()["Rules"]:
        events.remove_targets(Rule=rule["Name"], Ids=["log"])
        events.delete_rule(Name=rule["Name"])
    assert about(stack, "The rule") == []
