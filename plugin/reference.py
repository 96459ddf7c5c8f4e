"""A group's reference as one string, so that programs in any language can pass it from the group to its tasks.

An object would not do. In the first preview, one part of it is unknown, and SDKs then treat all of it as unknown, so
that a task could neither be checked nor named. The string is always known. In a preview it omits the parts that are not
known yet, and the task uses unknown outputs in their places."""

import json
from typing import Any, cast

import pulumi

from components import GroupReference
from components.keys.reference import keys_of


def to_text(reference: GroupReference) -> pulumi.Output[str]:
    """The reference as a string that depends on everything that the reference depends on."""
    parts = {key: _known_or_none(value) for key, value in reference.items()}
    return pulumi.Output.all(**parts).apply(lambda known: json.dumps(known, sort_keys=True))


def _known_or_none(value: Any) -> pulumi.Output[Any]:
    return pulumi.Output.from_input(value).apply(
        lambda known: None if pulumi.contains_unknowns(known) else known, run_with_unknowns=True
    )


def from_text(text: str, source: pulumi.Output[Any]) -> GroupReference:
    """The reference in `text`. Its outputs depend on the same resources as `source`.

    Raises ValueError if the string isn't a reference, or comes from another version of this package.
    """
    given = _parts(text)
    keys = keys_of(GroupReference)
    inputs = {name for name, key in keys.items() if key.type.may_be_output}
    preview = pulumi.runtime.is_dry_run()
    missing = [name for name in keys if given.get(name) is None and not (name in inputs and preview)]
    if missing:
        raise ValueError(f"it lacks {', '.join(missing)}")
    reference = {name: _later(given.get(name), source) if name in inputs else given[name] for name in keys}
    return cast("GroupReference", reference)


def _parts(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise ValueError("it is not the string that the group returned")  # noqa: TRY004 - the type follows from the text
    return cast("dict[str, Any]", found)


def _later(value: object, source: pulumi.Output[Any]) -> pulumi.Output[Any]:
    return source.apply(lambda _: pulumi.UNKNOWN if value is None else value)
