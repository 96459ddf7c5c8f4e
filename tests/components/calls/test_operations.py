"""The operations that the component ships: the same as those of the installed botocore."""

import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from zipfile import ZipFile

import botocore
import pytest

from components.calls.operations import FILE, INDEX, other_names, service, service_ids
from tools import call_operations


@cache
def files() -> Mapping[str, str]:
    return call_operations.archive()


@pytest.mark.thorough
def test_the_operations_are_those_of_botocore():
    with ZipFile(FILE) as archive:
        shipped = {name.removesuffix(".json"): archive.read(name).decode() for name in archive.namelist()}
    assert shipped.keys() == files().keys(), "Run: python -m tools.call_operations"
    assert [name for name in shipped if shipped[name] != files()[name]] == [], "Run: python -m tools.call_operations"
    assert call_operations.PAGE.read_text(encoding="utf-8") == call_operations.page(files())


def test_every_operation_can_be_called_or_is_refused():
    """The numbers are those of botocore 1.44.5. Two of its folders are one service, with eight operations in both."""
    # Not the models, which would take a gigabyte of memory.
    folders = {name: list(model["operations"]) for name, model in call_operations.models()}
    operations = [name for names in folders.values() for name in names]
    refused = [name for name in operations if call_operations.is_refused(name)]
    assert botocore.__version__ == "1.44.5"
    assert (len(folders), len(operations)) == (439, 19_796)
    assert (len(refused), len(operations) - len(refused)) == (8_504, 11_292)
    found = [service(name) for name in service_ids()]
    assert len(found) == 438
    assert sum(len(each.operations) for each in found) == 11_286
    assert sum(len(each.refused) for each in found) == 8_502


@pytest.mark.parametrize(
    ("service_id", "operation", "called"),
    [
        # AWS: EventBridge Scheduler user guide, "Using universal targets", unsupported API actions.
        ("sqs", "CreateQueue", True),
        ("sqs", "ReceiveMessage", False),
        ("rds", "DescribeDBInstances", False),
        ("dynamodb", "BatchGetItem", False),
        ("dynamodb", "BatchWriteItem", True),
        ("cognitoidentityprovider", "AdminGetUser", False),
        ("cognitoidentityprovider", "AdminDisableUser", True),
        ("bedrockruntime", "InvokeModel", False),
        ("lambda", "Invoke", True),
    ],
)
def test_operations_that_read_are_refused(service_id: str, operation: str, called: bool):
    found = service(service_id)
    assert (operation in found.operations) is called
    assert (operation in found.refused) is not called


def test_a_shape_has_its_bounds():
    rds = service("rds")
    assert rds.parameters("StopDBInstance").required == ("DBInstanceIdentifier",)
    ecs = service("ecs")
    assert ecs.parameters("UpdateService").members["desiredCount"] == "BoxedInteger"
    assert ecs.parameters("RunTask").tokens == ("clientToken",)
    assert ecs.shape("LaunchType").enum == ("EC2", "FARGATE", "EXTERNAL", "MANAGED_INSTANCES")
    name = service("eks").shape("ClusterName")
    assert (name.type, name.min, name.max, name.pattern) == ("string", 1, 100, "^[0-9A-Za-z][A-Za-z0-9\\-_]*")


def test_services_have_other_names():
    assert other_names()["states"] == ("sfn",)
    assert other_names()["logs"] == ("cloudwatchlogs",)
    assert other_names()["dms"] == ("databasemigration",)
    assert other_names().keys().isdisjoint(service_ids())
    assert INDEX not in service_ids()


def test_the_operations_need_no_botocore():
    code = (
        "import sys; from components.calls.operations import service; "
        "service('rds'); assert not {'botocore', 'pulumi'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
