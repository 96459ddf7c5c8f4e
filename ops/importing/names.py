"""Task names from the names of other tools. Pure."""

import re
from collections.abc import Container

from components.aws.names import TASK_NAME_LENGTH


def task_name(name: str, taken: Container[str]) -> str:
    """A valid task name that isn't taken yet: other characters become `-`, and a number tells equal names apart."""
    safe = re.sub(r"_+", "_", re.sub(r"[^A-Za-z0-9_-]+", "-", name)).strip("-_")[: TASK_NAME_LENGTH - 5].strip("-_")
    if not safe or safe == "defaults":
        safe = f"{safe or 'task'}-1"
    number, free = 2, safe
    while free in taken:
        free = f"{safe}-{number}"
        number += 1
    return free
