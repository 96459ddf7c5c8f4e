"""The resources of office hours. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..aws.account import Account
from ..resolved import Sleep
from .groups import group
from .services import service
from .sleeper import Sleeper
from .switches import cluster, database, instance, redshift


def sleepers(sleeps: Iterable[Sleep], account: Account) -> list[Sleeper]:
    """The resources in the order of their closing. Each instance is one.

    Args:
        sleeps: The resources as they are configured. Values of other resources must be known.
        account: The account and Region of names.
    """
    return [each for sleep in sleeps for each in _of(sleep, account)]


def _of(sleep: Sleep, account: Account) -> Iterator[Sleeper]:
    kinds = ((database, sleep.database), (cluster, sleep.cluster), (redshift, sleep.redshift))
    sized = ((service, sleep.service), (group, sleep.group))
    for make, written in (*kinds, *sized):
        if written is not None:
            yield make(account, written)
    yield from (instance(account, written) for written in sleep.instances)
