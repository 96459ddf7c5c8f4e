"""The policies in ci/policies, for the roles that deploy and preview a stack.

tests/engine/test_policies.py compares them with the calls of a deployment in the sandbox. The official provider makes
further calls, which are here with their source.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from components.aws.account import Account
from components.aws.names import GroupNames
from config import Source, load
from ops.deployer.__main__ import FOLDER
from ops.deployer.access import Place
from ops.deployer.documents import files
from ops.deployer.stack import parts_of, place_of
from ops.deployer.table import ACCESS
from tests.components.policies.authorization import problems
from tests.components.policies.calls import Call, Request, requests
from tests.components.policies.stacks import deployed
from tests.components.test_urns import deployed as run_program
from tests.components.test_urns import everything
from tests.mocks import ACCOUNT, REGION
from tests.ops.conftest import Ops
from tests.ops.deployments import DEPLOYER, PREVIEWER, decided, of_another_stack, place

ROOT = Path(__file__).parents[2]
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/teams"
PREFIX = "shop-dev"
ROLE = {"RoleName": "shop-dev-scheduler", "Path": "/shop-dev/"}
CREATED = Call("iam", "CreateRole", ROLE)
TABLE = {"TableName": "shop-dev-leases"}
MACHINE = {"stateMachineArn": f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:shop-dev__job"}
REPOSITORY = {"repositoryName": "shop-dev/job"}
TOPIC = {"TopicArn": f"arn:aws:sns:{REGION}:{ACCOUNT}:shop-dev-failures"}
READ: dict[str, list[Call]] = {
    "terraform-provider-aws #39472, a plan of a state machine": [
        Call("stepfunctions", "ValidateStateMachineDefinition")
    ],
    "internal/service/sfn/state_machine.go": [Call("stepfunctions", "ListStateMachineVersions", MACHINE)],
    "internal/service/dynamodb/table.go": [Call("dynamodb", "DescribeContinuousBackups", TABLE)],
    "internal/service/iam/policy.go": [
        Call("iam", operation, {"PolicyArn": f"arn:aws:iam::{ACCOUNT}:policy/shop-dev/shop-dev-scheduler-2"})
        for operation in ("GetPolicy", "GetPolicyVersion", "ListPolicyVersions")
    ],
    "internal/service/iam/role.go": [
        Call("iam", "ListRolePolicies", ROLE),
        Call("iam", "ListInstanceProfilesForRole", ROLE),
    ],
    "internal/service/sns/topic.go": [Call("sns", "ListSubscriptionsByTopic", TOPIC)],
    "internal/service/sqs/queue.go": [Call("sqs", "GetQueueUrl", {"QueueName": "shop-dev-dead-letters"})],
    "internal/service/ec2, look-ups of a network": [
        Call("ec2", f"Describe{what}")
        for what in ("NatGateways", "NetworkInterfaces", "RouteTables", "SecurityGroupRules", "VpcEndpoints")
    ],
    "awsx, ecr.Image in a preview": [Call("ecr", "GetAuthorizationToken")],
    "internal/service/ecr/repository.go, lifecycle_policy.go": [
        Call("ecr", "DescribeRepositories", {"repositoryNames": ["shop-dev/job"]}),
        Call("ecr", "GetLifecyclePolicy", REPOSITORY),
        Call("ecr", "ListTagsForResource", {"resourceArn": f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/shop-dev/job"}),
    ],
}
"""Calls of a preview with `--refresh`, by their source in terraform-provider-aws."""
WRITTEN: dict[str, list[Call]] = {
    "Amazon ECS developer guide, Using service-linked roles": [
        Call("iam", "CreateServiceLinkedRole", {"AWSServiceName": "ecs.amazonaws.com"})
    ],
    "internal/service/events/rule.go, state": [
        Call("events", "EnableRule", {"Name": "shop-dev-failed"}),
        Call("events", "DisableRule", {"Name": "shop-dev-failed-2"}),
        Call("events", "EnableRule", {"Name": "shop-dev-notify-webhook-a-failed"}),
        Call("events", "DisableRule", {"Name": "shop-dev-notify-webhook-a-failed"}),
    ],
    "Amazon EventBridge user guide, Service-linked role for API destinations": [
        Call("iam", "CreateServiceLinkedRole", {"AWSServiceName": "apidestinations.events.amazonaws.com"})
    ],
    "Amazon EventBridge user guide, AmazonEventBridgeFullAccess": [
        Call("secretsmanager", operation, {"SecretId": "events!connection/shop-dev-notify-webhook-a/1/auth"})
        for operation in ("CreateSecret", "DeleteSecret", "GetSecretValue", "PutSecretValue", "UpdateSecret")
    ],
    "internal/service/logs/group.go": [
        Call("logs", operation, {"logGroupName": name})
        for operation in ("AssociateKmsKey", "DisassociateKmsKey", "DeleteRetentionPolicy")
        for name in ("/ecs/shop-dev", "/ecs/shop-dev/job", "/aws/events/shop-dev/failed")
    ],
    "internal/service/iam/role.go": [Call("iam", "UpdateRoleDescription", ROLE)],
    "internal/service/sns/topic_subscription.go": [Call("sns", "SetSubscriptionAttributes")],
    "awsx, ecr.Repository and ecr.Image": [
        Call("ecr", operation, REPOSITORY)
        for operation in (
            "CreateRepository", "DeleteRepository", "PutLifecyclePolicy", "DeleteLifecyclePolicy",
            "PutImageScanningConfiguration", "PutImageTagMutability", "InitiateLayerUpload", "UploadLayerPart",
            "CompleteLayerUpload", "PutImage",
        )
    ],
}  # fmt: skip
"""Further calls of a deployment."""


def of(calls: dict[str, list[Call]]) -> list[Request]:
    found = requests([CREATED, *(call for some in calls.values() for call in some)])
    return [request for request in found if request.action != "iam:CreateRole"]


def test_files_are_current():
    written = {file.name: file.read_text() for file in FOLDER.iterdir()}
    assert written == files(), "stale: run `make docs`"


def written(ops: Ops, folder: Path, *options: str) -> dict[str, str]:
    """The files that the command writes for the stack prod."""
    given = ["policies", "--stack", "prod", "--account", ACCOUNT, "--to", str(folder), *options]
    result = ops(*given)
    assert result.exit_code == 0, result.output
    found = {file.name: file.read_text() for file in folder.iterdir()}
    assert not re.search("<[a-z]+>", "".join(found.values()))
    return found


def test_the_command_writes_the_files_that_a_stack_needs(ops: Ops, tmp_path: Path):
    found = written(ops, tmp_path / "new" / "policies")
    assert found.keys() == {"deploy.json", "deploy-monitoring.json", "preview.json"}
    prefix = "scheduled-tasks-prod"
    assert found == {name: text for name, text in files(place(prefix)).items() if name in found}


KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-1111-1111-1111-111111111111"
TASK: dict[str, Any] = {"image": "job:1", "schedule": "rate(1 day)"}


@pytest.mark.parametrize(
    ("stack", "task", "parts"),
    [
        ({}, {}, ["monitoring"]),
        ({"monitoring": {"outcomes": False, "alarms": False}}, {}, []),
        ({}, {"timeout": "1h"}, ["monitoring", "supervised"]),
        ({"network": {"vpc": {"create": {}}}}, {}, ["monitoring", "network"]),
        ({}, {"image": {"build": "."}}, ["monitoring", "images"]),
        ({}, {"secrets": {"TOKEN": {"config": "token"}}}, ["monitoring", "secrets"]),
        ({"encryption": {"schedules": KEY}}, {}, ["monitoring", "keys"]),
        ({"notify": {"pagerduty": {"a": {"routingKey": {"config": "token"}}}}}, {}, ["monitoring", "notify"]),
    ],
    ids=range(8),
)
def test_a_stack_needs_the_parts_that_it_uses(stack: dict[str, Any], task: dict[str, Any], parts: list[str]):
    values: dict[str, Any] = {"cluster": "main", "catalogue": False, **stack, "tasks": {"job": {**TASK, **task}}}
    secret = {"token": "t"} if "secrets" in task or "notify" in stack else {}
    config = load(Source("test", {**values, **secret}, (("token",),) if secret else ()), Path("missing"))
    assert parts_of(config) == {"deploy", *parts}


def test_the_configuration_of_a_stack_limits_its_policies():
    topic, reader = f"arn:aws:sns:{REGION}:{ACCOUNT}:ops", f"arn:aws:iam::{ACCOUNT}:role/reader"
    values: dict[str, Any] = {
        "cluster": "main",
        "catalogue": False,
        "iam": {"path": "/teams/", "permissionsBoundary": BOUNDARY},
        "encryption": {"schedules": KEY, "deadLetters": KEY},
        "notify": {"topicArn": topic, "emails": ["a@example.com"]},
        "tasks": {"job": {**TASK, "taskRole": reader}},
    }
    config = load(Source("test", values, ()), Path("missing"))
    where = place_of(config, prefix=PREFIX, region="us-gov-west-1", account_id=ACCOUNT)
    assert where.account == Account("aws-us-gov", "us-gov-west-1", ACCOUNT)
    assert (where.names.iam_path, where.boundary) == ("/teams/shop-dev/", BOUNDARY)
    assert (where.passed_roles, where.key_arns, where.topic_arn) == ((reader,), (KEY,), topic)
    found = {one["Sid"]: one for text in files(where).values() for one in json.loads(text)["Statement"]}
    assert reader not in found["PassRoles"]["Resource"]
    assert found["PassRunRoles"]["Resource"] == [reader]
    assert found["PassRunRoles"]["Condition"] == {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
    assert topic in found["Topics"]["Resource"]
    assert found["Keys"]["Resource"] == [KEY]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--account", "1234"], '"1234" is not an AWS account. Use its 12 digits.'),
        (["--region", "moon-1"], '"moon-1" is not an AWS Region.'),
    ],
)
def test_the_command_names_a_wrong_option(ops: Ops, options: list[str], message: str):
    result = ops("policies", "--stack", "prod", "--account", ACCOUNT, *options)
    assert (result.exit_code, message in result.output) == (2, True)


def test_a_folder_that_cannot_be_created_is_named(ops: Ops):
    result = ops("policies", "--stack", "prod", "--account", ACCOUNT, "--to", "/dev/null/x")
    assert (result.exit_code, result.output) == (1, "Can't create /dev/null/x: Not a directory.\n")


@pytest.mark.parametrize("prefix", ["<prefix>", "p" * 40])
def test_each_file_fits_a_managed_policy(prefix: str):
    """AWS: IAM user guide, "IAM and AWS STS quotas": 6,144 characters without white space; 10 policies per role."""
    where = Place(Account("aws-us-gov", "us-gov-west-1", ACCOUNT), GroupNames(prefix), boundary=BOUNDARY)
    found = files(where)
    assert {
        name: len(re.sub(r"\s", "", text)) for name, text in found.items() if len(re.sub(r"\s", "", text)) > 6144
    } == {}
    assert len([name for name in found if name.startswith(DEPLOYER)]) <= 10


MODULES = "cloudwatch|dynamodb|ec2|ecs|iam|scheduler|sfn|sns|sqs|ssm"
"""Modules of pulumi_aws that the components create resources of."""


def test_every_type_of_resource_is_covered():
    source = "".join(file.read_text() for file in (ROOT / "components").rglob("*.py"))
    classes = set(re.findall(rf"\b({MODULES})\.([A-Z]\w+)(?<!Args)\(", source))
    assert {module for module, _ in classes} == set(MODULES.split("|"))
    created = {f"aws:{module}/{name[0].lower()}{name[1:]}:{name}" for module, name in classes}
    created |= {each.type for stack in (deployed("everything"), run_program(everything)) for each in stack.of_aws}
    covered = [kind for access in ACCESS for kind in access.types]
    assert len(covered) == len(set(covered))
    assert created - set(covered) == set(), "add them to ops/deployer/table.py"


@pytest.mark.parametrize("name", files())
def test_awss_reference_knows_every_statement(name: str):
    statements: list[dict[str, Any]] = json.loads(files(place(PREFIX, boundary=BOUNDARY))[name])["Statement"]
    assert list(problems(statements)) == []


def test_policies_allow_the_further_calls_of_the_official_provider():
    reading, writing, where = of(READ), of(WRITTEN), place(PREFIX)
    assert len(reading) + len(writing) > 40
    assert decided(where, DEPLOYER, [*reading, *writing], allowed=True) == []
    assert decided(where, PREVIEWER, reading, allowed=True) == []
    assert decided(where, PREVIEWER, writing, allowed=False) == []
    assert (
        decided(where, DEPLOYER, of_another_stack(of({**READ, **WRITTEN}), "shop-dev", "shop-prod"), allowed=False)
        == []
    )


def test_a_deployer_with_a_boundary_creates_no_role_without_it():
    limited = {**ROLE, "PermissionsBoundary": BOUNDARY}
    where = place(PREFIX, boundary=BOUNDARY)
    operations = ("CreateRole", "PutRolePolicy", "AttachRolePolicy", "PutRolePermissionsBoundary")

    def calls(created: dict[str, str]) -> list[Request]:
        return requests([Call("iam", "CreateRole", created), *(Call("iam", name, ROLE) for name in operations[1:])])

    assert decided(where, DEPLOYER, calls(limited), allowed=True) == []
    assert decided(where, DEPLOYER, calls(ROLE), allowed=False) == []
    assert decided(where, DEPLOYER, calls({**limited, "PermissionsBoundary": f"{BOUNDARY}2"}), allowed=False) == []
    removal = requests([CREATED, Call("iam", "DeleteRolePermissionsBoundary", ROLE)])[1:]
    assert decided(where, DEPLOYER, removal, allowed=False) == []
    assert decided(place(PREFIX), DEPLOYER, removal, allowed=True) == []


def test_a_deployer_passes_its_own_roles_to_three_services_only():
    roles = [f"arn:aws:iam::{ACCOUNT}:role/{path}" for path in ("shop-dev/runs/a", "shop-dev/shop-dev-scheduler")]
    services = ("ecs-tasks.amazonaws.com", "scheduler.amazonaws.com", "states.amazonaws.com")

    def passes(roles: list[str], *services: str) -> list[Request]:
        return [
            Request("iam:PassRole", role, {"iam:PassedToService": service}) for role in roles for service in services
        ]

    where = place(PREFIX)
    assert decided(where, DEPLOYER, passes(roles, *services), allowed=True) == []
    assert decided(where, DEPLOYER, passes(roles, "lambda.amazonaws.com", "ec2.amazonaws.com"), allowed=False) == []
    admin = [f"arn:aws:iam::{ACCOUNT}:role/{path}" for path in ("admin", "shop-prod/x", "runs/shop-dev/x")]
    assert decided(where, DEPLOYER, passes(admin, *services), allowed=False) == []


@pytest.mark.parametrize(("prefix", "rule"), [(PREFIX, "rule/shop-dev-failed*"), ("p" * 70, f"rule/{'p' * 55}*")])
def test_rules_are_covered_if_their_names_are_cut(prefix: str, rule: str):
    [rules] = [access for access in ACCESS if access.sid == "Rules"]
    assert f"arn:aws:events:{REGION}:{ACCOUNT}:{rule}" in rules.resources(place(prefix))
