import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.aws.account import Account
from components.aws.arn import Arn

REVISION = Arn.parse("arn:aws:ecs:eu-west-1:123456789012:task-definition/shop__etl:7")
MACHINE = Arn.parse("arn:aws-cn:states:cn-north-1:123456789012:stateMachine:shop__etl")
PARTS = st.from_regex(r"[A-Za-z0-9*-]{1,20}", fullmatch=True)


@pytest.mark.parametrize(
    ("text", "resource_type", "resource_id", "name"),
    [
        ("arn:aws:ecs:eu-west-1:123456789012:cluster/main", "cluster", "main", "main"),
        ("arn:aws:ecs:eu-west-1:123456789012:task/main/0a1b", "task", "main/0a1b", "0a1b"),
        ("arn:aws:iam::123456789012:role/team/etl", "role", "team/etl", "etl"),
        ("arn:aws:sns:eu-west-1:123456789012:failures", "", "failures", "failures"),
        ("arn:aws:logs:eu-west-1:123456789012:log-group:/ecs/etl:*", "log-group", "/ecs/etl:*", "etl:*"),
        ("arn:aws:s3:::orders", "", "orders", "orders"),
        ("arn:aws:ssm:eu-west-1:123456789012:parameter/a/b", "parameter", "a/b", "b"),
        ("arn:aws:states:::ecs:runTask.sync", "ecs", "runTask.sync", "runTask.sync"),
    ],
)
def test_parts_of_a_resource(text: str, resource_type: str, resource_id: str, name: str):
    arn = Arn.parse(text)
    assert str(arn) == text
    assert (arn.resource_type, arn.resource_id, arn.name) == (resource_type, resource_id, name)


@pytest.mark.thorough
@given(PARTS, PARTS, PARTS, PARTS, st.text(min_size=1))
def test_an_arn_is_parsed_back_from_its_string(partition: str, service: str, region: str, account: str, resource: str):
    arn = Arn(partition, service, region, account, resource)
    assert Arn.parse(str(arn)) == arn


@pytest.mark.parametrize(
    "text",
    ["", "main", "arn:aws:ecs", "arn:aws:ecs:eu-west-1:123456789012", "arn:aws:ecs:eu-west-1:123456789012:",
     "arn::ecs:eu-west-1:123456789012:x", "arn:aws::eu-west-1:123456789012:x", "urn:aws:ecs:eu-west-1:123456789012:x"],
)  # fmt: skip
def test_other_strings_are_not_arns(text: str):
    with pytest.raises(ValueError, match=f'^"{text}" is not an ARN. Use arn:partition:service:region:account-id:reso'):
        Arn.parse(text)
    assert Arn.parse_if_arn(text) is None


def test_values_that_are_not_strings_are_not_arns():
    assert Arn.parse_if_arn(None) is None
    assert Arn.parse_if_arn(str(REVISION)) == REVISION


def test_a_task_definition_has_a_family_and_a_revision():
    assert (REVISION.family, REVISION.revision) == ("shop__etl", 7)
    assert str(REVISION.with_revision(12)) == "arn:aws:ecs:eu-west-1:123456789012:task-definition/shop__etl:12"
    family = REVISION.without_revision
    assert str(family) == "arn:aws:ecs:eu-west-1:123456789012:task-definition/shop__etl"
    assert (family.family, family.revision) == ("shop__etl", None)
    assert family.sibling("task-definition/shop__*:*").revision is None


def test_tasks_of_a_cluster():
    cluster = Arn.parse("arn:aws:ecs:eu-west-1:123456789012:cluster/main")
    assert str(cluster.tasks_of_cluster()) == "arn:aws:ecs:eu-west-1:123456789012:task/main/*"
    assert str(cluster.tasks_of_cluster("0a1b")) == "arn:aws:ecs:eu-west-1:123456789012:task/main/0a1b"


def test_executions_of_a_state_machine():
    execution = MACHINE.execution("scheduled-1")
    assert str(execution) == "arn:aws-cn:states:cn-north-1:123456789012:execution:shop__etl:scheduled-1"
    assert execution.state_machine == MACHINE
    assert execution.execution_name == "scheduled-1"


def test_arns_of_an_account():
    account = Account("aws-cn", "cn-north-1", "123456789012")
    assert account.arn("ecs", "cluster/main") == "arn:aws-cn:ecs:cn-north-1:123456789012:cluster/main"
    assert account.iam_arn("role/etl") == "arn:aws-cn:iam::123456789012:role/etl"
