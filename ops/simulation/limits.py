"""AWS's limits on launches: the token buckets of an account and Region, which all tasks of a simulation share.

AWS: Amazon ECS API reference, "Request throttling"; Amazon ECS developer guide, "AWS Fargate throttling quotas".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..load import limits
from ..load.limits import SCHEDULER, Limit, usage_per_launch

LIMITS = tuple(limit for limit in limits.LIMITS if limit is not SCHEDULER)
"""The limits that refuse calls. EventBridge Scheduler's own quota only delays launches."""

__all__ = ["LIMITS", "Buckets", "Limit", "usage_per_launch"]


@dataclass(slots=True)
class Buckets:
    """The tokens that are left. All buckets are full at the start."""

    _left: dict[Limit, tuple[float, float]] = field(default_factory=dict[Limit, tuple[float, float]])
    """The tokens of a limit, and the time at which it had them."""

    def take(self, wanted: Mapping[Limit, float], now: float) -> bool:
        """Take tokens for a call, or none if a bucket has too few. Tells if the call is accepted.

        A call that wants more than a full bucket needs a full one.

        Example:
            >>> buckets = Buckets()
            >>> buckets.take({CALLS: 20}, now=0), buckets.take({CALLS: 1}, now=0), buckets.take({CALLS: 1}, now=1)
            (True, False, True)
        """
        left = {limit: self._tokens(limit, now) for limit in LIMITS if limit in wanted}
        if any(tokens < min(wanted[limit], limit.bucket) for limit, tokens in left.items()):
            return False
        for limit, tokens in left.items():
            self._left[limit] = (tokens - wanted[limit], now)
        return True

    def _tokens(self, limit: Limit, now: float) -> float:
        tokens, then = self._left.get(limit, (limit.bucket, now))
        return min(limit.bucket, tokens + (now - then) * limit.refill)
