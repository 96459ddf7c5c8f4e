"""Making the same call for many things in parallel."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

CONCURRENCY = 8
"""Calls in flight. boto3's clients are thread-safe and keep 10 connections."""

Key = TypeVar("Key")
Answer = TypeVar("Answer")


def call_in_parallel(function: Callable[[Key], Answer], keys: Iterable[Key]) -> Iterator[tuple[Key, Future[Answer]]]:
    """Call a function for each key and yield each key with its finished future, in the order of the keys.

    If the caller stops early, calls that haven't started are canceled.
    """
    with ThreadPoolExecutor(CONCURRENCY) as pool:
        futures = [(key, pool.submit(function, key)) for key in keys]
        try:
            for key, future in futures:
                future.exception()
                yield key, future
        finally:
            pool.shutdown(cancel_futures=True)
