"""The dead-letter queues of a deployment, read so that nothing is lost and little is hidden from others.

SQS hides what it hands out for a time, the visibility timeout, and shows it again then, unless it was deleted. To look
at a queue is to receive all of it: so it is given back at once, with a timeout of 0. Where that is not possible,
because the command was killed, the timeout is short. AWS: Amazon SQS developer guide, "Visibility timeout".
"""

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from ..aws.deployment import Deployment
from ..errors import OpsError
from .grouping import in_time
from .message import EVENTS, LAUNCHES, Letter, letter_from

BATCH = 10
"""Messages of one call (AWS: Amazon SQS API reference, ReceiveMessage)."""
LOOK_SECONDS = 60
"""For which a message is hidden while the queue is looked at."""
HOLD_SECONDS = 300
"""For which one is hidden while it is dealt with: longer than a launch takes with its waits for capacity, and than an
execution is waited for."""
WAIT_SECONDS = 1
"""With a wait of any length, SQS asks all of its servers, and an empty answer means an empty queue (AWS: Amazon SQS
developer guide, "Short and long polling")."""


@dataclass(frozen=True, slots=True)
class Held:
    """A message that nobody else is handed for a while."""

    letter: Letter
    handle: str
    """What SQS knows this handing out by."""


class Queue:
    """A dead-letter queue."""

    def __init__(self, deployment: Deployment, kind: str):
        """`kind` is `launches` or `events`. Raises OpsError where there is no such queue."""
        self.kind = kind
        self.name = queue_names(deployment)[kind]
        self._sqs = deployment.client("sqs")
        try:
            self._url = self._sqs.get_queue_url(QueueName=self.name)["QueueUrl"]
        except self._sqs.exceptions.QueueDoesNotExist:
            raise OpsError(f"there is no queue {self.name} in {deployment.region} of this account.") from None

    def letters(self, most: int) -> list[Letter]:
        """Up to so many messages, in the order of the times that they are about; all are given back."""
        found: dict[str, Held] = {}
        try:
            while len(found) < most and (batch := self._receive(LOOK_SECONDS)):
                new = {held.letter.id: held for held in batch}
                # What was given out before comes again when its time is over: then all of the queue was seen.
                if new.keys() <= found.keys():
                    break
                found |= new
        finally:
            self._give_back(found.values())
        return sorted((held.letter for held in found.values()), key=in_time)[:most]

    def count(self) -> int:
        """How many messages there are, those included that somebody was handed and hides; about."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self._sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=names)["Attributes"]
        return sum(int(found.get(name, 0)) for name in names)

    def visit(self, ids: Collection[str], deal: Callable[[Held], bool]) -> set[str]:
        """Hold these messages, one after the other, and deal with each; those that were not to be had.

        `deal` says whether it deleted the message. All others are given back, also where it raises.
        """
        missing, seen, held = set(ids), set[str](), dict[str, Held]()
        try:
            while missing and (batch := self._receive(HOLD_SECONDS)):
                new = {each.letter.id: each for each in batch}
                held |= new
                if new.keys() <= seen:
                    break
                seen |= new.keys()
                for id_ in [id_ for id_ in new if id_ in missing]:
                    missing.discard(id_)
                    if deal(held[id_]):
                        del held[id_]
        finally:
            self._give_back(held.values())
        return missing

    def hold(self, held: Held) -> None:
        """Hold a message for longer. Raises OpsError where it is no longer one's own."""
        from botocore.exceptions import ClientError

        try:
            self._sqs.change_message_visibility(
                QueueUrl=self._url, ReceiptHandle=held.handle, VisibilityTimeout=HOLD_SECONDS
            )
        except ClientError as error:
            if error.response.get("Error", {}).get("Code", "").rsplit(".", 1)[-1] not in _NOT_HELD:
                raise
            raise OpsError("it is not in the queue any more, or somebody else holds it.") from error

    def delete(self, held: Held) -> None:
        """Delete a message for good."""
        self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=held.handle)

    def _receive(self, seconds: int) -> list[Held]:
        answer: Mapping[str, Any] = self._sqs.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=BATCH,
            VisibilityTimeout=seconds,
            WaitTimeSeconds=WAIT_SECONDS,
            MessageAttributeNames=["All"],
            MessageSystemAttributeNames=["SentTimestamp"],
        )
        messages = answer.get("Messages", ())
        return [Held(letter_from(message, self.kind), message["ReceiptHandle"]) for message in messages]

    def _give_back(self, held: Collection[Held]) -> None:
        """Let others have these messages at once. Where that fails, they can have them after their time."""
        from botocore.exceptions import BotoCoreError, ClientError

        entries = [
            {"Id": str(number), "ReceiptHandle": each.handle, "VisibilityTimeout": 0}
            for number, each in enumerate(held)
        ]
        for start in range(0, len(entries), BATCH):
            batch = entries[start : start + BATCH]
            with suppress(BotoCoreError, ClientError):
                self._sqs.change_message_visibility_batch(QueueUrl=self._url, Entries=batch)


_NOT_HELD = ("MessageNotInflight", "ReceiptHandleIsInvalid", "InvalidParameterValue")
"""AWS: Amazon SQS API reference, ChangeMessageVisibility."""


def queue_names(deployment: Deployment) -> dict[str, str]:
    """The names of the queues, by what is in them."""
    return {LAUNCHES: deployment.names.dead_letter_queue, EVENTS: deployment.names.event_dead_letter_queue}
