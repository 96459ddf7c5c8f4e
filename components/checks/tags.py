"""Tags that AWS accepts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from ..aws import limits
from ..aws.names import CLUSTERS_TAG, GROUP_TAG, TASK_TAG, schedule_group_tags
from ..aws.patterns import TAG_CHARACTERS
from ..problems import Name, Problem
from ..resolved import Group, Scheduled
from .check import reads


@reads("tags", each=("tags",))
def task_tags(task: Scheduled) -> Iterator[Problem]:
    """The tags of a task."""
    yield from _tags(task.tags)
    yield from _set_by_us(task.tags)


@reads("tags", each=("tags",))
def group_tags(group: Group) -> Iterator[Problem]:
    """The tags of a group. Its schedule group accepts no empty values (AWS: botocore scheduler, TagValue)."""
    yield from _tags(group.tags)
    yield from _set_by_us(group.tags)
    for name, value in group.tags.items():
        if not value:
            yield Problem(("tags", Name(name)), "has no value, and EventBridge Scheduler requires one. Write a value.")


def _set_by_us(tags: Mapping[str, str]) -> Iterator[Problem]:
    """Tags by which the commands find a group, and by which you tell cost apart."""
    for name in tags:
        if name in (TASK_TAG, GROUP_TAG) or name.startswith(f"{GROUP_TAG}/"):
            yield Problem(("tags", Name(name)), "is set automatically, and the commands read it. Choose another name.")


def tags_together(task: Scheduled, of_group: Mapping[str, str], by_default: Mapping[str, str]) -> Iterator[Problem]:
    """A task's resources have its own tags, those of its group, and the default tags of the AWS provider."""
    if [*_as_a_whole(task.tags), *_as_a_whole(of_group)]:
        return
    own = {**of_group, **task.tags}
    yield from _differ_in_case(own)
    added = [name for name in by_default if name not in own]
    total = len({*own, *added}) + limits.EXTRA_TAGS
    if total > limits.TAGS:
        yield Problem(
            ("tags",),
            f"makes {total} tags per resource, and AWS accepts {limits.TAGS}: {len(task.tags)} of the task, "
            f"{len(own) - len(task.tags)} more of the group, {len(added)} default tags of the AWS provider, and "
            f"{limits.EXTRA_TAGS} with the name of the task. Remove some of them.",
        )


def tags_of_schedule_group(
    group: Group, prefix: str, clusters: Sequence[str], by_default: Mapping[str, str]
) -> Iterator[Problem]:
    """The schedule group has the tags of its group, those that the commands read, and the default tags of the provider.

    Args:
        group: The group.
        prefix: Its prefix.
        clusters: Names or ARNs of the clusters that are known. The names are the value of one tag.
        by_default: The default tags of the AWS provider.
    """
    if list(_as_a_whole(group.tags)):
        return
    own = schedule_group_tags(prefix, clusters if group.clusters else ())
    size = len(own.get(CLUSTERS_TAG, ""))
    if size > limits.TAG_VALUE_LENGTH:
        yield Problem(
            ("clusters",),
            f"have names with {size} characters together, and the tag of the schedule group by which the commands find "
            f"runs has room for {limits.TAG_VALUE_LENGTH}. Use fewer clusters, or split the tasks over several stacks.",
        )
    total = len({*group.tags, *own, *by_default})
    if total > limits.TAGS:
        yield Problem(
            ("tags",),
            f"makes {total} tags of the schedule group, and AWS accepts {limits.TAGS}: {len(group.tags)} of the group, "
            f"{len(own)} that the commands read, and {len(by_default.keys() - group.tags.keys())} more default tags of "
            "the AWS provider. Remove some of them.",
        )


def _tags(tags: Mapping[str, str]) -> Iterator[Problem]:
    """AWS: Amazon ECS developer guide, "Tagging your Amazon ECS resources", restrictions."""
    yield from _as_a_whole(tags)
    for name, value in tags.items():
        if not 1 <= len(name) <= 128 or not re.fullmatch(TAG_CHARACTERS, name) or name.lower().startswith("aws:"):
            yield Problem(
                ("tags", Name(name)),
                "is not a tag key. Use 1 to 128 letters, digits, spaces and _ . : / = + - @, not starting with aws:.",
            )
        if len(value) > limits.TAG_VALUE_LENGTH or not re.fullmatch(TAG_CHARACTERS, value):
            yield Problem(
                ("tags", Name(name)),
                f"has a value that is not allowed. Use at most {limits.TAG_VALUE_LENGTH} letters, digits, spaces and "
                "_ . : / = + - @.",
            )


def _as_a_whole(tags: Mapping[str, str]) -> Iterator[Problem]:
    if len(tags) > limits.TAGS - limits.EXTRA_TAGS:
        yield Problem(
            ("tags",),
            f"has {len(tags)} tags. Use at most {limits.TAGS - limits.EXTRA_TAGS}: AWS accepts {limits.TAGS}, and each "
            f"task has {limits.EXTRA_TAGS} already.",
        )
    yield from _differ_in_case(tags)


def _differ_in_case(tags: Mapping[str, str]) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for name in tags:
        if (first := seen.setdefault(name.lower(), name)) != name:
            # AWS: IAM user guide, "Tags for AWS Identity and Access Management resources".
            yield Problem(
                ("tags", Name(name)), f'differs from "{first}" only in case, which IAM does not distinguish. Keep one.'
            )
