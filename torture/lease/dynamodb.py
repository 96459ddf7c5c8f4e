"""A model of a DynamoDB table: conditional writes, each in one step.

AWS: Amazon DynamoDB developer guide, "Condition expressions", "Update expressions", "Using time to live (TTL)".
"""

import operator
import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

from components.json_values import Data
from sandbox.state_machines.errors import ServiceError

_TOKEN = re.compile(r"\s*(:?\w+|<>|<=|>=|[()=<>,])")
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
Item = dict[str, dict[str, str]]


class Table:
    """The lease table. Keys are strings in the attribute `id`."""

    def __init__(self) -> None:
        self.items: dict[str, Item] = {}

    def call(self, operation: str, request: Data) -> dict[str, Any]:
        """Make one of the calls that state machines make."""
        key: str = (request["Item"] if operation == "putItem" else request["Key"])["id"]["S"]
        old = self.items.get(key)
        values = request.get("ExpressionAttributeValues", {})
        if "ConditionExpression" in request and not _Condition(request["ConditionExpression"], old or {}, values).met:
            raise ServiceError("DynamoDB.ConditionalCheckFailedException", "The conditional request failed")
        if operation == "putItem":
            self.items[key] = deepcopy(dict(request["Item"]))
        elif operation == "deleteItem":
            self.items.pop(key, None)
        else:
            assert operation == "updateItem", operation
            self.items[key] = _updated(old or {"id": {"S": key}}, request["UpdateExpression"], values)
        return {"Attributes": deepcopy(self.items[key])} if request.get("ReturnValues") == "ALL_NEW" else {}

    def expire(self, now: float, attribute: str) -> None:
        """Delete all items whose time to live is over. AWS may do that days later."""
        for key, item in list(self.items.items()):
            if attribute in item and float(item[attribute]["N"]) < now:
                del self.items[key]


def _updated(item: Item, expression: str, values: Mapping[str, dict[str, str]]) -> Item:
    changed = deepcopy(item)
    for clause, rest in re.findall(r"(SET|REMOVE)\s+(.*?)(?=\s+(?:SET|REMOVE)\s|$)", expression):
        for part in rest.split(","):
            if clause == "REMOVE":
                changed.pop(part.strip(), None)
            else:
                name, value = (text.strip() for text in part.split("="))
                changed[name] = deepcopy(values[value])
    return changed


class _Condition:
    """Evaluates a condition: OR, AND, comparisons, attribute_exists and attribute_not_exists."""

    def __init__(self, text: str, item: Mapping[str, dict[str, str]], values: Mapping[str, dict[str, str]]):
        self._tokens, self._item, self._values = _TOKEN.findall(text), item, values
        self.met = self._any()
        assert not self._tokens, self._tokens

    def _any(self) -> bool:
        found = self._all()
        while self._next() == "OR":
            self._tokens.pop(0)
            found = self._all() or found
        return found

    def _all(self) -> bool:
        found = self._one()
        while self._next() == "AND":
            self._tokens.pop(0)
            found = self._one() and found
        return found

    def _one(self) -> bool:
        first = self._tokens.pop(0)
        if first == "(":
            found = self._any()
            self._tokens.pop(0)
            return found
        if first in {"attribute_exists", "attribute_not_exists"}:
            _, name, _ = (self._tokens.pop(0) for _ in range(3))
            return (name in self._item) == (first == "attribute_exists")
        compare, second = _COMPARE[self._tokens.pop(0)], self._tokens.pop(0)
        left, right = self._operand(first), self._operand(second)
        # A comparison with a missing attribute, or of two types, is false.
        return left is not None and right is not None and type(left) is type(right) and compare(left, right)

    def _operand(self, token: str) -> str | float | None:
        value = self._values[token] if token.startswith(":") else self._item.get(token)
        if value is None:
            return None
        return float(value["N"]) if "N" in value else value["S"]

    def _next(self) -> str:
        return self._tokens[0] if self._tokens else ""
