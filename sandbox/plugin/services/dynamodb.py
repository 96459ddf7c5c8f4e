"""DynamoDB: tables."""

from ..aws import Aws
from ..fields import Field, from_api, to_api
from ..resource import Resource, named, retag, tag_list, tag_map
from ..values import Props

_ATTRIBUTE = {
    "name": Field("string", "AttributeName", required=True),
    "type": Field("string", "AttributeType", required=True),
}
_TTL = {
    "attributeName": Field("string", "AttributeName", required=True),
    "enabled": Field("boolean", "Enabled", required=True),
}


class Table(Resource):
    """A table with a hash key. Its ID is its name."""

    token = "aws:dynamodb/table:Table"
    fields = {
        "name": named("TableName"),
        "billingMode": Field("string", "BillingMode", required=True),
        "hashKey": Field(
            "string",
            "KeySchema",
            required=True,
            replaces=True,
            encode=lambda name: [{"AttributeName": name, "KeyType": "HASH"}],
            decode=lambda keys: keys[0]["AttributeName"],
        ),
        "attributes": Field("objects", "AttributeDefinitions", required=True, fields=_ATTRIBUTE, unordered=True),
        # Set in a separate call.
        "ttl": Field("object", fields=_TTL),
    }
    outputs = ("arn",)
    tagged = True
    gone = ("ResourceNotFoundException",)

    def create(self, aws: Aws, props: Props) -> str:
        aws.client("dynamodb").create_table(**to_api(self.fields, props), Tags=tag_list(props["tagsAll"]))
        return props["name"]

    def complete(self, aws: Aws, identity: str, props: Props) -> None:
        if props.get("ttl"):
            aws.client("dynamodb").update_time_to_live(
                TableName=identity, TimeToLiveSpecification=to_api(_TTL, props["ttl"])
            )

    def read(self, aws: Aws, identity: str, props: Props) -> Props | None:
        client = aws.client("dynamodb")
        table = client.describe_table(TableName=identity)["Table"]
        ttl = client.describe_time_to_live(TableName=identity)["TimeToLiveDescription"]
        enabled = ttl.get("TimeToLiveStatus") == "ENABLED"
        return {
            **from_api(self.fields, {**table, "BillingMode": table["BillingModeSummary"]["BillingMode"]}),
            **({"ttl": {"attributeName": ttl["AttributeName"], "enabled": True}} if enabled else {}),
            "arn": table["TableArn"],
            "tagsAll": tag_map(client.list_tags_of_resource(ResourceArn=table["TableArn"])["Tags"]),
        }

    def update(self, aws: Aws, identity: str, old: Props, new: Props) -> None:
        client = aws.client("dynamodb")
        if old.get("ttl") != new.get("ttl"):
            self.complete(aws, identity, new)
        retag(
            old,
            new,
            untag=lambda keys: client.untag_resource(ResourceArn=old["arn"], TagKeys=keys),
            tag=lambda tags: client.tag_resource(ResourceArn=old["arn"], Tags=tag_list(tags)),
        )

    def delete(self, aws: Aws, identity: str, props: Props) -> None:
        aws.client("dynamodb").delete_table(TableName=identity)


TYPES = (Table(),)
