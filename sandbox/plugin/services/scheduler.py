"""EventBridge Scheduler: groups and schedules."""

import datetime
from typing import Any

from ..aws import Aws
from ..fields import Field, from_api, to_api
from ..resource import Resource, named, retag, tag_list, tag_map
from ..values import Plain, Props

_PROVIDER_ITEM = {
    "capacityProvider": Field("string", "capacityProvider", required=True),
    "base": Field("number", "base", default=0),
    "weight": Field("number", "weight", default=0),
}


def _switch(value: bool) -> str:
    return "ENABLED" if value else "DISABLED"


_VPC_FIELDS = {
    "subnets": Field("strings", "Subnets", required=True, unordered=True),
    "securityGroups": Field("strings", "SecurityGroups", unordered=True),
    "assignPublicIp": Field(
        "boolean", "AssignPublicIp", default=False, encode=_switch, decode=lambda value: value == "ENABLED"
    ),
}
_ECS_FIELDS = {
    "taskDefinitionArn": Field("string", "TaskDefinitionArn", required=True),
    "taskCount": Field("number", "TaskCount", default=1),
    "launchType": Field("string", "LaunchType"),
    "platformVersion": Field("string", "PlatformVersion"),
    # Pulumi has only the inner one of AWS's two objects.
    "networkConfiguration": Field(
        "object",
        "NetworkConfiguration",
        fields=_VPC_FIELDS,
        encode=lambda value: {"awsvpcConfiguration": to_api(_VPC_FIELDS, value)},
        decode=lambda value: from_api(_VPC_FIELDS, value["awsvpcConfiguration"]),
    ),
    "capacityProviderStrategies": Field("objects", "CapacityProviderStrategy", fields=_PROVIDER_ITEM, unordered=True),
    "enableEcsManagedTags": Field("boolean", "EnableECSManagedTags", default=False),
    "enableExecuteCommand": Field("boolean", "EnableExecuteCommand", default=False),
    "group": Field("string", "Group"),
    "placementConstraints": Field(
        "objects",
        "PlacementConstraints",
        fields={"type": Field("string", "type", required=True), "expression": Field("string", "expression")},
        unordered=True,
    ),
    "placementStrategies": Field(
        "objects",
        "PlacementStrategy",
        fields={"type": Field("string", "type", required=True), "field": Field("string", "field")},
        # A set in the official provider: terraform-provider-aws, internal/service/scheduler/schedule.go.
        unordered=True,
    ),
    "propagateTags": Field("string", "PropagateTags"),
    "referenceId": Field("string", "ReferenceId"),
    "tags": Field("map", "Tags", encode=tag_list, decode=tag_map),
}
_TARGET_FIELDS = {
    "arn": Field("string", "Arn", required=True),
    "roleArn": Field("string", "RoleArn", required=True),
    "input": Field("string", "Input"),
    "deadLetterConfig": Field("object", "DeadLetterConfig", fields={"arn": Field("string", "Arn", required=True)}),
    "retryPolicy": Field(
        "object",
        "RetryPolicy",
        computed=True,
        fields={
            "maximumEventAgeInSeconds": Field("number", "MaximumEventAgeInSeconds", default=86400),
            "maximumRetryAttempts": Field("number", "MaximumRetryAttempts", default=185),
        },
    ),
    "ecsParameters": Field("object", "EcsParameters", fields=_ECS_FIELDS),
    "eventbridgeParameters": Field(
        "object",
        "EventBridgeParameters",
        fields={
            "detailType": Field("string", "DetailType", required=True),
            "source": Field("string", "Source", required=True),
        },
    ),
    "kinesisParameters": Field(
        "object", "KinesisParameters", fields={"partitionKey": Field("string", "PartitionKey", required=True)}
    ),
    "sagemakerPipelineParameters": Field(
        "object",
        "SageMakerPipelineParameters",
        fields={
            "pipelineParameters": Field(
                "objects",
                "PipelineParameterList",
                fields={
                    "name": Field("string", "Name", required=True),
                    "value": Field("string", "Value", required=True),
                },
                unordered=True,
            )
        },
    ),
    "sqsParameters": Field("object", "SqsParameters", fields={"messageGroupId": Field("string", "MessageGroupId")}),
}


def _instant(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def _utc(value: datetime.datetime) -> str:
    return value.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _date(api: str) -> Field:
    return Field("string", api, encode=_instant, decode=_utc)


class ScheduleGroup(Resource):
    """A schedule group, which has the tags. Its ID is its name."""

    token = "aws:scheduler/scheduleGroup:ScheduleGroup"
    fields = {"name": named("Name")}
    outputs = ("arn", "creationDate", "lastModificationDate", "state")
    tagged = True
    gone = ("ResourceNotFoundException",)

    def create(self, aws: Aws, props: Props) -> str:
        aws.client("scheduler").create_schedule_group(Name=props["name"], Tags=tag_list(props["tagsAll"]))
        return props["name"]

    def read(self, aws: Aws, identity: str, props: Props) -> Props | None:
        client = aws.client("scheduler")
        group = client.get_schedule_group(Name=identity)
        if group["State"] == "DELETING":
            return None
        tags = client.list_tags_for_resource(ResourceArn=group["Arn"])["Tags"]
        return {
            "name": group["Name"],
            "arn": group["Arn"],
            "state": group["State"],
            "creationDate": _utc(group["CreationDate"]),
            "lastModificationDate": _utc(group["LastModificationDate"]),
            "tagsAll": tag_map(tags),
        }

    def update(self, aws: Aws, identity: str, old: Props, new: Props) -> None:
        client = aws.client("scheduler")
        retag(
            old,
            new,
            untag=lambda keys: client.untag_resource(ResourceArn=old["arn"], TagKeys=keys),
            tag=lambda tags: client.tag_resource(ResourceArn=old["arn"], Tags=tag_list(tags)),
        )

    def delete(self, aws: Aws, identity: str, props: Props) -> None:
        aws.client("scheduler").delete_schedule_group(Name=identity)


class Schedule(Resource):
    """A schedule. Its ID is "group/name"."""

    token = "aws:scheduler/schedule:Schedule"
    fields = {
        "name": named("Name"),
        "groupName": Field("string", "GroupName", default="default", replaces=True),
        "scheduleExpression": Field("string", "ScheduleExpression", required=True),
        "scheduleExpressionTimezone": Field("string", "ScheduleExpressionTimezone", default="UTC"),
        "flexibleTimeWindow": Field(
            "object",
            "FlexibleTimeWindow",
            required=True,
            fields={
                "mode": Field("string", "Mode", required=True),
                "maximumWindowInMinutes": Field("number", "MaximumWindowInMinutes"),
            },
        ),
        "startDate": _date("StartDate"),
        "endDate": _date("EndDate"),
        "state": Field("string", "State", default="ENABLED"),
        "description": Field("string", "Description"),
        "kmsKeyArn": Field("string", "KmsKeyArn"),
        "actionAfterCompletion": Field("string", "ActionAfterCompletion", computed=True),
        "target": Field("object", "Target", required=True, fields=_TARGET_FIELDS),
    }
    outputs = ("arn",)
    gone = ("ResourceNotFoundException",)

    def create(self, aws: Aws, props: Props) -> str:
        request = to_api(self.fields, props)
        aws.client("scheduler").create_schedule(**request)
        return f"{request['GroupName']}/{request['Name']}"

    def read(self, aws: Aws, identity: str, props: Props) -> Props | None:
        group, name = identity.split("/")
        answer = aws.client("scheduler").get_schedule(GroupName=group, Name=name)
        return {**from_api(self.fields, answer), "arn": answer["Arn"]}

    def update(self, aws: Aws, identity: str, old: Props, new: Props) -> None:
        # UpdateSchedule resets members that are left out, so the whole schedule is sent.
        kept = {"actionAfterCompletion": old.get("actionAfterCompletion")}
        aws.client("scheduler").update_schedule(**to_api(self.fields, {**kept, **new}))

    def delete(self, aws: Aws, identity: str, props: Props) -> None:
        group, name = identity.split("/")
        aws.client("scheduler").delete_schedule(GroupName=group, Name=name)

    def problems(self, props: Props) -> dict[str, str]:
        return {name: _not_a_date(props[name]) for name in ("startDate", "endDate") if _not_a_date(props.get(name))}


def _not_a_date(value: Plain) -> str:
    from ..values import UNKNOWN

    try:
        given: Any = None if value in (None, UNKNOWN) else _instant(value)
    except (ValueError, TypeError, AttributeError):
        return f"{value!r} must be a date and time such as 2026-12-01T00:00:00Z"
    return "" if given is None or given.tzinfo else f"{value!r} has no time zone. Write it like 2026-12-01T00:00:00Z"


TYPES = (ScheduleGroup(), Schedule())
