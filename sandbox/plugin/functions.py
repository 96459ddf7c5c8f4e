"""Functions of the provider, which look up existing resources."""

import json
from collections.abc import Mapping

from botocore.exceptions import ClientError

from .aws import Aws
from .network_functions import NETWORK_FUNCTIONS, Function, LookupFailedError
from .resource import tag_map
from .values import Props


def _caller_identity(aws: Aws, args: Props) -> Props:
    identity = aws.client("sts").get_caller_identity()
    return {
        "accountId": identity["Account"],
        "arn": identity["Arn"],
        "userId": identity["UserId"],
        "id": identity["Account"],
    }


def _region(aws: Aws, args: Props) -> Props:
    name = args.get("region") or aws.region
    return {"region": name, "name": name, "id": name, "description": name, "endpoint": f"ec2.{name}.amazonaws.com"}


def _cluster(aws: Aws, args: Props) -> Props:
    answer = aws.client("ecs").describe_clusters(clusters=[args["clusterName"]], include=["TAGS", "SETTINGS"])
    if not answer["clusters"]:
        raise LookupFailedError(f"reading ECS Cluster ({args['clusterName']}): couldn't find resource")
    cluster = answer["clusters"][0]
    return {
        "id": cluster["clusterArn"],
        "arn": cluster["clusterArn"],
        "clusterName": cluster["clusterName"],
        "status": cluster["status"],
        "pendingTasksCount": cluster.get("pendingTasksCount", 0),
        "runningTasksCount": cluster.get("runningTasksCount", 0),
        "registeredContainerInstancesCount": cluster.get("registeredContainerInstancesCount", 0),
        "serviceConnectDefaults": [],
        "settings": cluster.get("settings", []),
        "tags": tag_map(cluster.get("tags"), "key", "value"),
        "region": aws.region,
    }


def _task_definition(aws: Aws, args: Props) -> Props:
    try:
        found = aws.client("ecs").describe_task_definition(taskDefinition=args["taskDefinition"])["taskDefinition"]
    except ClientError as error:
        raise LookupFailedError(f"reading ECS Task Definition ({args['taskDefinition']}): {error}") from error
    arn: str = found["taskDefinitionArn"]
    return {
        "id": arn,
        "arn": arn,
        "arnWithoutRevision": arn.rsplit(":", 1)[0],
        "taskDefinition": args["taskDefinition"],
        "containerDefinitions": json.dumps(found["containerDefinitions"], sort_keys=True, separators=(",", ":")),
        "family": found["family"],
        "revision": found["revision"],
        "status": found.get("status", "ACTIVE"),
        "networkMode": found.get("networkMode", ""),
        "taskRoleArn": found.get("taskRoleArn", ""),
        "executionRoleArn": found.get("executionRoleArn", ""),
        # Not `compatibilities`, which the official provider doesn't read.
        "requiresCompatibilities": found.get("requiresCompatibilities", []),
        "cpu": found.get("cpu", ""),
        "memory": found.get("memory", ""),
        "region": aws.region,
    }


def _cloud_control(aws: Aws, args: Props) -> Props:
    """Cloud Control's GetResource. It answers the properties of CloudFormation, without empty ones."""
    kind, identifier = args["typeName"], args["identifier"]
    if kind != "AWS::ECS::Cluster":
        raise LookupFailedError(f"the sandbox does not support {kind} in Cloud Control")
    answer = aws.client("ecs").describe_clusters(clusters=[identifier])
    if not answer["clusters"]:
        raise LookupFailedError(f"reading Cloud Control API ({kind}) Resource ({identifier}): couldn't find resource")
    cluster = answer["clusters"][0]
    providers = cluster.get("capacityProviders", [])
    properties = {
        "Arn": cluster["clusterArn"],
        "ClusterName": cluster["clusterName"],
        **({"CapacityProviders": providers} if providers else {}),
    }
    return {
        "id": identifier,
        "identifier": identifier,
        "typeName": kind,
        "properties": json.dumps(properties, separators=(",", ":")),
        "region": aws.region,
    }


FUNCTIONS: Mapping[str, tuple[Function, frozenset[str]]] = {
    "aws:index/getCallerIdentity:getCallerIdentity": (_caller_identity, frozenset({"id"})),
    "aws:index/getRegion:getRegion": (_region, frozenset({"region", "id", "name", "endpoint"})),
    "aws:ecs/getCluster:getCluster": (_cluster, frozenset({"clusterName", "region", "tags"})),
    "aws:ecs/getTaskDefinition:getTaskDefinition": (_task_definition, frozenset({"taskDefinition", "region"})),
    "aws:cloudcontrol/getResource:getResource": (_cloud_control, frozenset({"typeName", "identifier", "region"})),
    **NETWORK_FUNCTIONS,
}
"""Each function, with the arguments that it supports."""
