"""Layers of configuration: later ones win, objects merge by key, lists replace, null removes."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

Values = Mapping[str, Any]


def merged(layers: Iterable[tuple[str, Values]]) -> tuple[dict[str, Any], dict[str, str]]:
    """The layers as one, and for each key the name of the last layer that set it."""
    result: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for name, layer in layers:
        origins.update(dict.fromkeys(layer, name))
        result = _over(result, layer)
    return result, origins


def _over(below: Values, above: Values) -> dict[str, Any]:
    result = dict(below)
    for key, value in above.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, dict):
            lower = result.get(key)
            result[key] = _over(cast("Values", lower) if isinstance(lower, dict) else {}, cast("Values", value))
        else:
            result[key] = _without_nulls(value)
    return result


def without_nulls(values: Values) -> dict[str, Any]:
    """The values without nulls, at every depth."""
    return {key: _without_nulls(value) for key, value in values.items() if value is not None}


def _without_nulls(value: object) -> object:
    # `dict` and `list` rather than abstract types, which are slow to check and which YAML does not make.
    if isinstance(value, dict):
        return without_nulls(cast("Values", value))
    return [_without_nulls(item) for item in cast("list[object]", value)] if isinstance(value, list) else value
