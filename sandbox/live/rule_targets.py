"""Deliveries of EventBridge to the targets of rules on the clock: retries, dead letters and metrics.

AWS: Amazon EventBridge user guide, "How EventBridge retries delivering events", "Using dead-letter queues to process
undelivered events in EventBridge", "Monitoring Amazon EventBridge".
"""

from collections.abc import Callable
from dataclasses import dataclass

from components.supervised.settings import SUPERVISED_GROUP
from ops.simulation.clock import Clock

from ..moto_events import attempt, keep
from ..rule_deliveries import THROTTLED, Delivery, DeliveryError, Exhausted, next_attempt
from .faults import EVENTS_THROTTLED, Faults
from .metrics import Metrics

NAMESPACE = "AWS/Events"


@dataclass(frozen=True, slots=True)
class RuleTargets:
    """Delivers events to the targets of rules.

    Args:
        clock: The retries are made on it.
        faults: The faults of the next deliveries.
        metrics: Gets EventBridge's metrics.
        tell: Gets a line about a task.
    """

    clock: Clock
    faults: Faults
    metrics: Metrics
    tell: Callable[[str, str], None]

    def deliver(self, delivery: Delivery) -> None:
        """Make the first attempt now, and retries later."""
        delivery.begun = self.clock.now
        self._attempt(delivery)

    def _attempt(self, delivery: Delivery) -> None:
        if delivery.retries:
            self._count(delivery, "RetryInvocationAttempts")
        error = THROTTLED if self._is_throttled(delivery) else attempt(delivery)
        if error is None:
            if delivery.retries:
                self._tell(delivery, f"Retry {delivery.retries} of the delivery to {_target(delivery)} succeeded.")
            return
        found = next_attempt(delivery, error, self.clock.now)
        if isinstance(found, Exhausted):
            self._fail(delivery, error, found)
            return
        delivery.retries += 1
        text = f"{_failed(delivery, error)} Retry {delivery.retries} in {found.pause:.0f} s."
        self._tell(delivery, text)
        self.clock.at(self.clock.now + found.pause, lambda: self._attempt(delivery))

    def _fail(self, delivery: Delivery, error: DeliveryError, exhausted: Exhausted) -> None:
        self._count(delivery, "FailedInvocations")
        why = f" The retries reached {exhausted.condition}." if exhausted.condition else ""
        text = f"{_failed(delivery, error)}{why}"
        if not delivery.queue_arn:
            self._tell(delivery, f"{text} The event is lost: the target has no dead-letter queue.")
        elif keep(delivery, error, exhausted):
            self._count(delivery, "InvocationsSentToDlq")
            self._tell(delivery, f"{text} The event is in the dead-letter queue {_last(delivery.queue_arn)}.")
        else:
            self._count(delivery, "InvocationsFailedToBeSentToDlq")
            queue = _last(delivery.queue_arn)
            self._tell(delivery, f"{text} The event is lost: EventBridge can't send it to the queue {queue}.")

    def _is_throttled(self, delivery: Delivery) -> bool:
        return self.faults.take(_task(delivery), (EVENTS_THROTTLED,)) is not None

    def _tell(self, delivery: Delivery, text: str) -> None:
        self.tell(_task(delivery), text)

    def _count(self, delivery: Delivery, metric: str) -> None:
        self.metrics.put(NAMESPACE, metric, {"RuleName": delivery.rule_arn.rsplit("/", 1)[-1]}, 1)


def _failed(delivery: Delivery, error: DeliveryError) -> str:
    return f"EventBridge could not deliver an event to {_target(delivery)}: {error.code}: {error.message.rstrip('.')}."


def _target(delivery: Delivery) -> str:
    """The name of a target after its service, such as `sns alerts`."""
    _, _, service, _, _, name = delivery.target["Arn"].split(":", 5)
    if name.startswith("api-destination/"):
        return f"the API destination {name.split('/')[1]}"
    return f"{service} {_last(name.removesuffix(':*'))}"


def _last(arn: str) -> str:
    return arn.rsplit(":", 1)[-1]


def _task(delivery: Delivery) -> str:
    """The task that an event is about. Empty if it doesn't tell."""
    detail = delivery.event.get("detail")
    group = detail.get("group") if isinstance(detail, dict) else None
    return group.removeprefix(SUPERVISED_GROUP) if isinstance(group, str) else ""
