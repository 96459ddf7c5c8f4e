"""Recipients of messages: their names, and the event patterns that select their messages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from ..aws import limits
from ..aws.account import Account
from ..aws.names import LONGEST_CLUSTER, GroupNames
from ..aws.patterns import RECIPIENT
from ..monitoring.notices import Origin, direct_notices, supervised_notices
from ..monitoring.rule_names import definition_prefixes
from ..problems import Name, Problem, key
from ..resolved import Group
from .check import reads


@reads("notify", "monitoring")
def recipients_of_group(group: Group) -> Iterator[Problem]:
    """Names that fit into the names of AWS resources, and the queue that keeps messages that were not delivered."""
    for kind, name in group.recipients:
        place = ("notify", kind, Name(name))
        if not re.fullmatch(RECIPIENT, name):
            yield Problem(place, "is not a name for a recipient. Use up to 24 letters, digits and -, from a letter on.")
        if not group.monitoring.outcomes:
            yield Problem(
                place,
                f"needs the queue for messages that can't be delivered. Remove {key('outcomes')}: false from "
                f"{key('monitoring')}.",
            )


def patterns_of_recipients(
    group: Group,
    names: GroupNames,
    account: Account,
    containers: Mapping[str, str],
    more_clusters: Sequence[str] = (),
) -> Iterator[Problem]:
    """The names of a recipient's tasks fit into event patterns. AWS: Amazon EventBridge user guide, quotas."""
    origin = Origin(
        names=names,
        account=account,
        cluster_arn=LONGEST_CLUSTER,
        definitions=definition_prefixes(names, account, containers),
        more_clusters=more_clusters,
        may_supervise=group.may_supervise,
        counts_failures=group.counts_failures,
        parallel=group.parallel,
    )
    for (kind, name), recipient in group.recipients.items():
        every = {**direct_notices(origin, recipient), **supervised_notices(origin, recipient)}
        longest = max(len(notice.pattern) for notice in every.values()) if every else 0
        if recipient.tasks and longest > limits.EVENT_PATTERN_LENGTH:
            yield Problem(
                ("notify", kind, Name(name), "tasks"),
                f"don't fit into an event pattern: {longest} characters, and EventBridge accepts "
                f"{limits.EVENT_PATTERN_LENGTH}. Use starts of names with *, or several recipients.",
            )
