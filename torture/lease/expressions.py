"""JSONata as Step Functions evaluates it.

AWS: Step Functions developer guide, "Transforming data with JSONata in Step Functions".
"""

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from jsonata import Jsonata

from components.json_values import is_list, is_object


class EvaluationError(Exception):
    """Step Functions fails the state with States.QueryEvaluationError."""


class Evaluator:
    """Evaluates the expressions in values.

    Args:
        millis: The time for $millis() and $now().
        uuid: Makes a new identifier for $uuid().
    """

    def __init__(self, millis: Callable[[], int], uuid: Callable[[], str]):
        self._millis, self._uuid = millis, uuid

    def value(self, value: Any, variables: Mapping[str, Any]) -> Any:
        """A value of a state, with its expressions replaced by their results."""
        if isinstance(value, str):
            return self._expression(value[2:-2].strip(), variables) if value.startswith("{%") else value
        if is_object(value):
            return {name: self.value(item, variables) for name, item in value.items()}
        if is_list(value):
            return [self.value(item, variables) for item in value]
        return value

    def _expression(self, text: str, variables: Mapping[str, Any]) -> Any:
        expression: Any = _parsed(text)
        expression.register_lambda("millis", self._millis)
        expression.register_lambda("now", lambda: f"at {self._millis()}")
        expression.register_lambda("uuid", self._uuid)
        expression.register_lambda("parse", json.loads)
        try:
            result: Any = expression.evaluate(None, variables)
        except Exception as error:
            raise EvaluationError(f"{text}: {error}") from error
        if result is None:
            raise EvaluationError(f"{text} has no result")
        return json.loads(json.dumps(result))


@lru_cache(maxsize=4096)
def _parsed(text: str) -> Jsonata:
    return Jsonata(text)
