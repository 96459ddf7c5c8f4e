"""`ops doctor`: each thing that keeps a run from starting is found, with its fix, and checks do not hide one another."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from moto.core.botocore_stubber import MockRawResponse

from components.aws import policies as iam
from components.supervised.contract import decode
from components.supervised.run_task import RunTask
from ops.doctor.finding import OK, PROBLEM, UNKNOWN, WARNING
from ops.doctor.image import ecr_image, is_reference
from ops.doctor.launch import machine_launch
from ops.doctor.network import endpoints_of, way_out
from ops.doctor.trust import Distrust, distrust
from tests.ops.cloud import ACCOUNT, REGION, Deployed
from tests.ops.conftest import Ops
from tests.ops.session import share_session
from tests.ops.supervised import state_machine
from tests.ops.ward import Ward

GROUP = f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule-group/scheduled-tasks-test"
CLUSTER = f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/main"
SCHEDULER = "scheduled-tasks-test-scheduler"


@pytest.fixture
def ward(deployed: Deployed, ops: Ops, monkeypatch: pytest.MonkeyPatch) -> Ward:
    share_session(monkeypatch)
    return Ward(deployed, ops)


def test_of_a_stack_that_is_well_nothing_is_said_but_what_is_paused(ward: Ward):
    assert ward.ills() == [(WARNING, "paused is paused", "enabled: true in its configuration, and pulumi up.")]
    result = ward.ops("doctor", "etl")
    assert result.exit_code == 0
    assert max(len(line) for line in result.stdout.splitlines()) <= 80
    text = " ".join(result.stdout.split())
    for words in (
        "etl is enabled; next run",
        "scheduled-tasks-test__etl:1 is active",
        f"scheduler.amazonaws.com can take on the role {SCHEDULER}",
        f"{SCHEDULER} may ecs:RunTask",
        f"{SCHEDULER} may sqs:SendMessage",
        "the cluster scheduled-tasks-test is active",
        "out by igw-",
        "the log group /ecs/scheduled-tasks-test is there",
        "the image etl:1 can be asked for",
        "the queue scheduled-tasks-test-dead-letters is there, and empty",
        "the rule scheduled-tasks-test-failed is enabled",
        "the log /aws/events/scheduled-tasks-test/failed is there, with its policy",
        "quotas of fargate that AWS measures: 2, of which none is near its limit",
    ):
        assert words in text, words
    assert "backup" not in text
    for name in ("elt", ""):
        assert "no task" in ward.ops("doctor", name).stderr


def test_of_a_rate_without_a_start_no_time_is_made_up(ward: Ward):
    there = ward.client("scheduler").get_schedule(GroupName=ward.deployed.names.schedule_group, Name="etl")
    given = {key: there[key] for key in ("GroupName", "Name", "FlexibleTimeWindow", "State", "Target")}
    ward.client("scheduler").update_schedule(**given, ScheduleExpression="rate(6 hours)")
    assert any("etl is enabled; next run within 6h" in finding[1] for finding in ward.findings("etl"))


Ill = tuple[Callable[[Ward], None], str, str, str]


def ill(words: str, fix: str, level: str = PROBLEM) -> Callable[[Callable[[Ward], None]], Ill]:
    """What is found of an illness; how the stack gets it is the function that this marks."""
    return lambda make: (make, level, words, fix)


@ill("the task definition scheduled-tasks-test__etl:1 is INACTIVE", "pins another")
def inactive(ward: Ward) -> None:
    ward.definition().status = "INACTIVE"


@ill("the task definition scheduled-tasks-test__etl:9 is not there", "makes it again")
def no_definition(ward: Ward) -> None:
    family = ward.deployed.names.family("etl")
    ward.parameters(TaskDefinitionArn=f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/{family}:9")


@ill("no revision is pinned", "pins one", WARNING)
def unpinned(ward: Ward) -> None:
    family = ward.deployed.names.family("etl")
    ward.parameters(TaskDefinitionArn=f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/{family}")


@ill("etl is paused by hand since w, by alice: moving", "ops resume etl", WARNING)
def paused_by_hand(ward: Ward) -> None:
    ward.client("scheduler").tag_resource(
        ResourceArn=GROUP, Tags=[{"Key": "scheduled-tasks/paused", "Value": "w alice: moving"}]
    )
    there = ward.client("scheduler").get_schedule(GroupName=ward.deployed.names.schedule_group, Name="etl")
    given = {key: there[key] for key in ("GroupName", "Name", "FlexibleTimeWindow", "ScheduleExpression", "Target")}
    ward.client("scheduler").update_schedule(**given, State="DISABLED")


@ill("etl is enabled, and never runs again", "another `schedule`", WARNING)
def over(ward: Ward) -> None:
    there = ward.client("scheduler").get_schedule(GroupName=ward.deployed.names.schedule_group, Name="etl")
    given = {key: there[key] for key in ("GroupName", "Name", "FlexibleTimeWindow", "State", "Target")}
    ward.client("scheduler").update_schedule(**given, ScheduleExpression="at(2020-01-01T00:00:00)")


@ill("etl: when it runs: cron(x) is not understood", "", UNKNOWN)
def not_understood(ward: Ward) -> None:
    there = ward.client("scheduler").get_schedule(GroupName=ward.deployed.names.schedule_group, Name="etl")
    given = {key: there[key] for key in ("GroupName", "Name", "FlexibleTimeWindow", "State", "Target")}
    ward.client("scheduler").update_schedule(**given, ScheduleExpression="cron(x)")


@ill("etl keeps no dead letters", "pulumi up", WARNING)
def no_dead_letters(ward: Ward) -> None:
    ward.target(DeadLetterConfig=None)


@ill(f"the role {SCHEDULER} is not there", "makes it again")
def no_role(ward: Ward) -> None:
    ward.client("iam").delete_role(RoleName=SCHEDULER)


@ill(f"the role {SCHEDULER} cannot be taken on: its trust policy wants aws:SourceArn to be {GROUP}-old", "puts back")
def distrusted(ward: Ward) -> None:
    trust = iam.scheduler_trust(account_id=ACCOUNT, schedule_group_arn=f"{GROUP}-old")
    ward.client("iam").update_assume_role_policy(RoleName=SCHEDULER, PolicyDocument=trust)


@ill("its trust policy asks for aws:PrincipalTag/x (StringEquals)", "", UNKNOWN)
def trusted_on_a_condition(ward: Ward) -> None:
    document = json.loads(iam.scheduler_trust(account_id=ACCOUNT, schedule_group_arn=GROUP))
    document["Statement"][0]["Condition"]["StringEquals"]["aws:PrincipalTag/x"] = "y"
    ward.client("iam").update_assume_role_policy(RoleName=SCHEDULER, PolicyDocument=json.dumps(document))


@ill(f"{SCHEDULER} may not ecs:RunTask on scheduled-tasks-test__etl:1", "puts back")
def denied(ward: Ward) -> None:
    ward.denied["ecs:RunTask"] = "implicitDeny"


@ill(f"{SCHEDULER} may not sqs:SendMessage on arn:aws:sqs:eu-west-1:123456789012:scheduled", "puts back")
def denied_the_queue(ward: Ward) -> None:
    ward.denied["sqs:SendMessage"] = "explicitDeny"


@ill(f"{SCHEDULER} may not iam:PassRole on run", "puts back")
def denied_to_pass(ward: Ward) -> None:
    ward.definition().execution_role_arn = f"arn:aws:iam::{ACCOUNT}:role/x/run"
    ward.denied["iam:PassRole"] = "implicitDeny"


@ill("the role run is not there", "makes it again")
def no_run_role(ward: Ward) -> None:
    ward.definition().execution_role_arn = f"arn:aws:iam::{ACCOUNT}:role/x/run"


@ill(f"whether {SCHEDULER} may ecs:RunTask: its policy asks for aws:RequestTag/x", "", UNKNOWN)
def denied_on_a_condition(ward: Ward) -> None:
    ward.denied["ecs:RunTask"] = "aws:RequestTag/x"


@ill("the cluster scheduled-tasks-test is INACTIVE", "set another `cluster`")
def no_cluster(ward: Ward) -> None:
    ward.client("ecs").delete_cluster(cluster=ward.deployed.cluster_arn)


@ill("does not have the capacity provider GPU", "Associate it")
def no_provider(ward: Ward) -> None:
    strategy = [{"capacityProvider": "GPU", "weight": 1, "base": 0}]
    ward.parameters(CapacityProviderStrategy=strategy, LaunchType="FARGATE")


@ill("has no container instance", "Add instances")
def no_instance(ward: Ward) -> None:
    ward.parameters(LaunchType="EC2")


@ill("there is no subnet subnet-gone", "looks the subnets up again")
def no_subnet(ward: Ward) -> None:
    ward.network(Subnets=["subnet-gone"])


@ill("there is no security group sg-gone", "makes the stack's own again")
def no_security_group(ward: Ward) -> None:
    ward.network(SecurityGroups=["sg-gone"])


@ill("lets nothing out", "port 443")
def closed(ward: Ward) -> None:
    group = ward.client("ec2").create_security_group(GroupName="closed", Description="x", VpcId=ward.vpc)["GroupId"]
    anywhere = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    ward.client("ec2").revoke_security_group_egress(GroupId=group, IpPermissions=anywhere)
    ward.network(SecurityGroups=[group])


@ill("no way out: the route leads to igw-", "Set `assignPublicIp`")
def no_public_address(ward: Ward) -> None:
    ward.network(AssignPublicIp="DISABLED")


@ill("no way out: there is no route to 0.0.0.0/0", "NAT gateway")
def no_way_out(ward: Ward) -> None:
    ward.client("ec2").delete_route(RouteTableId=ward.table, DestinationCidrBlock="0.0.0.0/0")


@ill("the log group /ecs/scheduled-tasks-test is not there", "makes it again")
def no_log_group(ward: Ward) -> None:
    ward.client("logs").delete_log_group(logGroupName="/ecs/scheduled-tasks-test")


@ill("Etl:1 is no name of an image", "host/path:tag")
def no_image_name(ward: Ward) -> None:
    ward.definition().container_definitions[0]["image"] = "Etl:1"


@ill("the image jobs/etl:2 is not in ECR", "Push it")
def no_image(ward: Ward) -> None:
    ward.client("ecr").create_repository(repositoryName="jobs/etl")
    ward.definition().container_definitions[0]["image"] = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/jobs/etl:2"


@ill("the image jobs/etl:latest is not in ECR", "Push it")
def no_repository(ward: Ward) -> None:
    ward.definition().container_definitions[0]["image"] = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/jobs/etl"


@ill("the images in jobs/etl: they are in us-east-1", "", UNKNOWN)
def image_elsewhere(ward: Ward) -> None:
    ward.definition().container_definitions[0]["image"] = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/jobs/etl"


@ill("a launch that is given up is lost", "makes it again")
def no_queue(ward: Ward) -> None:
    ward.client("sqs").delete_queue(QueueUrl=ward.deployed.queue_url)


@ill("launches that wait in scheduled-tasks-test-dead-letters: 1", "ops dead-letters list", WARNING)
def dead_letter(ward: Ward) -> None:
    ward.client("sqs").send_message(QueueUrl=ward.deployed.queue_url, MessageBody="{}")


@ill("events that wait in scheduled-tasks-test-undelivered-events: 1", "ops dead-letters list", WARNING)
def undelivered(ward: Ward) -> None:
    url = ward.client("sqs").create_queue(QueueName=ward.deployed.names.event_dead_letter_queue)["QueueUrl"]
    ward.client("sqs").send_message(QueueUrl=url, MessageBody="{}")


@ill("the rule scheduled-tasks-test-failed is DISABLED: nobody is told", "aws events enable-rule")
def rule_off(ward: Ward) -> None:
    ward.client("events").disable_rule(Name="scheduled-tasks-test-failed")


@ill("the rule scheduled-tasks-test-failed has no target", "makes it again")
def rule_without_target(ward: Ward) -> None:
    ward.client("events").remove_targets(Rule="scheduled-tasks-test-failed", Ids=["log"])


@ill("the rule scheduled-tasks-test-failed is not there", "monitoring.outcomes", WARNING)
def no_rule(ward: Ward) -> None:
    ward.client("events").remove_targets(Rule="scheduled-tasks-test-failed", Ids=["log"])
    ward.client("events").delete_rule(Name="scheduled-tasks-test-failed")


@ill("vCPUs: 90 of 100 were used in the last day", "Service Quotas, fargate, L-1", WARNING)
def quota(ward: Ward) -> None:
    datum = {"MetricName": "ResourceCount", "Dimensions": [{"Name": "Class", "Value": "OnDemand"}], "Value": 90.0}
    at = datetime.now(UTC) - timedelta(minutes=30)
    ward.client("cloudwatch").put_metric_data(Namespace="Use", MetricData=[{**datum, "Timestamp": at}])


@ill("calls: 9 of 10 in 1 second, as a mean of 5 minutes, were used in the last day", "L-3", WARNING)
def rate_quota(ward: Ward) -> None:
    # 9 a second; as many in five minutes would be none.
    datum = {"MetricName": "CallCount", "Dimensions": [{"Name": "Class", "Value": "OnDemand"}], "Value": 2700.0}
    at = datetime.now(UTC) - timedelta(minutes=30)
    ward.client("cloudwatch").put_metric_data(Namespace="Use", MetricData=[{**datum, "Timestamp": at}])


@ill("the rule scheduled-tasks-test-succeeded-3 is DISABLED: nobody is told of runs that succeeded", "enable-rule")
def later_rule_off(ward: Ward) -> None:
    several = [ward.deployed.names.rule(outcome, n) for outcome in ("failed", "succeeded") for n in range(3)]
    ward.rules(*several)
    ward.client("events").disable_rule(Name="scheduled-tasks-test-succeeded-3")


@ill("the rule scheduled-tasks-test-failed-2 is not there", "monitoring.outcomes", WARNING)
def no_later_rule(ward: Ward) -> None:
    ward.rules(*(ward.deployed.names.rule(outcome, n) for outcome in ("failed", "succeeded") for n in range(3)))
    ward.client("events").remove_targets(Rule="scheduled-tasks-test-failed-2", Ids=["log"])
    ward.client("events").delete_rule(Name="scheduled-tasks-test-failed-2")


@ill("the log /aws/events/scheduled-tasks-test/failed is not there: outcomes", "makes it again")
def no_outcome_log(ward: Ward) -> None:
    ward.client("logs").delete_log_group(logGroupName=ward.outcome_logs[0])


@ill("the log /aws/events/scheduled-tasks-test/succeeded has no policy of its own", "makes it again", WARNING)
def no_log_policy(ward: Ward) -> None:
    logs, arn = ward.client("logs"), ward.log_arn(ward.outcome_logs[1])
    [policy] = logs.describe_resource_policies(policyScope="RESOURCE", resourceArn=arn)["resourcePolicies"]
    logs.delete_resource_policy(resourceArn=arn, expectedRevisionId=policy["revisionId"])


@ill("nobody subscribes to the topic scheduled-tasks-test-failures", "notify.emails", WARNING)
def nobody_told(ward: Ward) -> None:
    ward.client("sns").create_topic(Name="scheduled-tasks-test-failures")


@ill("ops@example.com did not confirm the subscription of the topic mine", "Open the link", WARNING)
def unconfirmed(ward: Ward) -> None:
    arn = ward.client("sns").create_topic(Name="mine")["TopicArn"]
    ward.client("events").put_targets(Rule="scheduled-tasks-test-failed", Targets=[{"Id": "topic", "Arn": arn}])
    given = {"SubscriptionArn": "PendingConfirmation", "Owner": "", "Protocol": "email", "TopicArn": arn}
    members = "".join(f"<{key}>{value}</{key}>" for key, value in {**given, "Endpoint": "ops@example.com"}.items())
    body = (
        "<R><ListSubscriptionsByTopicResult><Subscriptions><member>"
        f"{members}</member></Subscriptions></ListSubscriptionsByTopicResult></R>"
    )

    def pending(request: Any) -> Any:
        raw = MockRawResponse(body)
        return AWSResponse(request.url, 200, {}, raw) if "mine" in str(request.body) else None  # type: ignore[arg-type]

    ward.cloud.rules.append(("sns.ListSubscriptionsByTopic", pending))


@ill("the topic gone is not there: nobody is told of runs that failed", "makes it again")
def no_topic(ward: Ward) -> None:
    arn = f"arn:aws:sns:{REGION}:{ACCOUNT}:gone"
    ward.client("events").put_targets(Rule="scheduled-tasks-test-failed", Targets=[{"Id": "topic", "Arn": arn}])


ROUNDS: list[list[Ill]] = [
    [inactive, denied, no_cluster, no_subnet, no_log_group, no_queue, rule_off, quota, paused_by_hand, distrusted],
    [unpinned, no_role, no_provider, no_security_group, no_image_name, dead_letter, rule_without_target, over],
    [no_definition, trusted_on_a_condition, denied_on_a_condition, no_public_address, undelivered, no_rule],
    [no_run_role, denied_to_pass, no_instance, closed, no_image, denied_the_queue, not_understood],
    [no_way_out, no_repository, no_dead_letters, later_rule_off, unconfirmed, rate_quota],
    [image_elsewhere, no_later_rule, no_outcome_log, no_log_policy, nobody_told, no_topic],
]
"""Those of one round a stack can have at the same time."""


@pytest.mark.parametrize("ills", ROUNDS, ids=range(len(ROUNDS)))
def test_what_is_wrong_is_found_with_its_fix_and_nothing_else(ward: Ward, ills: list[Ill]):
    for make, *_ in ills:
        make(ward)
    found = ward.ills("etl")
    for _, level, words, fix in ills:
        matching = [finding for finding in found if words in finding[1]]
        assert len(matching) == 1, (words, found)
        assert matching[0][0] == level, words
        assert fix in matching[0][2], words
    assert len(found) == len(ills), found


def test_what_may_not_be_looked_at_is_said_and_the_rest_goes_on(ward: Ward):
    ward.cloud.calls.clear()
    everything = len(ward.findings("etl"))
    # Without these two nothing is found at all.
    looked_at = {call.split(".")[1] for call in ward.cloud.calls} - {"ListSchedules", "ListTagsForResource"}
    assert len(looked_at) > 15
    for name in looked_at - {"ListScheduleGroups"}:
        ward.cloud.rules.insert(0, ("", partial(ward.refuse, name)))
        result = ward.ops("doctor", "etl", "--json", "--group", "scheduled-tasks-test")
        ward.cloud.rules.pop(0)
        if name == "GetScheduleGroup":  # by which it is found
            assert result.exit_code == 1
            continue
        found = json.loads(result.stdout)
        unknown = [each["words"] for each in found if each["level"] == UNKNOWN]
        assert unknown, name
        assert all(f"alice may not x:{name} on y" in words for words in unknown)
        assert result.exit_code == 0
        # What hangs on a schedule or a task definition is not looked at without it.
        assert name in ("GetSchedule", "DescribeTaskDefinition") or len(found) > everything - 4, name


def test_what_was_found_before_a_call_is_refused_is_told(ward: Ward):
    ward.network(Subnets=["subnet-gone", ward.deployed.subnet])
    ward.cloud.rules.insert(0, ("", partial(ward.refuse, "DescribeVpcEndpoints")))
    [gone, refused] = ward.ills("etl")
    assert gone[:2] == (PROBLEM, "there is no subnet subnet-gone")
    assert refused[0] == UNKNOWN
    assert "alice may not x:DescribeVpcEndpoints" in refused[1]


def test_what_tasks_share_is_asked_for_once(ward: Ward):
    etl = ward.deployed.config.tasks["etl"]
    for number in range(20):
        ward.deployed.schedule(f"more-{number}", etl, ward.deployed.define(f"more-{number}", etl))
    ward.cloud.calls.clear()
    ward.ops("doctor", "etl", "--json")
    few = list(ward.cloud.calls)
    ward.cloud.calls.clear()
    assert ward.ops("doctor", "--json").exit_code == 0
    many = list(ward.cloud.calls)
    own = ("scheduler.GetSchedule", "ecs.DescribeTaskDefinition")
    assert [many.count(each) for each in own] == [23, 23]
    shared = [call for call in many if call not in own]
    assert sorted(shared) == sorted(call for call in few if call not in own)


# Supervised


MACHINE_ROLE = f"arn:aws:iam::{ACCOUNT}:role/scheduled-tasks-test-supervisor"


def supervised(ward: Ward) -> str:
    """A state machine as supervised tasks have it, as far as it is looked at; its ARN."""
    scheduler, names = ward.client("scheduler"), ward.deployed.names
    target = scheduler.get_schedule(GroupName=names.schedule_group, Name="etl")["Target"]
    network = target["EcsParameters"]["NetworkConfiguration"]["awsvpcConfiguration"]
    run: RunTask = {
        "Cluster": ward.deployed.cluster_arn,
        "TaskDefinition": target["EcsParameters"]["TaskDefinitionArn"],
        "LaunchType": "FARGATE",
        "NetworkConfiguration": {"AwsvpcConfiguration": network},
    }
    trust = iam.document(
        [{"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}]
    )
    ward.rules(*(names.supervised_rule(outcome) for outcome in ("failed", "succeeded", "broken")))
    ward.client("iam").create_role(RoleName=MACHINE_ROLE.rsplit("/", 1)[-1], AssumeRolePolicyDocument=trust)
    definition = state_machine(ward.deployed, run, overlap="forbid")
    arn = ward.client("stepfunctions").create_state_machine(name="etl", definition=definition, roleArn=MACHINE_ROLE)
    ward.target(
        Arn=arn["stateMachineArn"], EcsParameters=None, Input='{"schedule": "etl", "time": "x", "overrides": {}}'
    )
    ward.client("dynamodb").create_table(
        TableName="leases",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return arn["stateMachineArn"]


def test_of_a_supervised_task_the_machine_its_role_and_the_lease_are_looked_at(ward: Ward):
    arn = supervised(ward)
    found = ward.findings("etl")
    assert [finding for finding in found if finding[0] != OK] == []
    words = " ".join(finding[1] for finding in found)
    for said in (
        "the state machine etl is active",
        "states.amazonaws.com can take on the role scheduled-tasks-test-supervisor",
        "scheduled-tasks-test-supervisor may ecs:RunTask",
        "scheduled-tasks-test-supervisor may dynamodb:PutItem",
        "scheduled-tasks-test-supervisor may events:PutEvents",
        "scheduled-tasks-test-scheduler may states:StartExecution",
        "nobody holds its lease",
        "out by igw-",
    ):
        assert said in words, said
    broken = ward.deployed.names.supervised_rule("broken")
    ward.client("events").disable_rule(Name=broken)
    assert [found[1] for found in ward.findings("etl") if found[0] == PROBLEM] == [
        f"the rule {broken} is DISABLED: nobody is told of runs that ended without an outcome"
    ]
    ward.client("events").enable_rule(Name=broken)
    end = int((datetime.now(UTC) + timedelta(hours=1)).timestamp())
    lease = {"id": {"S": "etl"}, "holder": {"S": "run-1"}, "expires": {"N": str(end)}}
    ward.client("dynamodb").put_item(TableName="leases", Item=lease)
    [(level, words, fix)] = ward.ills("etl")
    assert level == WARNING
    assert "its lease is held by run-1, which is not known any more, until" in words
    assert 'aws dynamodb delete-item --table-name leases --key \'{"id": {"S": "etl"}}\'' in fix
    ward.client("stepfunctions").start_execution(stateMachineArn=arn, name="run-1", input="{}")
    assert ward.ills("etl") == []
    assert any("held by run-1, which is running, until" in finding[1] for finding in ward.findings("etl"))
    ward.denied["ecs:RunTask"] = "implicitDeny"
    assert [finding[:2] for finding in ward.ills("etl")] == [
        (PROBLEM, "scheduled-tasks-test-supervisor may not ecs:RunTask on scheduled-tasks-test__etl:1")
    ]
    ward.denied.clear()
    left = {"leases": {"Keys": [{"id": {"S": "etl"}}]}}
    ward.cloud.answer("dynamodb.BatchGetItem", {"Responses": {}, "UnprocessedKeys": left})
    assert any("held by run-1" in finding[1] for finding in ward.findings("etl")), "what was left out is asked again"
    ward.cloud.answer("dynamodb.BatchGetItem", *[{"Responses": {}, "UnprocessedKeys": left}] * 5)
    [unread] = ward.ills("etl")
    assert unread[:2] == (UNKNOWN, "who holds its lease: DynamoDB did not answer for it. Try again.")
    lease["expires"] = {"N": "1"}
    ward.client("dynamodb").put_item(TableName="leases", Item=lease)
    assert any(finding[1] == "nobody holds its lease" for finding in ward.findings("etl"))
    ward.client("stepfunctions").delete_state_machine(stateMachineArn=arn)
    assert (PROBLEM, "the state machine etl is not there") in [finding[:2] for finding in ward.ills("etl")]


def test_the_launch_of_a_state_machine(deployed: Deployed):
    run: RunTask = {
        "Cluster": CLUSTER,
        "TaskDefinition": "d",
        "CapacityProviderStrategy": [{"CapacityProvider": "FARGATE_SPOT"}],
    }
    launch = machine_launch(decode(state_machine(deployed, run, timeout="1h")), "role")
    assert (launch.cluster_arn, launch.task_definition_arn, launch.providers) == (CLUSTER, "d", ("FARGATE_SPOT",))


def test_a_state_machine_that_was_not_generated_is_a_problem(ward: Ward):
    arn = supervised(ward)
    other = json.dumps({"StartAt": "Run", "States": {"Run": {"Type": "Succeed"}}})
    ward.client("stepfunctions").update_state_machine(stateMachineArn=arn, definition=other)
    [words] = [finding[1] for finding in ward.ills("etl") if finding[0] == PROBLEM]
    assert words.startswith("can't tell what the state machine etl runs. The definition has no mark")


# Data in, data out


TRUST: dict[str, tuple[Any, Any]] = {
    "no condition": ({}, None),
    "by account": ({"StringEquals": {"AWS:SourceAccount": [ACCOUNT]}}, None),
    "like": ({"ArnLike": {"aws:SourceArn": "arn:aws:scheduler:*:*:schedule-group/scheduled-*"}}, None),
    "another account": (
        {"StringEquals": {"aws:SourceAccount": "1"}},
        Distrust(f"its trust policy wants aws:SourceAccount to be 1, and it is {ACCOUNT}"),
    ),
    "a pattern, exactly": ({"StringEquals": {"aws:SourceArn": "arn:*"}}, ...),
    "an operator": (
        {"StringNotEquals": {"aws:SourceArn": "x"}},
        Distrust("its trust policy asks for aws:SourceArn (StringNotEquals)", sure=False),
    ),
}


@pytest.mark.parametrize(("condition", "expected"), TRUST.values(), ids=TRUST.keys())
def test_trust(condition: Any, expected: Any):
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"Service": ["scheduler.amazonaws.com", "x"]},
        "Action": ["sts:AssumeRole"],
        "Condition": condition,
    }
    given = {"service": "scheduler.amazonaws.com", "account_id": ACCOUNT, "source_arn": GROUP}
    found = distrust({"Statement": statement}, **given)
    assert found == expected or (expected is ... and found is not None)
    other = {**statement, "Principal": {"Service": "ecs-tasks.amazonaws.com"}}
    assert distrust({"Statement": [other, statement]}, **given) == found
    assert distrust({"Statement": other}, **given) == Distrust("its trust policy does not name scheduler.amazonaws.com")
    assert distrust({"Statement": [{**statement, "Effect": "Deny"}]}, **given) is not None


SUBNET = {"SubnetId": "subnet-1", "VpcId": "vpc-1"}


def table(*routes: Any, **association: Any) -> dict[str, Any]:
    return {"VpcId": "vpc-1", "Associations": [association], "Routes": list(routes)}


def default(**target: str) -> dict[str, str]:
    return {"DestinationCidrBlock": "0.0.0.0/0", "State": "active", **target}


ECR = {"ecr.api", "ecr.dkr", "s3"}
WAYS = {
    "NAT": ([table(default(NatGatewayId="nat-1"), Main=True)], set(), False, (OK, "out by nat-1")),
    "transit": ([table(default(TransitGatewayId="tgw-1"), Main=True)], set(), False, (OK, "out by tgw-1")),
    "public": ([table(default(GatewayId="igw-1"), Main=True)], set(), True, (OK, "out by igw-1")),
    "own table": (
        [table(Main=True), table(default(NatGatewayId="nat-1"), SubnetId="subnet-1")],
        set(),
        False,
        (OK, "out by nat-1"),
    ),
    "gone": (
        [table(default(NatGatewayId="nat-1", State="blackhole"), Main=True)],
        set(),
        False,
        (PROBLEM, "no way out: the route to 0.0.0.0/0 leads to what is gone"),
    ),
    "endpoints": ([table(Main=True)], {*ECR, "logs"}, False, (OK, "to ECR by endpoints")),
    "no logs": ([table(Main=True)], ECR, False, (WARNING, "to ECR by endpoints, and none for logs")),
    "no S3": ([table(Main=True)], ECR - {"s3"}, False, (PROBLEM, "no way out: there is no route to 0.0.0.0/0")),
    "no table": ([], set(), True, (PROBLEM, "no way out: there is no route to 0.0.0.0/0")),
}


@pytest.mark.parametrize(("tables", "endpoints", "public_ip", "expected"), WAYS.values(), ids=WAYS.keys())
def test_the_way_out_of_a_subnet(tables: Any, endpoints: Any, public_ip: bool, expected: Any):
    way = way_out(SUBNET, tables, endpoints, public_ip=public_ip, ecr=True)
    assert (way.level, way.words) == expected
    if "endpoints" in way.words:
        assert way_out(SUBNET, tables, endpoints, public_ip=public_ip, ecr=False).level == PROBLEM


def test_endpoints_are_known_by_their_services():
    there = [
        {"VpcId": "vpc-1", "ServiceName": "com.amazonaws.eu-west-1.ecr.api", "State": "available"},
        {"VpcId": "vpc-1", "ServiceName": "com.amazonaws.eu-west-1.s3", "State": "Available"},
        {"VpcId": "vpc-1", "ServiceName": "com.amazonaws.eu-west-1.logs", "State": "deleted"},
        {"VpcId": "vpc-2", "ServiceName": "com.amazonaws.eu-west-1.ecr.dkr", "State": "available"},
    ]
    assert endpoints_of("vpc-1", there) == {"ecr.api", "s3"}


@pytest.mark.parametrize(
    ("image", "fine"),
    [
        ("etl:1", True),
        ("public.ecr.aws/docker/library/postgres:17", True),
        ("host:5000/a/b__c@sha256:" + "0" * 64, True),
        ("Etl", False),
        ("a/b:", False),
        ("https://a/b", False),
        ("a b", False),
    ],
)
def test_the_form_of_an_image(image: str, fine: bool):
    assert is_reference(image) is fine
    assert ecr_image(image) is None


def test_an_image_in_ecr():
    found = ecr_image(f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/jobs/etl@sha256:{'a' * 64}")
    assert found is not None
    assert (found.account_id, found.region, found.repository) == (ACCOUNT, "eu-west-1", "jobs/etl")
    assert found.id == {"imageDigest": f"sha256:{'a' * 64}"}
