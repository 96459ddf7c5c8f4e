"""Layers of configuration: later ones win, objects merge by key, lists replace, null removes."""

from collections.abc import Iterable

from components.json_values import Data, Object, is_list, is_object


def merged(layers: Iterable[tuple[str, Data]]) -> tuple[Object, dict[str, str]]:
    """The layers as one, and for each key the name of the last layer that set it."""
    result: Object = {}
    origins: dict[str, str] = {}
    for name, layer in layers:
        origins.update(dict.fromkeys(layer, name))
        result = _over(result, layer)
    return result, origins


def _over(below: Data, above: Data) -> Object:
    result = dict(below)
    for key, value in above.items():
        if value is None:
            result.pop(key, None)
        elif is_object(value):
            lower = result.get(key)
            result[key] = _over(lower if is_object(lower) else {}, value)
        else:
            result[key] = _without_nulls(value)
    return result


def without_nulls(values: Data) -> Object:
    """The values without nulls, at every depth."""
    return {key: _without_nulls(value) for key, value in values.items() if value is not None}


def _without_nulls(value: object) -> object:
    if is_object(value):
        return without_nulls(value)
    return [_without_nulls(item) for item in value] if is_list(value) else value
