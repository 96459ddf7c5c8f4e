"""The rules of a group, which one queue policy names."""

from collections.abc import Iterator, Mapping, Sequence

from ..aws import limits
from ..aws.account import Account
from ..aws.names import GroupNames
from ..monitoring.events import longest_pattern, queue_policy
from ..monitoring.rule_names import definition_prefixes, rule_names
from ..problems import Problem
from ..resolved import Group
from .recipients import patterns_of_recipients


def rules_of_group(
    group: Group,
    names: GroupNames,
    account: Account,
    containers: Mapping[str, str],
    more_clusters: Sequence[str] = (),
) -> Iterator[Problem]:
    """All rules may send events that they could not deliver to one queue.

    AWS: Amazon SQS developer guide, "Amazon SQS policy quotas".
    """
    if not group.monitoring.outcomes:
        return
    prefixes = definition_prefixes(names, account, containers)
    longest = max(
        longest_pattern(container, [max(of_container, key=len)], more_clusters)
        for container, of_container in prefixes.items()
    )
    if more_clusters and longest > limits.EVENT_PATTERN_LENGTH:
        yield Problem(
            ("clusters",),
            f"are {len(more_clusters)}, whose ARNs don't fit into the event patterns for the ends of runs: {longest} "
            f"characters, and EventBridge accepts {limits.EVENT_PATTERN_LENGTH}. Split the tasks over several stacks.",
        )
    yield from patterns_of_recipients(group, names, account, containers, more_clusters)
    found = rule_names(
        names,
        prefixes,
        supervised=group.may_supervise,
        counts_failures=group.counts_failures,
        more_clusters=more_clusters,
    )
    policy = queue_policy(
        queue_arn=account.arn("sqs", names.event_dead_letter_queue),
        rule_arns=[account.arn("events", f"rule/{name}") for name in (*found, *_of_recipients(group, names))],
    )
    size = len(policy.encode())
    if size > limits.QUEUE_POLICY_BYTES:
        yield Problem(
            ("task_definitions",),
            f"need {len(found)} event rules, whose names don't fit into the policy of the queue for undelivered "
            f"events: {size} bytes, and SQS accepts {limits.QUEUE_POLICY_BYTES}. Split the "
            f"{len(group.task_definitions)} existing task definitions over several stacks.",
        )


def _of_recipients(group: Group, names: GroupNames) -> list[str]:
    """The names of the rules of recipients, which have their start in common."""
    return [f"{names.notify_prefix}*"] if group.recipients else []
