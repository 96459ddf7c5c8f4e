"""EventBridge: rules of the default bus and their targets, connections and API destinations."""

from ..aws import Aws
from ..fields import Field, from_api, same_json, to_api
from ..resource import Resource, named, retag, tag_list, tag_map
from ..values import Props


class Rule(Resource):
    """A rule. Its ID is its name."""

    token = "aws:cloudwatch/eventRule:EventRule"
    fields = {
        "name": named("Name"),
        "description": Field("string", "Description"),
        "eventPattern": Field("string", "EventPattern", required=True, same=same_json),
        "state": Field("string", "State", computed=True),
    }
    outputs = ("arn",)
    tagged = True
    gone = ("ResourceNotFoundException",)

    def create(self, aws: Aws, props: Props) -> str:
        request = to_api(self.fields, props)
        aws.client("events").put_rule(**request, Tags=tag_list(props["tagsAll"]))
        return props["name"]

    def read(self, aws: Aws, identity: str, props: Props) -> Props | None:
        client = aws.client("events")
        found = client.describe_rule(Name=identity)
        tags = client.list_tags_for_resource(ResourceARN=found["Arn"])["Tags"]
        return {**from_api(self.fields, found), "arn": found["Arn"], "tagsAll": tag_map(tags)}

    def update(self, aws: Aws, identity: str, old: Props, new: Props) -> None:
        client = aws.client("events")
        client.put_rule(**to_api(self.fields, new))
        retag(
            old,
            new,
            untag=lambda keys: client.untag_resource(ResourceARN=old["arn"], TagKeys=keys),
            tag=lambda tags: client.tag_resource(ResourceARN=old["arn"], Tags=tag_list(tags)),
        )

    def delete(self, aws: Aws, identity: str, props: Props) -> None:
        aws.client("events").delete_rule(Name=identity)


_TARGET_FIELDS = {
    "targetId": Field("string", "Id", required=True, replaces=True),
    "arn": Field("string", "Arn", required=True),
    "roleArn": Field("string", "RoleArn"),
    "retryPolicy": Field(
        "object",
        "RetryPolicy",
        fields={
            "maximumEventAgeInSeconds": Field("number", "MaximumEventAgeInSeconds"),
            "maximumRetryAttempts": Field("number", "MaximumRetryAttempts"),
        },
    ),
    "deadLetterConfig": Field("object", "DeadLetterConfig", fields={"arn": Field("string", "Arn", required=True)}),
    "inputTransformer": Field(
        "object",
        "InputTransformer",
        fields={
            "inputPaths": Field("map", "InputPathsMap"),
            "inputTemplate": Field("string", "InputTemplate", required=True),
        },
    ),
}


class Target(Resource):
    """A target of a rule. Its ID is "rule/target"."""

    token = "aws:cloudwatch/eventTarget:EventTarget"
    fields = {"rule": Field("string", required=True, replaces=True), **_TARGET_FIELDS}
    gone = ("ResourceNotFoundException",)

    def create(self, aws: Aws, props: Props) -> str:
        self._put(aws, props)
        return f"{props['rule']}/{props['targetId']}"

    def _put(self, aws: Aws, props: Props) -> None:
        aws.client("events").put_targets(Rule=props["rule"], Targets=[to_api(_TARGET_FIELDS, props)])

    def read(self, aws: Aws, identity: str, props: Props) -> Props | None:
        rule, target = identity.rsplit("/", 1)
        found = aws.client("events").list_targets_by_rule(Rule=rule)["Targets"]
        own = [one for one in found if one["Id"] == target]
        return {**from_api(_TARGET_FIELDS, own[0]), "rule": rule} if own else None

    def update(self, aws: Aws, identity: str, old: Props, new: Props) -> None:
        self._put(aws, new)

    def delete(self, aws: Aws, identity: str, props: Props) -> None:
        rule, target = identity.rsplit("/", 1)
        aws.client("events").remove_targets(Rule=rule, Ids=[target])


_PARAMETER = {
    "key": Field("string", "Key"),
    "value": Field("string", "Value"),
    "isValueSecret": Field("boolean", "IsValueSecret", default=False),
}
_CONNECTION_FIELDS = {
    "name": named("Name"),
    "description": Field("string", "Description"),
    "authorizationType": Field("string", "AuthorizationType", required=True),
    "authParameters": Field(
        "object",
        "AuthParameters",
        required=True,
        secret=True,
        fields={
            "apiKey": Field(
                "object",
                "ApiKeyAuthParameters",
                fields={
                    "key": Field("string", "ApiKeyName", required=True),
                    "value": Field("string", "ApiKeyValue", required=True),
                },
            ),
            "invocationHttpParameters": Field(
                "object",
                "InvocationHttpParameters",
                fields={
                    "bodies": Field("objects", "BodyParameters", fields=_PARAMETER),
                    "headers": Field("objects", "HeaderParameters", fields=_PARAMETER),
                    "queryStrings": Field("objects", "QueryStringParameters", fields=_PARAMETER),
                },
            ),
        },
    ),
}


class Connection(Resource):
    """A connection. Its ID is its name. AWS does not return its secrets, so the state keeps the program's."""

    token = "aws:cloudwatch/eventConnection:EventConnection"
    fields = _CONNECTION_FIELDS
    outputs = ("arn", "secretArn")
    gone = ("ResourceNotFoundException",)

    def create(self, aws: Aws, props: Props) -> str:
        aws.client("events").create_connection(**to_api(self.fields, props))
        return props["name"]

    def read(self, aws: Aws, identity: str, props: Props) -> Props | None:
        found = aws.client("events").describe_connection(Name=identity)
        shown = {name: field for name, field in self.fields.items() if name != "authParameters"}
        secrets = {"authParameters": props["authParameters"]} if "authParameters" in props else {}
        return {**from_api(shown, found), **secrets, "arn": found["ConnectionArn"], "secretArn": found["SecretArn"]}

    def update(self, aws: Aws, identity: str, old: Props, new: Props) -> None:
        aws.client("events").update_connection(**to_api(self.fields, new))

    def delete(self, aws: Aws, identity: str, props: Props) -> None:
        aws.client("events").delete_connection(Name=identity)


class ApiDestination(Resource):
    """An API destination. Its ID is its name."""

    token = "aws:cloudwatch/eventApiDestination:EventApiDestination"
    fields = {
        "name": named("Name"),
        "description": Field("string", "Description"),
        "connectionArn": Field("string", "ConnectionArn", required=True),
        "invocationEndpoint": Field("string", "InvocationEndpoint", required=True),
        "httpMethod": Field("string", "HttpMethod", required=True),
        "invocationRateLimitPerSecond": Field("number", "InvocationRateLimitPerSecond"),
    }
    outputs = ("arn",)
    gone = ("ResourceNotFoundException",)

    def create(self, aws: Aws, props: Props) -> str:
        aws.client("events").create_api_destination(**to_api(self.fields, props))
        return props["name"]

    def read(self, aws: Aws, identity: str, props: Props) -> Props | None:
        found = aws.client("events").describe_api_destination(Name=identity)
        return {**from_api(self.fields, found), "arn": found["ApiDestinationArn"]}

    def update(self, aws: Aws, identity: str, old: Props, new: Props) -> None:
        aws.client("events").update_api_destination(**to_api(self.fields, new))

    def delete(self, aws: Aws, identity: str, props: Props) -> None:
        aws.client("events").delete_api_destination(Name=identity)


TYPES = (Rule(), Target(), Connection(), ApiDestination())
