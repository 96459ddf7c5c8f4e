"""SSM: parameters."""

from ..aws import Aws
from ..fields import Field, from_api, to_api
from ..resource import Resource, named, retag, tag_list, tag_map
from ..values import Props


class Parameter(Resource):
    """A parameter. Its ID is its name."""

    token = "aws:ssm/parameter:Parameter"
    fields = {
        "name": named("Name"),
        "type": Field("string", "Type", required=True),
        "value": Field("string", "Value", required=True, secret=True),
        "description": Field("string", "Description"),
        "tier": Field("string", "Tier", computed=True),
        "keyId": Field("string", "KeyId", computed=True),
    }
    outputs = ("arn", "version")
    volatile = ("version",)
    tagged = True
    gone = ("ParameterNotFound",)

    def create(self, aws: Aws, props: Props) -> str:
        aws.client("ssm").put_parameter(**to_api(self.fields, props), Tags=tag_list(props["tagsAll"]))
        return props["name"]

    def read(self, aws: Aws, identity: str, props: Props) -> Props | None:
        client = aws.client("ssm")
        found = client.get_parameter(Name=identity, WithDecryption=True)["Parameter"]
        filters = [{"Key": "Name", "Values": [identity]}]
        described = client.describe_parameters(ParameterFilters=filters)["Parameters"][0]
        tags = client.list_tags_for_resource(ResourceType="Parameter", ResourceId=identity)["TagList"]
        return {
            **from_api(self.fields, {**described, **found}),
            "arn": found["ARN"],
            "version": found["Version"],
            "tagsAll": tag_map(tags),
        }

    def update(self, aws: Aws, identity: str, old: Props, new: Props) -> None:
        if old.get("tier") == "Advanced" and new.get("tier") == "Standard":
            # AWS refuses to lower the tier. The official provider replaces the parameter.
            self.delete(aws, identity, old)
            self.create(aws, new)
            return
        client = aws.client("ssm")
        client.put_parameter(**to_api(self.fields, new), Overwrite=True)
        retag(
            old,
            new,
            untag=lambda keys: client.remove_tags_from_resource(
                ResourceType="Parameter", ResourceId=identity, TagKeys=keys
            ),
            tag=lambda tags: client.add_tags_to_resource(
                ResourceType="Parameter", ResourceId=identity, Tags=tag_list(tags)
            ),
        )

    def delete(self, aws: Aws, identity: str, props: Props) -> None:
        aws.client("ssm").delete_parameter(Name=identity)


TYPES = (Parameter(),)
