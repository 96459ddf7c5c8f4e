"""CloudWatch: alarms and dashboards."""

from ..aws import Aws
from ..fields import Field, from_api, same_json, to_api
from ..resource import Resource, named, retag, tag_list, tag_map
from ..values import Props


def _dimensions(value: dict[str, str]) -> list[dict[str, str]]:
    return tag_list(value, "Name", "Value")


def _named(value: list[dict[str, str]]) -> dict[str, str]:
    return tag_map(value, "Name", "Value")


_METRIC = {
    "namespace": Field("string", "Namespace"),
    "metricName": Field("string", "MetricName", required=True),
    "dimensions": Field("map", "Dimensions", encode=_dimensions, decode=_named),
}
_STAT = {**_METRIC, "period": Field("number"), "stat": Field("string")}
_QUERY = {
    "id": Field("string", "Id", required=True),
    "expression": Field("string", "Expression"),
    "label": Field("string", "Label"),
    "returnData": Field("boolean", "ReturnData", default=False),
    "metric": Field(
        "object",
        "MetricStat",
        fields=_STAT,
        # Pulumi combines the metric and its statistic in one object.
        encode=lambda value: {"Metric": to_api(_METRIC, value), "Period": value["period"], "Stat": value["stat"]},
        decode=lambda value: {**from_api(_METRIC, value["Metric"]), "period": value["Period"], "stat": value["Stat"]},
    ),
}


class MetricAlarm(Resource):
    """An alarm. Its ID is its name."""

    token = "aws:cloudwatch/metricAlarm:MetricAlarm"
    fields = {
        "name": named("AlarmName"),
        "alarmDescription": Field("string", "AlarmDescription"),
        "actionsEnabled": Field("boolean", "ActionsEnabled", default=True),
        "alarmActions": Field("strings", "AlarmActions", unordered=True),
        "okActions": Field("strings", "OKActions", unordered=True),
        "comparisonOperator": Field("string", "ComparisonOperator", required=True),
        "evaluationPeriods": Field("number", "EvaluationPeriods", required=True),
        "datapointsToAlarm": Field("number", "DatapointsToAlarm"),
        "threshold": Field("number", "Threshold", decode=int),
        "treatMissingData": Field("string", "TreatMissingData", default="missing"),
        "namespace": Field("string", "Namespace"),
        "metricName": Field("string", "MetricName"),
        "dimensions": Field("map", "Dimensions", encode=_dimensions, decode=_named),
        "period": Field("number", "Period"),
        "statistic": Field("string", "Statistic"),
        "metricQueries": Field("objects", "Metrics", fields=_QUERY),
    }
    outputs = ("arn",)
    tagged = True
    gone = ("ResourceNotFound",)

    def create(self, aws: Aws, props: Props) -> str:
        aws.client("cloudwatch").put_metric_alarm(**to_api(self.fields, props), Tags=tag_list(props["tagsAll"]))
        return props["name"]

    def read(self, aws: Aws, identity: str, props: Props) -> Props | None:
        client = aws.client("cloudwatch")
        found = client.describe_alarms(AlarmNames=[identity])["MetricAlarms"]
        if not found:
            return None
        arn = found[0]["AlarmArn"]
        tags = client.list_tags_for_resource(ResourceARN=arn)["Tags"]
        return {**from_api(self.fields, found[0]), "arn": arn, "tagsAll": tag_map(tags)}

    def update(self, aws: Aws, identity: str, old: Props, new: Props) -> None:
        client = aws.client("cloudwatch")
        client.put_metric_alarm(**to_api(self.fields, new))
        retag(
            old,
            new,
            untag=lambda keys: client.untag_resource(ResourceARN=old["arn"], TagKeys=keys),
            tag=lambda tags: client.tag_resource(ResourceARN=old["arn"], Tags=tag_list(tags)),
        )

    def delete(self, aws: Aws, identity: str, props: Props) -> None:
        aws.client("cloudwatch").delete_alarms(AlarmNames=[identity])


class Dashboard(Resource):
    """A dashboard. Its ID is its name."""

    token = "aws:cloudwatch/dashboard:Dashboard"
    fields = {
        "dashboardName": Field("string", "DashboardName", required=True, replaces=True),
        "dashboardBody": Field("string", "DashboardBody", required=True, same=same_json),
    }
    outputs = ("dashboardArn",)
    gone = ("ResourceNotFound",)

    def create(self, aws: Aws, props: Props) -> str:
        aws.client("cloudwatch").put_dashboard(**to_api(self.fields, props))
        return props["dashboardName"]

    def read(self, aws: Aws, identity: str, props: Props) -> Props | None:
        found = aws.client("cloudwatch").get_dashboard(DashboardName=identity)
        return {**from_api(self.fields, found), "dashboardArn": found["DashboardArn"]}

    def update(self, aws: Aws, identity: str, old: Props, new: Props) -> None:
        aws.client("cloudwatch").put_dashboard(**to_api(self.fields, new))

    def delete(self, aws: Aws, identity: str, props: Props) -> None:
        aws.client("cloudwatch").delete_dashboards(DashboardNames=[identity])


TYPES = (MetricAlarm(), Dashboard())
