"""Releases the lease and the lock of an execution that was stopped, which can't do that itself."""

import json
import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from components.supervised import lease, lock

from ..aws.deployment import Deployment
from ..aws.errors import explained
from ..aws.machines import Machine


@dataclass(frozen=True, slots=True)
class Held:
    """A lease or a lock, and the DynamoDB request that releases it if an execution still holds it."""

    what: str
    """The noun: `lease of backup` or `lock orders-db`."""
    operation: Literal["delete_item", "update_item"]
    request: Mapping[str, object]

    @property
    def command(self) -> str:
        """The same request as a command of the AWS CLI."""
        words = ["aws", "dynamodb", self.operation.replace("_", "-")]
        for member, value in self.request.items():
            option = re.sub("(?<!^)(?=[A-Z])", "-", member).lower()
            words += [f"--{option}", value if isinstance(value, str) else json.dumps(value)]
        return shlex.join(words)


def held_by(execution: str, *, task: str, machine: Machine, table: str) -> list[Held]:
    """The lease and the lock that an execution of a task can hold.

    Args:
        execution: The name of the execution.
        task: The name of the task.
        machine: Its state machine.
        table: The name of the lease table.
    """
    found: list[Held] = []
    if machine.lock:
        request = lock.release(table, machine.lock, holder=execution)
        found.append(Held(f"lock {machine.lock}", "update_item", {**request}))
    if machine.exclusive:
        found.append(Held(f"lease of {task}", "delete_item", {**lease.release(table, task, holder=execution)}))
    return found


def release(deployment: Deployment, held: Sequence[Held], tell: Callable[[str], None]) -> None:
    """Release what an execution still holds. After an error of AWS, `tell` gets the command to run later."""
    from botocore.exceptions import BotoCoreError, ClientError

    for each in held:
        dynamodb = deployment.client("dynamodb")
        try:
            getattr(dynamodb, each.operation)(**each.request)
            tell(f"Released the {each.what}.")
        except dynamodb.exceptions.ConditionalCheckFailedException:
            continue
        except (BotoCoreError, ClientError) as error:
            tell(f"The {each.what} is still held. {explained(error)} {release_later([each])}")


def release_later(held: Sequence[Held]) -> str:
    """How to release it by hand; empty if there is nothing to release."""
    return " ".join(
        f"No run that needs the {each.what} starts until it expires. To release it earlier, wait until no ECS task of "
        f"this run is running, then run: {each.command}"
        for each in held
    )
