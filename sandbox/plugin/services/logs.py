"""CloudWatch Logs: log groups, their filters and policies."""

from collections.abc import Mapping
from typing import Any

from ..aws import Aws
from ..fields import Field, from_api, same_json, to_api
from ..resource import Resource, named, only, retag
from ..values import Props


class LogGroup(Resource):
    """A log group. Its ID is its name."""

    token = "aws:cloudwatch/logGroup:LogGroup"
    fields = {
        "name": named("logGroupName"),
        "retentionInDays": Field("number", "retentionInDays"),
        "kmsKeyId": Field("string", "kmsKeyId"),
        "skipDestroy": Field("boolean", default=False),
    }
    outputs = ("arn",)
    tagged = True
    gone = ("ResourceNotFoundException",)

    def create(self, aws: Aws, props: Props) -> str:
        key = {"kmsKeyId": props["kmsKeyId"]} if props.get("kmsKeyId") else {}
        tags = {"tags": props["tagsAll"]} if props["tagsAll"] else {}
        aws.client("logs").create_log_group(logGroupName=props["name"], **key, **tags)
        return props["name"]

    def complete(self, aws: Aws, identity: str, props: Props) -> None:
        self._set_retention(aws, identity, props)

    def _set_retention(self, aws: Aws, name: str, props: Props) -> None:
        client, days = aws.client("logs"), props.get("retentionInDays")
        if days:
            client.put_retention_policy(logGroupName=name, retentionInDays=days)
        else:
            client.delete_retention_policy(logGroupName=name)

    def read(self, aws: Aws, identity: str, props: Props) -> Props | None:
        client = aws.client("logs")
        groups = client.describe_log_groups(logGroupNamePrefix=identity)["logGroups"]
        found = [group for group in groups if group["logGroupName"] == identity]
        if not found:
            return None
        arn = found[0]["arn"].removesuffix(":*")
        tags = client.list_tags_for_resource(resourceArn=arn)["tags"]
        return {**from_api(self.fields, found[0]), **only(props, "skipDestroy"), "arn": arn, "tagsAll": tags}

    def update(self, aws: Aws, identity: str, old: Props, new: Props) -> None:
        self._set_retention(aws, identity, new)
        client = aws.client("logs")
        if new.get("kmsKeyId") and new.get("kmsKeyId") != old.get("kmsKeyId"):
            client.associate_kms_key(logGroupName=identity, kmsKeyId=new["kmsKeyId"])
        elif old.get("kmsKeyId") and not new.get("kmsKeyId"):
            client.disassociate_kms_key(logGroupName=identity)
        retag(
            old,
            new,
            untag=lambda keys: client.untag_resource(resourceArn=old["arn"], tagKeys=keys),
            tag=lambda tags: client.tag_resource(resourceArn=old["arn"], tags=tags),
        )

    def delete(self, aws: Aws, identity: str, props: Props) -> None:
        if not props.get("skipDestroy"):
            aws.client("logs").delete_log_group(logGroupName=identity)


_TRANSFORMATION = {
    "name": Field("string", "metricName", required=True),
    "namespace": Field("string", "metricNamespace", required=True),
    "value": Field("string", "metricValue", required=True),
    "dimensions": Field("map", "dimensions"),
}


class MetricFilter(Resource):
    """A metric that is extracted from a log group. Its ID is "log group:name"."""

    token = "aws:cloudwatch/logMetricFilter:LogMetricFilter"
    fields = {
        "name": named("filterName"),
        "logGroupName": Field("string", "logGroupName", required=True, replaces=True),
        "pattern": Field("string", "filterPattern", required=True),
        "metricTransformation": Field(
            "object",
            "metricTransformations",
            required=True,
            fields=_TRANSFORMATION,
            encode=lambda value: [to_api(_TRANSFORMATION, value)],
            decode=lambda value: from_api(_TRANSFORMATION, value[0]),
        ),
    }
    gone = ("ResourceNotFoundException",)

    def create(self, aws: Aws, props: Props) -> str:
        aws.client("logs").put_metric_filter(**to_api(self.fields, props))
        return f"{props['logGroupName']}:{props['name']}"

    def read(self, aws: Aws, identity: str, props: Props) -> Props | None:
        group, name = identity.rsplit(":", 1)
        found = aws.client("logs").describe_metric_filters(logGroupName=group, filterNamePrefix=name)["metricFilters"]
        own = [one for one in found if one["filterName"] == name]
        return from_api(self.fields, own[0]) if own else None

    def update(self, aws: Aws, identity: str, old: Props, new: Props) -> None:
        aws.client("logs").put_metric_filter(**to_api(self.fields, new))

    def delete(self, aws: Aws, identity: str, props: Props) -> None:
        group, name = identity.rsplit(":", 1)
        aws.client("logs").delete_metric_filter(logGroupName=group, filterName=name)


class ResourcePolicy(Resource):
    """Who may write to log groups: a policy of the account with a name, or of one log group with its ARN.

    Its ID is the name or the ARN.
    """

    token = "aws:cloudwatch/logResourcePolicy:LogResourcePolicy"
    fields = {
        "policyName": Field("string", "policyName", replaces=True),
        "resourceArn": Field("string", "resourceArn", replaces=True),
        "policyDocument": Field("string", "policyDocument", required=True, same=same_json),
    }
    gone = ("ResourceNotFoundException",)

    def problems(self, props: Props) -> Mapping[str, str]:
        if ("policyName" in props) == ("resourceArn" in props):
            return {"policyName": "Set exactly one of policyName and resourceArn."}
        return {}

    def create(self, aws: Aws, props: Props) -> str:
        aws.client("logs").put_resource_policy(**to_api(self.fields, props))
        return props.get("resourceArn") or props["policyName"]

    def read(self, aws: Aws, identity: str, props: Props) -> Props | None:
        found = self._found(aws, identity)
        return from_api(self.fields, found) if found else None

    def update(self, aws: Aws, identity: str, old: Props, new: Props) -> None:
        aws.client("logs").put_resource_policy(**to_api(self.fields, new), **self._revision(aws, identity))

    def delete(self, aws: Aws, identity: str, props: Props) -> None:
        aws.client("logs").delete_resource_policy(**self._key(identity), **self._revision(aws, identity))

    @staticmethod
    def _key(identity: str) -> dict[str, str]:
        return {"resourceArn" if identity.startswith("arn:") else "policyName": identity}

    def _found(self, aws: Aws, identity: str) -> dict[str, Any] | None:
        [(key, value)] = self._key(identity).items()
        scope = {"policyScope": "RESOURCE", "resourceArn": value} if key == "resourceArn" else {}
        policies = aws.client("logs").describe_resource_policies(**scope)["resourcePolicies"]
        return next((policy for policy in policies if policy.get(key) == value), None)

    def _revision(self, aws: Aws, identity: str) -> dict[str, str]:
        """Return the current revision, which AWS requires to change the policy of a log group."""
        found = self._found(aws, identity)
        return {"expectedRevisionId": found["revisionId"]} if found and "revisionId" in found else {}


TYPES = (LogGroup(), MetricFilter(), ResourcePolicy())
