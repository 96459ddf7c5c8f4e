"""Metric filters: what they count in the events of a log group. Pure.

AWS: CloudWatch Logs user guide, "Filter pattern syntax for metric filters", "Publish dimensions with metrics".
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from jsonpath_ng.ext.parser import parse as json_path

_TERM = re.compile(r'\(?\s*(\$[\w.\-]*)\s*(=|!=)\s*"([^"]*)"\s*\)?')


@dataclass(frozen=True, slots=True)
class Counted:
    """A value that a metric filter reports."""

    namespace: str
    name: str
    dimensions: Mapping[str, str]
    value: float


def counted(filters: Sequence[Mapping[str, Any]], message: str) -> Iterator[Counted]:
    """The values that metric filters report about a log event.

    Raises:
        NotImplementedError: A filter has a pattern that the sandbox doesn't know.
    """
    try:
        event = json.loads(message)
    except ValueError:
        return
    for one in filters:
        if not matches(one["filterPattern"], event):
            continue
        for change in one["metricTransformations"]:
            dimensions = {name: _value(event, path) for name, path in change.get("dimensions", {}).items()}
            # AWS: a metric with dimensions is only reported if the event has all of them.
            if all(value is not None for value in dimensions.values()):
                known = {name: str(value) for name, value in dimensions.items()}
                yield Counted(change["metricNamespace"], change["metricName"], known, float(change["metricValue"]))


def matches(pattern: str, event: Any) -> bool:
    """Whether a JSON log event matches a filter pattern: comparisons with strings, joined by `&&`.

    A pattern in a string can have `*` for any characters.

    Raises:
        NotImplementedError: The pattern has anything else.
    """
    text = pattern.strip()
    if not (text.startswith("{") and text.endswith("}")):
        raise NotImplementedError(f"the sandbox doesn't know the filter pattern {pattern}")
    terms = [_TERM.fullmatch(term.strip()) for term in text[1:-1].split("&&")]
    if not all(terms):
        raise NotImplementedError(f"the sandbox doesn't know the filter pattern {pattern}")
    return all(_holds(term[1], term[2], term[3], event) for term in terms if term)


def _holds(path: str, operator: str, wanted: str, event: Any) -> bool:
    value = _value(event, path)
    # fnmatch has more characters with a meaning, so that these are quoted.
    found = isinstance(value, str) and fnmatchcase(value, re.sub(r"[?[]", r"[\g<0>]", wanted))
    return found == (operator == "=")


def _value(event: Any, path: str) -> Any:
    return next((match.value for match in json_path(path).find(event)), None)
