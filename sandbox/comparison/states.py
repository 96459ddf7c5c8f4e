"""The states of two providers for the same program, compared by resource type. Pure."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from ..changes import type_of

Resources = Sequence[Mapping[str, object]]
"""Resources of a stack's state, as Pulumi stores them."""
SECRET = "4dabf18193072939515e22adb298388d"  # noqa: S105 - the key that marks secrets
"""The key that marks a secret in a state. Pulumi: sdk/go/common/resource/sig/sig.go."""
_UNSET = ("", 0, False, None)
"""Values that providers built with Terraform's SDK store for properties that are not set."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A property of a resource type that the providers store differently.

    Args:
        type: Type of the resource.
        path: Property, with `[*]` for the elements of a list. Empty: one of the providers has no such resource.
        sandbox: The first such value that the sandbox's provider stores; None if it stores none.
        official: The same of the official provider.
        resources: The number of resources with this difference.
    """

    type: str
    path: str
    sandbox: str | None
    official: str | None
    resources: int = 1


def differences(sandbox: Resources, again: Resources, official: Resources) -> list[Difference]:
    """The differences between what the sandbox's provider and the official one store.

    Args:
        sandbox: The state after a deployment with the sandbox's provider.
        again: The state after another deployment with it. Only the presence of values that differ between these two is
            compared, such as that of random IDs.
        official: The state after a deployment with the official provider.
    """
    ours, repeated, theirs = (_by_urn(resources) for resources in (sandbox, again, official))
    found: dict[tuple[str, str], Difference] = {}
    for urn in sorted(ours.keys() | theirs.keys()):
        of_resource = dict(_of_resource(type_of(urn), ours.get(urn), repeated.get(urn, {}), theirs.get(urn)))
        for key, difference in of_resource.items():
            first = found.get(key)
            found[key] = replace(first, resources=first.resources + 1) if first else difference
    return [found[key] for key in sorted(found)]


def _by_urn(resources: Resources) -> dict[str, Mapping[str, object]]:
    outputs = {str(resource["urn"]): resource.get("outputs") or {} for resource in resources}
    return {
        urn: cast("Mapping[str, object]", values) for urn, values in outputs.items() if type_of(urn).startswith("aws:")
    }


def _of_resource(
    kind: str,
    ours: Mapping[str, object] | None,
    repeated: Mapping[str, object],
    theirs: Mapping[str, object] | None,
) -> Iterator[tuple[tuple[str, str], Difference]]:
    if ours is None or theirs is None:
        here, there = (None if values is None else "exists" for values in (ours, theirs))
        yield (kind, ""), Difference(kind, "", here, there)
        return
    left, fixed, right = (dict(_values("", outputs)) for outputs in (ours, repeated, theirs))
    for path in sorted(left.keys() | right.keys()):
        both = path in left and path in right
        random = both and left[path] != fixed.get(path)
        if not random and not (both and _same(left[path], right[path])):
            general = re.sub(r"\[\d+\]", "[*]", path)
            yield (kind, general), Difference(kind, general, _text(left.get(path)), _text(right.get(path)))


def _values(path: str, value: object) -> Iterator[tuple[str, object]]:
    """The values in a value that are set, by path."""
    if isinstance(value, Mapping):
        members = cast("Mapping[str, object]", value)
        if SECRET in members:
            yield path, "[secret]"
            return
        for name, member in members.items():
            if not name.startswith("__"):  # Pulumi's own
                yield from _values(f"{path}.{name}" if path else name, member)
    elif isinstance(value, list):
        for number, member in enumerate(cast("list[object]", value)):
            yield from _values(f"{path}[{number}]", member)
    elif value not in _UNSET:
        yield path, value


def _same(left: object, right: object) -> bool:
    """Whether values are equal. Providers may write the same JSON in different ways."""
    if left == right:
        return True
    try:
        return isinstance(left, str) and isinstance(right, str) and json.loads(left) == json.loads(right)
    except ValueError:
        return False


def _text(value: object) -> str | None:
    return None if value is None else str(value)
