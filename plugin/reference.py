"""A group's reference as one text, so that programs in any language can hand it from the group to its tasks.

As an object it would not do: as long as one part is not known, which is so in the first preview, SDKs take all of it
for unknown, and a task could neither be checked nor named. The text is known at all times; in a preview it leaves out
the parts that are not known yet, and the task puts unknown outputs in their places.
"""

import inspect
import json
from typing import Any, cast

import pulumi

from components import GroupReference

from .inputs import is_input


def to_text(reference: GroupReference) -> pulumi.Output[str]:
    """The reference as a text, which depends on all that the reference depends on."""
    parts = {key: _known_or_none(value) for key, value in reference.items()}
    return pulumi.Output.all(**parts).apply(lambda known: json.dumps(known, sort_keys=True))


def _known_or_none(value: Any) -> pulumi.Output[Any]:
    return pulumi.Output.from_input(value).apply(
        lambda known: None if pulumi.contains_unknowns(known) else known, run_with_unknowns=True
    )


def from_text(text: str, source: pulumi.Output[Any]) -> GroupReference:
    """The reference that `text` holds; what other resources produce depends on what `source` depends on.

    Raises ValueError for a text that is no reference, or is one of another version of this package.
    """
    given = _parts(text)
    hints = inspect.get_annotations(GroupReference)
    inputs = {key for key, hint in hints.items() if is_input(hint)}
    missing = [key for key in hints if given.get(key) is None and not (key in inputs and pulumi.runtime.is_dry_run())]
    if missing:
        raise ValueError(f"it lacks {', '.join(missing)}")
    reference = {key: _later(given.get(key), source) if key in inputs else given[key] for key in hints}
    return cast("GroupReference", reference)


def _parts(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise ValueError("it is not the text that the group gave")  # noqa: TRY004 - the type is the text's business
    return cast("dict[str, Any]", found)


def _later(value: object, source: pulumi.Output[Any]) -> pulumi.Output[Any]:
    return source.apply(lambda _: pulumi.UNKNOWN if value is None else value)
