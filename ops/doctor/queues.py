"""Checks of the dead-letter queues."""

from components.aws.arn import Arn

from ..aws.queues import message_count, queue_url
from .finding import OK, PROBLEM, RECREATE, STACK, WARNING, Finding, attempt
from .inventory import Inventory


def queue_findings(inventory: Inventory) -> list[Finding]:
    """Check that the dead-letter queues exist and are empty."""
    arns = sorted({each.schedule.dead_letter_queue_arn for each in inventory.schedules} - {""})
    found: list[Finding] = []
    for arn in arns:
        found += attempt(STACK, f"the queue {Arn.parse(arn).name}", _launch_queue, inventory, arn)
    name = inventory.deployment.names.event_dead_letter_queue
    arn = inventory.deployment.resource("sqs", name)
    return found + attempt(STACK, f"the queue {name}", _event_queue, inventory, arn)


def _launch_queue(inventory: Inventory, arn: str) -> Finding:
    count, name = _message_count(inventory, arn), Arn.parse(arn).name
    if count is None:
        return Finding(PROBLEM, STACK, f"The queue {name} doesn't exist. Failed launches are lost.", RECREATE)
    if count:
        return _waiting(f"Failed launches in the queue {name}: {count}.")
    return Finding(OK, STACK, f"The queue {name} is empty.")


def _event_queue(inventory: Inventory, arn: str) -> list[Finding]:
    count, name = _message_count(inventory, arn), Arn.parse(arn).name
    if count is None:
        return []  # Without `monitoring.outcomes`, there is no such queue.
    if count:
        return [_waiting(f"Undelivered events in the queue {name}: {count}.")]
    return [Finding(OK, STACK, f"The queue {name} is empty.")]


def _waiting(message: str) -> Finding:
    return Finding(WARNING, STACK, message, "To see causes and fixes, run: ops dead-letters list")


def _message_count(inventory: Inventory, arn: str) -> int | None:
    """Count the messages of a queue. Returns None if there is no such queue."""
    queue = Arn.parse(arn)
    url = queue_url(inventory.deployment, queue.name, queue.account_id)
    return None if url is None else message_count(inventory.deployment, url)
