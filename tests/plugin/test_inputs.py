"""From the engine's inputs to arguments, and from a component's problems to what its users wrote."""

import asyncio
from typing import Any

import pulumi
import pytest

from components import ScheduledTaskArgs, ScheduledTaskGroupArgs
from components.problems import Name, Problem
from components.shapes import shape_problems
from plugin.inputs import all_keys, arguments
from plugin.spelling import as_written


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"cpu": 512.0}, {"cpu": 512}),
        ({"cpu": 512.5}, {"cpu": 512.5}),
        ({"retry": {"maxAge": "1h", "attempts": 3.0}}, {"retry": {"max_age": "1h", "attempts": 3}}),
        ({"schedules": [{"flexibleWindow": "5m", "memory": 9.0}]}, {"schedules": [{"flexible_window": "5m", "memory": 9}]}),
        ({"sidecars": {"logShipper": {"dependsOn": {"dataBase": "START"}}}}, {"sidecars": {"logShipper": {"depends_on": {"dataBase": "START"}}}}),
        ({"environment": {"someKey": "1"}, "description": None}, {"environment": {"someKey": "1"}}),
        ({"groupArgs": {"network": {"subnetIds": ["subnet-0a"]}}}, {"group_args": {"network": {"subnet_ids": ["subnet-0a"]}}}),
        ({"capacityProviders": [{"provider": "X", "base": 1.0}]}, {"capacity_providers": [{"provider": "X", "base": 1}]}),
    ],
    ids=str,
)  # fmt: skip
def test_keys_and_numbers_become_pythons(given: dict[str, Any], expected: dict[str, Any]):
    assert arguments(given, ScheduledTaskArgs) == expected


@pytest.mark.parametrize("given", [{"memroy": 1.0}, {"retry": {"maxAgee": "1h"}}, {"flexible_windo": "1m"}], ids=str)
def test_an_unknown_key_is_kept_and_so_refused(given: dict[str, Any]):
    [problem] = shape_problems(arguments(given, ScheduledTaskArgs), ScheduledTaskArgs)
    assert "unknown key" in problem.message


def test_an_output_in_the_place_of_a_map_is_refused_and_not_taken_for_an_empty_one():
    async def program() -> list[Problem]:
        network = pulumi.Output.from_input({"subnets": "private"})
        return shape_problems(arguments({"network": network}, ScheduledTaskGroupArgs), ScheduledTaskGroupArgs)

    [problem] = asyncio.run(program())
    assert str(problem) == "network: must be a map, not an output, which is known only while resources are created."


def test_problems_are_told_as_the_schema_spells_keys():
    told = as_written(
        Problem(("network", "vpc_tags", Name("my_tag"), 0), "subnet_ids is there already, in my_own way."),
        all_keys(ScheduledTaskGroupArgs),
    )
    assert str(told) == "network.vpcTags.my_tag.0: subnetIds is there already, in my_own way."
