"""From the inputs of the engine to arguments, and from the problems of a component to the keys of its users."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pulumi
import pytest

from components import ScheduledTaskArgs, ScheduledTaskGroupArgs
from components.keys.validation import validated
from components.problems import Name, Problem, key
from plugin.inputs import arguments


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
        ({"aws": {"container": {"portMappings": [{"containerPort": 80.0}]}, "taskDefinition": {}}}, {"aws": {"container": {"portMappings": [{"containerPort": 80}]}, "task_definition": {}}}),
        ({"capacityProviders": [{"provider": "X", "base": 1.0}]}, {"capacity_providers": [{"provider": "X", "base": 1}]}),
    ],
    ids=str,
)  # fmt: skip
def test_keys_and_numbers_become_those_of_python(given: dict[str, Any], expected: dict[str, Any]):
    assert arguments(given, ScheduledTaskArgs) == expected


@pytest.mark.parametrize("given", [{"memroy": 1.0}, {"retry": {"maxAgee": "1h"}}, {"flexible_windo": "1m"}], ids=str)
def test_unknown_key_is_kept_so_that_the_component_refuses_it(given: dict[str, Any]):
    [problem] = validated(ScheduledTaskArgs, arguments(given, ScheduledTaskArgs)).problems
    assert "unknown key" in problem.message


def test_output_in_place_of_an_object_is_refused():
    async def program() -> Sequence[Problem]:
        network = pulumi.Output.from_input({"subnets": "private"})
        return validated(ScheduledTaskGroupArgs, arguments({"network": network}, ScheduledTaskGroupArgs)).problems

    [problem] = asyncio.run(program())
    assert problem.path == ("network",)
    assert problem.message.endswith("not an output, whose value is known only after its resource is created.")


def test_problems_name_keys_as_the_schema_spells_them():
    path = ("network", "vpc_tags", Name("my_tag"), 0)
    shown = Problem(path, f"{key('subnet_ids')} has my_own tags already.").in_camel_case()
    assert str(shown) == "network.vpcTags.my_tag.0: subnetIds has my_own tags already."
