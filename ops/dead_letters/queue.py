"""The dead-letter queues of a deployment, read without losing messages or hiding them from others for long.

SQS hides a received message for the visibility timeout, then shows it again unless it was deleted. Listing a queue
means receiving all its messages, so they are released at once with a timeout of 0. Ctrl-C ends a command only after
that. The timeout is short in case the command is killed. AWS: Amazon SQS developer guide, "Visibility timeout".
"""

import time
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from ..aws.deployment import Deployment
from ..aws.errors import error_code, explained
from ..aws.queues import QueueState, queue_state, queue_url
from ..errors import OpsError
from ..interrupts import Postponed
from .grouping import by_time
from .message import EVENTS, LAUNCHES, DeadLetter, dead_letter

BATCH = 10
"""Messages per call. AWS: Amazon SQS API reference, ReceiveMessage."""
LIST_SECONDS = 60
"""Visibility timeout while the queue is listed."""
HOLD_SECONDS = 300
"""Visibility timeout while a message is processed. Longer than a launch takes with its waits for capacity, and longer
than the wait for an execution."""
WAIT_SECONDS = 1
"""With any wait, SQS asks all its servers, so an empty answer means an empty queue. AWS: Amazon SQS developer guide,
"Short and long polling"."""
EXTEND_SECONDS = 60
"""Seconds of processing after which the other received messages are hidden for `HOLD_SECONDS` again."""
_NOT_HELD = ("MessageNotInflight", "ReceiptHandleIsInvalid", "InvalidParameterValue")
"""Errors for a message that isn't held any more. AWS: Amazon SQS API reference, ChangeMessageVisibility."""


@dataclass(frozen=True, slots=True)
class Received:
    """A message that is hidden from others for now."""

    message: DeadLetter
    handle: str
    """The receipt handle."""


class NoQueueError(OpsError):
    """A dead-letter queue doesn't exist."""


class Queue:
    """A dead-letter queue."""

    def __init__(self, deployment: Deployment, kind: str):
        """`kind` is `launches` or `events`. Raises NoQueueError if the queue doesn't exist."""
        self.kind = kind
        self.name = queue_names(deployment)[kind]
        url = queue_url(deployment, self.name)
        if url is None:
            raise NoQueueError(f"There is no queue {self.name} in {deployment.region} of this account.")
        self._deployment, self._sqs, self._url = deployment, deployment.client("sqs"), url
        self.not_released = ""
        """The error because of which received messages stay hidden until their timeout."""

    def messages(self, limit: int) -> list[DeadLetter]:
        """Return up to `limit` messages, oldest scheduled time first. All are released."""
        found: dict[str, Received] = {}
        known = _Known()
        with Postponed() as postponed:
            try:
                while not postponed.came and len(found) < limit and (batch := self._receive(LIST_SECONDS)):
                    found |= {received.message.id: received for received in batch}
                    if known.came_again(received.message.id for received in batch):
                        break
            finally:
                self._release(found.values())
        return sorted((received.message for received in found.values()), key=by_time)[:limit]

    def state(self) -> QueueState:
        """Read the approximate number of messages, including those that others hold, and the redrive policy."""
        return queue_state(self._deployment, self._url)

    def process(self, ids: Collection[str], handle: Callable[[Received], bool]) -> set[str]:
        """Receive these messages and handle them one by one. Returns the ids that could not be received.

        `handle` tells if it deleted the message. All other messages are released, even if it raises.
        """
        missing, known, held = set(ids), _Known(), dict[str, Received]()
        with Postponed() as postponed:
            try:
                while not postponed.came and missing and (batch := self._receive(HOLD_SECONDS)):
                    held |= {each.message.id: each for each in batch}
                    self._handle_batch(batch, missing, held, handle, postponed)
                    if known.came_again(each.message.id for each in batch):
                        break
            finally:
                self._release(held.values())
        return missing

    def _handle_batch(
        self,
        batch: Sequence[Received],
        missing: set[str],
        held: dict[str, Received],
        handle: Callable[[Received], bool],
        postponed: Postponed,
    ) -> None:
        """Handle the messages of a batch that are missing, and remove each of them from `missing`."""
        hidden_at = time.monotonic()
        left = [each.message.id for each in batch if each.message.id in missing]
        while left:
            with postponed.ended_at_once():
                if time.monotonic() - hidden_at >= EXTEND_SECONDS:
                    self._change_visibility([held[id_] for id_ in left], HOLD_SECONDS)
                    hidden_at = time.monotonic()
                id_ = left.pop(0)
                missing.discard(id_)
                if handle(held[id_]):
                    del held[id_]

    def hold(self, received: Received) -> None:
        """Hide a message for longer. Raises OpsError if it isn't held any more: another operator may have it."""
        from botocore.exceptions import ClientError

        try:
            self._sqs.change_message_visibility(
                QueueUrl=self._url, ReceiptHandle=received.handle, VisibilityTimeout=HOLD_SECONDS
            )
        except ClientError as error:
            if error_code(error).rsplit(".", 1)[-1] not in _NOT_HELD:
                raise
            raise OpsError("The message was deleted, or another operator is processing it.") from error

    def delete(self, received: Received) -> None:
        """Delete a message permanently."""
        self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=received.handle)

    def _receive(self, seconds: int) -> list[Received]:
        answer = self._sqs.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=BATCH,
            VisibilityTimeout=seconds,
            WaitTimeSeconds=WAIT_SECONDS,
            MessageAttributeNames=["All"],
            MessageSystemAttributeNames=["SentTimestamp"],
        )
        messages = answer.get("Messages", [])
        return [Received(dead_letter(message, self.kind), message["ReceiptHandle"]) for message in messages]

    def _release(self, held: Collection[Received]) -> None:
        """Make messages visible to others at once. If that fails, they are visible after their timeout."""
        self._change_visibility(held, 0)

    def _change_visibility(self, held: Collection[Received], seconds: int) -> None:
        """Hide messages for some seconds from now. Messages that others have received since then are left out."""
        from botocore.exceptions import BotoCoreError, ClientError

        handles = [each.handle for each in held]
        for start in range(0, len(handles), BATCH):
            try:
                self._sqs.change_message_visibility_batch(
                    QueueUrl=self._url,
                    Entries=[
                        {"Id": str(number), "ReceiptHandle": handle, "VisibilityTimeout": seconds}
                        for number, handle in enumerate(handles[start : start + BATCH])
                    ],
                )
            except (BotoCoreError, ClientError, OpsError) as error:
                self.not_released = explained(error) or type(error).__name__


class _Known:
    """The received messages. It tells when a queue has been seen completely.

    In a large queue, or while a launch takes long, messages become visible again and are received twice before others
    are received once. Receiving hides them again, so the others come after them.
    """

    def __init__(self) -> None:
        self._ids: set[str] = set()
        self._again: set[str] = set()
        """The messages that came again since the last new one."""

    def came_again(self, batch: Iterable[str]) -> bool:
        """Add a batch. Returns whether all its messages came again and again, without a new one between."""
        received = set(batch)
        if received - self._ids:
            self._ids |= received
            self._again.clear()
            return False
        ended = received <= self._again
        self._again |= received
        return ended


def queue_names(deployment: Deployment) -> dict[str, str]:
    """Return the names of the queues by kind."""
    return {LAUNCHES: deployment.names.dead_letter_queue, EVENTS: deployment.names.event_dead_letter_queue}
