"""Checks of the dead-letter queues."""

from components.aws.arn import Arn

from ..aws.queues import QueueState, queue_state, queue_url
from .finding import OK, PROBLEM, RECREATE, STACK, WARNING, Finding, attempt, resource
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


def _launch_queue(inventory: Inventory, arn: str) -> list[Finding]:
    state, name = _state(inventory, arn), Arn.parse(arn).name
    if state is None:
        return [Finding(PROBLEM, STACK, f"The queue {name} doesn't exist. Failed launches are lost.", RECREATE)]
    return _findings(name, state, "Failed launches")


def _event_queue(inventory: Inventory, arn: str) -> list[Finding]:
    state, name = _state(inventory, arn), Arn.parse(arn).name
    # Without `monitoring.outcomes`, there is no such queue.
    return [] if state is None else _findings(name, state, "Undelivered events")


def _findings(name: str, state: QueueState, what: str) -> list[Finding]:
    found = resource("queue", name).finding(OK, STACK, "is empty.")
    if state.messages:
        message = f"{what} in the queue {name}: {state.messages}."
        found = Finding(WARNING, STACK, message, "To see causes and fixes, run: scheduled-tasks dead-letters list")
    if not state.redrive_policy:
        return [found]
    message = f"The queue {name} has a redrive policy. {state.redrive_policy.sentence}"
    fix = "Remove the redrive policy. To undo manual changes, run: pulumi up --refresh"
    return [found, Finding(WARNING, STACK, message, fix)]


def _state(inventory: Inventory, arn: str) -> QueueState | None:
    """Read a queue. Returns None if there is no such queue."""
    queue = Arn.parse(arn)
    url = queue_url(inventory.deployment, queue.name, queue.account_id)
    return None if url is None else queue_state(inventory.deployment, url)
