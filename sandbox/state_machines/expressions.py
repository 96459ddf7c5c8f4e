"""JSONata as Step Functions evaluates it.

AWS: Step Functions developer guide, "Transforming data with JSONata in Step Functions".
"""

import json
from collections.abc import Callable, Mapping
from copy import copy
from functools import lru_cache
from typing import Any

from jsonata import Jsonata
from jsonata.utils import Utils

from components.json_values import is_list, is_object

from ..timestamps import timestamp
from .errors import EvaluationError


class Evaluator:
    """Evaluates the expressions in values.

    Args:
        millis: The time for $millis() and $now().
        uuid: Makes a new identifier for $uuid().
    """

    def __init__(self, millis: Callable[[], int], uuid: Callable[[], str]):
        self._functions: Mapping[str, Callable[..., Any]] = {
            "millis": millis,
            "now": lambda: timestamp(millis() / 1000),
            "uuid": uuid,
            "parse": json.loads,
        }

    def value(self, value: Any, variables: Mapping[str, Any], location: str) -> Any:
        """A value of a state, with its expressions replaced by their results.

        Args:
            value: The value.
            variables: The variables by their names, without `$`.
            location: The field of the value, for errors.

        Raises:
            EvaluationError: An expression fails, or has no result.
        """
        if isinstance(value, str):
            if value.startswith("{%") and value.endswith("%}"):
                return self._expression(value[2:-2].strip(), variables, location)
            return value
        if is_object(value):
            return {name: self.value(item, variables, f"{location}/{name}") for name, item in value.items()}
        if is_list(value):
            return [self.value(item, variables, f"{location}[{number}]") for number, item in enumerate(value)]
        return value

    def _expression(self, text: str, variables: Mapping[str, Any], location: str) -> Any:
        about = f"The JSONata expression '{text}' specified for the field '{location}'"
        try:
            result = evaluate(text, variables, self._functions)
        except Exception as error:
            raise EvaluationError(f"{about} failed: {error}", location) from error
        if result is None:
            # AWS: the text of its cause.
            raise EvaluationError(f"{about} returned nothing (undefined).", location)
        return json.loads(json.dumps(result))


def evaluate(text: str, variables: Mapping[str, Any], functions: Mapping[str, Callable[..., Any]]) -> Any:
    """The result of an expression; None if it has none. Other threads can evaluate at the same time.

    Args:
        text: The expression.
        variables: The variables by their names, without `$`. Values are JSON.
        functions: Functions that Step Functions adds to JSONata.
    """
    # An evaluation keeps its state in the object, and only reads the syntax tree.
    expression = copy(_parsed(text))
    expression.environment = expression.create_frame(expression.environment)
    current: Any = Jsonata.CURRENT
    current.jsonata = expression
    for name, function in functions.items():
        expression.register_lambda(name, function)
    for name, value in variables.items():
        expression.assign(name, _with_nulls(value))
    return expression.evaluate(None)


def _with_nulls(value: Any) -> Any:
    """A JSON value for JSONata. There, None means that a value is missing."""
    if is_object(value):
        return {key: _with_nulls(item) for key, item in value.items()}
    if is_list(value):
        return [_with_nulls(item) for item in value]
    return Utils.NULL_VALUE if value is None else value


@lru_cache(maxsize=4096)
def _parsed(text: str) -> Jsonata:
    return Jsonata(text)
