"""The reference implementation of JSONata judges the expressions of closings and openings."""

from __future__ import annotations

from typing import Any
from unittest import mock

from moto.stepfunctions.parser.asl.jsonata import jsonata as jsonata_module

from tests.components.hours.machines import EVERYTHING, execute, machine
from tests.components.hours.world import Group, World
from tests.components.supervised.test_referees import recording
from tests.interpreter import interpreter
from tests.referees import judged


def evaluated() -> dict[str, Any]:
    """The expressions of a closing and an opening, with the values of their variables, and their results here."""
    found: dict[str, Any] = {}

    world = World()
    world.databases["orders"].cluster = ""
    world.groups["workers"] = Group(suspended={"ScheduledActions"})
    with interpreter() as states, mock.patch.object(jsonata_module, "_eval_jsonata", recording(found)):
        states.services.update(world.clients())
        states.create(machine(EVERYTHING))
        assert execute(states, "close", "evening").status == "SUCCEEDED"
        assert execute(states, "open", "morning").status == "SUCCEEDED"
        world.databases["orders"].cluster = "au"
        assert execute(states, "close", "failing").error == "Failed"
    return found


def test_the_reference_evaluates_every_expression_to_the_same_value():
    found = evaluated()
    assert len(found) > 150
    answers = judged("expressions", list(found))
    pairs = zip(found.items(), answers, strict=True)
    different = {text: (answer, value) for (text, value), answer in pairs if answer.get("value") != value}
    assert different == {}
