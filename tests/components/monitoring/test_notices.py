"""Notices: the events that each recipient hears of according to AWS's own matcher, and the bodies of requests."""

import json
from typing import Any

import pytest

from components.aws.account import Account
from components.aws.names import LONGEST_CLUSTER, GroupNames
from components.monitoring import messages, notices
from components.monitoring.templates import Variable, transformer
from components.resolved import Heartbeat, PagerDuty, Recipient, Slack, Teams, Webhook
from sandbox.input_templates import transformed_json
from sandbox.rules import rule_problems
from tests import event_ruler

from .test_events import CLUSTER, DEFINITIONS, EVENTS, SUPERVISED, container, event, reported, status

ORIGIN = notices.Origin(
    names=GroupNames("shop-dev"),
    account=Account("aws", "eu-west-1", "123456789012"),
    cluster_arn=CLUSTER,
    definitions=DEFINITIONS,
    may_supervise=True,
)
BOTH = ("critical", "warning")
TEMPLATE_LENGTH, PATTERN_LENGTH, PATHS = 8192, 2048, 100
"""AWS: botocore events, TransformerInput and TransformerPaths; EventBridge user guide, quotas."""
PAGERDUTY_KEY, PAGERDUTY_SUMMARY = 255, 1024
"""PagerDuty developer documentation, "Send an alert event", dedup_key and summary."""


def webhook(*tasks: str, severities: Any = BOTH) -> Webhook:
    return Webhook(tasks=tasks, severities=severities, url="https://a.example/x", header="X-A", secret="s")


def heartbeat(start: str = "/start", failure: str = "/fail") -> Heartbeat:
    return Heartbeat(tasks=("backup",), url="https://a.example/x/", start=start, failure=failure)


def pagerduty(*tasks: str) -> PagerDuty:
    return PagerDuty(tasks=tasks, severities=("critical",), routing_key="s", eu=False)


def every(recipient: Recipient, origin: notices.Origin = ORIGIN) -> dict[str, notices.Notice]:
    return {**notices.direct_notices(origin, recipient), **notices.supervised_notices(origin, recipient)}


def alarm(name: str, state: str = "ALARM", before: str = "OK") -> dict[str, Any]:
    """An event of CloudWatch. AWS: CloudWatch user guide, "Alarm events and EventBridge", sample events."""
    return {
        "version": "0",
        "id": "c4c1c1c9-6542-e61b-6ef0-8c4d36933a92",
        "detail-type": "CloudWatch Alarm State Change",
        "source": "aws.cloudwatch",
        "account": "123456789012",
        "time": "2026-11-24T03:07:12Z",
        "region": "eu-west-1",
        "resources": [f"arn:aws:cloudwatch:eu-west-1:123456789012:alarm:{name}"],
        "detail": {
            "alarmName": name,
            "configuration": {"description": 'First: read "it".', "metrics": []},
            "previousState": {"value": before, "timestamp": "2026-11-24T02:51:31.000+0000"},
            "state": {"value": state, "reason": "Threshold Crossed", "timestamp": "2026-11-24T03:07:12.000+0000"},
        },
    }


ORDERS = (event(container(exit_code=1), group="orders-report"), {"all", "orders", "pages", "slack", "teams"})
ALARMS: dict[str, tuple[dict[str, Any], set[str]]] = {
    "of the group": (alarm("shop-dev/dropped"), {"all"}),
    "a warning": (alarm("shop-dev/throttled"), {"all", "warnings"}),
    "of another group": (alarm("shop-dev-eu/dropped"), set()),
    "of a group whose name begins alike": (alarm("shop-dev/x/no-success-2"), set()),
    "of a task": (alarm("shop-dev/backup/no-success"), {"all", "backup"}),
    "of other tasks": (alarm("shop-dev/orders-report/no-success"), {"all", "orders", "pages", "slack", "teams"}),
    "recovery": (alarm("shop-dev/dropped", "OK", "ALARM"), {"all"}),
    "recovery of a warning": (alarm("shop-dev/target-errors", "OK", "ALARM"), {"all", "warnings"}),
    "first data": (alarm("shop-dev/dropped", "OK", "INSUFFICIENT_DATA"), set()),
}
RECIPIENTS: dict[str, Recipient] = {
    "all": webhook(),
    "backup": webhook("backup"),
    "orders": webhook("orders-*"),
    "pages": pagerduty("orders-*", "other"),
    "warnings": webhook(severities=("warning",)),
    "heartbeat": heartbeat(),
    "teams": Teams(tasks=("orders-*",), severities=("critical",), url="s"),
    "slack": Slack(tasks=("orders-*",), severities=("critical",), token="s", channel="C0123456789"),
}


def told_to(found: dict[str, Any]) -> set[str]:
    return {"all", "backup", "heartbeat"} if found["detail"]["group"] == "backup" else {"all"}


TOLD: dict[str, tuple[dict[str, Any], set[str]]] = {
    **{f"run: {name}": (found, told_to(found) if outcome else set()) for name, (found, outcome) in EVENTS.items()},
    **{f"supervised: {name}": (found, {"all", "backup", "heartbeat"} if outcome else set()) for name, (found, outcome) in SUPERVISED.items()},
    **{f"alarm: {name}": it for name, it in ALARMS.items()},
    "run: it is running": (EVENTS["it is running"][0], {"heartbeat"}),
    "run: another task is running": (event(lastStatus="RUNNING", desiredStatus="RUNNING", group="etl"), set()),
    "supervised: it is running": (event(lastStatus="RUNNING", desiredStatus="RUNNING", group="supervised:backup"), {"heartbeat"}),
    "run: another task": ORDERS,
    "supervised: another task": (reported("Failed", group="orders-report"), {"all", "orders", "pages", "slack", "teams"}),
    "supervised: another task broke": (status("ABORTED", name="shop-dev__orders-report"), {"all", "orders", "pages", "slack", "teams"}),
}  # fmt: skip


@pytest.fixture(scope="module")
def told() -> dict[str, set[str]]:
    """The recipients that hear of each event. Each has exactly one notice about it."""
    asked = [
        (event_name, recipient_name, notice.pattern, found)
        for event_name, (found, _) in TOLD.items()
        for recipient_name, recipient in RECIPIENTS.items()
        for notice in every(recipient).values()
    ]
    answers = event_ruler.matches((pattern, found) for *_, pattern, found in asked)
    matched: dict[str, list[str]] = {name: [] for name in TOLD}
    for (name, recipient_name, *_), answer in zip(asked, answers, strict=True):
        if answer:
            matched[name].append(recipient_name)
    assert all(len(names) == len(set(names)) for names in matched.values())
    return {name: set(names) for name, names in matched.items()}


@pytest.mark.timeout(240)
@pytest.mark.parametrize("name", TOLD)
def test_each_recipient_hears_of_its_events(told: dict[str, set[str]], name: str):
    assert told[name] == TOLD[name][1]


@pytest.mark.parametrize("recipient", RECIPIENTS.values(), ids=list(RECIPIENTS))
def test_aws_accepts_the_templates(recipient: Recipient):
    for end, notice in every(recipient).items():
        transform = messages.message(recipient, ORIGIN.names, notice)
        assert len(transform["input_template"]) <= TEMPLATE_LENGTH
        assert len(transform["input_paths"]) <= PATHS
        inner = {"InputPathsMap": transform["input_paths"], "InputTemplate": transform["input_template"]}
        arn = "arn:aws:events:eu-west-1:123456789012:api-destination/a/b"
        target = {"Id": end, "Arn": arn, "RoleArn": "arn:aws:iam::123456789012:role/a", "InputTransformer": inner}
        assert rule_problems("events", "PutTargets", {"Rule": "r", "Targets": [target]}) == []


CHANNEL = Slack(tasks=(), severities=BOTH, token="s", channel="C0123456789")
WORKFLOW = "https://prod-00.westeurope.logic.azure.com:443/workflows/0a/triggers/manual/paths/invoke"
CHAT = Teams(tasks=(), severities=BOTH, url=f"{WORKFLOW}?sig=s")


@pytest.mark.parametrize("recipient", [webhook(), pagerduty(), CHANNEL, CHAT], ids=["web", "page", "slack", "teams"])
@pytest.mark.parametrize("supervised", [False, True])
def test_a_message_about_a_failed_run_says_what_happened_and_what_to_do(recipient: Recipient, supervised: bool):
    run = container(exit_code=137)
    times: dict[str, Any] = {"scheduledTime": "2026-11-24T03:00:00Z", "attempts": 2} if supervised else {}
    facts: dict[str, Any] = {
        "stopCode": "EssentialContainerExited",
        "stoppedAt": "2026-11-24T03:07:11Z",
        "stoppedReason": "Out of it",
    }
    found = reported("Failed", containers=[run], **times, **facts) if supervised else event(run, **facts)
    notice = every(recipient)["failed-supervised" if supervised else "failed"]
    made = messages.message(recipient, ORIGIN.names, notice)
    text = transformed_json(made["input_template"], made["input_paths"], found)
    group = "--group shop-dev --region eu-west-1"
    wanted = ["task backup in shop-dev", "2026-11-24T03:07:11Z", "Out of it", "EssentialContainerExited", "137"]
    wanted += [f"scheduled-tasks {command} backup {group}" for command in ("logs", "history", "run")]
    wanted += ["https://eu-west-1.console.aws.amazon.com/ecs/v2/clusters/", *map(str, times.values())]
    assert [one for one in wanted if one not in text] == []


def test_text_that_may_contain_quotes_is_never_inside_a_string():
    """EventBridge doesn't escape values inside of strings."""
    nasty = 'exec: "x"\n\\'
    found = reported("Failed", attempts=1, stoppedReason=nasty, containers=[container(exit_code=1, reason=nasty)])
    for recipient in (webhook(), pagerduty(), CHANNEL, CHAT):
        transform = messages.message(recipient, ORIGIN.names, every(recipient)["failed-supervised"])
        body = json.loads(transformed_json(transform["input_template"], transform["input_paths"], found))
        if not isinstance(recipient, Webhook | PagerDuty):
            assert json.dumps(nasty) in json.dumps(body)
            continue
        details = body if isinstance(recipient, Webhook) else body["payload"]["custom_details"]
        assert (details["reason"], details["containers"][0]["reason"]) == (nasty, nasty)


def test_the_longest_names_fit():
    names = GroupNames("p" * 256)
    origin = notices.Origin(
        names=names,
        account=Account("aws-us-gov", "us-gov-west-1", "123456789012"),
        cluster_arn=LONGEST_CLUSTER,
        definitions={"c" * 255: [f"arn:aws-us-gov:ecs:us-gov-west-1:123456789012:task-definition/{'f' * 255}:"]},
        may_supervise=True,
    )
    for recipient in (webhook(), pagerduty()):
        for notice in every(recipient, origin).values():
            assert len(notice.pattern) <= PATTERN_LENGTH
            assert len(messages.message(recipient, names, notice)["input_template"]) <= TEMPLATE_LENGTH
            if isinstance(recipient, PagerDuty) and not notice.task:
                continue
            assert len(notice.summary.replace("<task>", "t" * 100)) <= PAGERDUTY_SUMMARY


def test_a_long_prefix_leaves_room_for_the_task_in_the_key():
    """PagerDuty accepts 255 characters."""
    names = GroupNames("p" * 154)
    [key] = {
        notice.key
        for end, notice in every(
            pagerduty("a"),
            notices.Origin(
                names=names,
                account=ORIGIN.account,
                cluster_arn=CLUSTER,
                definitions=DEFINITIONS,
            ),
        ).items()
        if end.startswith(("failed", "succeeded"))
    }
    assert len(key.replace("<task>", "t" * 100)) == PAGERDUTY_KEY


def test_a_failure_and_its_recovery_have_the_same_key():
    found = every(pagerduty("backup"))
    keys = {end: notice.key for end, notice in found.items() if end != "broken-supervised"}
    assert {keys[end] for end in keys if "alarm" not in end} == {"shop-dev#<task>"}
    assert {keys[end] for end in keys if "alarm" in end} == {"<alarm>"}


def test_variables_are_values_of_their_own():
    found = transformer({"a": Variable("x"), "b": ["<y>", 1, True]}, {"x": "$.x", "y": "$.y", "z": "$.z"})
    assert found == {"input_paths": {"x": "$.x", "y": "$.y"}, "input_template": '{"a":<x>,"b":["<y>",1,true]}'}


def test_a_heartbeat_has_one_endpoint_per_kind_of_request():
    whole, none = heartbeat(), heartbeat(start="", failure="")
    assert {end: it.url for end, it in messages.endpoints(whole).items()} == {
        "": "https://a.example/x",
        "start": "https://a.example/x/start",
        "failure": "https://a.example/x/fail",
    }
    assert {end: messages.endpoint_of(whole, notice.status) for end, notice in every(whole).items()} == {
        "failed": "failure", "failed-2": "failure", "succeeded": "", "succeeded-2": "", "started": "start",
        "started-2": "start", "failed-supervised": "failure", "succeeded-supervised": "", "broken-supervised": "failure",
    }  # fmt: skip
    assert list(messages.endpoints(none)) == [""]
    assert {end for end, notice in every(none).items() if messages.endpoint_of(none, notice.status) is not None} == {
        "succeeded", "succeeded-2", "succeeded-supervised",
    }  # fmt: skip


BOTH_OF_TEAMS = {"tasks": (), "severities": BOTH}


def test_the_query_of_a_teams_workflow_is_only_in_its_connection():
    url = f"{WORKFLOW}?api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=C1Kv-Q_8"
    found = Teams(url=url, **BOTH_OF_TEAMS)
    assert messages.endpoints(found) == {"": messages.Endpoint(WORKFLOW, 1)}
    secret = messages.secret(found)
    assert secret is not None
    assert isinstance(secret.value, str)
    parameters = messages.query_parameters(secret.value)
    assert [(one["key"], one["value"], one["is_value_secret"]) for one in parameters] == [
        ("api-version", "1", True), ("sp", "/triggers/manual/run", True), ("sv", "1.0", True), ("sig", "C1Kv-Q_8", True),
    ]  # fmt: skip
