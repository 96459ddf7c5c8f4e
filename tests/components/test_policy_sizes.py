"""Policies that are too long for the inline policy of a role continue in managed policies.

Limits are AWS's (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html).
"""

import json
import re
from typing import Any, cast

import pulumi
import pytest

from components import ScheduledTask, ScheduledTaskGroup
from components.aws.policy_sizes import divided
from components.checks.errors import InvalidArgumentsError
from tests.mocks import ACCOUNT, REGION, Answers, Recorded, run
from tests.refusals.refused import assert_one, in_group_arguments, in_stack, in_task

INLINE, MANAGED, PER_ROLE = 10_240, 6_144, 10
"""Characters of all inline policies of a role, characters of a managed policy, and managed policies of a role."""
TRUST = 2_048
"""Characters of a trust policy, by default."""


def secret(number: int, ending: str = "") -> str:
    return f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:shop/production/service-{number:03}{ending}"


def role(number: int) -> str:
    return f"arn:aws:iam::{ACCOUNT}:role/production/service-role-{number:03}"


def deployed(task: dict[str, Any], answers: Answers | None = None, **group: Any) -> Recorded:
    def program() -> None:
        shared = ScheduledTaskGroup("tasks", cast("Any", {"cluster": "main", **group}))
        given = {key: value() if callable(value) else value for key, value in task.items()}
        ScheduledTask(
            "job", cast("Any", {"image": "a:1", "schedule": "rate(1 day)", **given, "group": shared.reference})
        )

    recorded = run(program, preview=False, answers=answers)
    assert recorded.error is None, recorded.error
    return recorded


def size(document: str) -> int:
    return len(re.sub(r"\s", "", document))


def documents(recorded: Recorded, purpose: str) -> tuple[str, list[str]]:
    """The inline policy of a role, and its managed policies. Each has a size that AWS accepts."""
    inline = recorded.named(f"{purpose}-policy").inputs["policy"]
    managed = [
        found for found in recorded.of_aws if found.type == "aws:iam/policy:Policy" and found.name.startswith(purpose)
    ]
    attached = [
        found for found in recorded.of_aws
        if found.type.endswith(":RolePolicyAttachment") and found.name.startswith(f"{purpose}-policy")
    ]  # fmt: skip
    assert [found.name for found in attached] == [found.name for found in managed]
    assert len({found.inputs["name"] for found in managed}) == len(managed) <= PER_ROLE
    assert size(inline) <= INLINE
    assert all(size(found.inputs["policy"]) <= MANAGED for found in managed)
    return inline, [found.inputs["policy"] for found in managed]


def granted(documents: list[str], sid: str) -> set[str]:
    statements = [statement for document in documents for statement in json.loads(document)["Statement"]]
    return {arn for statement in statements if statement.get("Sid") == sid for arn in statement["Resource"]}


def test_few_secrets_need_no_managed_policy():
    inline, managed = documents(deployed({"secrets": {f"S{n}": secret(n) for n in range(20)}}), "job-execution")
    assert managed == []
    assert len(granted([inline], "ReadSecrets")) == 40


def test_a_task_can_read_many_secrets():
    secrets = {f"S{n:03}": secret(n) for n in range(80)}
    parameters = {f"P{n:03}": f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/shop/{n:03}" for n in range(80)}
    recorded = deployed({"secrets": secrets, "sidecars": {"proxy": {"image": "b:1", "secrets": parameters}}})
    inline, managed = documents(recorded, "job-execution")
    assert len(managed) > 0
    assert granted([inline, *managed], "ReadSecrets") == {
        f"{arn}{end}" for arn in secrets.values() for end in ("", "-??????")
    }
    assert granted([inline, *managed], "ReadParameters") == set(parameters.values())


def test_permissions_that_move_to_a_managed_policy_are_never_missing():
    """The inline policy waits for the managed ones, and the task definition for the inline one."""
    recorded = deployed({"secrets": {f"S{n}": secret(n) for n in range(80)}})
    attachment, inline = (
        next(found for found in recorded.of_aws if found.type.endswith(kind) and found.name.startswith("job-execution"))
        for kind in (":RolePolicyAttachment", ":RolePolicy")
    )
    assert attachment.urn in inline.dependencies
    assert inline.urn in recorded.named("job-definition").dependencies


def test_values_of_one_secret_count_once():
    secrets = {f"S{n:03}": f"{secret(0, '-AbCdEf')}:key{n}::" for n in range(400)}
    inline, managed = documents(deployed({"secrets": secrets}), "job-execution")
    assert managed == []
    assert granted([inline], "ReadSecrets") == {secret(0, "-AbCdEf")}


def test_secrets_that_the_program_creates_get_room():
    def secrets() -> dict[str, Any]:
        return {f"S{n:03}": pulumi.Output.from_input(secret(n)) for n in range(80)}

    inline, managed = documents(deployed({"secrets": secrets}), "job-execution")
    assert len(granted([inline, *managed], "ReadSecrets")) == 160


def test_stored_secrets_get_room():
    def stored() -> dict[str, Any]:
        return {f"S{n:03}_{'X' * 100}": pulumi.Output.secret("v") for n in range(80)}

    inline, managed = documents(deployed({"secret_values": stored}), "job-execution")
    assert len(managed) > 0
    assert len(granted([inline, *managed], "ReadParameters")) == 80


@pytest.mark.parametrize(("purpose", "group"), [("tasks-scheduler", {}), ("tasks-supervisor", {"supervised": True})])
def test_tasks_can_use_many_existing_roles(purpose: str, group: dict[str, Any]):
    roles = [role(number) for number in range(300)]
    inline, managed = documents(deployed({}, pass_role_arns=roles, **group), purpose)
    assert len(managed) > 0
    own = f"arn:aws:iam::{ACCOUNT}:role/shop-dev-tasks/runs/*"
    assert granted([inline, *managed], "PassRoles") == {own, *roles}
    for document in managed:
        [statement] = json.loads(document)["Statement"]
        assert statement["Condition"] == {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}


@pytest.mark.parametrize(("purpose", "group"), [("tasks-scheduler", {}), ("tasks-supervisor", {"supervised": True})])
def test_tasks_can_use_many_existing_task_definitions(purpose: str, group: dict[str, Any]):
    families = [f"production-service-{number:03}" for number in range(200)]
    inline, managed = documents(deployed({}, task_definitions=families, **group), purpose)
    assert len(managed) > 0
    assert len(granted([inline, *managed], "StartRuns")) == 201
    for document in managed:
        for statement in json.loads(document)["Statement"]:
            if statement["Sid"] == "StartRuns":
                assert statement["Condition"] == {
                    "ArnEquals": {"ecs:cluster": f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/main"}
                }


def test_trust_policies_have_room_for_the_longest_names():
    recorded = deployed(
        {"secrets": {"A": secret(0)}, "exec": True, "timeout": "1h"},
        supervised=True,
        prefix="p" * 150,
        iam_path="/i/",
    )
    roles = [found for found in recorded.of_aws if found.type == "aws:iam/role:Role"]
    assert len(roles) == 5
    assert all(size(found.inputs["assumeRolePolicy"]) <= TRUST for found in roles)


def test_items_fill_the_inline_policy_first():
    found = divided("abcdef", lambda _: 3000, inline="x" * 1240, managed="x" * 144)
    assert (found.inline, found.managed) == (("a", "b", "c"), (("d", "e"), ("f",)))
    assert divided("abcd", lambda _: 2560, inline="", managed="").managed == ()
    assert divided("abcd", lambda _: 2560, inline="x", managed="").managed == (("d",),)


# Refused before anything is created


def test_more_secrets_than_a_role_can_read():
    assert_one(in_task({"secrets": {f"S{n:03}": secret(n) for n in range(500)}}), "tasks.job.secrets", "500")


def test_more_existing_roles_than_a_role_can_pass():
    tasks = {f"t{n:04}": {"image": "a:1", "schedule": "rate(1 day)", "taskRole": role(n)} for n in range(1500)}
    assert_one(in_stack({"cluster": "main"}, tasks), "tasks", "1500")
    problems = in_group_arguments({"pass_role_arns": [role(number) for number in range(1500)]})
    assert_one(problems, "pass_role_arns", "1500")


def test_roles_of_existing_task_definitions_count_too():
    """The components look them up. The configuration alone does not show them."""
    long = {
        "status": "ACTIVE",
        "requiresCompatibilities": ["FARGATE"],
        "networkMode": "awsvpc",
        "containerDefinitions": "[]",
    }
    path = "p" * 400

    def definition(args: dict[str, Any]) -> dict[str, Any]:
        family = args["taskDefinition"]
        arn = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/{family}:1"
        roles = {
            name: f"arn:aws:iam::{ACCOUNT}:role/{path}/{name}-{family}" for name in ("taskRoleArn", "executionRoleArn")
        }
        return {**long, **roles, "arn": arn}

    families = [f"f{number}" for number in range(100)]
    problems = in_group_arguments(
        {"task_definitions": families}, {"aws:ecs/getTaskDefinition:getTaskDefinition": definition}
    )
    assert_one(problems, "task_definitions", "100")


def test_more_registries_than_a_role_can_use():
    accounts = [f"{number:012}" for number in range(250)]
    assert_one(in_group_arguments({"registry_accounts": accounts}), "registry_accounts", "250")


def test_more_managed_policies_than_a_role_can_have():
    """25 after a quota increase, 10 without."""
    arns = [f"arn:aws:iam::{ACCOUNT}:policy/p{number}" for number in range(26)]
    assert_one(in_task({"managedPolicies": arns}), "tasks.job.managedPolicies", "25")


def test_a_components_own_problem_is_reported_before_its_resources_exist():
    def program() -> None:
        given = {"image": "a:1", "schedule": "rate(1 day)", "secrets": {f"S{n:03}": secret(n) for n in range(500)}}
        ScheduledTask("job", cast("Any", {**given, "group_args": {"cluster": "main"}}))

    recorded = run(program, preview=False)
    assert isinstance(recorded.error, InvalidArgumentsError)
    assert recorded.of_aws == []
