"""Warnings about resources that a change removes from office hours. Pure."""

from collections.abc import Iterator, Mapping
from typing import cast

from components.aws.account import TYPICAL_ACCOUNT
from components.hours.sleepers import sleepers_of
from components.json_values import Data
from components.problems import listed
from components.resolved import CallTask


def hours_warnings(before: Mapping[str, CallTask], after: Mapping[str, CallTask]) -> Iterator[str]:
    """Return warnings about resources that stay closed if their office hours are removed while they are closed.

    The opening of another task doesn't restore them, because it doesn't have their settings.
    """
    for name in sorted(before):
        kept = _labels(after[name]) if name in after else {}
        removed = [label for key, label in _labels(before[name]).items() if key not in kept]
        if removed:
            it = "it" if len(removed) == 1 else "them"
            yield (
                f"tasks.{name}.hours: {listed(removed, 'and')} {'is' if len(removed) == 1 else 'are'} removed. If the "
                f"environment is closed at the deployment, no opening restores {it}. Open {it} before: scheduled-tasks "
                f"run {name} --schedule opening"
            )


def _labels(task: CallTask) -> dict[str, str]:
    """The resources of office hours, for readers, by their keys."""
    return {each.key: each.label for each in sleepers_of(cast("Data", task.args), TYPICAL_ACCOUNT)}
