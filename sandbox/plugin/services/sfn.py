"""Step Functions: state machines."""

from ..aws import Aws
from ..fields import Field, from_api, same_json, to_api
from ..resource import Resource, named, retag, tag_list, tag_map
from ..values import Props

_LOGGING = {
    "level": Field("string", "level", default="OFF"),
    "includeExecutionData": Field("boolean", "includeExecutionData", default=False),
    # AWS has a list that can have only one item.
    "logDestination": Field(
        "string",
        "destinations",
        encode=lambda arn: [{"cloudWatchLogsLogGroup": {"logGroupArn": arn}}],
        decode=lambda found: found[0]["cloudWatchLogsLogGroup"]["logGroupArn"],
    ),
}


class StateMachine(Resource):
    """A state machine. Its ID is its ARN."""

    token = "aws:sfn/stateMachine:StateMachine"
    fields = {
        "name": named("name"),
        "definition": Field("string", "definition", required=True, same=same_json),
        "roleArn": Field("string", "roleArn", required=True),
        "type": Field("string", "type", default="STANDARD", replaces=True),
        "loggingConfiguration": Field("object", "loggingConfiguration", fields=_LOGGING, computed=True),
        "tracingConfiguration": Field(
            "object",
            "tracingConfiguration",
            fields={"enabled": Field("boolean", "enabled", default=False)},
            computed=True,
        ),
    }
    outputs = ("arn", "creationDate", "status")
    tagged = True
    gone = ("StateMachineDoesNotExist",)

    def create(self, aws: Aws, props: Props) -> str:
        request = to_api(self.fields, props)
        tags = tag_list(props["tagsAll"], "key", "value")
        return aws.client("stepfunctions").create_state_machine(**request, tags=tags)["stateMachineArn"]

    def read(self, aws: Aws, identity: str, props: Props) -> Props | None:
        client = aws.client("stepfunctions")
        found = client.describe_state_machine(stateMachineArn=identity)
        tags = client.list_tags_for_resource(resourceArn=identity)["tags"]
        return {
            **from_api(self.fields, found),
            "arn": identity,
            "creationDate": found["creationDate"].isoformat(),
            "status": found["status"],
            "tagsAll": tag_map(tags, "key", "value"),
        }

    def update(self, aws: Aws, identity: str, old: Props, new: Props) -> None:
        client = aws.client("stepfunctions")
        request = to_api(self.fields, new)
        changed = {name: request[name] for name in request if name not in ("name", "type")}
        client.update_state_machine(stateMachineArn=identity, **changed)
        retag(
            old,
            new,
            untag=lambda keys: client.untag_resource(resourceArn=identity, tagKeys=keys),
            tag=lambda tags: client.tag_resource(resourceArn=identity, tags=tag_list(tags, "key", "value")),
        )

    def delete(self, aws: Aws, identity: str, props: Props) -> None:
        aws.client("stepfunctions").delete_state_machine(stateMachineArn=identity)


TYPES = (StateMachine(),)
