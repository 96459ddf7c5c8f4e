"""The rules of a group, as far as their number and their names go. They are known before anything is created."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..aws.account import Account
from ..aws.names import GroupNames, family_of
from ..resolved import MAIN_CONTAINER
from . import events


def definition_prefixes(names: GroupNames, account: Account, containers: Mapping[str, str]) -> dict[str, list[str]]:
    """Prefixes of task definition ARNs, by the name of the container whose exit code decides the outcome.

    Args:
        names: The group's names.
        account: Its account.
        containers: That container, by existing task definition.
    """
    found = {MAIN_CONTAINER: [account.arn("ecs", f"task-definition/{names.family_prefix}")]}
    for reference, container in containers.items():
        found.setdefault(container, []).append(account.arn("ecs", f"task-definition/{family_of(reference)}:"))
    return found


def rule_names(
    names: GroupNames,
    definitions: Mapping[str, Sequence[str]],
    *,
    supervised: bool,
    counts_failures: bool,
    more_clusters: Sequence[str] = (),
) -> list[str]:
    """The names of all rules of a group."""
    count = len(events.rules(definitions, more_clusters))
    direct = [names.rule(outcome, number) for outcome in (events.FAILED, events.SUCCEEDED) for number in range(count)]
    counted = (events.BELOW, events.RECOVERED) if counts_failures else ()
    reported = [
        names.supervised_rule(outcome) for outcome in (events.FAILED, events.SUCCEEDED, events.BROKEN, *counted)
    ]
    return [*direct, *(reported if supervised else [])]
