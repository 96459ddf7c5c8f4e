"""`scheduled-tasks doctor`: each problem is found with its fix, and checks don't hide each other's findings."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, cast

import pytest
from botocore.awsrequest import AWSResponse
from moto.core.botocore_stubber import MockRawResponse
from moto.ec2.models import ec2_backends

from components.aws import policies as iam
from components.aws.routes import Endpoint, Needs, table_of
from components.supervised.contract import decode
from components.supervised.run_task import RunTask
from ops.doctor.finding import OK, PROBLEM, UNKNOWN, WARNING, abbreviate
from ops.doctor.images import ecr_image
from ops.doctor.launch import machine_launch
from ops.doctor.service_policies import Refusal, refusal
from ops.doctor.subnet_routes import available_endpoints, route_table, subnet_egress
from tests.ops.cloud import ACCOUNT, REGION, Deployed
from tests.ops.conftest import Ops
from tests.ops.healthy_stack import HealthyStack
from tests.ops.session import share_session
from tests.ops.supervised import state_machine

GROUP = f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule-group/scheduled-tasks-test"
SCHEDULER = "scheduled-tasks-test-scheduler"
FAMILY = "scheduled-tasks-test__"


@pytest.fixture
def stack(deployed: Deployed, ops: Ops, monkeypatch: pytest.MonkeyPatch) -> HealthyStack:
    share_session(monkeypatch)
    return HealthyStack(deployed, ops)


HEALTHY = [
    "The schedule group scheduled-tasks-test is active.",
    f"scheduler.amazonaws.com can assume the role {SCHEDULER}.",
    f"{SCHEDULER} may ecs:RunTask.",
    f"{SCHEDULER} may ecs:TagResource.",
    f"{SCHEDULER} may sqs:SendMessage.",
    "The cluster scheduled-tasks-test is active.",
    "subnet-#: Internet access through igw-#.",
    "The log group /ecs/scheduled-tasks-test exists.",
    "The queue scheduled-tasks-test-dead-letters is empty.",
    "The rule scheduled-tasks-test-failed is enabled.",
    "The rule scheduled-tasks-test-succeeded is enabled.",
    "The outcome log /aws/events/scheduled-tasks-test/failed exists and has its policy.",
    "The outcome log /aws/events/scheduled-tasks-test/succeeded exists and has its policy.",
    "The 5 alarms on launches exist.",
    "Quotas of fargate with usage metrics: 2. None is near its limit.",
    "Quotas of scheduler with usage metrics: 0. None is near its limit.",
    "The default event bus has 2 of 300 rules.",
    "etl is enabled. Next run: #.",
    "The task definition scheduled-tasks-test__etl:1 is active.",
    "The image reference etl:1 is valid. Its registry wasn't asked.",
]
"""All messages about the task `etl` in a healthy stack."""


def messages(stack: HealthyStack) -> list[str]:
    """Return all messages about the task `etl`, without what varies."""
    varying = r"(?<=subnet-)\w+|(?<=igw-)\w+|\w{3} \d{4}-\d\d-\d\d \d\d:\d\d UTC"
    return [re.sub(varying, "#", message) for _, message, _ in stack.findings("etl")]


@pytest.mark.usefixtures("terminal")
def test_a_healthy_stack_has_no_findings_except_for_paused_tasks(stack: HealthyStack):
    closed_security_group(stack)  # no run uses it
    assert stack.problems() == [
        (WARNING, "paused is paused.", "To resume it, set `enabled: true` in its configuration and run: pulumi up")
    ]
    result = stack.ops("doctor", "etl")
    assert result.exit_code == 0
    text = " ".join(result.stdout.split())
    assert messages(stack) == HEALTHY
    assert all(message in text for message in (HEALTHY[0], HEALTHY[5], HEALTHY[-1]))
    assert "backup" not in text
    for name in ("elt", ""):
        assert "no task" in stack.ops("doctor", name).stderr


def test_a_rate_without_a_start_has_no_exact_next_run(stack: HealthyStack):
    there = stack.client("scheduler").get_schedule(GroupName=stack.deployed.names.schedule_group, Name="etl")
    given = {key: there[key] for key in ("GroupName", "Name", "FlexibleTimeWindow", "State", "Target")}
    stack.client("scheduler").update_schedule(**given, ScheduleExpression="rate(6 hours)")
    assert any("etl is enabled. Next run: within 6h." in finding[1] for finding in stack.findings("etl"))


Fault = tuple[Callable[[HealthyStack], None], str, str, str]


def fault(message: str, fix: str, level: str = PROBLEM) -> Callable[[Callable[[HealthyStack], None]], Fault]:
    """A fault with its expected finding. The decorated function causes the fault."""
    return lambda cause: (cause, level, message, fix)


@fault("The task definition scheduled-tasks-test__etl:1 is INACTIVE.", "register and pin")
def inactive(stack: HealthyStack) -> None:
    stack.definition().status = "INACTIVE"


@fault("The task definition scheduled-tasks-test__etl:9 doesn't exist.", "create it again")
def no_definition(stack: HealthyStack) -> None:
    family = stack.deployed.names.family("etl")
    stack.parameters(TaskDefinitionArn=f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/{family}:9")


@fault("No revision is pinned.", "register and pin", WARNING)
def unpinned(stack: HealthyStack) -> None:
    family = stack.deployed.names.family("etl")
    stack.parameters(TaskDefinitionArn=f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/{family}")


@fault("etl is paused by hand (since w, by alice: moving).", "scheduled-tasks resume etl", WARNING)
def paused_by_hand(stack: HealthyStack) -> None:
    stack.client("scheduler").tag_resource(
        ResourceArn=GROUP, Tags=[{"Key": "scheduled-tasks/paused", "Value": "w alice: moving"}]
    )
    there = stack.client("scheduler").get_schedule(GroupName=stack.deployed.names.schedule_group, Name="etl")
    given = {key: there[key] for key in ("GroupName", "Name", "FlexibleTimeWindow", "ScheduleExpression", "Target")}
    stack.client("scheduler").update_schedule(**given, State="DISABLED")


@fault("etl is enabled but will not run again.", "`schedule` or `end`", WARNING)
def over(stack: HealthyStack) -> None:
    there = stack.client("scheduler").get_schedule(GroupName=stack.deployed.names.schedule_group, Name="etl")
    given = {key: there[key] for key in ("GroupName", "Name", "FlexibleTimeWindow", "State", "Target")}
    stack.client("scheduler").update_schedule(**given, ScheduleExpression="at(2020-01-01T00:00:00)")


@fault("Can't tell the next run of etl. Its expression is unknown: cron(x)", "", UNKNOWN)
def not_understood(stack: HealthyStack) -> None:
    there = stack.client("scheduler").get_schedule(GroupName=stack.deployed.names.schedule_group, Name="etl")
    given = {key: there[key] for key in ("GroupName", "Name", "FlexibleTimeWindow", "State", "Target")}
    stack.client("scheduler").update_schedule(**given, ScheduleExpression="cron(x)")


@fault("etl has no dead-letter queue.", "pulumi up", WARNING)
def no_dead_letters(stack: HealthyStack) -> None:
    stack.target(DeadLetterConfig=None)


@fault(f"The role {SCHEDULER} doesn't exist.", "create it again")
def no_role(stack: HealthyStack) -> None:
    stack.client("iam").delete_role(RoleName=SCHEDULER)


@fault("etl has no role, so EventBridge Scheduler can't start its runs.", "pulumi up --refresh")
def schedule_without_role(stack: HealthyStack) -> None:
    stack.empty_role()


@fault(
    f"can't assume the role {SCHEDULER}. Its trust policy requires aws:SourceArn to be {GROUP}-old, but it is {GROUP}.",
    "undo manual changes",
)
def distrusted(stack: HealthyStack) -> None:
    trust = iam.scheduler_trust(account_id=ACCOUNT, schedule_group_arn=f"{GROUP}-old")
    stack.client("iam").update_assume_role_policy(RoleName=SCHEDULER, PolicyDocument=trust)


@fault(
    f"Can't tell if scheduler.amazonaws.com can assume the role {SCHEDULER}. Its trust policy has a condition on aws:Princ",
    "",
    UNKNOWN,
)
def trusted_on_a_condition(stack: HealthyStack) -> None:
    document = json.loads(iam.scheduler_trust(account_id=ACCOUNT, schedule_group_arn=GROUP))
    document["Statement"][0]["Condition"]["StringEquals"]["aws:PrincipalTag/x"] = "y"
    stack.client("iam").update_assume_role_policy(RoleName=SCHEDULER, PolicyDocument=json.dumps(document))


@fault(f"{SCHEDULER} may not ecs:RunTask on scheduled-tasks-test__etl:1", "undo manual changes")
def denied(stack: HealthyStack) -> None:
    stack.denied["ecs:RunTask"] = "implicitDeny"


@fault(f"{SCHEDULER} may not sqs:SendMessage on arn:aws:sqs:eu-west-1:123456789012:scheduled", "undo manual changes")
def denied_the_queue(stack: HealthyStack) -> None:
    stack.denied["sqs:SendMessage"] = "explicitDeny"


@fault(f"{SCHEDULER} may not iam:PassRole on run", "undo manual changes")
def denied_to_pass(stack: HealthyStack) -> None:
    stack.definition().execution_role_arn = f"arn:aws:iam::{ACCOUNT}:role/x/run"
    stack.denied["iam:PassRole"] = "implicitDeny"


@fault("The role run doesn't exist.", "create it again")
def no_run_role(stack: HealthyStack) -> None:
    stack.definition().execution_role_arn = f"arn:aws:iam::{ACCOUNT}:role/x/run"


@fault(f"Can't tell if {SCHEDULER} may ecs:RunTask. Its policy has a condition on aws:RequestTag/x.", "", UNKNOWN)
def denied_on_a_condition(stack: HealthyStack) -> None:
    stack.denied["ecs:RunTask"] = "aws:RequestTag/x"


@fault("The cluster scheduled-tasks-test is INACTIVE.", "set another `cluster`")
def no_cluster(stack: HealthyStack) -> None:
    stack.client("ecs").delete_cluster(cluster=stack.deployed.cluster_arn)


@fault("doesn't have the capacity provider GPU.", "Associate it")
def no_provider(stack: HealthyStack) -> None:
    strategy = [{"capacityProvider": "GPU", "weight": 1, "base": 0}]
    stack.parameters(CapacityProviderStrategy=strategy, LaunchType="FARGATE")


@fault("has no container instances", "Add instances")
def no_instance(stack: HealthyStack) -> None:
    stack.parameters(LaunchType="EC2")


@fault("There is no subnet subnet-gone.", "look them up again")
def no_subnet(stack: HealthyStack) -> None:
    stack.network(Subnets=["subnet-gone"])


@fault("There is no security group sg-gone.", "create the stack's own")
def no_security_group(stack: HealthyStack) -> None:
    stack.network(SecurityGroups=["sg-gone"])


@fault("allows no outbound traffic", "port 443")
def closed(stack: HealthyStack) -> None:
    stack.network(SecurityGroups=[closed_security_group(stack)])


def closed_security_group(stack: HealthyStack) -> str:
    """Create a security group without outbound rules and return its id."""
    group = stack.client("ec2").create_security_group(GroupName="closed", Description="x", VpcId=stack.vpc)["GroupId"]
    anywhere = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    stack.client("ec2").revoke_security_group_egress(GroupId=group, IpPermissions=anywhere)
    return group


@fault("No internet access. The route leads to igw-", "Set `assignPublicIp`")
def no_public_address(stack: HealthyStack) -> None:
    stack.network(AssignPublicIp="DISABLED")


@fault(
    "No route to the internet.",
    "Add a NAT gateway and a route to it. Or add the missing endpoints: ecr.api, ecr.dkr, logs and s3 (a gateway",
)
def no_way_out(stack: HealthyStack) -> None:
    stack.client("ec2").delete_route(RouteTableId=stack.table, DestinationCidrBlock="0.0.0.0/0")


@fault("The log group /ecs/scheduled-tasks-test doesn't exist.", "create it again")
def no_log_group(stack: HealthyStack) -> None:
    stack.client("logs").delete_log_group(logGroupName="/ecs/scheduled-tasks-test")


@fault("Etl:1 is not a valid image reference.", "Write etl:1")
def no_image_name(stack: HealthyStack) -> None:
    stack.definition().container_definitions[0]["image"] = "Etl:1"


SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:app-AbCdEf"


@fault(f"No run of {FAMILY}etl:1 can start: TOKEN of main: ECS needs all three colons", "new revision")
def no_colons(stack: HealthyStack) -> None:
    secrets = [{"name": "TOKEN", "valueFrom": f"{SECRET}:token"}, {"name": "OTHER", "valueFrom": "a-parameter"}]
    stack.client("ssm").put_parameter(Name="a-parameter", Type="String", Value="x")
    stack.definition().container_definitions[0]["secrets"] = secrets


def refer(stack: HealthyStack, *references: str) -> None:
    """Give the container of the task secrets."""
    secrets = [{"name": f"S{number}", "valueFrom": each} for number, each in enumerate(references)]
    stack.definition().container_definitions[0]["secrets"] = secrets


@fault("The secret app-AbCdEf doesn't exist, so no container", "correct the reference")
def no_secret(stack: HealthyStack) -> None:
    stack.client("ssm").put_parameter(Name="/prod/token", Type="SecureString", Value="x")
    refer(stack, f"{SECRET}:token::", "/prod/token")


@fault("The secret /prod/token doesn't exist, so no container", "correct the reference")
def no_parameter(stack: HealthyStack) -> None:
    made = stack.client("secretsmanager").create_secret(Name="app", SecretString="x")
    refer(stack, made["ARN"], f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/prod/token")


@fault("The secret app is scheduled for deletion", "restore-secret --secret-id app")
def deleted_secret(stack: HealthyStack) -> None:
    made = stack.client("secretsmanager").create_secret(Name="app", SecretString="x")
    stack.client("secretsmanager").delete_secret(SecretId="app")
    stack.definition().container_definitions[0]["repositoryCredentials"] = {"credentialsParameter": made["ARN"]}


@fault("is Disabled, so ECS can't read app.", "Enable the key")
def disabled_key(stack: HealthyStack) -> None:
    key = stack.client("kms").create_key()["KeyMetadata"]["KeyId"]
    made = stack.client("secretsmanager").create_secret(Name="app", SecretString="x", KmsKeyId=key)
    stack.client("kms").disable_key(KeyId=key)
    refer(stack, made["ARN"])


@fault(f"No run of {FAMILY}etl:1 can start: data of main: ", "new revision")
def mounted_at_the_root(stack: HealthyStack) -> None:
    stack.definition().container_definitions[0]["mountPoints"] = [{"sourceVolume": "data", "containerPath": "/"}]


@fault("The image jobs/etl:2 isn't in ECR.", "Push it")
def no_image(stack: HealthyStack) -> None:
    stack.client("ecr").create_repository(repositoryName="jobs/etl")
    stack.definition().container_definitions[0]["image"] = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/jobs/etl:2"


@fault("The image jobs/etl:latest isn't in ECR.", "Push it")
def no_repository(stack: HealthyStack) -> None:
    stack.definition().container_definitions[0]["image"] = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/jobs/etl"


@fault("Can't check the images in jobs/etl. They are in us-east-1.", "", UNKNOWN)
def image_elsewhere(stack: HealthyStack) -> None:
    stack.definition().container_definitions[0]["image"] = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/jobs/etl"


@fault("Failed launches are lost.", "create it again")
def no_queue(stack: HealthyStack) -> None:
    stack.client("sqs").delete_queue(QueueUrl=stack.deployed.queue_url)


@fault(
    "Failed launches in the queue scheduled-tasks-test-dead-letters: 1.", "scheduled-tasks dead-letters list", WARNING
)
def dead_letter(stack: HealthyStack) -> None:
    stack.client("sqs").send_message(QueueUrl=stack.deployed.queue_url, MessageBody="{}")


@fault(
    "Undelivered events in the queue scheduled-tasks-test-undelivered-events: 1.",
    "scheduled-tasks dead-letters list",
    WARNING,
)
def undelivered(stack: HealthyStack) -> None:
    url = stack.client("sqs").create_queue(QueueName=stack.deployed.names.event_dead_letter_queue)["QueueUrl"]
    stack.client("sqs").send_message(QueueUrl=url, MessageBody="{}")


@fault("The rule scheduled-tasks-test-failed is disabled. Runs that failed aren't reported.", "aws events enable-rule")
def rule_off(stack: HealthyStack) -> None:
    stack.client("events").disable_rule(Name="scheduled-tasks-test-failed")


@fault("The rule scheduled-tasks-test-failed has no targets.", "create it again")
def rule_without_target(stack: HealthyStack) -> None:
    stack.client("events").remove_targets(Rule="scheduled-tasks-test-failed", Ids=["log"])


@fault("The rule scheduled-tasks-test-failed doesn't exist.", "monitoring.outcomes", WARNING)
def no_rule(stack: HealthyStack) -> None:
    stack.client("events").remove_targets(Rule="scheduled-tasks-test-failed", Ids=["log"])
    stack.client("events").delete_rule(Name="scheduled-tasks-test-failed")


@fault("vCPUs: 90 of 100 used in the last day.", "Service Quotas: fargate, L-1", WARNING)
def quota(stack: HealthyStack) -> None:
    datum = {"MetricName": "ResourceCount", "Dimensions": [{"Name": "Class", "Value": "OnDemand"}], "Value": 90.0}
    at = datetime.now(UTC) - timedelta(minutes=30)
    stack.client("cloudwatch").put_metric_data(Namespace="Use", MetricData=[{**datum, "Timestamp": at}])


@fault("calls: 9 of 10 per 1 second (mean of 5 minutes) used in the last day.", "L-3", WARNING)
def rate_quota(stack: HealthyStack) -> None:
    # 9 per second. In 5 minutes, 9 would be nearly none.
    datum = {"MetricName": "CallCount", "Dimensions": [{"Name": "Class", "Value": "OnDemand"}], "Value": 2700.0}
    at = datetime.now(UTC) - timedelta(minutes=30)
    stack.client("cloudwatch").put_metric_data(Namespace="Use", MetricData=[{**datum, "Timestamp": at}])


@fault("The rule scheduled-tasks-test-succeeded-3 is disabled. Runs that succeeded aren't reported.", "enable-rule")
def later_rule_off(stack: HealthyStack) -> None:
    several = [stack.deployed.names.rule(outcome, n) for outcome in ("failed", "succeeded") for n in range(3)]
    stack.rules(*several)
    stack.client("events").disable_rule(Name="scheduled-tasks-test-succeeded-3")


@fault("The rule scheduled-tasks-test-failed-2 doesn't exist.", "monitoring.outcomes", WARNING)
def no_later_rule(stack: HealthyStack) -> None:
    stack.rules(*(stack.deployed.names.rule(outcome, n) for outcome in ("failed", "succeeded") for n in range(3)))
    stack.client("events").remove_targets(Rule="scheduled-tasks-test-failed-2", Ids=["log"])
    stack.client("events").delete_rule(Name="scheduled-tasks-test-failed-2")


@fault("The outcome log /aws/events/scheduled-tasks-test/failed doesn't exist.", "create it again")
def no_outcome_log(stack: HealthyStack) -> None:
    stack.client("logs").delete_log_group(logGroupName=stack.outcome_logs[0])


@fault("The outcome log /aws/events/scheduled-tasks-test/succeeded has no resource policy.", "create it again", WARNING)
def no_log_policy(stack: HealthyStack) -> None:
    logs, arn = stack.client("logs"), stack.log_arn(stack.outcome_logs[1])
    [policy] = logs.describe_resource_policies(policyScope="RESOURCE", resourceArn=arn)["resourcePolicies"]
    logs.delete_resource_policy(resourceArn=arn, expectedRevisionId=policy["revisionId"])


@fault("The topic scheduled-tasks-test-failures has no subscriptions.", "notify.emails", WARNING)
def nobody_told(stack: HealthyStack) -> None:
    stack.client("sns").create_topic(Name="scheduled-tasks-test-failures")


@fault("ops@example.com didn't confirm the subscription to the topic mine", "Open the link", WARNING)
def unconfirmed(stack: HealthyStack) -> None:
    statement = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sns:Publish"}
    policy = json.dumps({"Statement": statement})
    arn = stack.client("sns").create_topic(Name="mine", Attributes={"Policy": policy})["TopicArn"]
    stack.client("events").put_targets(Rule="scheduled-tasks-test-failed", Targets=[{"Id": "topic", "Arn": arn}])
    given = {"SubscriptionArn": "PendingConfirmation", "Owner": "", "Protocol": "email", "TopicArn": arn}
    members = "".join(f"<{key}>{value}</{key}>" for key, value in {**given, "Endpoint": "ops@example.com"}.items())
    body = (
        "<ListSubscriptionsByTopicResponse><ListSubscriptionsByTopicResult><Subscriptions><member>"
        f"{members}</member></Subscriptions></ListSubscriptionsByTopicResult></ListSubscriptionsByTopicResponse>"
    )

    def pending(request: Any) -> Any:
        raw = MockRawResponse(body)
        return AWSResponse(request.url, 200, {}, raw) if "mine" in str(request.body) else None  # type: ignore[arg-type]

    stack.cloud.rules.append(("sns.ListSubscriptionsByTopic", pending))


@fault("The topic gone doesn't exist. Failed runs aren't reported.", "create it again")
def no_topic(stack: HealthyStack) -> None:
    arn = f"arn:aws:sns:{REGION}:{ACCOUNT}:gone"
    stack.client("events").put_targets(Rule="scheduled-tasks-test-failed", Targets=[{"Id": "topic", "Arn": arn}])


@fault("The schedule group scheduled-tasks-test and its schedules are in state DELETING.", "pulumi up --refresh")
def deleted_group(stack: HealthyStack) -> None:
    group = {"Name": "scheduled-tasks-test", "Arn": GROUP, "State": "DELETING"}
    stack.cloud.answer("scheduler.GetScheduleGroup", *[group] * 2)


@fault("has 0 free IP addresses. Each run needs one.", "more free addresses")
def no_addresses(stack: HealthyStack) -> None:
    keep_addresses(stack, 0)


@fault("has 1 free IP address. Each run needs one.", "more free addresses", WARNING)
def few_addresses(stack: HealthyStack) -> None:
    keep_addresses(stack, 1)


def keep_addresses(stack: HealthyStack, count: int) -> None:
    """Leave only some free IP addresses in the subnet."""
    subnet: Any = ec2_backends[ACCOUNT][REGION].get_subnet(stack.deployed.subnet)
    subnet._available_ip_addresses -= subnet.available_ip_address_count - count


@fault(f"{SCHEDULER} may not ecs:TagResource on any", "undo manual changes")
def denied_to_tag(stack: HealthyStack) -> None:
    stack.denied["ecs:TagResource"] = "implicitDeny"


ROUNDS: list[list[Fault]] = [
    [inactive, denied, no_cluster, no_subnet, no_log_group, no_queue, rule_off, quota, paused_by_hand, distrusted],
    [
        unpinned,
        no_role,
        no_provider,
        no_security_group,
        no_image_name,
        no_colons,
        dead_letter,
        rule_without_target,
        over,
    ],
    [no_definition, trusted_on_a_condition, denied_on_a_condition, no_public_address, undelivered, no_rule],
    [no_run_role, denied_to_pass, no_instance, closed, no_image, mounted_at_the_root, denied_the_queue, not_understood],
    [no_way_out, no_repository, no_dead_letters, later_rule_off, unconfirmed, rate_quota, no_log_policy],
    [deleted_group, no_addresses, denied_to_tag],
    [schedule_without_role],
    [image_elsewhere, no_later_rule, no_outcome_log, nobody_told, no_topic, few_addresses],
]
"""The faults of a round can exist at the same time."""


@pytest.mark.parametrize("faults", ROUNDS, ids=range(len(ROUNDS)))
def test_each_fault_is_found_with_its_fix_and_nothing_else(stack: HealthyStack, faults: list[Fault]):
    for cause, *_ in faults:
        cause(stack)
    found = stack.problems("etl")
    for _, level, message, fix in faults:
        matching = [finding for finding in found if message in finding[1]]
        assert len(matching) == 1, (message, found)
        assert matching[0][0] == level, message
        assert fix in matching[0][2], message
    assert len(found) == len(faults), found


def test_a_denied_permission_names_all_its_resources(stack: HealthyStack):
    stack.denied["ecs:RunTask"] = "implicitDeny"
    message = (
        f"{SCHEDULER} may not ecs:RunTask on {', '.join(f'{FAMILY}{task}:1' for task in ('backup', 'etl', 'paused'))}."
    )
    assert (PROBLEM, message) in [finding[:2] for finding in stack.problems()]


def test_a_denied_call_is_reported_and_the_other_checks_continue(stack: HealthyStack):
    stack.cloud.calls.clear()
    everything = len(stack.findings("etl"))
    # Without these two, no task is found.
    called = {call.split(".")[1] for call in stack.cloud.calls} - {"ListSchedules", "ListTagsForResource"}
    assert len(called) > 15
    for name in called - {"ListScheduleGroups"}:
        stack.cloud.rules.insert(0, ("", partial(stack.refuse, name)))
        result = stack.ops("doctor", "etl", "--json", "--group", "scheduled-tasks-test")
        stack.cloud.rules.pop(0)
        if name == "GetScheduleGroup":  # without it, the stack isn't found
            assert result.exit_code == 1
            continue
        found = json.loads(result.stdout)
        unknown = [each["words"] for each in found if each["level"] == UNKNOWN]
        assert unknown, name
        assert all(f"alice may not x:{name} on y" in words for words in unknown)
        assert result.exit_code == 0
        # Without the schedule or the task definition, most checks have nothing to check.
        assert name in ("GetSchedule", "DescribeTaskDefinition") or len(found) > everything - 4, name


def test_findings_before_a_denied_call_are_kept(stack: HealthyStack):
    stack.network(Subnets=["subnet-gone", stack.deployed.subnet])
    stack.cloud.rules.insert(0, ("", partial(stack.refuse, "DescribeVpcEndpoints")))
    [gone, refused] = stack.problems("etl")
    assert gone[:2] == (PROBLEM, "There is no subnet subnet-gone.")
    assert refused[0] == UNKNOWN
    assert "alice may not x:DescribeVpcEndpoints" in refused[1]


def test_shared_resources_are_read_once_for_all_tasks(stack: HealthyStack):
    for number in range(20):
        task = stack.deployed.task("etl", f"more-{number}")
        stack.deployed.schedule(task, stack.deployed.define(task))
    stack.cloud.calls.clear()
    stack.ops("doctor", "etl", "--json")
    few = list(stack.cloud.calls)
    stack.cloud.calls.clear()
    assert stack.ops("doctor", "--json").exit_code == 0
    many = list(stack.cloud.calls)
    own = ("scheduler.GetSchedule", "ecs.DescribeTaskDefinition")
    assert [many.count(each) for each in own] == [23, 23]
    shared = [call for call in many if call not in own]
    assert sorted(shared) == sorted(call for call in few if call not in own)


# Supervised


MACHINE = "scheduled-tasks-test__etl"
MACHINE_ROLE = f"arn:aws:iam::{ACCOUNT}:role/scheduled-tasks-test-supervisor"


def supervised(stack: HealthyStack, **settings: Any) -> str:
    """Add a state machine like those of supervised tasks, as far as it is checked. Returns its ARN."""
    scheduler, names = stack.client("scheduler"), stack.deployed.names
    target = scheduler.get_schedule(GroupName=names.schedule_group, Name="etl")["Target"]
    network = target["EcsParameters"]["NetworkConfiguration"]["awsvpcConfiguration"]
    run: RunTask = {
        "Cluster": stack.deployed.cluster_arn,
        "TaskDefinition": target["EcsParameters"]["TaskDefinitionArn"],
        "LaunchType": "FARGATE",
        "NetworkConfiguration": {"AwsvpcConfiguration": network},
    }
    trust = iam.document(
        [{"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}]
    )
    stack.rules(*(names.supervised_rule(outcome) for outcome in ("failed", "succeeded", "broken")))
    stack.client("iam").create_role(RoleName=MACHINE_ROLE.rsplit("/", 1)[-1], AssumeRolePolicyDocument=trust)
    definition = state_machine(stack.deployed, run, **(settings or {"overlap": "forbid"}))
    arn = stack.client("stepfunctions").create_state_machine(name=MACHINE, definition=definition, roleArn=MACHINE_ROLE)
    stack.target(
        Arn=arn["stateMachineArn"], EcsParameters=None, Input='{"schedule": "etl", "time": "x", "overrides": {}}'
    )
    stack.client("dynamodb").create_table(
        TableName="leases",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return arn["stateMachineArn"]


def test_the_state_machine_its_role_and_the_lease_of_a_supervised_task_are_checked(stack: HealthyStack):
    arn = supervised(stack)
    found = stack.findings("etl")
    assert [finding for finding in found if finding[0] != OK] == []
    added = [message for message in messages(stack) if message not in HEALTHY]
    assert added == [
        "states.amazonaws.com can assume the role scheduled-tasks-test-supervisor.",
        "scheduled-tasks-test-supervisor may ecs:RunTask.",
        "scheduled-tasks-test-supervisor may ecs:TagResource.",
        f"{SCHEDULER} may states:StartExecution.",
        "scheduled-tasks-test-supervisor may dynamodb:PutItem.",
        "scheduled-tasks-test-supervisor may events:PutEvents.",
        "The rule scheduled-tasks-test-failed-supervised is enabled.",
        "The rule scheduled-tasks-test-succeeded-supervised is enabled.",
        "The rule scheduled-tasks-test-broken-supervised is enabled.",
        "The default event bus has 5 of 300 rules.",
        "etl is enabled. Next run: within 6h. It has no `start`, so the time isn't known.",
        "The state machine scheduled-tasks-test__etl is active.",
        "No run holds the lease.",
    ]
    broken = stack.deployed.names.supervised_rule("broken")
    stack.client("events").disable_rule(Name=broken)
    assert [found[1] for found in stack.findings("etl") if found[0] == PROBLEM] == [
        f"The rule {broken} is disabled. Runs that ended without an outcome aren't reported."
    ]
    stack.client("events").enable_rule(Name=broken)
    below = stack.deployed.names.supervised_rule("below")
    stack.rules(below)
    stack.client("events").disable_rule(Name=below)
    assert [found[1] for found in stack.findings("etl") if found[0] == PROBLEM] == [
        f"The rule {below} is disabled. Runs that failed and that `notifyAfter` tolerates aren't reported."
    ]
    stack.client("events").enable_rule(Name=below)
    end = int((datetime.now(UTC) + timedelta(hours=1)).timestamp())
    lease = {"id": {"S": "etl"}, "holder": {"S": "run-1"}, "expires": {"N": str(end)}}
    stack.client("dynamodb").put_item(TableName="leases", Item=lease)
    [(level, words, fix)] = stack.problems("etl")
    assert level == WARNING
    assert "The execution run-1 (not found) still holds the lease." in words
    assert 'aws dynamodb update-item --table-name leases --key \'{"id": {"S": "etl"}}\'' in fix
    assert "'SET expires = :past'" in fix, "An older state machine reads this attribute."
    far = {"N": str(end + 400 * 24 * 3600)}
    stack.client("dynamodb").put_item(TableName="leases", Item={**lease, "ends": {"N": str(end)}, "expires": far})
    [(level, words, fix)] = stack.problems("etl")
    assert (level, f"until {datetime.fromtimestamp(end, UTC):%Y-%m-%d %H:%M} UTC" in words) == (WARNING, True)
    assert "'SET ends = :past'" in fix
    stack.client("stepfunctions").start_execution(stateMachineArn=arn, name="run-1", input="{}")
    assert stack.problems("etl") == []
    assert any("The running execution run-1 holds the lease until" in finding[1] for finding in stack.findings("etl"))
    stack.denied["ecs:RunTask"] = "implicitDeny"
    assert [finding[:2] for finding in stack.problems("etl")] == [
        (PROBLEM, "scheduled-tasks-test-supervisor may not ecs:RunTask on scheduled-tasks-test__etl:1.")
    ]
    stack.denied.clear()
    left = {"leases": {"Keys": [{"id": {"S": "etl"}}]}}
    stack.cloud.answer("dynamodb.BatchGetItem", {"Responses": {}, "UnprocessedKeys": left})
    assert any("run-1 holds the lease" in finding[1] for finding in stack.findings("etl")), "the rest is read again"
    stack.cloud.answer("dynamodb.BatchGetItem", *[{"Responses": {}, "UnprocessedKeys": left}] * 5)
    [unread] = stack.problems("etl")
    assert unread[:2] == (UNKNOWN, "Can't tell who holds the lease. DynamoDB returned no answer. Try again.")
    lease["expires"] = {"N": "1"}
    stack.client("dynamodb").put_item(TableName="leases", Item=lease)
    assert any(
        finding[1].startswith("No run holds the lease. The execution run-1 ") for finding in stack.findings("etl")
    )
    stack.client("stepfunctions").delete_state_machine(stateMachineArn=arn)
    assert (PROBLEM, "The state machine scheduled-tasks-test__etl doesn't exist.") in [
        finding[:2] for finding in stack.problems("etl")
    ]


def test_the_rules_on_counted_failures_are_checked(stack: HealthyStack):
    """Without them, `notifyAfter` hides failures: the other rules ignore their events."""
    supervised(stack, overlap="forbid", notify_after=3)
    below, recovered, failed = map(stack.deployed.names.supervised_rule, ("below", "recovered", "failed"))
    [(level, words, _)] = stack.problems("etl")
    assert (level, words) == (
        WARNING,
        f"The rule {below} doesn't exist. Runs that failed and that `notifyAfter` tolerates aren't reported.",
    )
    stack.rules(below)
    assert stack.problems("etl") == [], "Only a topic gets recoveries of the stack."
    topic = stack.client("sns").create_topic(Name=stack.deployed.names.topic)["TopicArn"]
    for address in ("a@example.com", "b@example.com"):
        stack.client("sns").subscribe(TopicArn=topic, Protocol="email", Endpoint=address)
    stack.client("events").put_targets(Rule=failed, Targets=[{"Id": "topic", "Arn": topic}])
    missing = f"The rule {recovered} doesn't exist. Runs that succeeded after failures aren't reported."
    assert missing in [words for _, words, _ in stack.problems("etl")]
    stack.rules(recovered)
    stack.client("events").remove_targets(Rule=recovered, Ids=["log"])
    without_target = f"The rule {recovered} has no targets. Runs that succeeded after failures aren't reported."
    assert without_target in [words for level, words, _ in stack.problems("etl") if level == PROBLEM]


def vcpu_problems(stack: HealthyStack) -> list[tuple[str, str]]:
    return [(words, fix) for _, words, fix in stack.problems("etl") if "vCPU" in words]


def test_a_run_that_needs_more_vcpus_than_its_quota_is_a_problem(stack: HealthyStack):
    """The codes are those of Service Quotas: `Fargate On-Demand vCPU resource count` is L-3032A538, and of Spot
    L-36FBB829."""
    stack.definition().cpu = "4096"
    supervised(stack, timeout="1h", parallel={"tasks": 100, "at_once": 40})
    stack.vcpus = {"L-3032A538": 160.0, "L-36FBB829": 4000.0}
    assert vcpu_problems(stack) == []
    stack.vcpus["L-3032A538"] = 159.0
    assert vcpu_problems(stack) == [
        (
            "A run needs 160 vCPUs of Fargate for 40 ECS tasks at once. The account may use 159 in this Region.",
            "Request an increase in Service Quotas: fargate, L-3032A538. Or reduce `parallel.atOnce`.",
        )
    ]
    stack.vcpus.clear()
    assert vcpu_problems(stack) == [], "its value isn't known"


@pytest.mark.parametrize(
    ("providers", "problem"),
    [
        ([], True),
        (["FARGATE"], True),
        (["FARGATE_SPOT"], False),
        (["FARGATE", "FARGATE_SPOT"], False),
        (["ec2-instances"], False),
    ],
)
def test_the_vcpus_of_the_tasks_of_a_schedule_are_compared_with_the_quota_of_their_capacity(
    stack: HealthyStack, providers: list[str], problem: bool
):
    stack.definition().cpu = "4096"
    stack.vcpus = {"L-3032A538": 6.0, "L-36FBB829": 8.0}
    changes = {"CapacityProviderStrategy": [{"capacityProvider": each} for each in providers], "LaunchType": None}
    stack.parameters(TaskCount=2, **(changes if providers else {}))
    assert [words.split(". ")[0] for words, _ in vcpu_problems(stack)] == (
        ["A run needs 8 vCPUs of Fargate for 2 ECS tasks at once"] if problem else []
    )


@pytest.mark.parametrize("parallel", [None, {"tasks": 2}])
def test_the_vcpus_of_the_schedule_take_the_place_of_those_of_the_definition(
    stack: HealthyStack, parallel: dict[str, int] | None
):
    stack.vcpus = {"L-3032A538": 16.0, "L-36FBB829": 8.0}
    if parallel:
        supervised(stack, timeout="1h", parallel=parallel)
        stack.target(Input='{"schedule": "etl", "time": "x", "overrides": {"Cpu": "16384"}}')
    else:
        stack.parameters(TaskCount=2)
        stack.target(Input='{"cpu": "16384"}')
    assert [words.split(". ")[0] for words, _ in vcpu_problems(stack)] == [
        "A run needs 32 vCPUs of Fargate for 2 ECS tasks at once"
    ]
    stack.target(Input='{"cpu": "256"}')
    assert vcpu_problems(stack) == []


def test_the_holder_of_a_lock_is_checked(stack: HealthyStack):
    arn = supervised(stack, lock="orders-db")
    assert "No run holds the lock orders-db." in messages(stack)
    assert not any("lease" in message for message in messages(stack)), "its runs may overlap"
    row = {"id": {"S": "#orders-db"}, "holder": {"S": "run-1"}, "ends": {"N": "99999999999"}, "expires": {"N": "1"}}
    stack.client("dynamodb").put_item(TableName="leases", Item=row)
    [(level, words, fix)] = stack.problems("etl")
    assert (level, words.split(". ")[0]) == (
        WARNING,
        "The execution run-1 (not found) still holds the lock orders-db",
    )
    assert '{"id": {"S": "#orders-db"}}' in fix
    stack.client("stepfunctions").start_execution(stateMachineArn=arn, name="run-1", input="{}")
    assert any("The running execution run-1 holds the lock orders-db" in message for message in messages(stack))
    del row["holder"]
    stack.client("dynamodb").put_item(TableName="leases", Item=row)
    assert "No run holds the lock orders-db." in messages(stack)


def test_a_broken_state_machine_is_a_problem(stack: HealthyStack):
    arn = supervised(stack)
    there = stack.client("stepfunctions").describe_state_machine(stateMachineArn=arn)
    answer = {"stateMachineArn": arn, "name": MACHINE, "roleArn": MACHINE_ROLE, "type": "STANDARD", "creationDate": 1.0}
    stack.cloud.answer("sfn.DescribeStateMachine", {**answer, "definition": there["definition"], "status": "DELETING"})
    assert [finding[:2] for finding in stack.problems("etl")] == [
        (PROBLEM, "The state machine scheduled-tasks-test__etl is DELETING.")
    ]
    stack.cloud.answer("sfn.DescribeStateMachine", {**answer, "definition": "{}", "status": "ACTIVE"})
    [message] = [found[1] for found in stack.problems("etl") if found[0] == PROBLEM]
    assert message.startswith("Can't tell what the state machine scheduled-tasks-test__etl runs.")


@pytest.mark.parametrize(
    ("action", "role", "resource"),
    [
        ("states:StartExecution", "scheduler", MACHINE),
        ("dynamodb:PutItem", "supervisor", "leases"),
        ("events:PutEvents", "supervisor", "default"),
    ],
)
def test_denied_permissions_of_a_supervised_task_are_problems(
    stack: HealthyStack, action: str, role: str, resource: str
):
    supervised(stack)
    stack.denied[action] = "implicitDeny"
    [(level, message, _)] = stack.problems("etl")
    assert (level, message) == (PROBLEM, f"scheduled-tasks-test-{role} may not {action} on {resource}.")


def test_images_in_ecr_are_looked_up_in_their_account(stack: HealthyStack):
    ecr = stack.client("ecr")
    ecr.create_repository(repositoryName="jobs/etl")
    layers: Any = {"schemaVersion": 2, "config": {"digest": "x", "size": 1}, "layers": []}
    media_type = "application/vnd.docker.distribution.manifest.v2+json"
    ecr.put_image(
        repositoryName="jobs/etl",
        imageTag="2",
        imageManifest=json.dumps(layers),
        imageManifestMediaType=media_type,
    )
    stack.definition().container_definitions[0]["image"] = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/jobs/etl:2"
    assert "The image jobs/etl:2 is in ECR." in messages(stack)
    stack.definition().container_definitions[0]["image"] = f"210987654321.dkr.ecr.{REGION}.amazonaws.com/jobs/etl:2"
    requests: list[Any] = []
    stack.cloud.rules.append(("ecr.BatchGetImage", lambda request: requests.append(json.loads(request.body))))
    stack.findings("etl")
    assert [request["registryId"] for request in requests] == ["210987654321"]


def test_confirmed_subscriptions_are_counted(stack: HealthyStack):
    arn = stack.client("sns").create_topic(Name="scheduled-tasks-test-failures")["TopicArn"]
    stack.client("sns").subscribe(TopicArn=arn, Protocol="https", Endpoint="https://example.com")
    assert "The topic scheduled-tasks-test-failures has 1 subscription." in messages(stack)


def test_the_launch_of_a_state_machine(deployed: Deployed):
    run: RunTask = {
        "Cluster": f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/main",
        "TaskDefinition": "d",
        "CapacityProviderStrategy": [{"CapacityProvider": "FARGATE_SPOT"}],
    }
    launch = machine_launch(decode(state_machine(deployed, run, timeout="1h")), "role")
    assert (launch.cluster_arn, launch.task_definition_arn, launch.providers) == (
        run["Cluster"],
        "d",
        ("FARGATE_SPOT",),
    )


def test_a_state_machine_that_was_not_generated_is_a_problem(stack: HealthyStack):
    arn = supervised(stack)
    other = json.dumps({"StartAt": "Run", "States": {"Run": {"Type": "Succeed"}}})
    stack.client("stepfunctions").update_state_machine(stateMachineArn=arn, definition=other)
    [message] = [finding[1] for finding in stack.findings("etl") if finding[0] == PROBLEM]
    assert message.startswith(
        "Can't tell what the state machine scheduled-tasks-test__etl runs. The definition has no mark"
    )


# Pure functions


TRUST: dict[str, tuple[Any, Any]] = {
    "no condition": ({}, None),
    "by account": ({"StringEquals": {"AWS:SourceAccount": [ACCOUNT]}}, None),
    "like": ({"ArnLike": {"aws:SourceArn": "arn:aws:scheduler:*:*:schedule-group/scheduled-*"}}, None),
    "another account": (
        {"StringEquals": {"aws:SourceAccount": "1"}},
        Refusal(f"requires aws:SourceAccount to be 1, but it is {ACCOUNT}."),
    ),
    "a pattern, exactly": ({"StringEquals": {"aws:SourceArn": "arn:*"}}, ...),
    "an operator": (
        {"StringNotEquals": {"aws:SourceArn": "x"}},
        Refusal("has a condition on aws:SourceArn (StringNotEquals).", sure=False),
    ),
}


@pytest.mark.parametrize(("condition", "expected"), TRUST.values(), ids=TRUST.keys())
def test_trust(condition: Any, expected: Any):
    statement: Any = {
        "Effect": "Allow",
        "Principal": {"Service": ["scheduler.amazonaws.com", "x"]},
        "Action": ["sts:AssumeRole"],
        "Condition": condition,
    }

    def trust(document: Any) -> Refusal | None:
        values = {"aws:sourceaccount": ACCOUNT, "aws:sourcearn": GROUP}
        return refusal(document, services=["scheduler.amazonaws.com", "*"], action="sts:AssumeRole", values=values)

    found = trust({"Statement": statement})
    assert found == expected or (expected is ... and found is not None)
    other: Any = {**statement, "Principal": {"Service": "ecs-tasks.amazonaws.com"}}
    assert trust({"Statement": [other, statement]}) == found
    assert trust({"Statement": {**statement, "Action": "STS:assumeRole"}}) == found, "names of actions have no case"
    assert trust({"Statement": other}) == Refusal("doesn't name scheduler.amazonaws.com.")
    assert trust({"Statement": [{**statement, "Effect": "Deny"}]}) is not None


def table(*routes: Any, **association: Any) -> dict[str, Any]:
    return {"RouteTableId": "rtb-1", "VpcId": "vpc-1", "Associations": [association], "Routes": list(routes)}


def default(**target: str) -> dict[str, str]:
    return {"DestinationCidrBlock": "0.0.0.0/0", "State": "active", **target}


# AWS: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/platform-version-migration.html: images in ECR need
# ecr.dkr, ecr.api and the gateway endpoint for S3. Secrets and logs need the endpoints of their services.
S3 = Endpoint("s3", gateway=True, route_table_ids=frozenset({"rtb-1"}))
ECR = [Endpoint("ecr.api", gateway=False), Endpoint("ecr.dkr", gateway=False), S3]
LOGS = Endpoint("logs", gateway=False)
IMAGE = Needs(frozenset({"ecr.api", "ecr.dkr", "s3", "logs"}))
NO_ROUTE = (PROBLEM, "No route to the internet.")
ADD_NAT = "Add a NAT gateway and a route to it. "
EGRESS: dict[str, tuple[Any, list[Endpoint], Needs, bool, tuple[str, str], str]] = {
    "NAT": ([table(default(NatGatewayId="nat-1"), Main=True)], [], IMAGE, False, (OK, "Internet access through nat-1."), ""),
    "transit": ([table(default(TransitGatewayId="tgw-1"), Main=True)], [], IMAGE, False, (OK, "Internet access through tgw-1."), ""),
    "public": ([table(default(GatewayId="igw-1"), Main=True)], [], IMAGE, True, (OK, "Internet access through igw-1."), ""),
    "own table": ([table(Main=True), table(default(NatGatewayId="nat-1"), SubnetId="subnet-1")], [], IMAGE, False, (OK, "Internet access through nat-1."), ""),
    "gone": ([table(default(NatGatewayId="nat-1", State="blackhole"), Main=True)], [], IMAGE, False, (PROBLEM, "No internet access. nat-1, the target of the route to 0.0.0.0/0, doesn't exist any more."), "In rtb-1, replace the route to 0.0.0.0/0 with one to an existing gateway. Or add the missing endpoints: ecr.api, ecr.dkr, logs and s3 (a gateway endpoint for rtb-1)."),
    "no address": ([table(default(GatewayId="igw-1"), Main=True)], [*ECR, LOGS], Needs(IMAGE.services, "postgres:17"), False, (PROBLEM, "No internet access. The route leads to igw-1, but runs have no public IP address."), "Set `assignPublicIp`, or use subnets with a NAT gateway and a route to it. Endpoints are not enough, because the image postgres:17 isn't in ECR."),
    "endpoints": ([table({"GatewayId": "local", "DestinationCidrBlock": "10.0.0.0/16"}, Main=True)], [*ECR, LOGS], IMAGE, False, (OK, "Access to ecr.api, ecr.dkr, logs and s3 through endpoints."), ""),
    "no logs": ([table(Main=True)], ECR, IMAGE, False, NO_ROUTE, f"{ADD_NAT}Or add the missing endpoint: logs."),
    "no secrets": ([table(Main=True)], [*ECR, LOGS], Needs(IMAGE.services | {"ssm"}), False, NO_ROUTE, f"{ADD_NAT}Or add the missing endpoint: ssm."),
    "S3 by an interface": ([table(Main=True)], [*ECR[:2], LOGS, Endpoint("s3", gateway=False)], IMAGE, False, NO_ROUTE, f"{ADD_NAT}Or add the missing endpoint: s3 (a gateway endpoint for rtb-1)."),
    "S3 for other subnets": ([table(Main=True)], [*ECR[:2], LOGS, Endpoint("s3", gateway=True)], IMAGE, False, NO_ROUTE, f"{ADD_NAT}Or add the missing endpoint: s3 (a gateway endpoint for rtb-1)."),
    "no table": ([], [], Needs(frozenset({"logs"})), True, NO_ROUTE, f"{ADD_NAT}Or add the missing endpoint: logs."),
}  # fmt: skip


@pytest.mark.parametrize(
    ("tables", "endpoints", "needs", "public_ip", "expected", "fix"), EGRESS.values(), ids=EGRESS.keys()
)
def test_egress_of_a_subnet(
    tables: Any, endpoints: list[Endpoint], needs: Needs, public_ip: bool, expected: tuple[str, str], fix: str
):
    own = table_of("subnet-1", "vpc-1", map(route_table, tables))
    egress = subnet_egress(own, endpoints, needs, public_ip=public_ip, fargate=True)
    assert (egress.level, egress.message, egress.fix) == (*expected, fix)


def test_runs_on_instances_need_internet_access_only_for_themselves():
    # AWS: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html: no public addresses.
    own = route_table(cast("Any", table(default(GatewayId="igw-1"), Main=True)))
    egress = subnet_egress(own, [], IMAGE, public_ip=False, fargate=False)
    assert egress.level == WARNING
    assert egress.fix.startswith("Runs on EC2 can't get a public IP address.")


def test_available_endpoints_of_a_vpc():
    endpoints: Any = [
        {"VpcId": "vpc-1", "ServiceName": "com.amazonaws.eu-west-1.ecr.api", "State": "available"},
        {"VpcId": "vpc-1", "ServiceName": "com.amazonaws.eu-west-1.s3", "State": "Available", "VpcEndpointType": "Gateway", "RouteTableIds": ["rtb-1"]},
        {"VpcId": "vpc-1", "ServiceName": "com.amazonaws.eu-west-1.logs", "State": "deleted"},
        {"VpcId": "vpc-2", "ServiceName": "com.amazonaws.eu-west-1.ecr.dkr", "State": "available"},
    ]  # fmt: skip
    assert available_endpoints("vpc-1", endpoints) == [Endpoint("ecr.api", gateway=False), S3]


def test_an_image_in_ecr():
    found = ecr_image(f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/jobs/etl@sha256:{'a' * 64}")
    assert found is not None
    assert (found.account_id, found.region, found.repository) == (ACCOUNT, "eu-west-1", "jobs/etl")
    assert found.id == {"imageDigest": f"sha256:{'a' * 64}"}


@pytest.mark.parametrize(
    ("count", "expected"), [(1, "a"), (3, "a, b, c"), (4, "a, b, c and 1 more"), (6, "a, b, c and 3 more")]
)
def test_long_lists_of_names_are_abbreviated(count: int, expected: str):
    assert abbreviate(reversed("abcdef"[:count])) == expected


# Existing roles


EXISTING = f"arn:aws:iam::{ACCOUNT}:role/jobs/execution"


def existing_execution_role(stack: HealthyStack) -> None:
    """The task has an execution role that the deployment didn't create, an image in ECR, and secrets."""
    trust = iam.task_trust(partition="aws", region=REGION, account_id=ACCOUNT)
    stack.client("iam").create_role(Path="/jobs/", RoleName="execution", AssumeRolePolicyDocument=trust)
    definition = stack.definition()
    definition.execution_role_arn = EXISTING
    container = definition.container_definitions[0]
    container["image"] = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/jobs/etl:2"
    secret = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:db-Ab12Cd"
    container["secrets"] = [
        {"name": "PASSWORD", "valueFrom": f"{secret}:password::"},
        {"name": "USER", "valueFrom": f"{secret}:user::"},
        {"name": "TOKEN", "valueFrom": "/prod/token"},
        {"name": "KEY", "valueFrom": "key"},
        {"name": "WRONG", "valueFrom": "arn:aws:s3:::a"},
    ]
    container["environmentFiles"] = [{"type": "s3", "value": "arn:aws:s3:::settings/etl.env"}]
    container["repositoryCredentials"] = {"credentialsParameter": f"{secret[:-9]}registry-Ab12Cd"}


NEEDED = (
    "ecr:GetAuthorizationToken", "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer",
    "logs:CreateLogStream", "logs:PutLogEvents", "secretsmanager:GetSecretValue", "ssm:GetParameters",
    "s3:GetObject", "s3:GetBucketLocation",
)  # fmt: skip
"""The actions of an execution role of a task with secrets and an image in ECR."""


def test_an_existing_execution_role_is_checked_against_what_the_runs_need(stack: HealthyStack):
    existing_execution_role(stack)
    found = {message for level, message, _ in stack.findings("etl") if level == OK}
    assert {f"execution may {action}." for action in NEEDED} <= found
    for action in NEEDED:
        stack.denied = {action: "implicitDeny"}
        denied = [finding for finding in stack.problems("etl") if "execution may not" in finding[1]]
        assert len(denied) == 1, action
        assert denied[0][1].startswith(f"execution may not {action} on "), action
        assert "give it the policies that this command writes: scheduled-tasks policies" in denied[0][2]


@pytest.mark.parametrize("own", [False, True], ids=["existing role", "role of the deployment"])
def test_the_keys_of_secrets_are_checked(stack: HealthyStack, own: bool):
    """A key of the account, an alias, and keys that AWS manages, which every role may use."""
    kms, secrets, ssm = (stack.client(each) for each in ("kms", "secretsmanager", "ssm"))
    key = kms.create_key()["KeyMetadata"]
    kms.create_alias(AliasName="alias/prod", TargetKeyId=key["KeyId"])
    app = secrets.create_secret(Name="app", SecretString="x", KmsKeyId=key["Arn"])["ARN"]
    plain = secrets.create_secret(Name="plain", SecretString="x")["ARN"]
    ssm.put_parameter(Name="/prod/token", Type="SecureString", Value="x", KeyId="alias/prod")
    ssm.put_parameter(Name="key", Type="SecureString", Value="x")
    if own:
        trust = iam.task_trust(partition="aws", region=REGION, account_id=ACCOUNT)
        name = stack.deployed.names.role("execution")
        stack.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trust)
        stack.definition().execution_role_arn = f"arn:aws:iam::{ACCOUNT}:role/{name}"
    else:
        existing_execution_role(stack)
    refer(stack, f"{app}:password::", plain, "/prod/token", f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/key")
    stack.definition().container_definitions[0].pop("repositoryCredentials", None)
    found = [message for level, message, _ in stack.findings("etl") if level == OK]
    name = "scheduled-tasks-test-execution" if own else "execution"
    assert f"{name} may kms:Decrypt." in found
    assert {f"The secret {each} exists." for each in ("app", "plain", "/prod/token", "key")} <= {*found}
    stack.denied = {"kms:Decrypt": "implicitDeny"}
    denied = [finding for finding in stack.problems("etl") if "kms:Decrypt" in finding[1]]
    assert {level for level, *_ in denied} == {WARNING}
    assert all(f"{name} may not kms:Decrypt on {key['KeyId']}." in message for _, message, _ in denied)
    assert "encryption.secrets" in denied[0][2]


def test_a_run_that_can_be_entered_needs_its_existing_task_role_to_allow_it(stack: HealthyStack):
    existing_execution_role(stack)
    stack.definition().task_role_arn = EXISTING
    assert not any("ssmmessages" in message for _, message, _ in stack.findings("etl"))
    stack.parameters(EnableExecuteCommand=True)
    assert any(message == "execution may ssmmessages:OpenDataChannel." for _, message, _ in stack.findings("etl"))


def test_an_existing_supervisor_role_is_checked_against_all_that_state_machines_do(stack: HealthyStack):
    arn = supervised(stack)
    role = f"arn:aws:iam::{ACCOUNT}:role/jobs-supervisor"
    trust = iam.supervisor_trust(account_id=ACCOUNT, state_machines_arn=arn)
    stack.client("iam").create_role(RoleName="jobs-supervisor", AssumeRolePolicyDocument=trust)
    stack.client("stepfunctions").update_state_machine(stateMachineArn=arn, roleArn=role)
    found = {message for level, message, _ in stack.findings("etl") if level == OK}
    more = (
        "dynamodb:DeleteItem", "dynamodb:UpdateItem", "events:PutRule", "events:PutTargets", "events:DescribeRule",
        "logs:CreateLogDelivery", "ecs:StopTask", "ecs:DescribeTasks", "ecs:ListTasks",
    )  # fmt: skip
    assert {f"jobs-supervisor may {action}." for action in more} <= found
    stack.denied["ecs:StopTask"] = "implicitDeny"
    assert [finding[1] for finding in stack.problems("etl")] == ["jobs-supervisor may not ecs:StopTask on any."]


def test_a_simulation_that_aws_denies_is_reported_for_each_role(stack: HealthyStack):
    existing_execution_role(stack)
    stack.cloud.rules.insert(0, ("", partial(stack.refuse, "SimulatePrincipalPolicy")))
    unknown = [message for level, message, _ in stack.findings("etl") if level == UNKNOWN]
    assert any(message.startswith("Can't check if execution may ecr:GetAuthorizationToken.") for message in unknown)
    assert all("alice may not" in message for message in unknown if message.startswith("Can't check if"))
