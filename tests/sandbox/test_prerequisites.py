"""Requests that the sandbox refuses, same as AWS, because a resource or a permission is missing."""

import json
from typing import Any

import pytest

from sandbox.plugin.aws import InvalidRequestError, Session

LOG_DELIVERY_ACTIONS = (
    "logs:CreateLogDelivery", "logs:DeleteLogDelivery", "logs:DescribeLogGroups", "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery", "logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:UpdateLogDelivery",
)  # fmt: skip
"""AWS: Step Functions developer guide, "Logging using CloudWatch Logs", IAM policies. Not the sandbox's own list."""
MANAGED_RULE_ACTIONS = ("events:DescribeRule", "events:PutRule", "events:PutTargets")
"""AWS: Step Functions developer guide, "Run Amazon ECS or Fargate tasks with Step Functions", IAM policies."""
REGION, ACCOUNT = "eu-west-1", "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/jobs"
MACHINE_LOGS = "/aws/vendedlogs/states/jobs"
GROUP_ARN = f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule-group/jobs"
MACHINE_ARN = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:nightly"
RULE_ARN = f"arn:aws:events:{REGION}:{ACCOUNT}:rule/StepFunctionsGetEventsForECSTaskRule"

Statement = dict[str, Any]


def document(*statements: Statement) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trust(service: str, source_arn: str) -> str:
    condition = {"StringEquals": {"aws:SourceAccount": ACCOUNT}, "ArnLike": {"aws:SourceArn": source_arn}}
    principal = {"Service": service}
    return document({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", "Condition": condition})


def allow(*actions: str, resource: str = "*") -> Statement:
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource}


def create_role(session: Session, trust_policy: str, *statements: Statement, name: str = "jobs") -> None:
    iam = session.client("iam", REGION)
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust_policy)
    if statements:
        iam.put_role_policy(RoleName=name, PolicyName="jobs", PolicyDocument=document(*statements))


def create_schedule(session: Session, group: str = "jobs") -> None:
    session.client("scheduler", REGION).create_schedule(
        Name="nightly",
        GroupName=group,
        ScheduleExpression="rate(1 day)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:jobs", "RoleArn": ROLE, "Input": "{}"},
    )


def create_state_machine(session: Session, **changes: Any) -> str:
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::ecs:runTask.sync",
        "Arguments": {"TaskDefinition": "a"},
        "End": True,
    }
    group = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{MACHINE_LOGS}:*"
    request = {
        "name": "nightly",
        "roleArn": ROLE,
        "definition": json.dumps({"QueryLanguage": "JSONata", "StartAt": "Run", "States": {"Run": task}}),
        "loggingConfiguration": {
            "level": "ERROR",
            "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": group}}],
        },
        **changes,
    }
    return session.client("stepfunctions", REGION).create_state_machine(**request)["stateMachineArn"]


def test_a_schedule_needs_its_schedule_group(session: Session):
    # https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html#API_CreateSchedule_Errors
    create_role(session, trust("scheduler.amazonaws.com", GROUP_ARN))
    with pytest.raises(InvalidRequestError, match="ResourceNotFoundException: Schedule group jobs does not exist"):
        create_schedule(session)


def test_a_schedule_group_is_created_once(session: Session):
    # https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateScheduleGroup.html
    scheduler = session.client("scheduler", REGION)
    scheduler.create_schedule_group(Name="jobs")
    with pytest.raises(InvalidRequestError, match="ConflictException: Schedule group jobs already exists"):
        scheduler.create_schedule_group(Name="jobs")


@pytest.mark.parametrize(
    "trust_policy",
    [
        None,
        trust("events.amazonaws.com", GROUP_ARN),
        trust("scheduler.amazonaws.com", f"{GROUP_ARN}-eu"),
        trust("scheduler.amazonaws.com", f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/jobs/nightly"),
    ],
    ids=["no role", "another service", "another schedule group", "a schedule instead of its group"],
)
def test_a_schedule_needs_a_role_that_scheduler_may_assume(session: Session, trust_policy: str | None):
    # The text: https://github.com/aws/aws-sdk-js-v3/issues/6494. The source ARN is a schedule group's:
    # https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
    session.client("scheduler", REGION).create_schedule_group(Name="jobs")
    if trust_policy:
        create_role(session, trust_policy)
    with pytest.raises(
        InvalidRequestError,
        match="ValidationException: The execution role you provide must allow AWS EventBridge Scheduler to assume the role",
    ):
        create_schedule(session)


def test_a_schedule_is_accepted_once_its_group_and_role_exist(session: Session):
    session.client("scheduler", REGION).create_schedule_group(Name="jobs")
    create_role(session, trust("scheduler.amazonaws.com", GROUP_ARN))
    create_schedule(session)
    assert len(session.client("scheduler", REGION).list_schedules(GroupName="jobs")["Schedules"]) == 1


@pytest.mark.parametrize(
    "trust_policy",
    [None, trust("scheduler.amazonaws.com", MACHINE_ARN), trust("states.amazonaws.com", f"{MACHINE_ARN}-2")],
    ids=["no role", "another service", "another state machine"],
)
def test_a_state_machine_needs_a_role_that_step_functions_may_assume(session: Session, trust_policy: str | None):
    # https://github.com/hashicorp/terraform-provider-aws/issues/7893
    if trust_policy:
        create_role(session, trust_policy)
    with pytest.raises(
        InvalidRequestError,
        match=r"AccessDeniedException: Neither the global service principal states\.amazonaws\.com, nor the regional one is"
        " authorized to assume the provided role",
    ):
        create_state_machine(session)


STATES_TRUST = trust("states.amazonaws.com", f"{MACHINE_ARN[:-7]}*")
DELIVER, RULE = allow(*LOG_DELIVERY_ACTIONS), allow(*MANAGED_RULE_ACTIONS, resource=RULE_ARN)
LOG_DESTINATION = "AccessDeniedException: The state machine IAM Role is not authorized to access the Log Destination"
MANAGED_RULE = f"AccessDeniedException: '{ROLE}' is not authorized to create managed-rule."
DENY_RULES = {"Effect": "Deny", "Action": "events:*", "Resource": "*"}


@pytest.mark.parametrize(
    ("statements", "refusals"),
    [
        ([], [LOG_DESTINATION, MANAGED_RULE]),
        ([RULE], [LOG_DESTINATION]),
        *(
            ([RULE, allow(*(action for action in LOG_DELIVERY_ACTIONS if action != missing))], [LOG_DESTINATION])
            for missing in LOG_DELIVERY_ACTIONS
        ),
        ([DELIVER], [MANAGED_RULE]),
        *(
            (
                [DELIVER, allow(*(action for action in MANAGED_RULE_ACTIONS if action != missing), resource=RULE_ARN)],
                [MANAGED_RULE],
            )
            for missing in MANAGED_RULE_ACTIONS
        ),
        ([DELIVER, allow(*MANAGED_RULE_ACTIONS, resource=f"{RULE_ARN}2")], [MANAGED_RULE]),
        ([DELIVER, RULE, DENY_RULES], [MANAGED_RULE]),
    ],
    ids=[
        "nothing",
        "rule only",
        *(f"without {action}" for action in LOG_DELIVERY_ACTIONS),
        "logs only",
        *(f"without {action}" for action in MANAGED_RULE_ACTIONS),
        "another rule",
        "denied",
    ],
)
def test_a_state_machine_needs_a_role_with_permissions(
    session: Session, statements: list[Statement], refusals: list[str]
):
    # https://github.com/aws/aws-cdk/issues/26432 (log destination) and
    # https://github.com/terraform-aws-modules/terraform-aws-step-functions/issues/11 (managed rule). The actions:
    # https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html and .../ecs-iam.html
    session.client("logs", REGION).create_log_group(logGroupName=MACHINE_LOGS)
    create_role(session, STATES_TRUST, *statements)
    with pytest.raises(InvalidRequestError) as caught:
        create_state_machine(session)
    assert [text for text in (LOG_DESTINATION, MANAGED_RULE) if text in str(caught.value)] == refusals


def test_a_state_machine_needs_its_log_group(session: Session):
    # https://github.com/Clever/workflow-manager/pull/318
    create_role(session, STATES_TRUST, DELIVER, RULE)
    with pytest.raises(InvalidRequestError, match=f"There is no log group {MACHINE_LOGS}"):
        create_state_machine(session)


def test_the_log_group_of_a_state_machine_ends_with_a_wildcard(session: Session):
    # https://github.com/hashicorp/terraform-provider-aws/issues/17682
    session.client("logs", REGION).create_log_group(logGroupName=MACHINE_LOGS)
    create_role(session, STATES_TRUST, DELIVER, RULE)
    group = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{MACHINE_LOGS}"
    logging = {"level": "ALL", "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": group}}]}
    with pytest.raises(InvalidRequestError, match="Log Group ARN must be provided with '\\*' qualifier"):
        create_state_machine(session, loggingConfiguration=logging)


def test_a_state_machine_is_accepted_and_updated_once_all_exists(session: Session):
    session.client("logs", REGION).create_log_group(logGroupName=MACHINE_LOGS)
    create_role(session, STATES_TRUST, DELIVER, RULE)
    arn = create_state_machine(session)
    states = session.client("stepfunctions", REGION)
    states.update_state_machine(stateMachineArn=arn, roleArn=ROLE)
    create_role(session, trust("events.amazonaws.com", arn), name="others")
    with pytest.raises(InvalidRequestError, match="authorized to assume the provided role"):
        states.update_state_machine(stateMachineArn=arn, roleArn=ROLE.replace("jobs", "others"))


def test_the_permissions_of_attached_policies_count(session: Session):
    session.client("logs", REGION).create_log_group(logGroupName=MACHINE_LOGS)
    create_role(session, STATES_TRUST)
    iam = session.client("iam", REGION)
    policy = iam.create_policy(PolicyName="jobs", PolicyDocument=document(DELIVER, RULE))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="jobs", PolicyArn=policy)
    assert create_state_machine(session) == MACHINE_ARN


def test_without_logs_and_runs_a_state_machine_needs_no_permissions(session: Session):
    create_role(session, STATES_TRUST)
    definition = json.dumps({"StartAt": "End", "States": {"End": {"Type": "Succeed"}}})
    assert create_state_machine(session, definition=definition, loggingConfiguration={"level": "OFF"}) == MACHINE_ARN


def test_a_metric_filter_needs_its_log_group(session: Session):
    # https://github.com/gilt/s3-sftp-bridge/issues/2
    with pytest.raises(InvalidRequestError, match="The specified log group does not exist"):
        session.client("logs", REGION).put_metric_filter(
            logGroupName="/ecs/jobs",
            filterName="succeeded",
            filterPattern="x",
            metricTransformations=[{"metricName": "a", "metricNamespace": "b", "metricValue": "1"}],
        )


def test_a_security_group_needs_its_vpc(session: Session):
    # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
    with pytest.raises(InvalidRequestError, match=r"InvalidVpcID\.NotFound: The vpc ID 'vpc-0123' does not exist"):
        session.client("ec2", REGION).create_security_group(GroupName="jobs", Description="Runs", VpcId="vpc-0123")
