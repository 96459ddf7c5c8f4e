"""Differences in one form: the key, the value in AWS, and the value in the configuration. Pure functions.

Values of environment variables aren't shown, because they can be secrets.
"""

from collections.abc import Iterator, Mapping

from components.json_values import Json, as_json, is_list, is_object, mapping

from ..review import value_changes
from ..review.value_changes import ABSENT, Change, changes
from ..review.values import plain_value

NOT_SET = "not set"
_ENVIRONMENT = "environment"
_CONTAINERS = ("containerOverrides", "containerDefinitions")


def both(key: str, aws: object, config: object, *, of: str = "") -> str:
    """Describe a difference: `memory: AWS 2048, config 4096`. `of` names the resource: ` of the schedule`."""
    return f"{key}{of}: AWS {_shown(aws)}, config {_shown(config)}"


def between(
    aws: Mapping[str, object], config: Mapping[str, object], *, main: str, of: str = "", empty_is_default: bool = False
) -> Iterator[str]:
    """Describe the differences of two objects, in which lists of named objects are already objects by name.

    Args:
        aws: The object in AWS.
        config: The object that the configuration results in.
        main: The container whose name isn't part of keys.
        of: The resource that has them, for example ` of the schedule`.
        empty_is_default: Whether a member that isn't set is the same as false, 0 or an empty value.
    """
    one, other = mapping(as_json(aws)), mapping(as_json(config))
    for change in changes(_filled(one, other), _filled(other, one)):
        if not (empty_is_default and _is_default(change)):
            yield _change(change, main, of)


def _is_default(change: Change) -> bool:
    """Whether one side isn't set, and the other is empty. An empty variable is not the same as none."""
    value = change.new if change.old is ABSENT else change.old
    return ABSENT in (change.old, change.new) and not value and _ENVIRONMENT not in change.path[:-1]


def _filled(value: Mapping[str, Json], other: Mapping[str, Json]) -> dict[str, Json]:
    """Return the object with the objects of the other as empty ones, so that differences are about single values."""
    # A list of named objects that is empty is still a list.
    missing: dict[str, Json] = {key: {} for key, item in other.items() if is_object(item) and not value.get(key)}
    return {
        key: _filled(item, mapping(other.get(key))) if is_object(item) else item
        for key, item in {**value, **missing}.items()
    }


def _change(change: Change, main: str, of: str) -> str:
    path = [str(part) for part in change.path]
    if path[:1] and path[0] in _CONTAINERS:
        path = path[2:] if path[1:2] == [main] else path[1:]
    key = ".".join(path) or "overrides"
    if _ENVIRONMENT in path:
        old, new = (NOT_SET if side is ABSENT else "set" for side in (change.old, change.new))
        return both(key, old, new, of=of) if NOT_SET in (old, new) else f"{key}{of} differs (values aren't shown)"
    return both(key, change.old, change.new, of=of)


def _shown(value: object) -> str:
    return NOT_SET if value is ABSENT or value in (None, "", [], {}) else plain_value(value)


def by_name(value: object) -> Json:
    """Return the value with lists of named objects as objects by name, and with keys in ECS's spelling.

    EventBridge Scheduler and Step Functions spell keys differently than ECS.
    """
    return value_changes.by_name(_with_camel_case(as_json(value)))


def _with_camel_case(value: Json) -> Json:
    if is_object(value):
        return {f"{key[:1].lower()}{key[1:]}": _with_camel_case(item) for key, item in value.items()}
    return [_with_camel_case(item) for item in value] if is_list(value) else value
