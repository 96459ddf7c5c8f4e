"""The changes of an operation in words, one line per task: `nightly-backup: memory 2048 → 4096, new revision`. Pure."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import dropwhile
from typing import Literal

from components.component_types import TASK_TYPE
from components.json_values import Json, as_json
from ops.review.credentials import without_credentials
from ops.review.value_changes import ABSENT, Change, Path, by_name, changes

Operation = Literal["create", "update", "replace", "delete"]
OPERATIONS: Mapping[str, Operation] = {
    "create": "create",
    "import": "create",
    "update": "update",
    "replace": "replace",
    "create-replacement": "replace",
    "delete": "delete",
}
"""The operations of Pulumi's engine that change a resource. `delete-replaced` is the end of a replacement."""
STACK_TYPE = "pulumi:pulumi:Stack"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""Stands for a string that is known after the deployment. Pulumi: sdk/go/common/resource/plugin/rpc.go."""
LONGEST_VALUE = 60
MOST_DETAILS = 6
_DEFINITION, _SCHEDULE = "aws:ecs/taskDefinition:TaskDefinition", "aws:scheduler/schedule:Schedule"
_SHORTER = {"scheduleExpression": "schedule", "scheduleExpressionTimezone": "timezone"}
_OMITTED = ("containerDefinitions", "main", "target", "ecsParameters")
"""Parts of a path that say nothing: the container of the task, and the layers of a schedule's target."""
_VERBS = {"create": "created", "update": "updated", "replace": "replaced", "delete": "deleted"}


@dataclass(frozen=True, slots=True)
class Changed:
    """A resource or component that an operation changes.

    Args:
        operation: The operation.
        urn: Its URN.
        task: The task that it belongs to; empty if all tasks of the stack share it.
        old: Its inputs before. Pulumi has replaced secret values by `[secret]`.
        new: Its inputs after.
        keys: The top-level inputs that differ, by which the engine decides. Empty: all of them.
    """

    operation: Operation
    urn: str
    task: str = ""
    old: Mapping[str, object] = field(default_factory=dict[str, object], repr=False)
    new: Mapping[str, object] = field(default_factory=dict[str, object], repr=False)
    keys: tuple[str, ...] = ()

    @property
    def type(self) -> str:
        """The type of the resource."""
        return type_of(self.urn)

    @property
    def name(self) -> str:
        """The name of the resource in the program."""
        return name_of(self.urn)

    @property
    def kind(self) -> str:
        """The type in words: `task definition`."""
        return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", self.type.rsplit(":", 1)[-1]).lower()

    @property
    def is_component(self) -> bool:
        """Whether it is a component, a provider or the stack, so that AWS has no such resource."""
        return not self.type.startswith("aws:")


@dataclass(frozen=True, slots=True)
class Line:
    """A line about a task, or about a resource that tasks share."""

    operation: Operation
    text: str


def type_of(urn: str) -> str:
    """The type of a resource, from urn:pulumi:<stack>::<project>::<types>::<name>."""
    return urn.split("::")[2].rsplit("$", 1)[-1]


def name_of(urn: str) -> str:
    """The name of a resource in the program."""
    return urn.split("::", 3)[3]


def change_lines(changed: Iterable[Changed]) -> list[Line]:
    """Return one line per task that changes, and one per shared resource that changes."""
    every = list(changed)
    names = dict.fromkeys(each.task for each in every if each.task)
    lines = [_task_line(name, [each for each in every if each.task == name]) for name in sorted(names)]
    shared = [each for each in every if not each.task and not each.is_component]
    whole = next((each.operation for each in every if each.type == STACK_TYPE), None)
    if whole in ("create", "delete"):
        return [*lines, *([Line(whole, f"shared resources: {_counted(shared)}")] if shared else [])]
    return [*lines, *(_shared_line(each) for each in shared)]


def _task_line(name: str, changed: Sequence[Changed]) -> Line:
    resources = [each for each in changed if not each.is_component]
    whole = next((each.operation for each in changed if each.type == TASK_TYPE), None)
    if whole in ("create", "delete"):
        return Line(whole, f"{name}: {'new' if whole == 'create' else 'removed'} ({_counted(resources)})")
    revised = any(each.type == _DEFINITION and each.operation == "replace" for each in resources)
    details = dict.fromkeys(
        detail
        for each in resources
        if each.type in (_DEFINITION, _SCHEDULE)
        for detail in _details(each, revised=revised)
    )
    verbs = dict.fromkeys(_verb(each) for each in resources)
    operations = {each.operation for each in resources if each.type != _DEFINITION}
    operation = "replace" if "replace" in operations else "update"
    return Line(operation, f"{name}: {', '.join([*_first(list(details)), *verbs])}")


def _shared_line(each: Changed) -> Line:
    details = _first(list(_details(each, revised=False))) if each.operation in ("update", "replace") else []
    return Line(each.operation, f"{each.name}: {', '.join([*details, f'{each.kind} {_VERBS[each.operation]}'])}")


def _verb(each: Changed) -> str:
    if each.type == _DEFINITION and each.operation == "replace":
        return "new revision"
    return f"{each.kind} {_VERBS[each.operation]}"


def _counted(resources: Iterable[Changed]) -> str:
    counts = Counter(each.kind for each in resources)
    return ", ".join(kind if count == 1 else f"{count} {_plural(kind)}" for kind, count in sorted(counts.items()))


def _plural(kind: str) -> str:
    return f"{kind[:-1]}ies" if kind.endswith("y") else f"{kind}s"


def _first(details: Sequence[str]) -> list[str]:
    more = len(details) - MOST_DETAILS
    return [*details[:MOST_DETAILS], *([f"{more} more"] if more > 0 else [])]


def _details(each: Changed, *, revised: bool) -> Iterator[str]:
    """The inputs that differ. The revision of a schedule isn't one of them if the line tells that it is new."""
    if each.operation not in ("update", "replace"):
        return
    old, new = (
        {key: value for key, value in inputs.items() if not each.keys or key in each.keys}
        for inputs in (each.old, each.new)
    )
    for change in changes(_readable(old), _readable(new)):
        if not (revised and change.path[-1] == "taskDefinitionArn"):
            yield _detail(change)


def _readable(inputs: Mapping[str, object]) -> dict[str, object]:
    return {key: by_name(_decoded(value)) for key, value in inputs.items()}


def _decoded(value: object) -> Json:
    """The value of an input. AWS takes some as JSON in a string, such as policies."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return as_json(json.loads(value))
        except (ValueError, RecursionError):
            return value
    return as_json(value)


def _detail(change: Change) -> str:
    """A change: `memory 2048 → 4096`. Values of environment variables are not shown, because they can be secrets."""
    key = _key(change.path)
    if "environment" in change.path:
        what = "added" if change.old is ABSENT else "removed" if change.new is ABSENT else "changed"
        return f"{key} {what}"
    return f"{key} {_value(change.old)} → {_value(change.new)}"


def _key(path: Path) -> str:
    parts = list(dropwhile(lambda part: part in _OMITTED, map(str, path))) or [str(path[-1])]
    return ".".join(_SHORTER.get(part, part) for part in parts)


def _value(value: object) -> str:
    if value is ABSENT:
        return "not set"
    if value == UNKNOWN:
        return "(known after the deployment)"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    shown = " ".join(without_credentials(text).split())
    return shown if len(shown) <= LONGEST_VALUE else shown[: LONGEST_VALUE - 1] + "…"
