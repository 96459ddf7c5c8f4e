"""SNS: topics, their policies and subscriptions."""

from ..aws import Aws
from ..fields import Field, same_json
from ..resource import Resource, named, retag, tag_list, tag_map
from ..values import Props


class Topic(Resource):
    """A topic. Its ID is its ARN."""

    token = "aws:sns/topic:Topic"
    fields = {"name": named("Name"), "kmsMasterKeyId": Field("string")}
    outputs = ("arn",)
    tagged = True
    gone = ("NotFound",)

    def create(self, aws: Aws, props: Props) -> str:
        key = {"KmsMasterKeyId": props["kmsMasterKeyId"]} if props.get("kmsMasterKeyId") else {}
        tags = tag_list(props["tagsAll"])
        return aws.client("sns").create_topic(Name=props["name"], Attributes=key, Tags=tags)["TopicArn"]

    def read(self, aws: Aws, identity: str, props: Props) -> Props | None:
        client = aws.client("sns")
        attributes = client.get_topic_attributes(TopicArn=identity)["Attributes"]
        key = {"kmsMasterKeyId": attributes["KmsMasterKeyId"]} if attributes.get("KmsMasterKeyId") else {}
        tags = client.list_tags_for_resource(ResourceArn=identity)["Tags"]
        return {"name": identity.rsplit(":", 1)[-1], **key, "arn": identity, "tagsAll": tag_map(tags)}

    def update(self, aws: Aws, identity: str, old: Props, new: Props) -> None:
        client = aws.client("sns")
        key = new.get("kmsMasterKeyId") or ""
        client.set_topic_attributes(TopicArn=identity, AttributeName="KmsMasterKeyId", AttributeValue=key)
        retag(
            old,
            new,
            untag=lambda keys: client.untag_resource(ResourceArn=identity, TagKeys=keys),
            tag=lambda tags: client.tag_resource(ResourceArn=identity, Tags=tag_list(tags)),
        )

    def delete(self, aws: Aws, identity: str, props: Props) -> None:
        aws.client("sns").delete_topic(TopicArn=identity)


class TopicPolicy(Resource):
    """The policy of a topic. Its ID is the topic's ARN."""

    token = "aws:sns/topicPolicy:TopicPolicy"
    fields = {
        "arn": Field("string", required=True, replaces=True),
        "policy": Field("string", required=True, same=same_json),
    }
    gone = ("NotFound",)

    def create(self, aws: Aws, props: Props) -> str:
        self._put(aws, props["arn"], props["policy"])
        return props["arn"]

    def _put(self, aws: Aws, arn: str, policy: str) -> None:
        aws.client("sns").set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=policy)

    def read(self, aws: Aws, identity: str, props: Props) -> Props | None:
        policy = aws.client("sns").get_topic_attributes(TopicArn=identity)["Attributes"]["Policy"]
        return {"arn": identity, "policy": policy}

    def update(self, aws: Aws, identity: str, old: Props, new: Props) -> None:
        self._put(aws, identity, new["policy"])

    def delete(self, aws: Aws, identity: str, props: Props) -> None:
        """Do nothing: every topic has a policy, which is deleted with the topic."""


class TopicSubscription(Resource):
    """A subscription of a topic. Its ID is its ARN."""

    token = "aws:sns/topicSubscription:TopicSubscription"
    fields = {
        "topic": Field("string", "TopicArn", required=True, replaces=True),
        "protocol": Field("string", "Protocol", required=True, replaces=True),
        "endpoint": Field("string", "Endpoint", required=True, replaces=True),
    }
    outputs = ("arn",)
    gone = ("NotFound",)

    def create(self, aws: Aws, props: Props) -> str:
        answer = aws.client("sns").subscribe(
            TopicArn=props["topic"], Protocol=props["protocol"], Endpoint=props["endpoint"], ReturnSubscriptionArn=True
        )
        return answer["SubscriptionArn"]

    def read(self, aws: Aws, identity: str, props: Props) -> Props | None:
        found = aws.client("sns").get_subscription_attributes(SubscriptionArn=identity)["Attributes"]
        return {
            "topic": found["TopicArn"],
            "protocol": found["Protocol"],
            "endpoint": found["Endpoint"],
            "arn": identity,
        }

    def update(self, aws: Aws, identity: str, old: Props, new: Props) -> None:
        """Do nothing: every change replaces the resource."""

    def delete(self, aws: Aws, identity: str, props: Props) -> None:
        aws.client("sns").unsubscribe(SubscriptionArn=identity)


TYPES = (Topic(), TopicPolicy(), TopicSubscription())
