"""The same call for many things."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

AT_ONCE = 8
"""Calls that are made at the same time; clients of boto3 are made for that."""

Key = TypeVar("Key")
Answer = TypeVar("Answer")


def side_by_side(function: Callable[[Key], Answer], keys: Iterable[Key]) -> Iterator[tuple[Key, Future[Answer]]]:
    """Each key with what became of its call, in their order. Whoever stops before the end ends what is not begun."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        futures = [(key, pool.submit(function, key)) for key in keys]
        try:
            for key, future in futures:
                future.exception()
                yield key, future
        finally:
            pool.shutdown(cancel_futures=True)
