"""The names that other programs import from the library."""

import components
from components import args

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


def test_every_public_name_can_be_imported():
    assert components.__all__ == sorted(components.__all__)
    for name in components.__all__:
        assert getattr(components, name).__name__ == name
