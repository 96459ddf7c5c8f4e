"""The resources of office hours. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..args import HoursArgs
from ..aws.account import Account
from ..json_values import Data
from ..keys.resolution import resolve
from ..resolved import Hours, Sleep
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


def sleepers_of(args: Data, account: Account) -> list[Sleeper]:
    """The resources of a task's office hours; none if it has no office hours.

    Args:
        args: The arguments of the task, validated. Values of other resources must be known.
        account: The account and Region of names.
    """
    given = args.get("hours")
    return [] if given is None else sleepers(resolve(Hours, HoursArgs, given).sleeps, account)


def _of(sleep: Sleep, account: Account) -> Iterator[Sleeper]:
    kinds = ((database, sleep.database), (cluster, sleep.cluster), (redshift, sleep.redshift))
    sized = ((service, sleep.service), (group, sleep.group))
    for make, written in (*kinds, *sized):
        if written is not None:
            yield make(account, written)
    yield from (instance(account, written) for written in sleep.instances)
