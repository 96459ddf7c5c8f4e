"""The operation that `service:action` names. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ..problems import Problem, closest, listed
from .operations import REFUSED_WORDS, Service, is_refused, other_names, service, service_ids
from .spelling import action, usual_spellings

_ARN = re.compile(r"arn:[a-z-]+:scheduler:::aws-sdk:(.*)", re.DOTALL)
_MOST_NAMES = 3


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation that EventBridge Scheduler can call."""

    service: Service
    name: str
    """As the API spells it: `StopDBInstance`."""

    @property
    def reference(self) -> str:
        """As `call` spells it: `rds:stopDBInstance`."""
        return f"{self.service.id}:{action(self.name)}"


def operation(written: str) -> Operation | Problem:
    """The operation that a user names, or the problem with the name.

    Args:
        written: `rds:stopDBInstance`, with the action in camelCase, PascalCase or snake_case; or the ARN of a
            universal target.
    """
    found = _ARN.fullmatch(written)
    first, _, last = (found[1] if found else written).partition(":")
    if not first or not last or ":" in last:
        return Problem((), f'"{written}" is not an operation. Write service:action, such as redshift:pauseCluster.')
    service_id = re.sub("[ _-]", "", first).lower()
    if service_id not in service_ids():
        return Problem((), _unknown_service(first, last))
    of_service = service(service_id)
    if name := _named(last, of_service.operations):
        return Operation(of_service, name)
    return Problem((), _unknown_action(of_service, last))


def _named(written: str, names: Iterable[str]) -> str | None:
    return next((name for name in names if written in usual_spellings(name)), None)


def _unknown_service(first: str, last: str) -> str:
    problem = f'"{first}" is not a service that EventBridge Scheduler can call.'
    if ids := other_names().get(first.lower(), ()):
        having = [each for each in ids if _named(last, service(each).operations)] or list(ids)
        return f"{problem} Its ID in calls is {listed(having[:_MOST_NAMES])}: write {having[0]}:{last}."
    meant = closest(first, [*service_ids(), *other_names()])
    ids = other_names().get(meant or "", (meant,) if meant else ())
    return f"{problem} {_did_you_mean(ids[0])}" if ids else f"{problem} Use a service ID of the AWS SDK for Java 2.x."


def _unknown_action(of_service: Service, last: str) -> str:
    if refused := _named(last, of_service.refused):
        return (
            f"EventBridge Scheduler can't call {of_service.id}:{action(refused)}, because it only reads. Call an "
            "operation that changes something, or start a container or a function that reads."
        )
    problem = f"{of_service.id} has no operation {last}."
    if meant := closest(last, map(action, of_service.operations)):
        return f"{problem} {_did_you_mean(f'{of_service.id}:{meant}')}"
    if is_refused(last):
        return f"{problem} EventBridge Scheduler calls no operations that begin with {listed(REFUSED_WORDS)}."
    return f"{problem} docs/call-operations.md has the services, and AWS's API reference their operations."


def _did_you_mean(name: str) -> str:
    return f'Did you mean "{name}"?'
