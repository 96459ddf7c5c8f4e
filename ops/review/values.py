"""Values of the configuration and their changes in words: without secrets, and limited in length."""

from collections.abc import Mapping

import yaml

from components.json_values import Json, as_json
from config import StoredSecret

from .credentials import expects_credential, without_credentials
from .document import code
from .value_changes import ABSENT, Change, Path

LONGEST_VALUE = 160
HIDDEN_UNDER = frozenset({"environment", "args", "arguments", "body", "input", "parameters", "payload"})
"""Keys whose values are never shown, because they can contain secrets."""
NAMES_UNDER = frozenset({
    "condition", "dependsOn", "dockerLabels", "extraHosts", "heartbeat", "labels", "mounts", "options", "pagerduty",
    "readOnlyMounts", "secretOptions", "secrets", "sharedRoles", "sidecars", "slack", "systemControls", "tags", "teams",
    "tmpfs", "ulimits", "volumes", "webhook", "with",
})  # fmt: skip
"""Keys of objects whose keys are names. A sidecar with the name `environment` must not hide its image."""


def change(item: Change) -> str:
    """A change with its old and new values: `memory`: `1024` → `2048`."""
    key = code(item.key)
    hidden, of_names = _place(item.path)
    if hidden:
        what = "added" if item.old is ABSENT else "removed" if item.new is ABSENT else "changed"
        return f"{key}: {what} (values aren't shown)"
    old, new = value(item.old, of_names=of_names), value(item.new, of_names=of_names)
    return f"{key}: {old} → {new}" if old != new else f"{key}: {old} (new value)"


def value(item: object, *, of_names: bool = False) -> str:
    """A value as one line of YAML, with credentials replaced by `***`.

    Args:
        item: The value.
        of_names: Whether its keys are names, as those of `sidecars`.
    """
    return "not set" if item is ABSENT else code(plain_value(item, of_names=of_names))


def plain_value(item: object, *, of_names: bool = False) -> str:
    """A value as in `value`, without marks."""
    plain = _flow(_plain(item if isinstance(item, StoredSecret) else as_json(item), of_names=of_names))
    return plain if len(plain) <= LONGEST_VALUE else plain[: LONGEST_VALUE - 1] + "…"


def _place(path: Path) -> tuple[bool, bool]:
    """Whether the value at a path is hidden, and whether its keys are names."""
    of_names = False
    for part in path:
        if not of_names and part in HIDDEN_UNDER:
            return True, False
        of_names = not of_names and part in NAMES_UNDER
    return False, of_names


def _plain(item: Json | StoredSecret, *, of_names: bool = False) -> Json:
    """The value with stored secrets replaced by their keys, and hidden values replaced by `***`."""
    if isinstance(item, StoredSecret):
        return {"config": item.key}
    if isinstance(item, Mapping):
        if of_names:
            return {name: _plain(inner) for name, inner in item.items()}
        return {
            key: _hide(inner) if key in HIDDEN_UNDER else _plain(inner, of_names=key in NAMES_UNDER)
            for key, inner in item.items()
        }
    if isinstance(item, list):
        pairs = zip(["", *item], item, strict=False)
        return [_plain("***" if _follows_option(before) else inner) for before, inner in pairs]
    return without_credentials(item) if isinstance(item, str) else item


def _follows_option(before: Json) -> bool:
    return isinstance(before, str) and expects_credential(before)


def _hide(item: Json) -> Json:
    return dict.fromkeys(item, "***") if isinstance(item, Mapping) else "***"


def _flow(item: Json) -> str:
    if isinstance(item, str):
        return item
    flow: str = yaml.safe_dump(item, default_flow_style=True, sort_keys=False, width=10**9, allow_unicode=True)
    return flow.removesuffix("\n").removesuffix("\n...")
