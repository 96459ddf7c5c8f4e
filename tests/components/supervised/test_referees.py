"""AWS's own validator of Amazon States Language, and the reference implementation of JSONata, judge the state machines.

AWS: https://github.com/aws/amazon-states-language-service, the validator of the AWS Toolkit and the console. JSONata:
https://github.com/jsonata-js/jsonata. Step Functions runs an implementation of JSONata 2.0.
"""

import json
from collections.abc import Callable
from typing import Any
from unittest import mock

import pytest
from moto.stepfunctions.parser.asl.jsonata import jsonata as jsonata_module

from sandbox import moto_step_functions
from tests.components.supervised.machines import index_machine, machine
from tests.interpreter import Answer, End, Hang, error, interpreter
from tests.referees import judged

MILLIS = "1795724815123"
"""The time of every expression."""
NO_CAPACITY = [{"arn": "arn:aws:ecs:eu-west-1:123456789012:task-definition/a:1", "reason": "RESOURCE:CPU"}]
RETRY: dict[str, Any] = {"retry_run": {"attempts": 10, "delay": "24h", "backoff": 10, "exit_codes": [1, 75]}}
MACHINES: list[dict[str, Any]] = [
    {"timeout": "45m"},
    {"notify_after": 3, "overlap": "queue"},
    {"timeout": "60s", "retry": {"attempts": 0}},
    {"timeout": "30d", "retry": {"attempts": 185, "max_age": "60s"}},
    RETRY,
    *({"overlap": overlap, **more} for overlap in ("forbid", "queue", "replace") for more in ({}, RETRY)),
    {"only": "workdays", "except_": {"dates": ["2026-12-24"]}},
    {"lock": "orders-db"},
    *({"overlap": overlap, "lock": "orders-db", **RETRY} for overlap in ("forbid", "queue", "replace")),
    {"overlap": "forbid", "capacity_providers": [{"provider": "FARGATE_SPOT", "weight": 4}], "exec": True},
]
SCENARIOS: list[tuple[dict[str, Any], list[Answer]]] = [
    ({"timeout": "2h"}, [End()]),
    ({"overlap": "forbid", "retry_run": {"attempts": 1}}, [End(1), End()]),
    ({"overlap": "replace", **RETRY}, [End(137, "UserInitiated", 'stopped by "alice"\n'), End(0)]),
    ({"timeout": "1h"}, [NO_CAPACITY, NO_CAPACITY, End(container_reason="OutOfMemoryError: killed")]),
    ({"timeout": "1h", "retry": {"attempts": 0}}, [error("AccessDeniedException")]),
    ({"timeout": "1h", "retry_run": {"attempts": 1}}, [End(None, "TaskFailedToStart", "CannotPullContainerError")]),
    ({"overlap": "forbid", "timeout": "1m"}, [Hang(times_out=True)]),
    ({"overlap": "queue", "timeout": "1m", "lock": "orders-db"}, [End()]),
    ({"only": "workdays"}, [End()]),
    ({"notify_after": 2}, [End(1), End()]),
    ({"timeout": "1h", "parallel": {"tasks": 2, "at_once": 1}}, [End(), End(3), NO_CAPACITY]),
    (
        {"overlap": "replace", "parallel": {"tasks": 2, "at_once": 1}, **RETRY},
        [End(), End(1), End(137, "UserInitiated", "Replaced by newer")],
    ),
]


def recording(found: dict[str, Any]) -> Callable[[Any], Any]:
    """An evaluator that notes each expression, with the values of its variables, and its result here."""

    def evaluate(expression: Any) -> Any:
        # The reference has no functions of Step Functions.
        if isinstance(expression, str) or "$parse(" in expression.text:
            return moto_step_functions._evaluate(expression)
        fixed = expression.text.replace("$millis()", MILLIS).replace("$now()", f"$fromMillis({MILLIS})")
        expression.text = fixed.replace("$uuid()", '"0b5e6f2a-6c0f-4c39-9d5c-1a2b3c4d5e6f"')
        result = found[str(expression)] = moto_step_functions._evaluate(expression)
        return result

    return evaluate


def evaluated() -> dict[str, Any]:
    """The expressions that the scenarios evaluate, with the values of their variables, and their results here."""
    found: dict[str, Any] = {}
    for settings, answers in SCENARIOS:
        with interpreter(*answers) as states, mock.patch.object(jsonata_module, "_eval_jsonata", recording(found)):
            if "parallel" in settings:
                states.create_index(index_machine(**settings))
            states.create(machine(**settings))
            states.run()
            # The same scheduled time again, with overrides.
            states.run("second", overrides={"ContainerOverrides": [{"Name": "main", "Command": ['a "b" $c {% d %}']}]})
    return found


def test_awss_validator_accepts_every_state_machine():
    assert judged("machines", [machine(**settings) for settings in MACHINES]) == [[] for _ in MACHINES]


def test_awss_validator_accepts_state_machines_of_several_tasks_per_run():
    parallel: dict[str, Any] = {"timeout": "1h", "parallel": {"tasks": 250, "at_once": 40}}
    every = [
        parallel,
        *({**parallel, "overlap": overlap, "lock": "orders-db", **RETRY} for overlap in ("forbid", "queue", "replace")),
    ]
    made = [made(**settings) for settings in every for made in (machine, index_machine)]
    assert judged("machines", made) == [[] for _ in made]


def test_awss_validator_refuses_a_state_that_leads_nowhere_and_a_path_in_jsonata():
    whole = json.loads(machine(timeout="1h"))
    nowhere = {**whole, "States": {**whole["States"], "Lost": {"Type": "Pass", "Next": "Nobody"}}}
    path = {**whole, "States": {**whole["States"], "Lost": {"Type": "Pass", "InputPath": "$.a", "End": True}}}
    assert all(judged("machines", [json.dumps(nowhere), json.dumps(path)]))


@pytest.mark.thorough
def test_the_reference_evaluates_every_expression_to_the_same_value():
    """The sandbox's evaluator is a port to Python, so tests of state machines are only as good as the port."""
    found = evaluated()
    assert len(found) > 100
    answers = judged("expressions", list(found))
    pairs = zip(found.items(), answers, strict=True)
    different = {text: (answer, value) for (text, value), answer in pairs if answer.get("value") != value}
    assert different == {}
