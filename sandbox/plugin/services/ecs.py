"""Amazon ECS: clusters and task definitions."""

import json
from typing import Any

from ..aws import Aws
from ..fields import Field, from_api, to_api
from ..resource import Resource, named, only, retag, tag_list, tag_map
from ..values import Props
from .container_definitions import same_containers


def _retag(aws: Aws, arn: str, old: Props, new: Props) -> None:
    client = aws.client("ecs")
    retag(
        old,
        new,
        untag=lambda keys: client.untag_resource(resourceArn=arn, tagKeys=keys),
        tag=lambda tags: client.tag_resource(resourceArn=arn, tags=tag_list(tags, "key", "value")),
    )


class Cluster(Resource):
    """A cluster. Its ID is its ARN."""

    token = "aws:ecs/cluster:Cluster"
    fields = {
        "name": named("clusterName"),
        "settings": Field(
            "objects",
            "settings",
            computed=True,
            unordered=True,
            fields={
                "name": Field("string", "name", required=True),
                "value": Field("string", "value", required=True),
            },
        ),
    }
    outputs = ("arn",)
    tagged = True
    gone = ("ClusterNotFoundException",)

    def create(self, aws: Aws, props: Props) -> str:
        request = to_api(self.fields, props)
        answer = aws.client("ecs").create_cluster(**request, tags=tag_list(props["tagsAll"], "key", "value"))
        return answer["cluster"]["clusterArn"]

    def read(self, aws: Aws, identity: str, props: Props) -> Props | None:
        answer = aws.client("ecs").describe_clusters(clusters=[identity], include=["SETTINGS", "TAGS"])
        found = [cluster for cluster in answer["clusters"] if cluster["status"] != "INACTIVE"]
        if not found:
            return None
        tags = tag_map(found[0].get("tags"), "key", "value")
        return {**from_api(self.fields, found[0]), "arn": found[0]["clusterArn"], "tagsAll": tags}

    def update(self, aws: Aws, identity: str, old: Props, new: Props) -> None:
        if new.get("settings"):
            aws.client("ecs").update_cluster(cluster=identity, settings=to_api(self.fields, new)["settings"])
        _retag(aws, identity, old, new)

    def delete(self, aws: Aws, identity: str, props: Props) -> None:
        aws.client("ecs").delete_cluster(cluster=identity)


class ClusterCapacityProviders(Resource):
    """The capacity providers of a cluster. Its ID is the cluster's name."""

    token = "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders"
    fields = {
        "clusterName": Field("string", "cluster", required=True, replaces=True),
        "capacityProviders": Field("strings", "capacityProviders", unordered=True),
        "defaultCapacityProviderStrategies": Field(
            "objects",
            "defaultCapacityProviderStrategy",
            unordered=True,
            fields={
                "capacityProvider": Field("string", "capacityProvider", required=True),
                "base": Field("number", "base", default=0),
                "weight": Field("number", "weight", default=0),
            },
        ),
    }
    gone = ("ClusterNotFoundException",)

    def create(self, aws: Aws, props: Props) -> str:
        self._put(aws, props)
        return props["clusterName"]

    def _put(self, aws: Aws, props: Props) -> None:
        empty: dict[str, Any] = {"capacityProviders": [], "defaultCapacityProviderStrategy": []}
        aws.client("ecs").put_cluster_capacity_providers(**{**empty, **to_api(self.fields, props)})

    def read(self, aws: Aws, identity: str, props: Props) -> Props | None:
        clusters = aws.client("ecs").describe_clusters(clusters=[identity])["clusters"]
        found = [cluster for cluster in clusters if cluster["status"] != "INACTIVE"]
        return {**from_api(self.fields, found[0]), "clusterName": found[0]["clusterName"]} if found else None

    def update(self, aws: Aws, identity: str, old: Props, new: Props) -> None:
        self._put(aws, new)

    def delete(self, aws: Aws, identity: str, props: Props) -> None:
        self._put(aws, {"clusterName": identity})


_EFS_FIELDS = {
    "fileSystemId": Field("string", "fileSystemId", required=True),
    "rootDirectory": Field("string", "rootDirectory", default="/"),
    "transitEncryption": Field("string", "transitEncryption"),
    "authorizationConfig": Field(
        "object",
        "authorizationConfig",
        fields={"accessPointId": Field("string", "accessPointId"), "iam": Field("string", "iam")},
    ),
    "transitEncryptionPort": Field("number", "transitEncryptionPort"),
}
_S3_FILES_FIELDS = {
    "fileSystemArn": Field("string", "fileSystemArn", required=True),
    "accessPointArn": Field("string", "accessPointArn"),
    "rootDirectory": Field("string", "rootDirectory", default="/"),
    "transitEncryptionPort": Field("number", "transitEncryptionPort"),
}
_FSX_FIELDS = {
    "fileSystemId": Field("string", "fileSystemId", required=True),
    "rootDirectory": Field("string", "rootDirectory", required=True),
    "authorizationConfig": Field(
        "object",
        "authorizationConfig",
        required=True,
        fields={
            "credentialsParameter": Field("string", "credentialsParameter", required=True),
            "domain": Field("string", "domain", required=True),
        },
    ),
}
_DOCKER_FIELDS = {
    "autoprovision": Field("boolean", "autoprovision", default=False),
    "driver": Field("string", "driver"),
    "driverOpts": Field("map", "driverOpts"),
    "labels": Field("map", "labels"),
    "scope": Field("string", "scope", computed=True),
}


_GONE = ("INACTIVE", "DELETE_IN_PROGRESS")
"""Statuses of a revision that can't start runs. AWS: botocore ecs, TaskDefinitionStatus; Amazon ECS developer guide,
"Task definition states"."""


class TaskDefinition(Resource):
    """A revision of a task definition. Any change except to tags replaces it. Its ID is the family."""

    token = "aws:ecs/taskDefinition:TaskDefinition"
    fields = {
        "family": Field("string", "family", required=True, replaces=True),
        "containerDefinitions": Field(
            "string",
            "containerDefinitions",
            required=True,
            replaces=True,
            same=same_containers,
            encode=json.loads,
            decode=json.dumps,
        ),
        "cpu": Field("string", "cpu", replaces=True),
        "memory": Field("string", "memory", replaces=True),
        "networkMode": Field("string", "networkMode", replaces=True, computed=True),
        "requiresCompatibilities": Field("strings", "requiresCompatibilities", replaces=True, unordered=True),
        "executionRoleArn": Field("string", "executionRoleArn", replaces=True),
        "taskRoleArn": Field("string", "taskRoleArn", replaces=True),
        "runtimePlatform": Field(
            "object",
            "runtimePlatform",
            replaces=True,
            fields={
                "cpuArchitecture": Field("string", "cpuArchitecture"),
                "operatingSystemFamily": Field("string", "operatingSystemFamily"),
            },
        ),
        "ephemeralStorage": Field(
            "object",
            "ephemeralStorage",
            replaces=True,
            fields={"sizeInGib": Field("number", "sizeInGiB", required=True)},
        ),
        "volumes": Field(
            "objects",
            "volumes",
            replaces=True,
            unordered=True,
            fields={
                "name": Field("string", "name", required=True),
                "configureAtLaunch": Field("boolean", "configuredAtLaunch"),
                "dockerVolumeConfiguration": Field("object", "dockerVolumeConfiguration", fields=_DOCKER_FIELDS),
                "efsVolumeConfiguration": Field("object", "efsVolumeConfiguration", fields=_EFS_FIELDS),
                "fsxWindowsFileServerVolumeConfiguration": Field(
                    "object", "fsxWindowsFileServerVolumeConfiguration", fields=_FSX_FIELDS
                ),
                "hostPath": Field(
                    "string",
                    "host",
                    encode=lambda path: {"sourcePath": path},
                    decode=lambda host: host.get("sourcePath", ""),
                ),
                "s3filesVolumeConfiguration": Field("object", "s3filesVolumeConfiguration", fields=_S3_FILES_FIELDS),
            },
        ),
        "ipcMode": Field("string", "ipcMode", replaces=True),
        "pidMode": Field("string", "pidMode", replaces=True),
        "enableFaultInjection": Field("boolean", "enableFaultInjection", replaces=True, computed=True),
        "placementConstraints": Field(
            "objects",
            "placementConstraints",
            replaces=True,
            unordered=True,
            fields={
                "type": Field("string", "type", required=True),
                "expression": Field("string", "expression"),
            },
        ),
        "proxyConfiguration": Field(
            "object",
            "proxyConfiguration",
            replaces=True,
            fields={
                "type": Field("string", "type", default="APPMESH"),
                "containerName": Field("string", "containerName", required=True),
                "properties": Field(
                    "map",
                    "properties",
                    encode=lambda values: tag_list(values, "name", "value"),
                    decode=lambda pairs: tag_map(pairs, "name", "value"),
                ),
            },
        ),
        # For the provider only: whether the revision stays when the resource is deleted.
        "skipDestroy": Field("boolean", default=False),
    }
    outputs = ("arn", "arnWithoutRevision", "revision")
    tagged = True
    gone = ("ClientException",)

    def create(self, aws: Aws, props: Props) -> str:
        request = to_api(self.fields, props)
        tags = tag_list(props["tagsAll"], "key", "value")
        aws.client("ecs").register_task_definition(**request, **({"tags": tags} if tags else {}))
        return props["family"]

    def read(self, aws: Aws, identity: str, props: Props) -> Props | None:
        client = aws.client("ecs")
        # Before the first read, the state has no revision. The newest one was just registered.
        answer = client.describe_task_definition(taskDefinition=props.get("arn", identity), include=["TAGS"])
        found = answer["taskDefinition"]
        if found.get("status") in _GONE:
            return None
        arn: str = found["taskDefinitionArn"]
        return {
            **from_api(self.fields, found),
            # moto returns awsvpc for everything except EC2, whatever the request had.
            **only(props, "skipDestroy", "networkMode"),
            "arn": arn,
            "arnWithoutRevision": arn.rsplit(":", 1)[0],
            "revision": found["revision"],
            "tagsAll": tag_map(answer.get("tags"), "key", "value"),
        }

    def update(self, aws: Aws, identity: str, old: Props, new: Props) -> None:
        _retag(aws, old["arn"], old, new)

    def delete(self, aws: Aws, identity: str, props: Props) -> None:
        if not props.get("skipDestroy"):
            aws.client("ecs").deregister_task_definition(taskDefinition=props["arn"])


TYPES = (Cluster(), ClusterCapacityProviders(), TaskDefinition())
