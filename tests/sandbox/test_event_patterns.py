"""The sandbox's matcher of event patterns gives the answers of AWS's own."""

import json
from typing import Any

import pytest

from components.monitoring import events
from sandbox.event_patterns import matches
from tests import event_ruler
from tests.components.monitoring.test_events import EVENTS, SUPERVISED, patterns

PATTERNS = [
    *(pattern for outcome in (events.FAILED, events.SUCCEEDED) for pattern in patterns(outcome, supervised=True)),
    events.pattern(events.FAILED, "a", "main", ["b"], tasks=["backup", {"prefix": "orders-"}]),
]
ITEMS: dict[str, Any] = {
    "detail": {"a": "x1", "n": 1, "list": [{"k": 1, "v": "p"}, {"k": 2, "v": "q"}], "s": ["a", "b"], "o": {"i": None}}
}
SMALL: list[dict[str, Any]] = [
    {"a": ["x1"]},
    {"a": [{"prefix": "x"}, "y"]},
    {"a": [{"suffix": "2"}]},
    {"a": [{"anything-but": ["x1", "x2"]}]},
    {"a": [{"anything-but": {"prefix": "x"}}]},
    {"a": [{"anything-but": "y"}]},
    {"missing": [{"anything-but": "y"}]},
    {"missing": [{"exists": False}]},
    {"a": [{"exists": False}]},
    {"o": {"i": [{"exists": True}]}},
    {"o": {"i": [None]}},
    {"o": {"j": [{"exists": False}]}},
    {"n": [1]},
    {"n": ["1"]},
    {"s": ["b"]},
    {"s": [{"anything-but": "a"}]},
    {"list": {"k": [1], "v": ["p"]}},
    {"list": {"k": [1], "v": ["q"]}},
    {"list": {"x": [{"exists": False}]}},
    {"missing": {"x": [{"exists": False}]}},
    {"$or": [{"a": ["y"]}, {"n": [1]}]},
    {"$or": [{"a": ["y"]}, {"n": [2]}]},
]  # fmt: skip


@pytest.mark.timeout(240)
def test_the_matcher_answers_as_aws_does():
    pairs = [(pattern, event) for event, _ in (*EVENTS.values(), *SUPERVISED.values()) for pattern in PATTERNS]
    pairs += [(json.dumps({"detail": pattern}), ITEMS) for pattern in SMALL]
    ours = [matches(json.loads(pattern), event) for pattern, event in pairs]
    assert any(ours)
    differing = [
        (*pair, own) for pair, own, other in zip(pairs, ours, event_ruler.matches(pairs), strict=True) if own != other
    ]
    assert differing == []


def test_an_operator_that_the_sandbox_lacks_is_an_error():
    with pytest.raises(NotImplementedError, match="cidr"):
        matches({"a": [{"cidr": "10.0.0.0/8"}]}, {"a": "10.0.0.1"})
