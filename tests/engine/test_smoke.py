"""The smoke test in a live sandbox on a virtual clock: it passes, and each planted fault fails the right step."""

import copy
import json
import os
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.awsrequest import AWSResponse, HeadersDict
from moto.core.botocore_stubber import MockRawResponse
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ecs.models import ecs_backends
from moto.server import ThreadedMotoServer
from werkzeug.test import EnvironBuilder, run_wsgi_app

from components.monitoring.events import FAILED, SUCCEEDED
from ops import waiting
from ops.aws.schedules import chosen_schedule
from ops.local_sandbox import REGION, client_variables
from ops.simulation.clock import VirtualClock
from ops.smoke import failures, launches, step
from ops.smoke.configuration import FAILS, PRINTS, REFUSED
from ops.smoke.running import result_of
from ops.smoke.step import AS_ASSUMED, DIFFERENT, NOT_TESTED, Scene
from ops.smoke.steps import DELETION, STEPS
from sandbox import environment
from sandbox.live import hooks, scheduler
from sandbox.live.engine import LiveSandbox, Place
from sandbox.live.executors import TERMINATED, End, Observer, Stop, Work
from sandbox.live.faults import KINDS, NextFault
from sandbox.live.server import Clients
from sandbox.moto_fixes import apply_fixes
from sandbox.smoke.__main__ import scene_in
from tests.ops.smoke.permissions import documented

from . import attached

pytestmark = [pytest.mark.engine, pytest.mark.thorough, pytest.mark.timeout(400)]

SKIPPED = ("supervised run", "timeout")
"""moto's Step Functions waits in real time. tests/ops/smoke/test_smoke.py checks the permissions of these steps."""


class Commands:
    """Executes the commands of the smoke test's tasks on a virtual clock."""

    def __init__(self, clock: VirtualClock):
        self._clock = clock

    def start(self, work: Work, observer: Observer) -> Stop:
        own = work.overrides.get("containerOverrides", [{}])[0]
        variables = {each["name"]: each["value"] for each in own.get("environment", [])}
        words = work.settings["command"]
        observer.started()
        if words[-1].startswith("echo "):
            observer.wrote(
                words[-1]
                .removeprefix('echo "')
                .removesuffix('"')
                .replace("$SCHEDULED_TIME", variables["SCHEDULED_TIME"])
            )
        code = int(words[-1].removeprefix("exit ")) if words[-1].startswith("exit ") else 0
        left = [observer]

        def end(code: int) -> None:
            # A container that was stopped doesn't end again.
            if left:
                left.pop().ended(End(code))

        self._clock.at(self._clock.now + 2, lambda: end(code))
        return lambda: end(TERMINATED)


CALLED: set[str] = set()
"""The IAM actions of the calls of the steps."""


def action_of(operation: Any) -> str:
    """The IAM action of an operation. AWS: Service Authorization Reference, Amazon SQS: a batch needs no other one."""
    service = operation.service_model.signing_name.replace("monitoring", "cloudwatch")
    return f"{service}:{operation.name.removesuffix('Batch')}"


def without_waiting(params: dict[str, Any], **_: object) -> dict[str, Any]:
    """The parameters of ReceiveMessage without long polling. Nothing hides the messages of the topic in real time."""
    hidden = {"VisibilityTimeout": 0} if params["QueueUrl"].endswith("-messages") else {}
    return {**params, "WaitTimeSeconds": 0, **hidden}


def without_network(application: Any) -> Any:
    """A handler of botocore that calls the emulator in this process. Thousands of connections take processor time."""

    def answer(request: Any, **_: object) -> AWSResponse:
        url = urlsplit(request.url)
        given = EnvironBuilder(
            path=url.path,
            query_string=url.query,
            base_url=f"{url.scheme}://{url.netloc}",
            method=request.method,
            headers={name: text(value) for name, value in request.headers.items()},
            data=request.body or b"",
        )
        body, status, headers = run_wsgi_app(application, given.get_environ(), buffered=True)
        content = MockRawResponse(b"".join(body))
        found: Any = HeadersDict(headers)
        return AWSResponse(request.url, int(status.split()[0]), found, content)

    return answer


def text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """The deployed stack of the smoke test, and a clock that passes while its steps wait."""
    apply_fixes()
    folder = tmp_path_factory.mktemp("smoke")
    emulator = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    emulator.start()
    host, port = emulator.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    clock = VirtualClock(float(int(datetime.now(UTC).timestamp())))
    place = Place(folder, DEFAULT_ACCOUNT_ID, REGION)
    clients = Clients(port)
    server: Any = emulator._server  # pyright: ignore[reportPrivateUsage]
    calls_emulator = without_network(server.app)
    clients._session.events.register("before-send", calls_emulator)  # pyright: ignore[reportPrivateUsage]
    live = LiveSandbox(clock, clients, Commands(clock), place, say=lambda *_: None)
    hooks.attach(live)
    # Without what looks for supervised runs and for requests of commands, time passes faster.
    live.scheduler.begin()
    with (
        pytest.MonkeyPatch.context() as patch,
        environment.replaced({**os.environ, **client_variables(endpoint)}),
        attached.provider(endpoint, folder / "calls.jsonl") as port_of_provider,
    ):
        # As in the other tests of the engine: one provider for all operations, and no garbage collection.
        patch.setitem(environment.ADDED, attached.DEBUG_PROVIDERS, f"aws:{port_of_provider}")
        patch.setitem(environment.ADDED, "GOGC", "off")
        # Each takes several requests.
        patch.setattr(step, "POLL_SECONDS", 35)
        patch.setattr(scheduler, "READ_SECONDS", 30)
        patch.setattr(waiting, "wait", lambda seconds: clock.run(clock.now + seconds))
        patch.setattr(waiting, "now", lambda: clock.now)
        found = scene_in(folder, endpoint, minutes=1440)
        session: Any = found.aws._session  # pyright: ignore[reportPrivateUsage]
        session.events.register("before-call", lambda model, **_: CALLED.add(action_of(model)))
        session.events.register("before-send", calls_emulator)
        # A queue without messages would wait in real time.
        session.events.register("provide-client-params.sqs.ReceiveMessage", without_waiting)
        found.now = lambda: datetime.fromtimestamp(clock.now, UTC)
        found.began = found.now()
        try:
            yield found
        finally:
            hooks.detach()
            emulator.stop()


@pytest.fixture(scope="module")
def deployed(scene: Scene) -> Scene:
    """The scene after all steps but the deletion, which have found what they assume."""
    results = [result_of(scene, each) for each in STEPS if each.name not in SKIPPED]
    assert {result.step.name: result.seen for result in results if result.outcome == DIFFERENT} == {}
    assert [result.step.name for result in results if result.outcome == NOT_TESTED] == ["permissions"]
    return scene


def test_everything_is_as_assumed(deployed: Scene):
    assert deployed.started.keys() == {FAILS}


def test_the_permissions_of_the_steps_are_documented(deployed: Scene):
    assert CALLED - documented() == set()


# The faults


def client(scene: Scene, service: Any) -> Any:
    return scene.aws.client(service)


Fault = Callable[[Scene], Generator[None]]


def no_permission(action: str) -> Fault:
    def fault(scene: Scene) -> Generator[None]:
        role = chosen_schedule(scene.deployment, PRINTS).role_arn.rsplit("/", 1)[-1]
        iam = client(scene, "iam")
        [name] = iam.list_role_policies(RoleName=role)["PolicyNames"]
        policy = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        kept = [each for each in policy["Statement"] if action not in json.dumps(each["Action"])]
        assert len(kept) == len(policy["Statement"]) - 1
        iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps({**policy, "Statement": kept}))
        yield
        iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(policy))

    return fault


def changed_schedule(task: str, change: Callable[[dict[str, Any]], object]) -> Fault:
    def fault(scene: Scene) -> Generator[None]:
        scheduler, group = client(scene, "scheduler"), scene.names.schedule_group
        found = scheduler.get_schedule(GroupName=group, Name=task)
        members = scheduler.meta.service_model.operation_model("UpdateSchedule").input_shape.members
        before = {name: value for name, value in found.items() if name in members}
        after = copy.deepcopy(before)
        change(after)
        scheduler.update_schedule(**after)
        yield
        scheduler.update_schedule(**before)

    return fault


def disabled(schedule: dict[str, Any]) -> None:
    schedule["State"] = "DISABLED"


def without_queue(schedule: dict[str, Any]) -> None:
    del schedule["Target"]["DeadLetterConfig"]


def disabled_rules(outcome: str) -> Fault:
    def fault(scene: Scene) -> Generator[None]:
        events = client(scene, "events")
        names = [rule["Name"] for rule in rules(scene, outcome)]
        assert names
        for name in names:
            events.disable_rule(Name=name)
        yield
        for name in names:
            events.enable_rule(Name=name)

    return fault


def rules(scene: Scene, outcome: str) -> list[dict[str, Any]]:
    found = client(scene, "events").list_rules(NamePrefix=scene.names.prefix)["Rules"]
    return [rule for rule in found if f"-{outcome}" in rule["Name"]]


def no_target(outcome: str, service: str) -> Fault:
    def fault(scene: Scene) -> Generator[None]:
        events, removed = client(scene, "events"), list[tuple[str, dict[str, Any]]]()
        for rule in rules(scene, outcome):
            for target in events.list_targets_by_rule(Rule=rule["Name"])["Targets"]:
                if f":{service}:" in target["Arn"]:
                    removed.append((rule["Name"], target))
                    events.remove_targets(Rule=rule["Name"], Ids=[target["Id"]])
        assert removed
        yield
        for name, target in removed:
            events.put_targets(Rule=name, Targets=[target])

    return fault


def no_log_policy(scene: Scene) -> Generator[None]:
    logs = client(scene, "logs")
    arn = scene.deployment.resource("logs", f"log-group:{scene.names.outcome_log_group(SUCCEEDED)}")
    [policy] = [each for each in policies(scene) if each.get("resourceArn", "").startswith(arn)]
    logs.delete_resource_policy(resourceArn=policy["resourceArn"], expectedRevisionId=policy["revisionId"])
    yield
    logs.put_resource_policy(resourceArn=policy["resourceArn"], policyDocument=policy["policyDocument"])


def policies(scene: Scene) -> list[dict[str, Any]]:
    # The policies of resources have no name.
    connect: Any = boto3.client
    logs = connect("logs", region_name=REGION)
    return logs.describe_resource_policies(policyScope="RESOURCE")["resourcePolicies"]


def no_metric_filter(scene: Scene) -> Generator[None]:
    logs, group = client(scene, "logs"), scene.names.outcome_log_group(SUCCEEDED)
    found = logs.describe_metric_filters(logGroupName=group)["metricFilters"]
    assert found
    for each in found:
        logs.delete_metric_filter(logGroupName=group, filterName=each["filterName"])
    yield
    for each in found:
        kept = {name: each[name] for name in ("filterName", "filterPattern", "metricTransformations")}
        logs.put_metric_filter(logGroupName=group, **kept)


def no_topic_policy(scene: Scene) -> Generator[None]:
    sns, topic = client(scene, "sns"), scene.deployment.resource("sns", scene.names.topic)
    policy = sns.get_topic_attributes(TopicArn=topic)["Attributes"]["Policy"]
    nothing = json.dumps({"Version": "2012-10-17", "Statement": []})
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=nothing)
    yield
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy)


def no_log_group(scene: Scene) -> Generator[None]:
    logs, group = client(scene, "logs"), scene.names.log_group
    logs.delete_log_group(logGroupName=group)
    yield
    logs.create_log_group(logGroupName=group)


def no_tags(scene: Scene) -> Generator[None]:
    ecs, arn = client(scene, "ecs"), chosen_schedule(scene.deployment, PRINTS).task_definition_arn
    tags = ecs.list_tags_for_resource(resourceArn=arn)["tags"]
    ecs.untag_resource(resourceArn=arn, tagKeys=[tag["key"] for tag in tags])
    yield
    ecs.tag_resource(resourceArn=arn, tags=tags)


def another_exit_code(scene: Scene) -> Generator[None]:
    faults: Any = hooks._attached[0]  # pyright: ignore[reportPrivateUsage]
    faults.faults.add(NextFault(FAILS, KINDS["exit-1"], 1))
    yield


def another_schedule(scene: Scene) -> Generator[None]:
    scheduler = client(scene, "scheduler")
    found = scheduler.get_schedule(GroupName=scene.names.schedule_group, Name=PRINTS)
    kept = {name: found[name] for name in ("ScheduleExpression", "FlexibleTimeWindow", "Target")}
    scheduler.create_schedule(Name="forgotten", GroupName=scene.names.schedule_group, **kept)
    yield
    scheduler.delete_schedule(Name="forgotten", GroupName=scene.names.schedule_group)


def changed_by_hand(scene: Scene) -> Generator[None]:
    sqs = client(scene, "sqs")
    url = sqs.get_queue_url(QueueName=scene.names.dead_letter_queue)["QueueUrl"]
    before = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["MessageRetentionPeriod"])["Attributes"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"MessageRetentionPeriod": "60"})
    yield
    sqs.set_queue_attributes(QueueUrl=url, Attributes=before)


def created_before(_: Scene) -> Generator[None]:
    """The schedule was created long before what counts as the beginning of the test."""
    yield


@contextmanager
def planted(fault: Fault, scene: Scene) -> Generator[None]:
    """Plant a fault, and remove it, also after a failure."""
    steps = fault(scene)
    next(steps)
    try:
        yield
    finally:
        next(steps, None)


FIRED, HAND, OUTCOME, MESSAGE = "schedule", "run by hand", "outcome log", "failure message"
FAULTS: dict[str, tuple[Fault, tuple[str, ...]]] = {
    "the role may not run tasks": (no_permission("ecs:RunTask"), (FIRED,)),
    "the schedule is disabled": (changed_schedule(PRINTS, disabled), (FIRED,)),
    "the log group is deleted": (no_log_group, (FIRED,)),
    "the task definition has no tags": (no_tags, (FIRED, "tags")),
    "the first run is long after the creation": (created_before, (FIRED, "log", "first run")),
    "the rule of successes is disabled": (disabled_rules(SUCCEEDED), (FIRED, OUTCOME)),
    "the rule of successes has no log": (no_target(SUCCEEDED, "logs"), (FIRED, OUTCOME)),
    "the outcome log has no policy": (no_log_policy, (FIRED, OUTCOME)),
    "the metric filter is deleted": (no_metric_filter, (FIRED, OUTCOME, "success metric")),
    "the container ends with another exit code": (another_exit_code, (HAND, "exit code")),
    "the rule of failures is disabled": (disabled_rules(FAILED), (HAND, "exit code", MESSAGE)),
    "the rule of failures has no topic": (no_target(FAILED, "sns"), (HAND, "exit code", MESSAGE)),
    "the schedule has no dead-letter queue": (changed_schedule(REFUSED, without_queue), ("refused launch",)),
    "the role may not send to the queue": (no_permission("sqs:SendMessage"), ("refused launch",)),
    "another schedule starts the task": (another_schedule, (FIRED, "pause")),
    "a resource was changed by hand": (changed_by_hand, ("second deployment",)),
    "the topic has no policy": (no_topic_policy, (HAND, "exit code", MESSAGE)),
}
"""By fault: what plants and removes it, and the steps to run. The last of them must fail, and no other."""


TOGETHER = (
    ("the schedule is disabled", "the rule of failures is disabled", "the schedule has no dead-letter queue"),
    (
        "the task definition has no tags",
        "the rule of failures has no topic",
        "the role may not send to the queue",
    ),
    ("the rule of successes is disabled", "the topic has no policy"),
    ("a resource was changed by hand", "the container ends with another exit code"),
)
"""Faults that don't disturb each other: one of runs by the schedule, one of the run by hand, one of refused launches.
None of them changes what the steps of the others look at, so that their tests share the time until something arrives.
"""
ALONE = [(fault,) for fault in FAULTS if not any(fault in group for group in TOGETHER)]


def test_each_fault_is_planted_once():
    assert sorted(fault for group in (*TOGETHER, *ALONE) for fault in group) == sorted(FAULTS)


@pytest.mark.parametrize("faults", [*TOGETHER, *ALONE], ids=", ".join)
def test_a_fault_fails_its_step(deployed: Scene, faults: tuple[str, ...], monkeypatch: pytest.MonkeyPatch):
    # Long enough for what happens each minute.
    for module, waits in ((launches, ("_FIRES", "_LOGGED", "_COUNTED")), (failures, ("_ENDS", "_ARRIVES", "_REFUSED"))):
        for name in waits:
            monkeypatch.setattr(module, name, 70)
    scene = Scene(deployed.aws, deployed.names, deployed.deployer, deployed.who, deployed.tell, deployed.now)
    scene.messages = deployed.messages
    steps = {step.name: step for step in STEPS}
    with ExitStack() as stack:
        for fault in faults:
            stack.enter_context(planted(FAULTS[fault][0], scene))
        # Nothing of before counts.
        waiting.wait(45)
        _empty_queues(scene)
        _forget_runs()
        scene.began = scene.now()
        found = {fault: [result_of(scene, steps[name]) for name in FAULTS[fault][1]] for fault in faults}
    seen = {fault: [result.seen for result in results] for fault, results in found.items()}
    outcomes = {fault: [result.outcome for result in results] for fault, results in found.items()}
    assert outcomes == {fault: [*[AS_ASSUMED] * (len(FAULTS[fault][1]) - 1), DIFFERENT] for fault in faults}, seen


def _forget_runs() -> None:
    """Forget the ECS tasks that have stopped, as ECS does after about an hour. Describing them takes time."""
    ecs: Any = ecs_backends[DEFAULT_ACCOUNT_ID][REGION]
    for tasks in ecs.tasks.values():
        for arn in [arn for arn, task in tasks.items() if task.last_status == "STOPPED"]:
            del tasks[arn]


def _empty_queues(scene: Scene) -> None:
    sqs = client(scene, "sqs")
    for url in (scene.messages, sqs.get_queue_url(QueueName=scene.names.dead_letter_queue)["QueueUrl"]):
        while found := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in found:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def test_what_is_left_is_named(deployed: Scene):
    """The last test of this module: it deletes the stack."""
    group = deployed.names.log_group
    client(deployed, "logs").create_log_group(logGroupName=f"{group}/left")
    left = result_of(deployed, DELETION)
    assert (left.outcome, left.seen) == (DIFFERENT, f"Still there: log group {group}/left.")
    client(deployed, "logs").delete_log_group(logGroupName=f"{group}/left")
    assert result_of(deployed, DELETION).outcome == AS_ASSUMED
