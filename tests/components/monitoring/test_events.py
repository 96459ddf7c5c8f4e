"""Event patterns of outcomes, tested with AWS's own matcher on all ways a task can end."""

import json
from typing import Any

import pytest

from components.aws.names import LONGEST_CLUSTER
from components.monitoring import events
from components.resolver import resolve_task
from sandbox.input_templates import transformed
from sandbox.rules import rule_problems
from sandbox.validation import problems
from tests import event_ruler

HOME = "arn:aws:ecs:eu-west-1:123456789012"
CLUSTER = f"{HOME}:cluster/main"
OURS = f"{HOME}:task-definition/shop-dev__"
DEFINITIONS = {"main": [OURS], "app": [f"{HOME}:task-definition/reports:"]}


def container(name: str = "main", exit_code: int | None = 0, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"name": name, "lastStatus": "STOPPED", **more}
    return found if exit_code is None else {**found, "exitCode": exit_code}


def event(*containers: dict[str, Any], without: tuple[str, ...] = (), **detail: Any) -> dict[str, Any]:
    """An event of ECS. AWS: Amazon ECS developer guide, "Amazon ECS task state change events"."""
    whole = {
        "clusterArn": CLUSTER,
        "taskArn": f"{HOME}:task/main/0123456789abcdef0123456789abcdef",
        "taskDefinitionArn": f"{OURS}backup:7",
        "group": "backup",
        "startedBy": "chronos-schedule/backup",
        "launchType": "FARGATE",
        "lastStatus": "STOPPED",
        "desiredStatus": "STOPPED",
        "stopCode": "EssentialContainerExited",
        "stoppedReason": "Essential container in task exited",
        "stoppedAt": "2026-11-24T03:07:11.123Z",
        "containers": list(containers),
        "overrides": {"containerOverrides": [{"name": "main"}]},
        "version": 5,
        **detail,
    }
    return {
        "version": "0",
        "id": "3317b2af-7005-947d-b652-f55e762e571a",
        "detail-type": "ECS Task State Change",
        "source": "aws.ecs",
        "account": "123456789012",
        "time": "2026-11-24T03:07:12Z",
        "region": "eu-west-1",
        "resources": [whole["taskArn"]],
        "detail": {key: value for key, value in whole.items() if key not in without},
    }


def other_source() -> dict[str, Any]:
    return {**event(container(exit_code=1)), "source": "aws.batch"}


FAILED_TO_START: dict[str, Any] = {"stopCode": "TaskFailedToStart", "without": ("startedAt",)}
GUARD = container("aws-guardduty-agent-AbCd", None, lastStatus="RUNNING")
REPORTS = f"{HOME}:task-definition/reports:3"
PATTERN_LENGTH = 2048
"""Default quota of an event pattern, in characters (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html,
"Event pattern size"; Service Quotas L-664C5505)."""
EVENTS: dict[str, tuple[dict[str, Any], str]] = {
    "success": (event(container()), "succeeded"),
    "success on Spot": (event(container(), capacityProviderName="FARGATE_SPOT", without=("launchType",)), "succeeded"),
    "success on EC2": (event(container(), launchType="EC2", containerInstanceArn=f"{HOME}:container-instance/main/1"), "succeeded"),
    "success by hand": (event(container(), startedBy="alice"), "succeeded"),
    "success of another task of the stack": (event(container(), taskDefinitionArn=f"{OURS}etl:1", group="etl"), "succeeded"),
    "success of an old revision": (event(container(), taskDefinitionArn=f"{OURS}backup:1"), "succeeded"),
    "success, and a sidecar was stopped": (event(container(), container("proxy", 143)), "succeeded"),
    "success, and a sidecar was killed": (event(container("proxy", 137), container()), "succeeded"),
    "success, and a sidecar failed before": (event(container("proxy", 1), container()), "succeeded"),
    "success of a task definition made elsewhere": (event(container("app"), taskDefinitionArn=REPORTS, group="report"), "succeeded"),
    "success, and the reason is null": (event(container(reason=None)), "succeeded"),
    "success, and a sidecar was stopped without a reason": (event(container(reason=None), container("proxy", 143, reason=None)), "succeeded"),
    "success of its app, whatever main does": (event(container("app"), container("main", 1), taskDefinitionArn=REPORTS), "succeeded"),
    "exit 1": (event(container(exit_code=1)), "failed"),
    "exit 2": (event(container(exit_code=2)), "failed"),
    "exit 127, no such command": (event(container(exit_code=127)), "failed"),
    "exit 137, killed": (event(container(exit_code=137)), "failed"),
    "exit 139, crashed": (event(container(exit_code=139)), "failed"),
    "exit 143, told to stop": (event(container(exit_code=143)), "failed"),
    "exit 255": (event(container(exit_code=255)), "failed"),
    "exit 1, the sidecar was fine": (event(container("proxy"), container(exit_code=1)), "failed"),
    "exit 1, the sidecar was stopped": (event(container(exit_code=1), container("proxy", 143)), "failed"),
    "exit 1 of a task definition made elsewhere": (event(container("app", 1), container(), taskDefinitionArn=REPORTS), "failed"),
    "out of memory": (event(container(exit_code=137, reason="OutOfMemoryError: Container killed due to memory usage")), "failed"),
    "out of memory without an exit code": (event(container(exit_code=None, reason="OutOfMemoryError: Container killed")), "failed"),
    "out of memory, sidecar": (event(container(exit_code=137, reason="OutOfMemoryError"), container("proxy", 143)), "failed"),
    "exit 1, and the reason is null": (event(container(exit_code=1, reason=None)), "failed"),
    "the exit code is null": (event({**container(), "exitCode": None}), "failed"),
    "the stop code is null": (event(container(), stopCode=None), "failed"),
    "image cannot be pulled": (event(container(exit_code=None), **FAILED_TO_START, stoppedReason="CannotPullContainerError: pull image manifest has been retried 5 time(s)"), "failed"),
    "image of a sidecar cannot be pulled": (event(container(exit_code=None), container("proxy", None), **FAILED_TO_START), "failed"),
    "secret cannot be read": (event(container(exit_code=None), **FAILED_TO_START, stoppedReason="ResourceInitializationError: unable to pull secrets or registry auth"), "failed"),
    "log group is missing": (event(container(exit_code=None), **FAILED_TO_START, stoppedReason="ResourceInitializationError: failed to validate logger args"), "failed"),
    "no containers at all": (event(**FAILED_TO_START), "failed"),
    "file system cannot be mounted": (event(container(exit_code=None), **FAILED_TO_START, stoppedReason="ResourceInitializationError: failed to invoke EFS utils commands"), "failed"),
    "container cannot be started": (event(container(exit_code=None, reason="CannotStartContainerError: exec: no such file"), stopCode="TaskFailedToStart"), "failed"),
    "sidecar never healthy": (event(container(exit_code=None), container("proxy", 1), stopCode="TaskFailedToStart", stoppedReason="Container failed to become healthy"), "failed"),
    "Spot took it": (event(container(exit_code=143), stopCode="SpotInterruption", stoppedReason="Your Spot Task was interrupted."), "failed"),
    "Spot took it although it ended well": (event(container(), stopCode="SpotInterruption"), "failed"),
    "stopped by an operator": (event(container(exit_code=143), stopCode="UserInitiated", stoppedReason="Task stopped by user"), "failed"),
    "stopped by an operator, clean exit": (event(container(), stopCode="UserInitiated"), "failed"),
    "the host went": (event(container(exit_code=None), stopCode="TerminationNotice"), "failed"),
    "the infrastructure failed": (event(container(exit_code=None), stopCode="InfrastructureHealth"), "failed"),
    "no stop code": (event(container(exit_code=1), without=("stopCode",)), "failed"),
    "no stop code although it ended well": (event(container(), without=("stopCode",)), "failed"),
    "no exit code": (event(container(exit_code=None)), "failed"),
    "agent beside it, success": (event(container(), GUARD), "succeeded"),
    "agent beside it, exit 1": (event(GUARD, container(exit_code=1)), "failed"),
    "Spot warns": (event(container(exit_code=None, lastStatus="RUNNING"), lastStatus="RUNNING", stopCode="SpotInterruption"), ""),
    "it is provisioned": (event(container(exit_code=None, lastStatus="PENDING"), lastStatus="PROVISIONING", desiredStatus="RUNNING", without=("stopCode",)), ""),
    "it is running": (event(container(exit_code=None, lastStatus="RUNNING"), lastStatus="RUNNING", desiredStatus="RUNNING", without=("stopCode",)), ""),
    "it is being stopped": (event(container(exit_code=1), lastStatus="DEPROVISIONING"), ""),
    "another cluster": (event(container(exit_code=1), clusterArn=f"{HOME}:cluster/other"), ""),
    "a cluster whose name begins alike": (event(container(exit_code=1), clusterArn=f"{CLUSTER}-2"), ""),
    "another family": (event(container(exit_code=1), taskDefinitionArn=f"{HOME}:task-definition/web:1"), ""),
    "a stack whose name begins alike": (event(container(exit_code=1), taskDefinitionArn=f"{HOME}:task-definition/shop-dev-eu__backup:1"), ""),
    "a family that ours begins with": (event(container(exit_code=1), taskDefinitionArn=f"{HOME}:task-definition/shop-dev:1"), ""),
    "a family that begins as one made elsewhere": (event(container("app", 1), taskDefinitionArn=f"{HOME}:task-definition/reports-2:1"), ""),
    "another service's event": (other_source(), ""),
}  # fmt: skip


def reported(outcome: str, **detail: Any) -> dict[str, Any]:
    """An outcome that a state machine reports; see tests/components/supervised."""
    found = event(container(), outcome=outcome)
    found["detail"] |= {"prefix": "shop-dev", **detail}
    return {**found, "source": "scheduled-tasks", "detail-type": "Scheduled Task Outcome"}


def status(which: str, name: str = "shop-dev__backup", **detail: Any) -> dict[str, Any]:
    """An event of Step Functions. AWS: Step Functions developer guide, "EventBridge events for Step Functions execution
    status changes"."""
    machines = "arn:aws:states:eu-west-1:123456789012"
    whole = {
        "executionArn": f"{machines}:execution:{name}:1",
        "stateMachineArn": f"{machines}:stateMachine:{name}",
        "name": "1",
        "status": which,
        **detail,
    }
    return {
        **event(),
        "source": "aws.states",
        "detail-type": "Step Functions Execution Status Change",
        "detail": whole,
    }


SUPERVISED: dict[str, tuple[dict[str, Any], str]] = {
    "an attempt succeeded": (event(container(), group="supervised:backup"), ""),
    "an attempt failed": (event(container(exit_code=1), group="supervised:backup"), ""),
    "an attempt was stopped": (event(container(exit_code=137), group="supervised:backup", stopCode="UserInitiated"), ""),
    "reported success": (reported("Succeeded"), "succeeded"),
    "reported failure": (reported("Failed"), "failed"),
    "reported timeout": (reported("TimedOut"), "failed"),
    "reported replacement": (reported("Replaced"), ""),
    "reported by another stack": (reported("Failed", prefix="shop-dev-eu"), ""),
    "said by somebody else": ({**reported("Failed"), "source": "com.example"}, ""),
    "execution succeeded": (status("SUCCEEDED", error=None, cause=None), ""),
    "execution runs": (status("RUNNING"), ""),
    "execution failed and said so": (status("FAILED", error="Failed"), ""),
    "execution timed a run out and said so": (status("FAILED", error="TimedOut"), ""),
    "execution was skipped": (status("FAILED", error="Skipped"), ""),
    "execution was replaced": (status("FAILED", error="Replaced"), ""),
    "execution could not report": (status("FAILED", error="Unreported"), "failed"),
    "execution broke": (status("FAILED", error="States.Runtime"), "failed"),
    "execution failed without an error": (status("FAILED"), "failed"),
    "execution was stopped by hand": (status("ABORTED", error=None, cause=None), "failed"),
    "execution took too long": (status("TIMED_OUT"), "failed"),
    "execution of another stack": (status("ABORTED", name="shop-dev-eu__backup"), ""),
}  # fmt: skip


def patterns(outcome: str, *, supervised: bool) -> list[str]:
    """All event patterns of an outcome, in a stack with or without supervised tasks."""
    found = [events.pattern(outcome, CLUSTER, *rule, supervised=supervised) for rule in events.rules(DEFINITIONS)]
    if supervised:
        found.append(events.supervised_pattern(outcome, "shop-dev"))
        broken = events.broken_pattern([{"prefix": "arn:aws:states:eu-west-1:123456789012:stateMachine:shop-dev__"}])
        found += [broken] if outcome == events.FAILED else []
    return found


@pytest.fixture(scope="module")
def outcomes() -> dict[tuple[str, bool], str]:
    """The outcomes of each event according to AWS's matcher, in a stack with and without supervised tasks. The matcher
    is started once."""
    asked = [
        ((name, supervised), outcome, pattern, found)
        for name, (found, _) in {**EVENTS, **SUPERVISED}.items()
        for supervised in (False, True)
        for outcome in ("failed", "succeeded")
        for pattern in patterns(outcome, supervised=supervised)
    ]
    answers = event_ruler.matches((pattern, found) for _, _, pattern, found in asked)
    matched: dict[tuple[str, bool], set[str]] = {name: set() for name, *_ in asked}
    for (name, outcome, _, _), answer in zip(asked, answers, strict=True):
        if answer:
            matched[name].add(outcome)
    return {name: " and ".join(sorted(found)) for name, found in matched.items()}


@pytest.mark.timeout(240)
@pytest.mark.parametrize("supervised", [False, True])
@pytest.mark.parametrize("name", EVENTS)
def test_each_event_matches_the_pattern_of_its_outcome(
    outcomes: dict[tuple[str, bool], str], name: str, supervised: bool
):
    assert outcomes[name, supervised] == EVENTS[name][1]


@pytest.mark.timeout(240)
@pytest.mark.parametrize("name", SUPERVISED)
def test_a_supervised_run_has_the_outcome_that_its_state_machine_reports(
    outcomes: dict[tuple[str, bool], str], name: str
):
    assert outcomes[name, True] == SUPERVISED[name][1]


def test_a_stacks_own_tasks_need_one_rule_per_outcome():
    assert events.rules({"main": [OURS]}) == [("main", (OURS,))]


def test_several_existing_task_definitions_share_a_rule():
    other = f"{HOME}:task-definition/reports:"
    assert events.rules({"main": [OURS, other]}) == [("main", (other, OURS))]


def test_patterns_are_canonical_json_for_one_type_of_event():
    """A pattern whose text changes shows as a change in every deployment."""
    assert events.pattern(events.SUCCEEDED, CLUSTER, "main", [OURS]) == (
        '{"detail":{"clusterArn":["arn:aws:ecs:eu-west-1:123456789012:cluster/main"],'
        '"containers":{"exitCode":[0],"name":["main"]},"lastStatus":["STOPPED"],'
        '"stopCode":["EssentialContainerExited"],'
        '"taskDefinitionArn":[{"prefix":"arn:aws:ecs:eu-west-1:123456789012:task-definition/shop-dev__"}]},'
        '"detail-type":["ECS Task State Change"],"source":["aws.ecs"]}'
    )


def test_only_stacks_with_supervised_tasks_exclude_their_groups():
    direct, supervised = (
        json.loads(events.pattern(events.FAILED, CLUSTER, "main", [OURS], supervised=supervised))["detail"]
        for supervised in (False, True)
    )
    assert "group" not in direct
    assert supervised["group"] == [{"anything-but": {"prefix": "supervised:"}}]


def test_many_existing_task_definitions_are_split_into_valid_rules():
    many = [f"{HOME}:task-definition/legacy-{number:03}-{'x' * 40}:" for number in range(100)]
    rules = events.rules({"main": [OURS, *many]})
    assert len(rules) > 1
    assert sorted(prefix for _, prefixes in rules for prefix in prefixes) == sorted([OURS, *many])
    for container_name, prefixes in rules:
        for outcome in ("failed", "succeeded"):
            text = events.pattern(outcome, LONGEST_CLUSTER, container_name, prefixes, supervised=True)
            assert len(text) <= PATTERN_LENGTH


def test_the_longest_names_fit_into_a_pattern():
    """A family and a container have at most 255 characters, a prefix of state machines at most 42."""
    family, container_name = f"{HOME}:task-definition/{'f' * 255}:", "c" * 255
    for outcome in ("failed", "succeeded"):
        text = events.pattern(outcome, LONGEST_CLUSTER, container_name, [family], supervised=True)
        assert len(text) <= PATTERN_LENGTH
        assert len(events.supervised_pattern(outcome, "p" * 256)) <= PATTERN_LENGTH
    machines = f"arn:aws-us-gov:states:us-gov-west-1:123456789012:stateMachine:{'p' * 42}"
    assert len(events.broken_pattern([{"prefix": machines}])) <= PATTERN_LENGTH


def test_one_rule_takes_as_many_task_definitions_as_fit():
    families = [f"{HOME}:task-definition/legacy-{number:02}:" for number in range(10)]
    assert len(events.rules({"main": [OURS, *families[:4]]})) == 1


@pytest.mark.parametrize(
    ("partition", "region", "host"),
    [
        ("aws", "eu-west-1", "eu-west-1.console.aws.amazon.com"),
        ("aws-cn", "cn-north-1", "cn-north-1.console.amazonaws.cn"),
        ("aws-us-gov", "us-gov-west-1", "us-gov-west-1.console.amazonaws-us-gov.com"),
    ],
)
def test_messages_link_to_the_console_of_their_partition(partition: str, region: str, host: str):
    failed = events.failure_message(
        prefix="shop-dev",
        schedule_group="shop-dev",
        partition=partition,
        region=region,
        cluster_name="main",
        log_group="/ecs/shop-dev",
    )
    broken = events.broken_message(prefix="shop-dev", partition=partition, region=region)
    for message in (failed, broken):
        assert f"Console: https://{host}/" in message["input_template"]


def sent(message: events.InputTransformer, found: dict[str, Any]) -> list[str]:
    """The lines of a message, as EventBridge sends it."""
    return transformed(message["input_template"], message["input_paths"], found).splitlines()


PLACE: Any = {
    "prefix": "shop-dev",
    "schedule_group": "shop-dev-schedules",
    "partition": "aws",
    "region": "eu-west-1",
}


def test_messages_about_supervised_runs_have_the_scheduled_time_and_the_commands():
    found = reported("Failed", scheduledTime="2026-11-24T03:00:00Z", attempts=2, executionArn="arn:x")
    scheduled = '"Scheduled for: 2026-11-24T03:00:00Z. Attempts: 2."'
    run = sent(events.failure_message(**PLACE, cluster_name="main", log_group="/x", supervised=True), found)
    machine = sent(events.machine_message(**PLACE), found)
    assert run[1] == machine[1] == scheduled
    for lines, names in ((run, ("logs", "history", "run")), (machine, ("history", "run"))):
        for name in names:
            assert f"scheduled-tasks {name} backup --group shop-dev-schedules --region eu-west-1" in "\n".join(lines)


def test_the_message_about_a_failed_run():
    """Each line keeps its quotes. AWS: Amazon EventBridge user guide, "Tutorial: Use input transformers to transform
    events"."""
    message = events.failure_message(**PLACE, cluster_name="main", log_group="/ecs/shop-dev")
    assert sent(message, event({"name": "main", "exitCode": 1})) == [
        '"The scheduled task backup in shop-dev failed at 2026-11-24T03:07:11.123Z. Reason: Essential container in task exited (EssentialContainerExited)"',
        '"Container exit codes: [{name:main,exitCode:1}]"',
        '"Logs: scheduled-tasks logs backup --group shop-dev-schedules --region eu-west-1"',
        '"History: scheduled-tasks history backup --group shop-dev-schedules --region eu-west-1"',
        '"Run again: scheduled-tasks run backup --group shop-dev-schedules --region eu-west-1"',
        '"Logs in CloudWatch: aws logs tail /ecs/shop-dev --log-stream-name-prefix backup/ --since 1d --region eu-west-1"',
        '"If the task has its own log group: aws logs tail /ecs/shop-dev/backup --since 1d --region eu-west-1"',
        f'"Details: aws ecs describe-tasks --cluster main --tasks {HOME}:task/main/0123456789abcdef0123456789abcdef --region eu-west-1"',
        '"Console: https://eu-west-1.console.aws.amazon.com/ecs/v2/clusters/main/tasks?region=eu-west-1 "',
    ]


def test_the_message_names_tasks_whose_logs_are_elsewhere():
    tasks = {
        name: resolve_task(name, {"image": "a:1", "schedule": "rate(1 day)", **more})
        for name, more in {
            "plain": {},
            "audit": {"logs": {"driver": "splunk"}},
            "scan": {"logs": {"driver": "splunk"}},
            "shared": {"logs": {"group": "/shared/batch"}},
            "old": {"image": None, "task_definition": "old", "logs": {"driver": "none"}},
        }.items()
    }
    lines = events.other_logs(tasks, "eu-west-1")
    assert lines == [
        "Logs of audit and scan are not in CloudWatch Logs. Log driver: splunk.",
        "Logs of shared are in another log group: aws logs tail /shared/batch --since 1d --region eu-west-1",
    ]
    assert events.other_logs({"plain": tasks["plain"]}, "eu-west-1") == []
    message = events.failure_message(**PLACE, cluster_name="main", log_group="/ecs/a", other_logs=lines)
    assert sent(message, event({"name": "main", "exitCode": 1}))[7:9] == [f'"{line}"' for line in lines]


def test_the_message_about_an_unreported_outcome():
    message = events.broken_message(prefix="shop-dev", partition="aws", region="eu-west-1")
    execution = "arn:aws:states:eu-west-1:123456789012:execution:shop-dev__backup:1"
    assert sent(message, status("FAILED", error="States.Runtime", cause="x")) == [
        '"A supervised run in shop-dev ended without reporting an outcome. Status: FAILED"',
        '"Error: States.Runtime. Cause: x. (null: Step Functions gives none.)"',
        '"Its ECS task might still be running. If runs must not overlap, no other run starts until its lease expires."',
        f'"Details: aws stepfunctions describe-execution --execution-arn {execution} --region eu-west-1"',
        f'"Console: https://eu-west-1.console.aws.amazon.com/states/home?region=eu-west-1#/v2/executions/details/{execution} "',
    ]
    # AWS: Step Functions developer guide, "EventBridge events for Step Functions execution status changes": an aborted
    # execution can have neither.
    assert (
        sent(message, status("ABORTED", error=None, cause=None))[1]
        == '"Error: null. Cause: null. (null: Step Functions gives none.)"'
    )


@pytest.mark.parametrize("prefix", ["shop-dev", "My <Shop>", 'the "shop"', "x" * 250])
def test_eventbridge_accepts_the_messages(prefix: str):
    place: Any = {"prefix": prefix, "partition": "aws", "region": "eu-west-1"}
    for message in (
        events.failure_message(**place, schedule_group="s" * 64, cluster_name="main", log_group="/ecs/shop-dev"),
        events.broken_message(**place),
    ):
        transformer = {"InputPathsMap": message["input_paths"], "InputTemplate": message["input_template"]}
        target = {"Id": "topic", "Arn": "arn:aws:sns:eu-west-1:123456789012:t", "InputTransformer": transformer}
        assert problems("events", "PutTargets", {"Rule": "r", "Targets": [target]}) == []
        assert rule_problems("events", "PutTargets", {"Rule": "r", "Targets": [target]}) == []
        assert "\\n" not in message["input_template"], "EventBridge would send the two characters"


ARN = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/events/shop-dev/failed"
RULES = ["arn:aws:events:eu-west-1:123456789012:rule/b", "arn:aws:events:eu-west-1:123456789012:rule/a"]
FROM_RULES = {"ArnEquals": {"aws:SourceArn": sorted(RULES)}}


def statements(policy: str) -> list[dict[str, Any]]:
    whole = json.loads(policy)
    assert whole["Version"] == "2012-10-17"
    return whole["Statement"]


def test_only_eventbridge_can_write_events_of_the_rules_to_a_log_group():
    common = {
        "Effect": "Allow",
        "Principal": {"Service": ["delivery.logs.amazonaws.com", "events.amazonaws.com"]},
        "Resource": f"{ARN}:*",
    }
    assert statements(events.log_policy(log_group_arn=ARN, rule_arns=RULES)) == [
        {"Sid": "CreateStreams", "Action": "logs:CreateLogStream", **common},
        {"Sid": "PutOutcomes", "Action": "logs:PutLogEvents", **common, "Condition": FROM_RULES},
    ]


def test_only_eventbridge_can_send_undelivered_events_of_the_rules_to_the_queue():
    queue = "arn:aws:sqs:eu-west-1:123456789012:undelivered"
    assert statements(events.queue_policy(queue_arn=queue, rule_arns=RULES)) == [
        {
            "Sid": "KeepUndelivered",
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": queue,
            "Condition": FROM_RULES,
        }
    ]


def test_only_eventbridge_and_the_groups_alarms_can_publish_to_the_topic():
    topic, alarms = "arn:aws:sns:eu-west-1:123456789012:t", "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:shop-dev/"
    found = events.topic_policy(topic_arn=topic, account_id="123456789012", alarm_prefix_arn=alarms)
    common = {"Effect": "Allow", "Action": "sns:Publish", "Resource": topic}
    assert statements(found) == [
        {"Sid": "Failures", "Principal": {"Service": "events.amazonaws.com"}, **common},
        {
            "Sid": "Alarms",
            "Principal": {"Service": "cloudwatch.amazonaws.com"},
            **common,
            "Condition": {
                "ArnLike": {"aws:SourceArn": f"{alarms}*"},
                "StringEquals": {"aws:SourceAccount": "123456789012"},
            },
        },
    ]


def test_only_the_execution_that_starts_them_reports_broken_executions_of_the_tasks_of_a_run():
    """Otherwise a run that is stopped by hand would send a message per task."""
    machine = "arn:aws:states:eu-west-1:123456789012:stateMachine:shop-dev__"
    broken = events.broken_pattern([{"prefix": machine}], parallel=True)
    of_one_task = events.broken_pattern([f"{machine}backup"], parallel=True)
    whole, task = status("ABORTED"), status("ABORTED", name="shop-dev__backup__index")
    others = [status("ABORTED", name=name) for name in ("shop-dev-eu__backup", "shop-dev__backups")]
    asked = [(broken, whole), (broken, task), (broken, others[0])]
    asked += [(of_one_task, each) for each in (whole, task, *others)]
    assert list(event_ruler.matches(asked)) == [True, False, False, True, False, False, False]
