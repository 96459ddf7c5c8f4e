"""Conditional writes to DynamoDB, which moto evaluates and makes in two steps: two writers could both pass a condition.

AWS: Amazon DynamoDB developer guide, "Conditional writes", and "Read consistency" of a single item.
"""

import threading
from collections.abc import Callable
from functools import cache, wraps
from typing import Any

from moto.dynamodb.responses import DynamoHandler

WRITES = ("put_item", "update_item", "delete_item", "transact_write_items", "batch_write_item")


@cache
def fix_conditions() -> None:
    """Apply the fix to moto in this process, once."""
    handler: Any = DynamoHandler
    one_at_a_time = threading.RLock()
    for name in WRITES:
        setattr(handler, name, _locked(getattr(handler, name), one_at_a_time))


def _locked(write: Callable[..., Any], one_at_a_time: threading.RLock) -> Callable[..., Any]:
    @wraps(write)
    def alone(*args: Any, **keywords: Any) -> Any:
        with one_at_a_time:
            return write(*args, **keywords)

    return alone
