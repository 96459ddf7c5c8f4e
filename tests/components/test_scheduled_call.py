"""The component of a call: its schedules and its role."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pulumi
import pytest

from components import InvalidArgumentsError, ScheduledCall, ScheduledTask, ScheduledTaskGroup
from tests.mocks import ACCOUNT, REGION, Recorded, run

SUBNETS: dict[str, Any] = {"subnet_ids": ["subnet-0a"], "security_group_ids": ["sg-0a"]}
NIGHTLY = "cron(0 20 ? * MON-FRI *)"
DATABASE = f"arn:aws:rds:{REGION}:{ACCOUNT}:db:orders"


def untyped(args: dict[str, Any]) -> Any:
    """Arguments whose keys no type checker sees."""
    return args


def deployed(group: Mapping[str, Any] | None = None, *, preview: bool = False, **args: Any) -> Recorded:
    def program() -> None:
        made = ScheduledTaskGroup("jobs", untyped({"cluster": "main", "network": SUBNETS, **(group or {})}))
        timed = args if "schedules" in args else {"schedule": NIGHTLY, **args}
        known = {key: value() if callable(value) else value for key, value in timed.items()}
        ScheduledCall("stop-orders", untyped({"group": made, **known}))

    return made_by(program, preview=preview)


def made_by(program: Callable[[], object], *, preview: bool = False) -> Recorded:
    recorded = run(program, preview=preview)
    if recorded.error:
        raise recorded.error
    return recorded


def own(recorded: Recorded) -> list[str]:
    """The resources of the call."""
    [urn] = [it.urn for it in recorded.resources if it.type.endswith(":ScheduledCall")]
    return [it.name for it in recorded.resources if it.parent == urn]


def statements(recorded: Recorded, policy: str = "stop-orders-call-policy") -> list[dict[str, Any]]:
    return json.loads(recorded.named(policy).inputs["policy"])["Statement"]


def test_a_call_has_a_schedule_a_role_and_its_policy():
    recorded = deployed(stop={"database": "orders"}, timezone="Europe/Berlin", tags={"owner": "alice"})
    assert own(recorded) == ["stop-orders-call", "stop-orders-call-policy", "stop-orders-schedule"]
    schedule = recorded.named("stop-orders-schedule").inputs
    assert (schedule["name"], schedule["groupName"]) == ("stop-orders", "shop-dev-jobs")
    assert (schedule["scheduleExpression"], schedule["scheduleExpressionTimezone"]) == (NIGHTLY, "Europe/Berlin")
    role = recorded.named("stop-orders-call").inputs
    queue = f"arn:aws:sqs:{REGION}:{ACCOUNT}:shop-dev-jobs-dead-letters"
    assert schedule["target"] == {
        "arn": "arn:aws:scheduler:::aws-sdk:rds:stopDBInstance",
        "roleArn": f"arn:aws:iam::{ACCOUNT}:role{role['path']}{role['name']}",
        "input": '{"DbInstanceIdentifier": "orders"}',
        "deadLetterConfig": {"arn": queue},
        "retryPolicy": {"maximumRetryAttempts": 5, "maximumEventAgeInSeconds": 3600},
    }
    assert role["tags"]["owner"] == "alice"
    assert role["tags"]["scheduled-task"] == "stop-orders"
    assert [(it["Action"], it["Resource"]) for it in statements(recorded)] == [
        ("rds:StopDBInstance", [DATABASE]),
        ("sqs:SendMessage", [queue]),
    ]


def test_the_role_trusts_the_schedules_of_the_group_only():
    recorded = deployed(stop={"database": "orders"})
    trust = json.loads(recorded.named("stop-orders-call").inputs["assumeRolePolicy"])
    assert trust == json.loads(recorded.named("jobs-scheduler").inputs["assumeRolePolicy"])


def test_each_schedule_makes_the_same_call():
    schedules = [{"name": "a", "expression": NIGHTLY}, {"name": "b", "expression": "rate(1 day)", "enabled": False}]
    recorded = deployed(stop={"database": "orders"}, schedules=schedules)
    a, b = (recorded.named(f"stop-orders-schedule-{name}").inputs for name in "ab")
    assert a["target"] == b["target"]
    assert (a["state"], b["state"]) == ("ENABLED", "DISABLED")


def test_the_name_of_a_database_may_come_from_another_resource():
    recorded = deployed(stop=lambda: {"database": pulumi.Output.from_input("orders")})
    assert recorded.named("stop-orders-schedule").inputs["target"]["input"] == '{"DbInstanceIdentifier": "orders"}'
    assert statements(recorded)[0]["Resource"] == [DATABASE]


def test_a_call_that_is_not_idempotent_is_not_retried_by_default():
    policy = deployed(invoke={"function": "reports"}).named("stop-orders-schedule").inputs["target"]["retryPolicy"]
    assert policy == {"maximumRetryAttempts": 0, "maximumEventAgeInSeconds": 3600}
    retried = deployed(invoke={"function": "reports"}, retry={"attempts": 2, "max_age": "5m"})
    policy = retried.named("stop-orders-schedule").inputs["target"]["retryPolicy"]
    assert policy == {"maximumRetryAttempts": 2, "maximumEventAgeInSeconds": 300}


def test_an_existing_role_takes_the_place_of_a_new_one():
    role = f"arn:aws:iam::{ACCOUNT}:role/jobs/stop"
    recorded = deployed(stop={"database": "orders"}, role=role)
    assert own(recorded) == ["stop-orders-schedule"]
    assert recorded.named("stop-orders-schedule").inputs["target"]["roleArn"] == role


def test_the_role_uses_the_keys_of_the_queue_and_of_schedules():
    keys = [f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-1111-1111-1111-11111111111{n}" for n in (1, 2)]
    recorded = deployed({"encryption": {"dead_letters": keys[0], "schedules": keys[1]}}, stop={"database": "orders"})
    assert statements(recorded)[-1] == {
        "Sid": "UseKeys",
        "Effect": "Allow",
        "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
        "Resource": keys,
    }
    assert recorded.named("stop-orders-schedule").inputs["kmsKeyArn"] == keys[1]


def test_a_function_gets_its_payload():
    target = deployed(invoke={"function": "reports:live", "payload": {"a": 1}}).named("stop-orders-schedule")
    assert target.inputs["target"]["arn"] == f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:reports:live"
    assert target.inputs["target"]["input"] == '{"a": 1}'
    without = deployed(invoke={"function": "reports"}).named("stop-orders-schedule").inputs["target"]
    assert without.get("input") is None


def refused(**args: Any) -> str:
    with pytest.raises(InvalidArgumentsError) as error:
        deployed(**args)
    return str(error.value)


def test_keys_of_containers_are_refused_together():
    assert refused(stop={"database": "orders"}, image="a:1", memory=512).splitlines()[1:] == [
        (
            "  - image: image and memory belong to a task that runs containers, and this task makes an API call "
            "(stop). Remove them, or make two tasks."
        )
    ]


def test_keys_of_calls_in_a_task_with_containers_are_refused_together():
    mixed = untyped({"image": "a:1", "schedule": NIGHTLY, "call": "a:b", "with_": {}})
    with pytest.raises(InvalidArgumentsError) as error:
        made_by(lambda: ScheduledTask("a", mixed))
    assert str(error.value).splitlines()[1:] == [
        "  - call: call and with_ belong to a call, and this task runs containers. Use a ScheduledCall."
    ]


def test_a_call_is_one_call():
    assert "this one has stop and start_up. Split it" in refused(stop={"database": "a"}, start_up={"database": "a"})
    assert "makes no call. Set one of stop, start_up, " in refused()
    assert "with_: is only for call. Remove it." in refused(stop={"database": "a"}, with_={"a": 1})
    assert "group: is missing" in _without_group()


def _without_group() -> str:
    with pytest.raises(InvalidArgumentsError) as error:
        made_by(lambda: ScheduledCall("a", {"stop": {"database": "a"}, "schedule": NIGHTLY}))
    return str(error.value)


def test_outputs_describe_the_call():
    recorded = deployed(stop={"database": "orders"})
    [urn] = [it.urn for it in recorded.resources if it.type.endswith(":ScheduledCall")]
    outputs = recorded.outputs[urn]
    assert outputs["target_arn"] == "arn:aws:scheduler:::aws-sdk:rds:stopDBInstance"
    assert outputs["schedule_names"] == ["stop-orders"]
    assert outputs["role_name"] == recorded.named("stop-orders-call").inputs["name"]


def test_a_preview_shows_the_target():
    target = deployed(stop={"database": "orders"}, preview=True).named("stop-orders-schedule").inputs["target"]
    assert target["input"] == '{"DbInstanceIdentifier": "orders"}'


TASK = f"arn:aws:dms:{REGION}:{ACCOUNT}:task:ABC"


def replication(arn: str) -> Recorded:
    def parameters() -> dict[str, Any]:
        return {"replicationTaskArn": pulumi.Output.from_input(arn), "startReplicationTaskType": "reload-target"}

    return deployed(call="databasemigration:startReplicationTask", with_=parameters)


def test_a_parameter_may_come_from_another_resource():
    recorded = replication(TASK)
    assert (statements(recorded)[0]["Action"], statements(recorded)[0]["Resource"]) == (
        "dms:StartReplicationTask",
        [TASK],
    )
    assert json.loads(recorded.named("stop-orders-schedule").inputs["target"]["input"])["ReplicationTaskArn"] == TASK


def test_a_parameter_from_another_resource_is_checked_when_it_is_known():
    with pytest.raises(InvalidArgumentsError, match="resources: is missing"):
        replication("orders")


def test_programs_are_tested_on_mocks():
    call = deployed(stop={"database": "orders"}).call("stop-orders")
    assert (call.target, call.input) == (
        "arn:aws:scheduler:::aws-sdk:rds:stopDBInstance",
        {"DbInstanceIdentifier": "orders"},
    )
    assert [schedule.expression for schedule in call.schedules] == [NIGHTLY]
    assert call.statements[0]["Action"] == "rds:StopDBInstance"
    sent = deployed(send={"queue": "orders", "body": "tick"}).call("stop-orders")
    assert (sent.input, sent.schedules[0].name) == ("tick", "stop-orders")
    with pytest.raises(KeyError):
        deployed(stop={"database": "orders"}).call("start-orders")


RULES = "arn:aws:events:{region}:{account}:rule/shop-dev-jobs-"
SUBMIT: dict[str, Any] = {"submit": {"glue": {"job": "nightly"}}}
NOTIFY: dict[str, Any] = {
    "webhook": {"ops": {"url": "https://hooks.example.com/runs", "secret": "s"}},
    "slack": {"team": {"token": "t", "channel": "C0123456789"}},
    "teams": {"chat": {"url": "https://a.example/x?sig=s"}},
    "heartbeat": {"backup": {"tasks": ["stop-orders"], "url": "https://ping.example/x"}},
}


def resource_of(statement: dict[str, Any]) -> list[str]:
    return statement["Condition"]["ArnEquals"]["aws:SourceArn"]


def of_kind(recorded: Recorded, kind: str) -> dict[str, dict[str, Any]]:
    """The inputs of the call's resources of a kind, by name."""
    names = own(recorded)
    return {it.name: it.inputs for it in recorded.resources if it.type.endswith(f":{kind}") and it.name in names}


@pytest.mark.parametrize("preview", [True, False])
def test_the_work_of_a_call_is_reported_in_each_group(preview: bool):
    recorded = deployed({"notify": NOTIFY}, preview=preview, expect_success_within="26h", **SUBMIT)
    rules, targets = of_kind(recorded, "EventRule"), of_kind(recorded, "EventTarget")
    assert rules.keys() == {
        "stop-orders-failed-call",
        "stop-orders-succeeded-call",
        "stop-orders-notify-webhook-ops-failed-call",
        "stop-orders-notify-webhook-ops-succeeded-call",
        "stop-orders-notify-slack-team-failed-call",
        "stop-orders-notify-teams-chat-failed-call",
        "stop-orders-notify-heartbeat-backup-failed-call",
        "stop-orders-notify-heartbeat-backup-succeeded-call",
    }
    assert rules["stop-orders-failed-call"]["name"] == "shop-dev-jobs-failed-call-stop-orders"
    slack = rules["stop-orders-notify-slack-team-failed-call"]["name"]
    assert slack == "shop-dev-jobs-notify-slack-team-failed-call-stop-orders"
    assert all(len(rule["name"]) <= 64 for rule in rules.values())
    detail = json.loads(rules["stop-orders-failed-call"]["eventPattern"])["detail"]
    assert detail == {"jobName": ["nightly"], "state": ["FAILED", "TIMEOUT", "STOPPED"]}
    for name, rule in rules.items():
        assert (rule["eventPattern"] == rules["stop-orders-failed-call"]["eventPattern"]) == ("failed" in name)
    queue = f"arn:aws:sqs:{REGION}:{ACCOUNT}:shop-dev-jobs-undelivered-events"
    assert all(target["deadLetterConfig"]["arn"] == queue for target in targets.values())
    if not preview:
        log = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/events/shop-dev-jobs"
        assert targets["stop-orders-failed-call-log"]["arn"].startswith(log)
        destination = targets["stop-orders-notify-slack-team-failed-call"]["arn"]
        assert "api-destination" in destination
        assert "slack-team" in destination
    assert "stop-orders" in targets["stop-orders-failed-call-topic"]["inputTransformer"]["inputTemplate"]


def test_the_logs_and_the_queue_accept_the_rules_of_calls():
    recorded = deployed(**SUBMIT)
    prefix = RULES.format(region=REGION, account=ACCOUNT)
    for outcome in ("failed", "succeeded"):
        policy = json.loads(recorded.named(f"jobs-{outcome}-policy").inputs["policyDocument"])["Statement"]
        assert f"{prefix}{outcome}-call-*" in resource_of(policy[1])
    queue = json.loads(recorded.named("jobs-undelivered-events").inputs["policy"])["Statement"]
    assert {f"{prefix}failed-call-*", f"{prefix}succeeded-call-*"} < set(resource_of(queue[0]))


def test_a_long_prefix_keeps_the_rules_of_calls_within_the_pattern():
    recorded = deployed({"prefix": "p" * 80}, **SUBMIT)
    name = recorded.named("stop-orders-failed-call").inputs["name"]
    policy = json.loads(recorded.named("jobs-failed-policy").inputs["policyDocument"])["Statement"]
    [pattern] = [arn for arn in resource_of(policy[1]) if arn.endswith("*")]
    assert len(name) == 64
    assert f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{name}".startswith(pattern.removesuffix("*"))


def test_no_rules_without_outcomes_or_without_events():
    off = {"monitoring": {"outcomes": False}}
    assert not [name for name in own(deployed(off, **SUBMIT)) if "failed" in name]
    assert not [name for name in own(deployed(invoke={"function": "reports"})) if "failed" in name]
    with pytest.raises(InvalidArgumentsError, match="needs the outcome logs of the group"):
        deployed(off, expect_success_within="26h", **SUBMIT)


def test_a_name_that_changes_from_run_to_run_is_refused_instead_of_watching_all_jobs():
    def submit() -> dict[str, Any]:
        return {"glue": {"job": pulumi.Output.from_input("load-<aws.scheduler.execution-id>")}}

    with pytest.raises(ValueError, match="can't be watched"):
        deployed(submit=submit)
