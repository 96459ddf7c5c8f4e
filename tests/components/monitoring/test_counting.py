"""Failed runs in a row: the rules and notices that their events match according to AWS's own matcher, and the resources."""

import json
from dataclasses import replace
from typing import Any, cast

import pytest

from components import InvalidArgumentsError, ScheduledTask, ScheduledTaskGroup
from components.monitoring import events, messages, notices
from components.testing import Recorded, run
from sandbox.input_templates import transformed_json
from sandbox.rules import rule_problems
from tests import event_ruler

from .test_events import reported
from .test_notices import CHANNEL, CHAT, ORIGIN, heartbeat, pagerduty, webhook

COUNTING = replace(ORIGIN, counts_failures=True)
COUNTED: dict[str, Any] = {"failures": 3, "failingSince": "2026-11-24T01:00:00Z", "recovered": False}
EVENTS: dict[str, dict[str, Any]] = {
    "below": {**reported("Failed", **COUNTED), "detail-type": "Scheduled Task Failure Below Threshold"},
    "failed": reported("Failed", **COUNTED),
    "uncounted": reported("TimedOut"),
    "recovered": reported("Succeeded", **{**COUNTED, "recovered": True}),
    "succeeded": reported("Succeeded", failures=0, failingSince="", recovered=False),
}
RULES = {
    "failed": events.supervised_pattern("failed", "shop-dev"),
    "below": events.below_pattern("shop-dev"),
    "recovered": events.recovered_pattern("shop-dev"),
    "below of another group": events.below_pattern("shop-dev-eu"),
    "recovered of another task": events.recovered_pattern("shop-dev", ["etl"]),
    **{
        f"{kind}: {end}": notice.pattern
        for kind, recipient in {"heartbeat": heartbeat(), "page": pagerduty(), "web": webhook(), "slack": CHANNEL, "teams": CHAT}.items()
        for end, notice in notices.supervised_notices(COUNTING, recipient).items()
        if messages.endpoint_of(recipient, notice.status) is not None
    },
}  # fmt: skip
HEARD = {
    "below": {"below", "heartbeat: failed-supervised"},
    "failed": {"failed", *(f"{kind}: failed-supervised" for kind in ("heartbeat", "page", "web", "slack", "teams"))},
    "recovered": {"recovered", "slack: recovered-supervised", "teams: recovered-supervised"},
}
SUCCESS = {f"{kind}: succeeded-supervised" for kind in ("heartbeat", "page", "web")}


def test_messages_start_at_the_threshold_and_end_with_a_recovery():
    asked = [(event, rule, RULES[rule], EVENTS[event]) for event in EVENTS for rule in RULES]
    answers = event_ruler.matches((pattern, found) for *_, pattern, found in asked)
    heard: dict[str, set[str]] = {event: set() for event in EVENTS}
    for (event, rule, *_), answer in zip(asked, answers, strict=True):
        heard[event] |= {rule} if answer else set()
    assert heard == {
        **HEARD,
        "uncounted": HEARD["failed"],
        "recovered": HEARD["recovered"] | SUCCESS,
        "succeeded": SUCCESS,
    }


def test_groups_that_count_nothing_have_the_same_notices_as_before():
    for recipient in (heartbeat(), CHANNEL, webhook()):
        found = notices.supervised_notices(ORIGIN, recipient)
        assert list(found) == ["failed-supervised", "succeeded-supervised", "broken-supervised"]
        assert "Below" not in json.dumps([notice.pattern for notice in found.values()])


@pytest.mark.parametrize("recipient", [CHANNEL, CHAT], ids=["slack", "teams"])
def test_a_recovery_says_how_many_runs_failed_and_since_when(recipient: Any):
    notice = notices.supervised_notices(COUNTING, recipient)["recovered-supervised"]
    made = messages.message(recipient, ORIGIN.names, notice)
    text = transformed_json(made["input_template"], made["input_paths"], EVENTS["recovered"])
    wanted = "Failed runs in a row before: 3, since 2026-11-24T01:00:00Z."
    history = "scheduled-tasks history backup --group shop-dev --region eu-west-1"
    assert [one for one in (wanted, history, "task backup in shop-dev succeeded") if one not in text] == []
    inner = {"InputPathsMap": made["input_paths"], "InputTemplate": made["input_template"]}
    arn = "arn:aws:events:eu-west-1:123456789012:api-destination/a/b"
    target = {"Id": "a", "Arn": arn, "RoleArn": "arn:aws:iam::123456789012:role/a", "InputTransformer": inner}
    assert rule_problems("events", "PutTargets", {"Rule": "r", "Targets": [target]}) == []


def deployed(task: dict[str, Any], *, own_group: bool = False, **group: Any) -> Recorded:
    def program() -> None:
        jobs = {"group_args": {"cluster": "main", **group}} if own_group else {}
        if not own_group:
            jobs = {"group": ScheduledTaskGroup("jobs", cast("Any", {"cluster": "main", **group}))}
        ScheduledTask("sync", cast("Any", {"image": "a:1", "schedule": "rate(1 hour)", **task, **jobs}))

    return run(program, preview=False)


def rules(recorded: Recorded) -> dict[str, dict[str, Any]]:
    return {
        it.name.removesuffix("-supervised-runs").rpartition("-")[2]: it.inputs
        for it in recorded.of_aws
        if it.type.endswith(":EventRule") and it.name.endswith("-supervised-runs")
    }


def targets(recorded: Recorded, which: str) -> set[str]:
    return {
        it.name.rpartition("-")[2] for it in recorded.of_aws if it.type.endswith(":EventTarget") and which in it.name
    }


def threshold(recorded: Recorded) -> str:
    [machine] = [it for it in recorded.of_aws if it.type.endswith(":StateMachine")]
    found = json.loads(machine.inputs["definition"])["States"]["Report"]["Arguments"]["Entries"][0]["DetailType"]
    return found.partition(" < ")[2].partition(" ?")[0]


MAIL = {"emails": ["ops@example.com"]}


def test_the_task_or_else_the_group_sets_the_threshold():
    of_group = deployed({"timeout": "1h"}, notify={**MAIL, "after": 2})
    assert threshold(of_group) == "2"
    assert rules(of_group).keys() == {"failed", "succeeded", "broken", "below", "recovered"}
    assert (targets(of_group, "below"), targets(of_group, "recovered")) == ({"log"}, {"topic"})
    assert threshold(deployed({"notify_after": 5}, notify={**MAIL, "after": 2})) == "5"
    own = deployed({"notify_after": 5}, own_group=True, notify=MAIL)
    assert (threshold(own), rules(own).keys()) == ("5", rules(of_group).keys())


def test_the_rules_may_send_to_the_log_and_to_the_queue():
    recorded = deployed({"notify_after": 5}, notify={**MAIL, "after": 2})
    below, recovered = (rules(recorded)[which]["name"] for which in ("below", "recovered"))
    policies = {it.name: json.dumps(it.inputs) for it in recorded.of_aws if "Policy" in it.type.rpartition(":")[2]}
    assert f"rule/{below}" in policies["jobs-failed-policy"]
    assert f"rule/{recovered}" not in policies["jobs-succeeded-policy"]
    [queue] = [it for it in recorded.of_aws if it.name == "jobs-undelivered-events" and it.type.endswith(":Queue")]
    assert all(f"rule/{name}" in queue.inputs["policy"] for name in (below, recovered))


def test_a_stack_without_the_key_has_no_further_resources():
    recorded = deployed({"timeout": "1h"}, notify=MAIL)
    assert rules(recorded).keys() == {"failed", "succeeded", "broken"}
    assert "DetailType" in json.dumps([it.inputs for it in recorded.of_aws])
    assert "Below" not in json.dumps([it.inputs for it in recorded.of_aws], default=str)


@pytest.mark.parametrize(
    ("group", "message"),
    [
        ({}, "notify_after: needs a group that counts failures. Set after of its notify"),
        ({"monitoring": {"outcomes": False}}, "notify_after: needs the outcomes of runs"),
    ],
)
def test_a_group_that_does_not_count_is_refused(group: dict[str, Any], message: str):
    with pytest.raises(InvalidArgumentsError) as error:
        deployed({"notify_after": 3}, **group)
    assert message in str(error.value)
