"""Rules for definitions of state machines that AWS enforces, but the emulator doesn't."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

_SET_BY_STEP_FUNCTIONS = ("Count", "StartedBy")
"""Arguments of `ecs:runTask.sync` that Step Functions sets itself. AWS's ValidateStateMachineDefinition refuses them in
both query languages, and accepts `Count` in `ecs:runTask.waitForTaskToken`: answers of 2026-09-24 in
https://github.com/radkawar/stackd, testdata/aws/stepfunctions/ecs_schema_admission.json."""


def machine_problems(params: Mapping[str, Any]) -> Iterator[str]:
    """Problems of CreateStateMachine and UpdateStateMachine."""
    try:
        definition = json.loads(params.get("definition", "{}"))
    except ValueError:
        # The emulator refuses it.
        return
    yield from _problems(definition, "")


def _problems(value: Any, where: str) -> Iterator[str]:
    if isinstance(value, list):
        for number, each in enumerate(value):
            yield from _problems(each, f"{where}[{number}]")
    elif isinstance(value, dict):
        if str(value.get("Resource")).endswith(":states:::ecs:runTask.sync"):
            yield from _refused(value, where)
        for key, each in value.items():
            yield from _problems(each, f"{where}/{key}")


def _refused(state: dict[str, Any], where: str) -> Iterator[str]:
    for block in ("Parameters", "Arguments"):
        given = state.get(block)
        # Arguments can also be one expression.
        names = [name.removesuffix(".$") for name in given] if isinstance(given, dict) else []
        for name in _SET_BY_STEP_FUNCTIONS:
            if name in names:
                problem = f"The field '{name}' is not supported by Step Functions"
                yield f"SCHEMA_VALIDATION_FAILED: {problem} at {where}/{block}"
