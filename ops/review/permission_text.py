"""Permissions in words."""

from collections.abc import Iterable, Sequence

from .document import code, strong
from .permissions import ENTER, MANAGED_POLICY, ROLE, Gain, Grant, Holder

_DENIED, _NO_LONGER_DENIED = "denied: ", "no longer denied: "


def broad(gain: Gain) -> str:
    """A broad permission, and the narrower ones that it replaces."""
    before = f" (before: {', '.join(map(_granted, gain.instead_of))})" if gain.instead_of else ""
    return f"⚠️ {_bold(gain.grant.holder)}: {_granted(gain.grant)}{before}"


def gained(grants: Iterable[Grant]) -> list[str]:
    """Gained grants as statements, with all actions on the same resources together."""
    return _statements(grants, _NO_LONGER_DENIED)


def lost(grants: Iterable[Grant]) -> list[str]:
    """Lost grants, as `gained`."""
    return _statements(grants, _DENIED)


def _statements(grants: Iterable[Grant], denied: str) -> list[str]:
    actions: dict[tuple[Holder, str, str, str], list[str]] = {}
    for grant in grants:
        place = (grant.holder, grant.condition, denied if grant.denied else "", grant.resource)
        actions.setdefault(place, []).append(grant.action)
    resources: dict[tuple[Holder, str, str, tuple[str, ...]], list[str]] = {}
    for (holder, condition, before, resource), several in actions.items():
        resources.setdefault((holder, condition, before, tuple(several)), []).append(resource)
    return [
        f"{_bold(holder)}: {before}{_statement(several, found, condition)}"
        for (holder, condition, before, several), found in resources.items()
    ]


def _bold(holder: Holder) -> str:
    return strong(f"{holder.what} {code(holder.name)}" if holder.name else holder.what)


def _granted(grant: Grant) -> str:
    before = _NO_LONGER_DENIED if grant.denied else ""
    return f"{before}{_statement([grant.action], [grant.resource], grant.condition)}"


def _statement(actions: Sequence[str], resources: Sequence[str], condition: str = "") -> str:
    if ENTER in actions:
        return f"shell access with {code(ENTER)}"
    everything = f"{strong('all resources')} ({code('*')})"
    where = ", ".join(everything if resource == "*" else code(resource) for resource in resources)
    if kind := {ROLE, MANAGED_POLICY} & {*actions}:
        return f"{kind.pop()} {where}"
    return f"{', '.join(map(code, actions))} on {where}{f' if {code(condition)}' if condition else ''}"
