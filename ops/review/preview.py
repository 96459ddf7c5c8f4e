"""Reads the output of `pulumi preview --json`: the resources that change, and the policies among them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from components.component_types import TASK_TYPE
from components.json_values import Json, as_json, items, mapping

from .permissions import Grant, Holder, policy_grants, runs_of, start_of

_OPERATIONS = {
    "create": "create",
    "import": "import",
    "update": "update",
    "replace": "replace",
    "create-replacement": "replace",
    "delete-replaced": "replace",
    "delete": "delete",
}
"""The operations of Pulumi's engine that change a resource, and what they amount to."""
_ROLE = "aws:iam/role:Role"
_ROLE_POLICIES = ("aws:iam/rolePolicy:RolePolicy", "aws:iam/policy:Policy")
_POLICY_INPUTS = {**dict.fromkeys(_ROLE_POLICIES, "policy"), _ROLE: "assumeRolePolicy"}


class PreviewError(Exception):
    """A file that isn't the output of `pulumi preview --json`."""


@dataclass(frozen=True, slots=True)
class Step:
    """A resource that changes."""

    operation: str
    """create, import, update, replace or delete."""
    type: str
    name: str
    reasons: tuple[str, ...] = ()
    """The properties that differ. For a replacement, only those that cause it."""
    keeps_old: bool = False
    """Whether the old resource stays in AWS after a replacement or deletion, as revisions of a task definition do."""


@dataclass(frozen=True, slots=True)
class Preview:
    """The preview of one stack."""

    stack: str
    steps: tuple[Step, ...]
    errors: tuple[str, ...]
    old_grants: frozenset[Grant]
    """Grants of the changing policies before the deployment."""
    new_grants: frozenset[Grant]
    unknown_policies: tuple[str, ...]
    """Policies that are known only at deployment."""


@dataclass(frozen=True, slots=True)
class _State:
    """A resource before or after a step."""

    type: str = ""
    custom: bool = False
    inputs: Mapping[str, Json] = field(default_factory=dict[str, Json])
    kept: bool = False
    """Whether a deletion keeps the resource in AWS."""

    @classmethod
    def read(cls, data: Json) -> _State:
        state = mapping(data)
        inputs = mapping(state.get("inputs"))
        kept = bool(state.get("retainOnDelete") or inputs.get("skipDestroy"))
        return cls(str(state.get("type", "")), bool(state.get("custom")), inputs, kept)

    @property
    def policy(self) -> str | None:
        """The policy document, or the ID of an unknown value; None for other resources."""
        document = self.inputs.get(_POLICY_INPUTS.get(self.type, ""))
        return None if document is None else str(document)


@dataclass(frozen=True, slots=True)
class _EngineStep:
    """A step of Pulumi's engine."""

    operation: str
    urn: str
    old: _State | None
    new: _State | None
    diff_reasons: tuple[str, ...]
    replace_reasons: tuple[str, ...]

    @classmethod
    def read(cls, data: Json) -> _EngineStep:
        step = mapping(data)
        old, new = (_State.read(step[key]) if step.get(key) else None for key in ("oldState", "newState"))
        reasons = (
            tuple(str(reason) for reason in items(step.get(key) or [])) for key in ("diffReasons", "replaceReasons")
        )
        return cls(str(step["op"]), str(step["urn"]), old, new, *reasons)

    @property
    def name(self) -> str:
        return self.urn.split("::", 3)[3]

    @property
    def types(self) -> str:
        """The type of the resource, after those of its parents."""
        return self.urn.split("::")[2]

    @property
    def type(self) -> str:
        return self.types.split("$")[-1]

    @property
    def is_resource(self) -> bool:
        """Whether the step is about a resource in AWS, not a component, a provider or the stack itself."""
        state = self.new or self.old or _State()
        return state.custom and not state.type.startswith("pulumi:")

    def summary(self) -> Step:
        operation = _OPERATIONS[self.operation]
        reasons = self.replace_reasons if operation == "replace" else ()
        kept = self.old is not None and self.old.kept
        return Step(operation, self.type, self.name, reasons or self.diff_reasons, kept)


def read_preview(text: str) -> Preview:
    """Read the output of `pulumi preview --json`. Raises PreviewError."""
    try:
        return _preview(as_json(json.loads(text)))
    except (ValueError, KeyError, TypeError, IndexError, RecursionError) as error:
        raise PreviewError("This isn't the output of `pulumi preview --json`.") from error


def _preview(content: Json) -> Preview:
    if not isinstance(content, Mapping):
        raise TypeError("A preview must be an object.")
    steps = [_EngineStep.read(step) for step in items(content.get("steps") or [])]
    diagnostics = [mapping(entry) for entry in items(content.get("diagnostics") or [])]
    errors = [str(entry["message"]) for entry in diagnostics if entry.get("severity") == "error"]
    changing = [step for step in steps if step.operation in _OPERATIONS]
    found = {step.urn: step.summary() for step in changing if step.is_resource}
    old, new, unknown = set[Grant](), set[Grant](), list[str]()
    for step in changing:
        if step.type == _ROLE and not (step.old and step.new):
            continue  # A new or deleted role doesn't change who can assume an existing role.
        for state, grants in ((step.old, old), (step.new, new)):
            document = state.policy if state else None
            try:
                grants.update(policy_grants(_holder(step), document) if document is not None else ())
            except (ValueError, TypeError):
                unknown.append(step.name)
    return Preview(
        stack=_stack(steps),
        steps=tuple(found.values()),
        errors=tuple(_distinct(_without_prefix(error) for error in errors)),
        old_grants=frozenset(old),
        new_grants=frozenset(new),
        unknown_policies=tuple(dict.fromkeys(unknown)),
    )


def _holder(step: _EngineStep) -> Holder:
    """The holder of a policy's grants, derived from the names that the component gives to policies."""
    if step.type == _ROLE:
        return Holder("principals that can assume the role", step.name)
    # A managed policy has the name of the inline policy that has no room for its permissions, and a number.
    name = re.sub(r"(?<=-policy)-\d+$", "", step.name)
    if f"{TASK_TYPE}$" in step.types:
        if name.endswith("-task-policy"):
            return runs_of(name.removesuffix("-task-policy"))
        if name.endswith("-execution-policy"):
            return start_of(name.removesuffix("-execution-policy"))
    return Holder("the role of", name)


def _stack(steps: list[_EngineStep]) -> str:
    """The stack, from a URN: urn:pulumi:<stack>::<project>::<types>::<name>."""
    return steps[0].urn.split("::")[0].removeprefix("urn:pulumi:") if steps else ""


def _without_prefix(message: str) -> str:
    return message.strip().removeprefix("error: ").removeprefix("an unhandled error occurred: ")


def _distinct(messages: Iterator[str]) -> Iterator[str]:
    yield from dict.fromkeys(message for message in messages if message not in ("update failed", "preview failed", ""))
