"""Warnings about changes between one schedule and several that have side effects. Pure."""

from collections.abc import Iterator, Mapping

from components.resolved import Scheduled
from components.task.schedule_names import schedule_names


def schedule_warnings(before: Mapping[str, Scheduled], after: Mapping[str, Scheduled]) -> Iterator[str]:
    """Return warnings about tasks that exist in both versions. See docs/schedules.md, "Several schedules"."""
    for name in sorted(before.keys() & after.keys()):
        yield from _warnings(before[name], after[name])


def _warnings(before: Scheduled, after: Scheduled) -> Iterator[str]:
    old, new = schedule_names(before), schedule_names(after)
    was_only, is_only = ([each.own for each in names] == [""] for names in (old, new))
    if is_only and not was_only and old and not {each.in_pulumi for each in old} & set(new[0].earlier):
        yield (
            f'tasks.{after.name}.schedule: "{after.schedules[0].expression}" replaces several schedules. If one of '
            f'them has the name "{new[0].in_aws}" in AWS, AWS refuses the new one. Keep one of their expressions, '
            "deploy, and change it in the next deployment."
        )
    if was_only and any(each.in_pulumi in old[0].earlier for each in new[1:]):
        yield (
            f'tasks.{after.name}: "{before.schedules[0].expression}" becomes a new schedule, because another '
            "expression is the first of the list. Put it first, so that it keeps its schedule."
        )
