"""Queries of CloudWatch Logs Insights return the fields of JSON log events, as in AWS."""

import json
from datetime import UTC, datetime

import pytest

from sandbox.moto_insights import discovered_fields
from tests.ops.cloud import Cloud
from tests.ops.local_aws import emulated_aws


def test_fields_have_the_names_that_aws_documents():
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_AnalyzeLogData-discoverable-fields.html
    event = {
        "eventVersion": "1.0",
        "userIdentity": {"type": "IAMUser", "accessKeyId": None},
        "requestParameters": {"instancesSet": {"items": [{"instanceId": "i-abcde123", "count": 2}]}},
        "dryRun": False,
    }
    assert discovered_fields(json.dumps(event)) == {
        "eventVersion": "1.0",
        "userIdentity.type": "IAMUser",
        "requestParameters.instancesSet.items.0.instanceId": "i-abcde123",
        "requestParameters.instancesSet.items.0.count": "2",
        "dryRun": "false",
    }


@pytest.mark.parametrize("message", ["a line", "[1]", '"text"', ""])
def test_other_events_have_no_fields(message: str):
    assert discovered_fields(message) == {}


def test_a_query_returns_only_the_fields_that_it_names(monkeypatch: pytest.MonkeyPatch):
    with emulated_aws(monkeypatch) as cloud:
        assert rows(cloud) == [{"detail.group": "etl", "source": "aws.ecs"}, {}]


def test_a_query_has_at_most_the_rows_that_aws_documents(monkeypatch: pytest.MonkeyPatch):
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-Limit.html: "a limit value of up to
    100,000"."""
    with emulated_aws(monkeypatch) as cloud:
        logs = cloud.client("logs")
        logs.create_log_group(logGroupName="a")
        query = {"logGroupNames": ["a"], "startTime": 1, "endTime": 2}
        assert logs.start_query(**query, queryString="fields @message | limit 100000")["queryId"]
        with pytest.raises(logs.exceptions.InvalidParameterException, match="limit"):
            logs.start_query(**query, queryString="fields @message | limit 100001")


def rows(cloud: Cloud) -> list[dict[str, str]]:
    logs = cloud.client("logs")
    logs.create_log_group(logGroupName="a")
    logs.create_log_stream(logGroupName="a", logStreamName="s")
    event = json.dumps({"source": "aws.ecs", "detail": {"group": "etl", "lastStatus": "STOPPED"}})
    now = round(datetime.now(UTC).timestamp()) * 1000
    events = [{"timestamp": now - 1000, "message": "x"}, {"timestamp": now, "message": event}]
    logs.put_log_events(logGroupName="a", logStreamName="s", logEvents=events)
    query = "fields source, detail.group, detail.missing | sort @timestamp desc | limit 10"
    started = logs.start_query(logGroupNames=["a"], startTime=1, endTime=now // 1000, queryString=query)
    results = logs.get_query_results(queryId=started["queryId"])["results"]
    return [{item["field"]: item["value"] for item in row if item["field"] != "@ptr"} for row in results]
