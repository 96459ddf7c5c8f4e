"""Spelling of keys: snake_case in Python, camelCase in most AWS APIs, PascalCase in Step Functions."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import overload

from ..json_values import Json


@lru_cache(maxsize=4096)
def camel_case(key: str) -> str:
    """`subnetIds` from `subnet_ids`. A key that is in camelCase already stays as it is."""
    first, *rest = key.split("_")
    return first[:1].lower() + first[1:] + "".join(_capitalized(word) for word in rest)


_KEYWORDS = ("except", "with")
"""Keys that are keywords of Python."""


def snake_case(key: str) -> str:
    """`subnet_ids` from `subnetIds`, and `with_` from `with`, which is a keyword of Python."""
    spelled = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in key)
    return f"{spelled}_" if spelled in _KEYWORDS else spelled


def pascal_case(key: str) -> str:
    """`SubnetIds` from `subnet_ids` or `subnetIds`."""
    return "".join(_capitalized(word) for word in key.split("_"))


@overload
def pascal_keys(value: Mapping[str, Json]) -> dict[str, Json]: ...
@overload
def pascal_keys(value: Json) -> Json: ...
def pascal_keys(value: Json) -> Json:
    """The same value with all keys in PascalCase, at every depth.

    Step Functions expects parameters of AWS services in PascalCase, even if the service's own API uses camelCase.
    AWS: Step Functions developer guide, "Learning to use AWS service SDK integrations".
    """
    if isinstance(value, Mapping):
        return {pascal_case(key): pascal_keys(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [pascal_keys(item) for item in value]
    return value


def _capitalized(word: str) -> str:
    return word[:1].upper() + word[1:]
