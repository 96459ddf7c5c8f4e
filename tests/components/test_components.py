"""The components on mocks: the resources that they register, and the arguments that they refuse."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pulumi
import pytest

from components import ScheduledTask, ScheduledTaskArgs, ScheduledTaskGroup, ScheduledTaskGroupArgs
from components.checks.errors import InvalidArgumentsError
from tests.mocks import ACCOUNT, REGION, Recorded, run

GROUP: ScheduledTaskGroupArgs = {"prefix": "shop-dev", "cluster": "main"}
PLAIN: ScheduledTaskArgs = {"image": "backup:1", "schedule": "cron(0 3 * * ? *)"}


@pytest.fixture(params=[False, True], ids=["up", "preview"])
def ran(request: pytest.FixtureRequest) -> Callable[..., Recorded]:
    """Runs a program as `up` and as `preview` run it."""

    def run_program(program: Callable[[], object], **options: Any) -> Recorded:
        return run(program, preview=request.param, **options)

    return run_program


def build(
    tasks: dict[str, ScheduledTaskArgs] | None = None, group: ScheduledTaskGroupArgs = GROUP
) -> Callable[[], dict[str, ScheduledTask]]:
    def program() -> dict[str, ScheduledTask]:
        made = ScheduledTaskGroup("tasks", group)
        given = {"backup": PLAIN} if tasks is None else tasks
        return {name: ScheduledTask(name, {**args, "group": made.reference}) for name, args in given.items()}

    return program


def done(recorded: Recorded) -> Recorded:
    if recorded.error:
        raise recorded.error
    return recorded


def statements(recorded: Recorded, name: str) -> dict[str, Any]:
    document = json.loads(recorded.named(name).inputs["policy"])
    return {statement.get("Sid", str(position)): statement for position, statement in enumerate(document["Statement"])}


def test_ten_plain_tasks_need_twenty_resources_in_addition_to_the_group(ran: Callable[..., Recorded]):
    recorded = done(ran(build({f"task-{number}": PLAIN for number in range(10)})))
    of_tasks = [resource for resource in recorded.of_aws if resource.name.startswith("task-")]
    assert len(of_tasks) == 20
    assert len(recorded.of_aws) - 20 == 22


def test_a_group_with_everything_has_28_resources(ran: Callable[..., Recorded]):
    everything: ScheduledTaskGroupArgs = {
        "prefix": "shop-dev",
        "create_cluster": {},
        "notify": {},
        "monitoring": {"dashboard": True},
    }
    assert len(done(ran(build({}, everything))).of_aws) == 28


def test_each_task_adds_two_resources_and_two_more_if_a_success_is_expected(ran: Callable[..., Recorded]):
    everything: ScheduledTaskGroupArgs = {"create_cluster": {}, "notify": {}, "monitoring": {"dashboard": True}}
    tasks: dict[str, ScheduledTaskArgs] = {f"t{number}": PLAIN for number in range(12)}
    tasks |= {f"watched{number}": {**PLAIN, "expect_success_within": "25h"} for number in range(3)}
    assert len(done(ran(build(tasks, everything))).of_aws) == 28 + 15 * 2 + 3 * 2


def test_a_group_without_monitoring_has_ten_resources(ran: Callable[..., Recorded]):
    nothing: ScheduledTaskGroupArgs = {
        "prefix": "shop-dev",
        "create_cluster": {},
        "monitoring": {"outcomes": False, "alarms": False},
    }
    assert len(done(ran(build({}, nothing))).of_aws) == 10


def test_number_of_look_ups_does_not_depend_on_the_number_of_tasks(ran: Callable[..., Recorded]):
    few, many = (done(ran(build({f"t{n}": PLAIN for n in range(count)}))) for count in (1, 20))
    assert few.invokes == many.invokes
    # Account, Region, cluster, VPC, subnets, the list of their route tables, the main route table.
    assert len(few.invokes) == 7


def test_schedule_contains_everything_that_a_launch_needs():
    recorded = done(run(build(), preview=False))
    schedule = recorded.named("backup-schedule").inputs
    assert schedule["name"] == "backup"
    assert schedule["groupName"] == "shop-dev"
    assert schedule["state"] == "ENABLED"
    assert schedule["scheduleExpression"] == "cron(0 3 * * ? *)"
    assert schedule["scheduleExpressionTimezone"] == "UTC"
    assert schedule["flexibleTimeWindow"] == {"mode": "OFF"}
    assert schedule["actionAfterCompletion"] == "NONE"
    assert schedule["target"] == {
        "arn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/main",
        "roleArn": f"arn:aws:iam::{ACCOUNT}:role/shop-dev/shop-dev-scheduler",
        "deadLetterConfig": {"arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:shop-dev-dead-letters"},
        "retryPolicy": {"maximumRetryAttempts": 5, "maximumEventAgeInSeconds": 3600},
        "ecsParameters": {
            "taskDefinitionArn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/shop-dev__backup:1",
            "taskCount": 1,
            "group": "backup",
            "launchType": "FARGATE",
            "networkConfiguration": {
                "subnets": ["subnet-0a", "subnet-0b"],
                "securityGroups": ["tasks-runs-id"],
                "assignPublicIp": True,
            },
            "enableEcsManagedTags": True,
            "propagateTags": "TASK_DEFINITION",
        },
    }


def test_task_definition_is_canonical_and_is_not_deregistered():
    definition = done(run(build(), preview=False)).named("backup-definition").inputs
    assert definition["family"] == "shop-dev__backup"
    assert definition["skipDestroy"] is True
    assert (definition["cpu"], definition["memory"]) == ("256", "512")
    assert "taskRoleArn" not in definition
    [container] = json.loads(definition["containerDefinitions"])
    assert definition["containerDefinitions"] == json.dumps([container], sort_keys=True, separators=(",", ":"))
    assert container["logConfiguration"]["options"] == {
        "awslogs-group": "/ecs/shop-dev",
        "awslogs-region": REGION,
        "awslogs-stream-prefix": "backup",
        "mode": "blocking",
    }


def test_scheduler_role_has_only_the_permissions_to_start_these_tasks():
    recorded = done(run(build(), preview=False))
    allowed = statements(recorded, "tasks-scheduler-policy")
    arn = f"arn:aws:ecs:{REGION}:{ACCOUNT}"
    assert {name: (item["Action"], item["Resource"], item.get("Condition")) for name, item in allowed.items()} == {
        "StartRuns": (
            "ecs:RunTask",
            [f"{arn}:task-definition/shop-dev__*:*"],
            {"ArnEquals": {"ecs:cluster": f"{arn}:cluster/main"}},
        ),
        "TagRuns": (
            "ecs:TagResource",
            [f"{arn}:task/main/*"],
            {"StringEquals": {"ecs:CreateAction": "RunTask"}},
        ),
        "PassRoles": (
            "iam:PassRole",
            [f"arn:aws:iam::{ACCOUNT}:role/shop-dev/runs/*"],
            {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
        ),
        "SendDeadLetters": (
            "sqs:SendMessage",
            [f"arn:aws:sqs:{REGION}:{ACCOUNT}:shop-dev-dead-letters"],
            None,
        ),
    }
    trust = json.loads(recorded.named("tasks-scheduler").inputs["assumeRolePolicy"])["Statement"]
    assert trust == [
        {
            "Action": "sts:AssumeRole",
            "Effect": "Allow",
            "Principal": {"Service": "scheduler.amazonaws.com"},
            "Condition": {
                "StringEquals": {
                    "aws:SourceAccount": ACCOUNT,
                    "aws:SourceArn": f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule-group/shop-dev",
                }
            },
        }
    ]


def test_only_the_statement_that_aws_cannot_narrow_allows_all_resources():
    task: ScheduledTaskArgs = {
        **PLAIN,
        "secrets": {"PW": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:db-a1b2c3:password::"},
        "permissions": [{"actions": ["s3:PutObject"], "resources": ["arn:aws:s3:::b/*"]}],
    }
    recorded = done(run(build({"backup": task}), preview=False))
    policies = [resource for resource in recorded.of_aws if resource.type.endswith(":RolePolicy")]
    wide = [
        statement["Action"]
        for policy in policies
        for statement in json.loads(policy.inputs["policy"])["Statement"]
        if "*" in statement["Resource"]
    ]
    assert len(policies) == 4
    assert set(wide) == {"ecr:GetAuthorizationToken"}


def test_task_with_secrets_has_its_own_role_that_reads_only_these():
    arn = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:db-a1b2c3"
    parameter = f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/url"
    recorded = done(
        run(
            build({"backup": {**PLAIN, "secrets": {"PW": f"{arn}:password::", "URL": parameter}}}),
            preview=False,
        )
    )
    allowed = statements(recorded, "backup-execution-policy")
    assert allowed["ReadSecrets"]["Resource"] == [arn]
    assert allowed["ReadParameters"]["Resource"] == [parameter]
    assert "ReadSecrets" not in statements(recorded, "tasks-execution-policy")
    [container] = json.loads(recorded.named("backup-definition").inputs["containerDefinitions"])
    assert container["secrets"] == [
        {"name": "PW", "valueFrom": f"{arn}:password::"},
        {"name": "URL", "valueFrom": parameter},
    ]


def test_a_parameter_by_its_name_is_one_of_the_account_and_region():
    # AWS: botocore ecs, Secret.valueFrom. A role can only be allowed to read a parameter by its ARN.
    arn = f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/prod/db/password"
    named = {"PW": "/prod/db/password"}
    task: ScheduledTaskArgs = {**PLAIN, "secrets": named, "sidecars": {"proxy": {"image": "proxy:1", "secrets": named}}}
    recorded = done(run(build({"backup": task}), preview=False))
    containers = json.loads(recorded.named("backup-definition").inputs["containerDefinitions"])
    assert [container["secrets"] for container in containers] == [[{"name": "PW", "valueFrom": arn}]] * 2
    assert statements(recorded, "backup-execution-policy")["ReadParameters"]["Resource"] == [arn]


def test_a_version_of_a_parameter_is_read_by_its_own_arn():
    arn = f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/token"
    recorded = done(run(build({"backup": {**PLAIN, "secrets": {"T": f"{arn}:3"}}}), preview=False))
    assert statements(recorded, "backup-execution-policy")["ReadParameters"]["Resource"] == [arn]


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"image": "Job:1"}, "image"),
        ({"secrets": {"PW": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf:password"}}, "secrets.PW"),
        ({"sidecars": {"proxy": {"image": "Proxy:1"}}}, "sidecars.proxy.image"),
    ],
    ids=["image", "secret", "image of a sidecar"],
)
def test_an_output_that_is_no_reference_is_refused_once_it_is_known(values: dict[str, Any], path: str):
    def outputs(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: outputs(item) for key, item in value.items()}
        return pulumi.Output.from_input(value)

    def program() -> None:
        build({"backup": cast("ScheduledTaskArgs", {**PLAIN, **outputs(values)})})()

    recorded = run(program, preview=False)
    assert isinstance(recorded.error, InvalidArgumentsError)
    assert [".".join(map(str, problem.path)) for problem in recorded.error.problems] == [path]


@pytest.mark.parametrize(
    ("name", "allowed"),
    [("db-a1b2c3", ["db-a1b2c3"]), ("db", ["db", "db-??????"]), ("db-backup", ["db-backup", "db-backup-??????"])],
    ids=["whole", "without the random end", "perhaps without"],
)
def test_secret_can_be_read_by_its_complete_arn(name: str, allowed: list[str]):
    # Secrets Manager also finds a secret by its ARN without the random suffix, but IAM compares the complete ARN.
    arn = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret"
    recorded = done(run(build({"backup": {**PLAIN, "secrets": {"PW": f"{arn}:{name}"}}}), preview=False))
    read = statements(recorded, "backup-execution-policy")["ReadSecrets"]
    assert read["Resource"] == [f"{arn}:{each}" for each in allowed]


def test_existing_task_definition_is_pinned_and_allowed():
    group: ScheduledTaskGroupArgs = {**GROUP, "task_definitions": ["legacy"]}
    recorded = done(run(build({"old": {"task_definition": "legacy", "schedule": "rate(1 day)"}}, group), preview=False))
    arn = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/legacy:7"
    assert recorded.named("old-schedule").inputs["target"]["ecsParameters"]["taskDefinitionArn"] == arn
    allowed = statements(recorded, "tasks-scheduler-policy")
    assert arn in allowed["StartRuns"]["Resource"]
    assert f"arn:aws:iam::{ACCOUNT}:role/legacy" in allowed["PassRoles"]["Resource"]


def test_container_of_a_task_with_its_own_group_decides_the_outcome():
    args: ScheduledTaskArgs = {"task_definition": "legacy", "container": "app", "schedule": "rate(1 day)"}
    recorded = done(run(lambda: ScheduledTask("old", {**args, "group_args": {"cluster": "main"}}), preview=False))
    rules = [found for found in recorded.of_aws if "succeeded-runs" in found.name and found.type.endswith("EventRule")]
    patterns = [json.loads(rule.inputs["eventPattern"])["detail"] for rule in rules]
    decides = [found["containers"]["name"] for found in patterns if "/legacy:" in str(found["taskDefinitionArn"])]
    assert decides == [["app"]]


def test_container_that_does_not_decide_the_outcome_is_refused():
    group: ScheduledTaskGroupArgs = {**GROUP, "task_definitions": ["legacy"]}
    task: ScheduledTaskArgs = {"task_definition": "legacy", "container": "app", "schedule": "rate(1 day)"}
    recorded = run(build({"old": task}, group), preview=False)
    assert isinstance(recorded.error, InvalidArgumentsError)
    assert (
        'container: "app" is not the container by which the group decides the outcome of runs of "legacy". That is "main".'
        in str(recorded.error)
    )


def test_several_schedules_have_stable_names(ran: Callable[..., Recorded]):
    args: ScheduledTaskArgs = {
        "image": "x",
        "schedules": [{"expression": "rate(1 hour)"}, {"expression": "rate(2 days)"}],
    }
    recorded = done(ran(build({"backup": args})))
    named = {resource.name: resource.inputs["name"] for resource in recorded.schedules("backup")}
    assert named == {
        "backup-schedule-rate-f8b8883f": "backup__rate-f8b8883f",
        "backup-schedule-rate-7d958723": "backup__rate-7d958723",
    }


@pytest.mark.parametrize(
    "change",
    [{"schedule": "at(2001-01-01T00:00:00)"}, {"end": "2002-01-01T00:00:00Z"}],
    ids=["one-time", "ended"],
)
def test_schedule_that_will_never_run_again_is_omitted_with_a_warning(
    ran: Callable[..., Recorded], change: dict[str, Any]
):
    args = cast("ScheduledTaskArgs", {**PLAIN, **change})
    recorded = done(ran(build({"backup": args, "other": PLAIN})))
    assert not any(resource.name == "backup-schedule" for resource in recorded.of_aws)
    assert recorded.named("other-schedule")
    [warning] = recorded.warnings
    assert "backup" in warning
    assert "Remove schedule." in warning


def test_start_in_the_past_is_omitted_because_aws_would_refuse_it(ran: Callable[..., Recorded]):
    passed, later = "2001-01-01T00:30:00Z", "2199-01-01T02:00:00+02:00"
    args: ScheduledTaskArgs = {
        "image": "x",
        "schedules": [
            {"expression": "cron(0 3 * * ? *)", "start": passed},
            {"expression": "rate(6 hours)", "start": passed},
            {"expression": "rate(6 hours)", "start": later},
        ],
    }
    recorded = done(ran(build({"backup": args})))
    cron, rate, waiting = (resource.inputs for resource in recorded.schedules("backup"))
    assert "startDate" not in cron
    begins = datetime.fromisoformat(rate["startDate"])
    assert (begins - datetime.fromisoformat(passed)) % timedelta(hours=6) == timedelta(), "its times stay"
    assert timedelta() < begins - datetime.now(UTC) <= timedelta(hours=6)
    assert waiting["startDate"] == "2199-01-01T00:00:00Z"


def test_policies_and_subscriptions_stay_if_an_earlier_one_is_removed():
    # If they moved to another name, the new one would exist already, and deleting the old one would delete both.
    policies, emails = ["arn:aws:iam::aws:policy/A", "arn:aws:iam::aws:policy/B"], ["a@example.com", "b@example.com"]

    def made(first: int) -> dict[str, str]:
        task: ScheduledTaskArgs = {**PLAIN, "managed_policies": policies[first:]}
        recorded = done(run(build({"backup": task}, {**GROUP, "notify": {"emails": emails[first:]}}), preview=False))
        found = {resource.urn: resource.inputs for resource in recorded.of_aws}
        return {
            urn: each for urn, inputs in found.items() if (each := inputs.get("policyArn") or inputs.get("endpoint"))
        }

    both, left = made(0), made(1)
    assert set(both.values()) == {*emails, *policies}
    assert left.items() < both.items()
    assert set(left.values()) == {emails[1], policies[1]}


def test_paused_group_pauses_its_tasks():
    recorded = done(run(build(group={**GROUP, "enabled": False}), preview=False))
    assert recorded.named("backup-schedule").inputs["state"] == "DISABLED"


def test_task_without_a_group_creates_one(ran: Callable[..., Recorded]):
    recorded = done(ran(lambda: ScheduledTask("backup", {**PLAIN, "group_args": {"cluster": "main"}})))
    assert recorded.named("backup-group-schedules").inputs["name"] == "shop-dev-backup"
    assert recorded.named("backup-schedule")


def test_component_is_the_parent_of_its_resources(ran: Callable[..., Recorded]):
    recorded = done(ran(build()))
    components = {
        resource.urn: resource.name for resource in recorded.resources if not resource.type.startswith("aws:")
    }
    assert {components[resource.parent] for resource in recorded.of_aws} == {"tasks", "backup"}
    assert len(recorded.outputs) >= 2


def test_schedule_depends_on_the_policy_of_the_role():
    recorded = done(run(build(), preview=False))
    policy = recorded.named("tasks-scheduler-policy").urn
    assert policy in recorded.named("backup-schedule").dependencies


REFUSED_TASKS: dict[str, tuple[dict[str, Any], str]] = {
    "unknown key": ({"memroy": 1}, 'memroy: unknown key. Did you mean "memory"?'),
    "wrong type": ({"cpu": "256"}, 'cpu: must be an integer, not "256". Remove the quotes.'),
    "memory": ({"memory": 700}, "memory: Fargate does not offer 700 MiB with cpu 256."),
    "two kinds": ({"task_definition": "a"}, "task_definition: a task has either image or task_definition. Remove one."),
    "foreign registry": ({"image": "999999999999.dkr.ecr.eu-west-1.amazonaws.com/a:1"}, "image: is in the registry of account 999999999999"),
    "foreign policy": ({"managed_policies": ["arn:aws:iam::999999999999:policy/x"]}, "managed_policies.0: "),
    "foreign key": ({"logs": {"kms_key": f"arn:aws:kms:us-east-1:{ACCOUNT}:key/a"}}, f"logs.kms_key: \"arn:aws:kms:us-east-1:{ACCOUNT}:key/a\" is not in {REGION}"),
    "foreign role": ({"task_role": f"arn:aws:iam::{ACCOUNT}:role/x"}, "is not in the group's pass_role_arns. Add it there."),
    "a policy twice": ({"managed_policies": ["arn:aws:iam::aws:policy/A"] * 2}, 'A" occurs twice. Remove one.'),
    "schedule": ({"schedule": "cron(0 3 1 * MON *)"}, "day-of-month and day-of-week cannot both be set"),
}  # fmt: skip


@pytest.mark.parametrize(("change", "message"), REFUSED_TASKS.values(), ids=REFUSED_TASKS.keys())
def test_invalid_task_is_refused_before_it_is_registered(
    ran: Callable[..., Recorded], change: dict[str, Any], message: str
):
    recorded = ran(build({"backup": cast("ScheduledTaskArgs", {**PLAIN, **change})}))
    assert isinstance(recorded.error, InvalidArgumentsError)
    assert message in str(recorded.error)
    assert not any(resource.name.startswith("backup") for resource in recorded.resources)


def test_capacity_provider_that_the_new_cluster_lacks_is_refused(ran: Callable[..., Recorded]):
    group: ScheduledTaskGroupArgs = {"create_cluster": {"capacity_providers": ["FARGATE"]}}
    recorded = ran(build({"plain": PLAIN, "spot": {**PLAIN, "launch": "fargateSpot"}}, group))
    assert isinstance(recorded.error, InvalidArgumentsError)
    assert (
        "launch: FARGATE_SPOT is not a capacity provider of the new cluster, which has FARGATE. Add it there."
        in str(recorded.error)
    )


def missing(_: dict[str, Any]) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    return {}, [("", "couldn't find resource")]


REFUSED_GROUPS: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "no cluster": ({}, {"aws:ecs/getCluster:getCluster": missing}, 'cluster: there is no ECS cluster "main"'),
    "inactive cluster": ({}, {"aws:ecs/getCluster:getCluster": lambda _: {"arn": "a", "status": "INACTIVE"}}, "is INACTIVE, not ACTIVE"),
    "no VPC": ({}, {"aws:ec2/getVpc:getVpc": missing}, "network.vpc: there is no default VPC"),
    "no subnet": ({"network": {"subnets": "private"}}, {"aws:ec2/getSubnets:getSubnets": lambda _: {"ids": []}}, "network.subnets: vpc-0d has no private subnet"),
    "cluster elsewhere": ({"cluster": f"arn:aws:ecs:us-east-1:{ACCOUNT}:cluster/main"}, {}, f"is not in account {ACCOUNT}, Region {REGION}"),
    "missing subnet": ({"network": {"subnet_ids": ["subnet-0c"]}}, {}, "there is no subnet subnet-0c"),
    "an email address twice": ({"notify": {"emails": ["a@b.cd", "a@b.cd"]}}, {}, 'notify.emails.1: "a@b.cd" occurs twice. Remove one.'),
    "two clusters": ({"create_cluster": {}}, {}, "cluster: a group has either cluster or create_cluster. Remove one."),
    "topic elsewhere": ({"notify": {"topic_arn": f"arn:aws:sns:us-east-1:{ACCOUNT}:ops"}}, {}, f"is not in {REGION}. AWS accepts only ARNs of the same Region here."),
    "key elsewhere": ({"encryption": {"dead_letters": f"arn:aws:kms:us-east-1:{ACCOUNT}:key/a"}}, {}, "encryption.dead_letters: "),
    "log key elsewhere": ({"logs": {"kms_key": f"arn:aws-cn:kms:{REGION}:{ACCOUNT}:key/a"}}, {}, "logs.kms_key: "),
    "role of another account": ({"pass_role_arns": ["arn:aws:iam::999999999999:role/a"]}, {}, f"is not in account {ACCOUNT}. IAM accepts no other account here."),
    "boundary of another account": ({"permissions_boundary": "arn:aws:iam::999999999999:policy/a"}, {}, "permissions_boundary: "),
    "two containers of a family": ({"task_definitions": ["app", "app:7"], "containers": {"app": "web"}}, {}, 'task_definitions.1: "app:7" has container "main", and another reference to its family has "web".'),
    "no definition": ({"task_definitions": ["gone"]}, {"aws:ecs/getTaskDefinition:getTaskDefinition": missing}, 'there is no task definition "gone"'),
}  # fmt: skip


@pytest.mark.parametrize(("change", "answers", "message"), REFUSED_GROUPS.values(), ids=REFUSED_GROUPS.keys())
def test_invalid_group_is_refused_before_anything_is_registered(
    ran: Callable[..., Recorded], change: dict[str, Any], answers: Any, message: str
):
    recorded = ran(build(group=cast("ScheduledTaskGroupArgs", {**GROUP, **change})), answers=answers)
    assert isinstance(recorded.error, InvalidArgumentsError)
    assert message in str(recorded.error)
    assert recorded.resources == []


def test_pulumi_secret_in_the_environment_is_refused_and_not_shown(ran: Callable[..., Recorded]):
    def program() -> object:
        secret: ScheduledTaskArgs = {**PLAIN, "environment": {"PW": pulumi.Output.secret("canary")}}
        return build({"backup": secret})()

    recorded = ran(program)
    assert isinstance(recorded.error, InvalidArgumentsError)
    assert "environment.PW: is a Pulumi secret" in str(recorded.error)
    assert "canary" not in str(recorded.error)


def test_subnets_and_security_groups_can_be_outputs():
    def program() -> None:
        ids = pulumi.Output.from_input(["subnet-0a", "subnet-0b"])
        network: Any = {
            "subnet_ids": ids,
            "assign_public_ip": "true",
            "security_group_ids": pulumi.Output.from_input(["sg-0a"]),
        }
        group = ScheduledTaskGroup("tasks", {"cluster": "main", "network": network})
        ScheduledTask("job", {"group": group.reference, "image": "job:1", "schedule": "rate(1 hour)"})

    recorded = run(program, preview=False)
    assert recorded.error is None
    found = recorded.named("job-schedule").inputs["target"]["ecsParameters"]["networkConfiguration"]
    assert found == {"subnets": ["subnet-0a", "subnet-0b"], "securityGroups": ["sg-0a"], "assignPublicIp": True}


def test_network_whose_subnets_are_outputs_needs_the_facts_that_cannot_be_looked_up():
    def program() -> None:
        ScheduledTaskGroup("tasks", {"network": {"subnet_ids": pulumi.Output.from_input(["subnet-0a"])}})

    text = str(run(program, preview=False).error)
    assert "network.assign_public_ip: can't be auto" in text
    assert "network.vpc_id: is missing" in text
