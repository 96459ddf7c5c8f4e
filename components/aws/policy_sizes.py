"""Policies of a role that exceed IAM's limit for inline policies, divided into an inline policy and managed policies.

AWS: IAM user guide, "IAM and AWS STS quotas": all inline policies of a role together have at most 10,240 characters, a
managed policy has at most 6,144, and a role has at most 10 managed policies by default. White space does not count.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from . import limits

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Divided(Generic[T]):
    """The grants of a role, by policy."""

    inline: T
    managed: tuple[T, ...] = ()
    """One per managed policy; empty if everything fits into the inline policy."""

    @property
    def fits(self) -> bool:
        """Whether a role can have all managed policies."""
        return len(self.managed) <= limits.MANAGED_POLICIES


def divided(items: Sequence[T], length: Callable[[T], int], *, inline: str, managed: str) -> Divided[tuple[T, ...]]:
    """Items that stay in the inline policy of a role, in the given order, and the others by managed policy.

    Args:
        items: Whatever needs room, such as ARNs.
        length: Characters of an item in a policy.
        inline: The inline policy without the items.
        managed: A managed policy without items.
    """
    parts: list[list[T]] = [[]]
    room = limits.INLINE_POLICY_LENGTH - policy_size(inline)
    for item in items:
        if (needed := length(item)) > room:
            parts.append([])
            room = limits.MANAGED_POLICY_LENGTH - policy_size(managed)
        parts[-1].append(item)
        room -= needed
    first, *others = map(tuple, parts)
    return Divided(first, tuple(others))


def policy_size(document: str) -> int:
    """Characters of a policy as IAM counts them, without white space."""
    return len(re.sub(r"\s", "", document))


def length_in_list(value: str) -> int:
    """Characters of a string in a list of a policy, with its comma."""
    return policy_size(json.dumps(value)) + 1
