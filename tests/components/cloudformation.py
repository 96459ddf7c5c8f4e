"""Recorded resources as a CloudFormation template, which AWS's linter can judge.

AWS: CloudFormation template reference, "AWS resource and property types reference".
"""

import copy
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from tests.mocks import Resource

Properties = dict[str, Any]


def template(resources: Iterable[Resource]) -> dict[str, Any]:
    """A template with all of these resources. A type without a translation fails the test."""
    found = list(resources)
    translated: dict[str, Any] = {}
    for resource in found:
        if resource.type in _TARGETS:
            continue
        kind, translate = _TYPES[resource.type]
        properties = translate(resource.inputs)
        if resource.type == "aws:cloudwatch/eventRule:EventRule":
            properties["Targets"] = [_event_target(target) for target in _targets(found, resource)]
        translated[_logical_id(resource)] = {"Type": kind, "Properties": properties}
    whole = {"AWSTemplateFormatVersion": "2010-09-09", "Resources": translated}
    return json.loads(_with_real_ids(json.dumps(whole, ensure_ascii=False)))


def _with_real_ids(text: str) -> str:
    """The text with IDs as long as AWS's in place of those of the mocks, such as `subnet-0a` and `tasks-runs-id`."""
    text = re.sub(r'"[a-z-]+-(runs|endpoints)-id"', '"sg-0a"', text)
    return re.sub(r'"(vpc|subnet|sg)-(0[a-z]{1,4})"', lambda id_: f'"{id_[1]}-{id_[2].encode().hex():0>17}"', text)


_TARGETS = {"aws:cloudwatch/eventTarget:EventTarget"}
"""Types that are a part of another resource in CloudFormation."""


def _logical_id(resource: Resource) -> str:
    return "".join(
        part.capitalize() for part in re.findall("[A-Za-z0-9]+", f"{resource.type.split(':')[-1]} {resource.name}")
    )


def _targets(found: Sequence[Resource], rule: Resource) -> list[Properties]:
    return [each.inputs for each in found if each.type in _TARGETS and each.inputs["rule"] == rule.inputs["name"]]


def pascal(value: Any, names: Mapping[str, str] | None = None, *, keep: tuple[str, ...] = ()) -> Any:
    """The same value with keys in PascalCase, or as `names` says. The values of `keep` are left as they are."""
    names = names or {}
    if isinstance(value, dict):
        return {
            names.get(key, key[0].upper() + key[1:]): item if key in keep else pascal(item, names, keep=keep)
            for key, item in value.items()
        }
    return [pascal(item, names, keep=keep) for item in value] if isinstance(value, list) else value


def _tags(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _plain(names: Mapping[str, str] | None = None, *, keep: tuple[str, ...] = ()) -> Callable[[Properties], Properties]:
    """A translation that renames properties, and turns tags into a list."""

    def translate(inputs: Properties) -> Properties:
        found = pascal({key: value for key, value in inputs.items() if key != "tags"}, names, keep=keep)
        return {**found, "Tags": _tags(inputs["tags"])} if inputs.get("tags") else found

    return translate


def _documents(*keys: str, names: Mapping[str, str] | None = None) -> Callable[[Properties], Properties]:
    """A translation of a resource with policy documents, which are objects in CloudFormation."""

    def translate(inputs: Properties) -> Properties:
        parsed = {key: json.loads(inputs[key]) for key in keys if inputs.get(key)}
        return _plain(names, keep=keys)({**inputs, **parsed})

    return translate


def _schedule(inputs: Properties) -> Properties:
    target = dict(inputs["target"])
    if ecs := target.get("ecsParameters"):
        target["ecsParameters"] = _run_task(ecs)
    names = {
        "enableEcsManagedTags": "EnableECSManagedTags",
        "eventbridgeParameters": "EventBridgeParameters",
    }
    return _plain(names)(
        # CloudFormation cannot set ActionAfterCompletion.
        {**{key: value for key, value in inputs.items() if key != "actionAfterCompletion"}, "target": target}
    )


def _run_task(ecs: Properties) -> Properties:
    names = {"capacityProviderStrategies": "capacityProviderStrategy", "placementStrategies": "placementStrategy"}
    found = {names.get(key, key): value for key, value in ecs.items()}
    if network := found.get("networkConfiguration"):
        public = "ENABLED" if network.get("assignPublicIp") else "DISABLED"
        found["networkConfiguration"] = {"awsvpcConfiguration": {**network, "assignPublicIp": public}}
    return found


def _event_target(inputs: Properties) -> Properties:
    target = {key: value for key, value in inputs.items() if key != "rule"}
    return pascal(target, {"targetId": "Id", "inputPaths": "InputPathsMap"}, keep=("inputPaths",))


def _event_rule(inputs: Properties) -> Properties:
    return _plain(keep=("eventPattern",))({**inputs, "eventPattern": json.loads(inputs["eventPattern"])})


def _api_destination(inputs: Properties) -> Properties:
    # The URL of a heartbeat is a secret.
    url = inputs["invocationEndpoint"]
    return pascal({**inputs, "invocationEndpoint": url if isinstance(url, str) else url["value"]})


def _connection(inputs: Properties) -> Properties:
    names = {"apiKey": "ApiKeyAuthParameters", "bodies": "BodyParameters", "queryStrings": "QueryStringParameters"}
    # The parameters are a secret, unless the URL is.
    parameters = inputs["authParameters"]
    found = pascal({**inputs, "authParameters": parameters.get("value", parameters)}, names)
    key = found["AuthParameters"]["ApiKeyAuthParameters"]
    found["AuthParameters"]["ApiKeyAuthParameters"] = {"ApiKeyName": key["Key"], "ApiKeyValue": key["Value"]}
    return found


def _alarm(inputs: Properties) -> Properties:
    found = {key: value for key, value in inputs.items() if key not in ("dimensions", "metricQueries")}
    found["alarmName"] = found.pop("name")
    if dimensions := inputs.get("dimensions"):
        found["dimensions"] = _dimensions(dimensions)
    if queries := inputs.get("metricQueries"):
        found["metrics"] = [_query(query) for query in queries]
    return _plain()(found)


def _query(query: Properties) -> Properties:
    found = {key: value for key, value in query.items() if key != "metric"}
    if metric := query.get("metric"):
        found["metricStat"] = {
            "metric": {
                "namespace": metric["namespace"],
                "metricName": metric["metricName"],
                "dimensions": _dimensions(metric["dimensions"]),
            },
            "period": metric["period"],
            "stat": metric["stat"],
        }
        # CloudFormation and the API return every metric unless told otherwise, and an alarm has one that is returned.
        found.setdefault("returnData", False)
    return found


def _dimensions(dimensions: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in dimensions.items()]


def _metric_filter(inputs: Properties) -> Properties:
    transformation = {key: value for key, value in inputs["metricTransformation"].items() if key != "dimensions"}
    if dimensions := inputs["metricTransformation"].get("dimensions"):
        transformation["dimensions"] = [{"key": key, "value": value} for key, value in dimensions.items()]
    names = {"name": "FilterName", "pattern": "FilterPattern"}
    found = pascal({key: value for key, value in inputs.items() if key != "metricTransformation"}, names)
    renamed = {"name": "MetricName", "namespace": "MetricNamespace", "value": "MetricValue"}
    return {**found, "MetricTransformations": [pascal(transformation, renamed)]}


def _state_machine(inputs: Properties) -> Properties:
    found = {key: value for key, value in inputs.items() if key != "loggingConfiguration"}
    logging = dict(inputs["loggingConfiguration"])
    destination = {"cloudWatchLogsLogGroup": {"logGroupArn": logging.pop("logDestination")}}
    found["loggingConfiguration"] = {**logging, "destinations": [destination]}
    return _plain({"name": "StateMachineName", "definition": "DefinitionString"})(found)


_VOLUMES = {
    "configureAtLaunch": "configuredAtLaunch",
    "fsxWindowsFileServerVolumeConfiguration": "fSxWindowsFileServerVolumeConfiguration",
    "s3filesVolumeConfiguration": "s3FilesVolumeConfiguration",
}
"""Kinds of volumes that the provider and CloudFormation spell differently."""


def _task_definition(inputs: Properties) -> Properties:
    containers = json.loads(inputs["containerDefinitions"])
    # CloudFormation keeps the keys of labels and options as they are.
    kept = ("options", "dockerLabels", "driverOpts", "labels")
    found = copy.deepcopy(
        {
            **{key: value for key, value in inputs.items() if key != "skipDestroy"},
            "containerDefinitions": containers,
        }
    )
    for volume in found.get("volumes", []):
        for name, in_template in _VOLUMES.items():
            if name in volume:
                volume[in_template] = volume.pop(name)
        if "hostPath" in volume:
            volume["host"] = {"sourcePath": volume.pop("hostPath")}
        if efs := volume.pop("efsVolumeConfiguration", None):
            volume["eFSVolumeConfiguration"] = {
                ("filesystemId" if key == "fileSystemId" else key): item for key, item in efs.items()
            }
    return _plain({"iam": "IAM", "sizeInGib": "SizeInGiB"}, keep=kept)(found)


def _cluster(inputs: Properties) -> Properties:
    settings = {"ClusterSettings": pascal(inputs["settings"])}
    return {"ClusterName": inputs["name"], **settings, "Tags": _tags(inputs["tags"])}


def _table(inputs: Properties) -> Properties:
    return {
        "TableName": inputs["name"],
        "BillingMode": inputs["billingMode"],
        "KeySchema": [{"AttributeName": inputs["hashKey"], "KeyType": "HASH"}],
        "AttributeDefinitions": [
            {"AttributeName": each["name"], "AttributeType": each["type"]} for each in inputs["attributes"]
        ],
        "TimeToLiveSpecification": pascal(inputs["ttl"]),
        "Tags": _tags(inputs["tags"]),
    }


def _security_group(inputs: Properties) -> Properties:
    return {
        **({"GroupName": inputs["name"]} if "name" in inputs else {}),
        "GroupDescription": inputs["description"],
        "VpcId": inputs["vpcId"],
        "SecurityGroupIngress": _security_rules(inputs["ingress"]),
        "SecurityGroupEgress": _security_rules(inputs["egress"]),
        "Tags": _tags(inputs["tags"]),
    }


def _security_rules(rules: Iterable[Properties]) -> list[Properties]:
    return [
        {"IpProtocol": rule["protocol"], **ports, key: block}
        for rule in rules
        for ports in [{} if rule["protocol"] == "-1" else {"FromPort": rule["fromPort"], "ToPort": rule["toPort"]}]
        for key, name in (("CidrIp", "cidrBlocks"), ("CidrIpv6", "ipv6CidrBlocks"))
        for block in rule.get(name, [])
    ]


def _parameter(inputs: Properties) -> Properties:
    # CloudFormation does not support SecureString, whose other properties are those of String.
    tags = dict(inputs["tags"])
    return {**pascal({**inputs, "tags": tags}, keep=("tags", "value")), "Type": "String", "Value": "secret"}


def _attachment(inputs: Properties) -> Properties:
    return {
        "PolicyDocument": _NOTHING,
        "ManagedPolicyName": inputs["policyArn"].split("/")[-1],
        "Roles": [inputs["role"]],
    }


_NOTHING = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Deny", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::x/*"}],
}

_TYPES: Mapping[str, tuple[str, Callable[[Properties], Properties]]] = {
    "aws:cloudwatch/dashboard:Dashboard": ("AWS::CloudWatch::Dashboard", _plain()),
    "aws:cloudwatch/eventApiDestination:EventApiDestination": ("AWS::Events::ApiDestination", _api_destination),
    "aws:cloudwatch/eventConnection:EventConnection": ("AWS::Events::Connection", _connection),
    "aws:cloudwatch/eventRule:EventRule": ("AWS::Events::Rule", _event_rule),
    "aws:cloudwatch/logGroup:LogGroup": ("AWS::Logs::LogGroup", _plain({"name": "LogGroupName"})),
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": ("AWS::Logs::MetricFilter", _metric_filter),
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": (
        "AWS::Logs::ResourcePolicy",
        # CloudFormation knows only policies of the account, whose document is a string.
        lambda inputs: {
            "PolicyName": inputs["resourceArn"].split(":")[-1].replace("/", "-"),
            "PolicyDocument": inputs["policyDocument"],
        },
    ),
    "aws:cloudwatch/metricAlarm:MetricAlarm": ("AWS::CloudWatch::Alarm", _alarm),
    "aws:dynamodb/table:Table": ("AWS::DynamoDB::Table", _table),
    "aws:ec2/securityGroup:SecurityGroup": ("AWS::EC2::SecurityGroup", _security_group),
    "aws:ec2/vpcEndpoint:VpcEndpoint": ("AWS::EC2::VPCEndpoint", _plain()),
    "aws:ecs/cluster:Cluster": ("AWS::ECS::Cluster", _cluster),
    "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": (
        "AWS::ECS::ClusterCapacityProviderAssociations",
        lambda inputs: {
            **pascal(
                inputs,
                {"clusterName": "Cluster", "defaultCapacityProviderStrategies": "DefaultCapacityProviderStrategy"},
            ),
            "DefaultCapacityProviderStrategy": pascal(inputs.get("defaultCapacityProviderStrategies", [])),
        },
    ),
    "aws:ecs/taskDefinition:TaskDefinition": ("AWS::ECS::TaskDefinition", _task_definition),
    "aws:iam/policy:Policy": (
        "AWS::IAM::ManagedPolicy",
        _documents("policy", names={"name": "ManagedPolicyName", "policy": "PolicyDocument"}),
    ),
    "aws:iam/role:Role": (
        "AWS::IAM::Role",
        _documents("assumeRolePolicy", names={"name": "RoleName", "assumeRolePolicy": "AssumeRolePolicyDocument"}),
    ),
    "aws:iam/rolePolicy:RolePolicy": (
        "AWS::IAM::RolePolicy",
        _documents("policy", names={"name": "PolicyName", "policy": "PolicyDocument", "role": "RoleName"}),
    ),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": ("AWS::IAM::ManagedPolicy", _attachment),
    "aws:scheduler/schedule:Schedule": ("AWS::Scheduler::Schedule", _schedule),
    "aws:scheduler/scheduleGroup:ScheduleGroup": ("AWS::Scheduler::ScheduleGroup", _plain()),
    "aws:sfn/stateMachine:StateMachine": ("AWS::StepFunctions::StateMachine", _state_machine),
    "aws:sns/topic:Topic": ("AWS::SNS::Topic", _plain({"name": "TopicName"})),
    "aws:sns/topicPolicy:TopicPolicy": (
        "AWS::SNS::TopicPolicy",
        lambda inputs: {"PolicyDocument": json.loads(inputs["policy"]), "Topics": [inputs["arn"]]},
    ),
    "aws:sns/topicSubscription:TopicSubscription": ("AWS::SNS::Subscription", _plain({"topic": "TopicArn"})),
    "aws:sqs/queue:Queue": (
        "AWS::SQS::Queue",
        lambda inputs: _plain({"name": "QueueName", "messageRetentionSeconds": "MessageRetentionPeriod"})(
            {key: value for key, value in inputs.items() if key != "policy"}
        ),
    ),
    "aws:sqs/queuePolicy:QueuePolicy": (
        "AWS::SQS::QueuePolicy",
        lambda inputs: {"PolicyDocument": json.loads(inputs["policy"]), "Queues": [inputs["queueUrl"]]},
    ),
    "aws:ssm/parameter:Parameter": ("AWS::SSM::Parameter", _parameter),
}
