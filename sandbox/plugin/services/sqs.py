"""SQS: queues."""

from ..aws import Aws
from ..fields import Field, changed, from_api, same_json, to_api
from ..resource import Resource, named, retag
from ..values import Props


def _switch(value: bool) -> str:
    return str(value).lower()


def _number(api: str, default: int) -> Field:
    return Field("number", api, default=default, encode=str, decode=int)


_ATTRIBUTES = {
    "messageRetentionSeconds": _number("MessageRetentionPeriod", 345600),
    "visibilityTimeoutSeconds": _number("VisibilityTimeout", 30),
    "sqsManagedSseEnabled": Field(
        "boolean", "SqsManagedSseEnabled", computed=True, encode=_switch, decode=lambda value: value == "true"
    ),
    "kmsMasterKeyId": Field("string", "KmsMasterKeyId"),
    # The provider keeps a policy that somebody added, unless the program sets one.
    "policy": Field("string", "Policy", computed=True, same=same_json),
}


class Queue(Resource):
    """A standard queue. Its ID is its URL."""

    token = "aws:sqs/queue:Queue"
    fields = {"name": named(""), **_ATTRIBUTES}
    outputs = ("arn", "url")
    tagged = True
    gone = ("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist")

    def create(self, aws: Aws, props: Props) -> str:
        answer = aws.client("sqs").create_queue(
            QueueName=props["name"], Attributes=to_api(_ATTRIBUTES, props), tags=props["tagsAll"]
        )
        return answer["QueueUrl"]

    def read(self, aws: Aws, identity: str, props: Props) -> Props | None:
        client = aws.client("sqs")
        attributes = client.get_queue_attributes(QueueUrl=identity, AttributeNames=["All"])["Attributes"]
        return {
            **from_api(_ATTRIBUTES, attributes),
            "name": identity.rsplit("/", 1)[-1],
            "url": identity,
            "arn": attributes["QueueArn"],
            "tagsAll": client.list_queue_tags(QueueUrl=identity).get("Tags", {}),
        }

    def update(self, aws: Aws, identity: str, old: Props, new: Props) -> None:
        client = aws.client("sqs")
        if changed(_ATTRIBUTES, old, new):
            # AWS keeps the policy if it is missing. moto removes it.
            kept = {"policy": old.get("policy")}
            removed = {"KmsMasterKeyId": ""} if old.get("kmsMasterKeyId") else {}
            attributes = {**removed, **to_api(_ATTRIBUTES, {**kept, **new})}
            client.set_queue_attributes(QueueUrl=identity, Attributes=attributes)
        retag(
            old,
            new,
            untag=lambda keys: client.untag_queue(QueueUrl=identity, TagKeys=keys),
            tag=lambda tags: client.tag_queue(QueueUrl=identity, Tags=tags),
        )

    def delete(self, aws: Aws, identity: str, props: Props) -> None:
        aws.client("sqs").delete_queue(QueueUrl=identity)


class QueuePolicy(Resource):
    """The policy of a queue, as a resource of its own. Its ID is the URL of the queue."""

    token = "aws:sqs/queuePolicy:QueuePolicy"
    fields = {
        "queueUrl": Field("string", required=True, replaces=True),
        "policy": Field("string", required=True, same=same_json),
    }
    gone = Queue.gone

    def create(self, aws: Aws, props: Props) -> str:
        self._set(aws, props["queueUrl"], props["policy"])
        return props["queueUrl"]

    def _set(self, aws: Aws, url: str, policy: str) -> None:
        aws.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})

    def read(self, aws: Aws, identity: str, props: Props) -> Props | None:
        found = aws.client("sqs").get_queue_attributes(QueueUrl=identity, AttributeNames=["Policy"])
        policy = found.get("Attributes", {}).get("Policy")
        return {"queueUrl": identity, "policy": policy} if policy else None

    def update(self, aws: Aws, identity: str, old: Props, new: Props) -> None:
        self._set(aws, identity, new["policy"])

    def delete(self, aws: Aws, identity: str, props: Props) -> None:
        # An empty policy removes it. AWS: botocore sqs, SetQueueAttributes.
        self._set(aws, identity, "")


TYPES = (Queue(), QueuePolicy())
