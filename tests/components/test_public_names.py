"""The names that other programs import from the library."""

from ast import If, ImportFrom, parse
from inspect import get_annotations
from pathlib import Path
from typing import Literal, get_origin

import pytest

import components
from components import GroupResources, TaskResources, args

PROMISED = {
    "CapacityProviderArgs", "ClusterArgs", "GroupReference", "LogsArgs", "NetworkArgs", "PermissionArgs", "RetryArgs",
    "RetryRunArgs", "ScheduleArgs", "ScheduledTask", "ScheduledTaskArgs", "ScheduledTaskGroup",
    "ScheduledTaskGroupArgs", "TaskDefinitionReference",
}  # fmt: skip
"""Names of earlier versions, which stay."""


def test_names_of_earlier_versions_stay():
    assert set(components.__all__) >= PROMISED


def test_types_of_all_arguments_are_public():
    assert {name for name in vars(args) if name.endswith("Args")} <= set(components.__all__)


def test_all_enumerated_strings_are_public():
    own = {name for name, value in vars(args).items() if get_origin(value) is Literal}
    literals = own - {"Answer", "SubnetType"}  # of references only
    assert len(literals) > 10
    assert literals <= set(components.__all__)


def test_types_of_all_resources_are_public():
    resources = [TaskResources, GroupResources]
    hints = {hint for found in resources for hint in get_annotations(found).values()}
    own = {hint for hint in hints if hint.endswith("Resources")}
    assert own == {"MonitoringResources"}
    assert own <= set(components.__all__)


def test_every_public_name_can_be_imported():
    assert components.__all__ == sorted(components.__all__)
    for name in components.__all__:
        value = getattr(components, name)
        assert get_origin(value) is Literal or value.__name__ == name


def test_every_public_name_is_there_for_type_checkers():
    [checking] = [node for node in parse(Path(components.__file__).read_text()).body if isinstance(node, If)]
    imported = {name.name for node in checking.body if isinstance(node, ImportFrom) for name in node.names}
    assert imported == set(components.__all__)


def test_other_names_do_not_exist():
    with pytest.raises(AttributeError, match="has no attribute 'ScheduledTasks'"):
        components.ScheduledTasks  # noqa: B018
