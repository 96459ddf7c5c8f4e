"""What `pulumi preview --json` says: the resources that change, and the policies among them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .permissions import Grant, policy_grants, runs_of, start_of

Args = Mapping[str, Any]

_OPERATIONS = {
    "create": "create",
    "import": "import",
    "update": "update",
    "replace": "replace",
    "create-replacement": "replace",
    "delete-replaced": "replace",
    "delete": "delete",
}
"""What becomes of a resource, by the operations of Pulumi's engine that change something."""
_ROLE_POLICY, _ROLE = "aws:iam/rolePolicy:RolePolicy", "aws:iam/role:Role"
_TASK = "ecs-scheduled-tasks:index:ScheduledTask"


class PreviewError(Exception):
    """A file that is not what `pulumi preview --json` prints."""


@dataclass(frozen=True, slots=True)
class Step:
    """One resource that changes."""

    operation: str
    """create, import, update, replace or delete."""
    type: str
    name: str
    reasons: tuple[str, ...] = ()
    """The properties that differ; of a replacement those that cause it."""
    keeps_old: bool = False
    """Whether what it stands for stays in AWS when it is replaced or deleted: revisions of a task definition do."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a preview says of one stack."""

    stack: str
    steps: tuple[Step, ...]
    errors: tuple[str, ...]
    old_grants: frozenset[Grant]
    """What the policies that change allowed until now."""
    new_grants: frozenset[Grant]
    unknown_policies: tuple[str, ...]
    """Policies that are known only when they are deployed."""


def read_preview(text: str) -> Preview:
    """What `pulumi preview --json` printed. Raises PreviewError."""
    try:
        content: Any = json.loads(text)
        steps: list[Args] = content.get("steps") or []
        diagnostics: list[Args] = content.get("diagnostics") or []
        return _preview(steps, diagnostics)
    except (ValueError, KeyError, AttributeError, TypeError, IndexError) as error:
        raise PreviewError("is not what `pulumi preview --json` prints.") from error


def _preview(steps: list[Args], diagnostics: list[Args]) -> Preview:
    changing = [step for step in steps if step["op"] in _OPERATIONS]
    found = {step["urn"]: _step(step) for step in changing if _is_resource(step)}
    old, new, unknown = set[Grant](), set[Grant](), list[str]()
    for step in changing:
        if _type(step["urn"]) == _ROLE and not (step.get("oldState") and step.get("newState")):
            continue  # who may take on a role that comes or goes is no change of who may
        holder = _holder(step["urn"])
        for key, grants in (("oldState", old), ("newState", new)):
            document = _policy(step.get(key) or {})
            try:
                grants.update(policy_grants(holder, document) if document is not None else ())
            except (ValueError, TypeError):
                unknown.append(_name(step["urn"]))
    errors = [_without_prefix(entry["message"]) for entry in diagnostics if entry.get("severity") == "error"]
    return Preview(
        stack=_stack(steps),
        steps=tuple(found.values()),
        errors=tuple(_once(errors)),
        old_grants=frozenset(old),
        new_grants=frozenset(new),
        unknown_policies=tuple(dict.fromkeys(unknown)),
    )


def _is_resource(step: Args) -> bool:
    """Whether it stands for something in AWS, as against a component, a provider or the stack itself."""
    state: Args = step.get("newState") or step.get("oldState") or {}
    return bool(state.get("custom")) and not str(state.get("type", "")).startswith("pulumi:")


def _step(step: Args) -> Step:
    operation = _OPERATIONS[step["op"]]
    reasons = step.get("replaceReasons") if operation == "replace" else None
    old: Args = step.get("oldState") or {}
    return Step(
        operation=operation,
        type=_type(step["urn"]),
        name=_name(step["urn"]),
        reasons=tuple(reasons or step.get("diffReasons") or ()),
        keeps_old=bool(old.get("retainOnDelete") or old.get("inputs", {}).get("skipDestroy")),
    )


def _policy(state: Args) -> str | None:
    inputs: Args = state.get("inputs") or {}
    key = {_ROLE_POLICY: "policy", _ROLE: "assumeRolePolicy"}.get(state.get("type", ""))
    return inputs.get(key) if key else None


def _holder(urn: str) -> str:
    """Who has what a policy allows, by the names that the component gives to policies."""
    types, name = urn.split("::")[2], _name(urn)
    if types.endswith(_ROLE):
        return f"whoever may take on the role {name}"
    if f"{_TASK}$" in types:
        if name.endswith("-task-policy"):
            return runs_of(name.removesuffix("-task-policy"))
        if name.endswith("-execution-policy"):
            return start_of(name.removesuffix("-execution-policy"))
    return f"the role of {name}"


def _name(urn: str) -> str:
    return urn.split("::", 3)[3]


def _type(urn: str) -> str:
    return urn.split("::")[2].split("$")[-1]


def _stack(steps: list[Args]) -> str:
    """The stack, from a URN: urn:pulumi:<stack>::<project>::<types>::<name>."""
    return str(steps[0]["urn"]).split("::")[0].removeprefix("urn:pulumi:") if steps else ""


def _without_prefix(message: str) -> str:
    return message.strip().removeprefix("error: ").removeprefix("an unhandled error occurred: ")


def _once(messages: list[str]) -> Iterator[str]:
    yield from dict.fromkeys(message for message in messages if message not in ("update failed", "preview failed", ""))
