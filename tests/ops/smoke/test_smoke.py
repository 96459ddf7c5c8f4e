"""The smoke test without AWS: its configuration, its order, and the Pulumi CLI."""

import json
import os
import signal
import subprocess
import threading
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

from components.aws.names import GroupNames
from ops import waiting
from ops.aws.answers import AnswerError
from ops.aws.schedules import Schedule
from ops.aws.session import Aws
from ops.commands import smoke as smoke_command
from ops.doctor.finding import PROBLEM, STACK, Finding
from ops.errors import OpsError
from ops.local_sandbox import client_variables
from ops.project import project_at
from ops.smoke import stack_steps
from ops.smoke.configuration import IMAGE, TOO_LONG, stack_file
from ops.smoke.deletion import is_deleted
from ops.smoke.deployer import PulumiCli
from ops.smoke.emulator import connected, create_network, delete_network, given_in
from ops.smoke.failures import is_refused, start_too_long, times_out
from ops.smoke.program import folder_of_tests, variables_of_program, write_program
from ops.smoke.record import SmokeRecord
from ops.smoke.report import exit_code, summary
from ops.smoke.running import run_steps
from ops.smoke.step import (
    AS_ASSUMED,
    DIFFERENT,
    GAP,
    NOT_TESTED,
    MissingError,
    NotSeenError,
    NotTestedError,
    Result,
    Scene,
    Step,
)
from tests.ops.cloud import Cloud, Deployed
from tests.ops.conftest import Ops
from tests.ops.supervised import supervise
from tests.ops.test_permissions import SERVICES

from .permissions import documented

DENY = '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "ecs:RunTask", "Resource": "*"}]}'
BEGAN = datetime(2026, 11, 26, 10, tzinfo=UTC)
UNTIL = datetime(2026, 11, 27, 12, tzinfo=UTC)


def content(**given: object) -> dict[str, Any]:
    made: Any = stack_file("shop", given, region="eu-west-1", stack="smoke-1", image=IMAGE, began=BEGAN, until=UNTIL)
    return made["config"]


def test_the_stack_has_the_place_of_the_other_stack_and_tasks_of_its_own():
    iam = {"path": "/jobs/", "schedulerRole": "arn:aws:iam::123456789012:role/jobs/scheduler"}
    made = content(cluster="main", network={"vpc": "default"}, iam=iam, tags={"team": "data"}, tasks={"etl": {}})
    assert made["aws:region"] == "eu-west-1"
    assert (made["shop:cluster"], made["shop:network"], made["shop:iam"]) == (
        "main",
        {"vpc": "default"},
        {"path": "/jobs/"},
    )
    assert made["shop:tags"] == {
        "team": "data",
        "scheduled-tasks-smoke": "smoke-1",
        "scheduled-tasks-smoke-began": "2026-11-26T10:00:00Z",
    }
    assert set(made["shop:tasks"]) == {"smoke-prints", "smoke-fails", "smoke-too-long", "smoke-refused"}
    ends = {name: task.get("end") for name, task in made["shop:tasks"].items() if task["schedule"] != "none"}
    assert ends == dict.fromkeys(("smoke-prints", "smoke-refused"), "2026-11-27T12:00:00Z")


def test_a_stack_that_creates_a_vpc_is_refused():
    with pytest.raises(OpsError, match="needs a stack with an existing network"):
        content(network={"vpc": {"create": {}}})


def test_the_written_program_is_a_valid_project(project: Path, tmp_path: Path):
    here = project_at(project)
    made = stack_file(
        here.name, here.source("test").values, region="eu-west-1", stack="s", image=IMAGE, began=BEGAN, until=UNTIL
    )
    (project / ".venv").mkdir()
    written = write_program(here, tmp_path / "smoke" / "s", "s", made)
    assert set(written.load("s").tasks) == {"smoke-prints", "smoke-fails", "smoke-too-long", "smoke-refused"}
    runtime = json.loads((written.folder / "Pulumi.yaml").read_text())["runtime"]
    assert runtime["options"]["virtualenv"] == str(project / ".venv")
    assert variables_of_program(here, "dev")["PYTHONPATH"].split(os.pathsep)[0] == str(project)
    assert variables_of_program(here, "dev")["AWS_PROFILE"] == "dev"


class Recorder:
    """A deployer and a watcher that record what happens."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def up(self) -> None:
        self.seen.append("up")

    def unchanged(self) -> bool:
        return True

    def destroy(self) -> None:
        self.seen.append("destroy")

    def begin(self, step: Step) -> None:
        self.seen.append(step.name)

    def end(self, result: Result) -> None:
        self.seen.append(result.outcome)


def raising(error: BaseException) -> Callable[[Scene], str]:
    def check(_: Scene) -> str:
        raise error

    return check


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    """Records the steps. The deletion only destroys the stack."""
    found = Recorder()
    deletion = Step("deletion", "A deletion leaves nothing.", lambda scene: str(scene.deployer.destroy()))
    monkeypatch.setattr("ops.smoke.running.DELETION", deletion)
    return found


def scene_of(recorder: Recorder) -> Scene:
    nothing: Any = None
    return Scene(nothing, nothing, recorder, "alice", lambda _: None)


def test_a_step_that_fails_ends_only_the_steps_that_need_it(recorder: Recorder):
    steps = (
        Step("a", "A.", raising(NotSeenError("No run."))),
        Step("b", "B.", lambda _: "seen", needs=("a",)),
        Step("c", "C.", raising(NotTestedError("Not here."))),
        Step("d", "D.", lambda _: "seen"),
    )
    results = run_steps(scene_of(recorder), recorder, steps)
    assert [(each.step.name, each.outcome, each.seen) for each in results] == [
        ("a", DIFFERENT, "No run."),
        ("b", NOT_TESTED, "It needs: a."),
        ("c", NOT_TESTED, "Not here."),
        ("d", AS_ASSUMED, "seen"),
        ("deletion", AS_ASSUMED, "None"),
    ]
    assert summary(results) == [
        "Assumptions that don't hold:",
        "a: A.",
        "2 steps as assumed, 1 different, 2 not tested.",
    ]
    assert exit_code(results) == 1


def client_error(code: str, status: int) -> ClientError:
    answer: Any = {"Error": {"Code": code, "Message": ""}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "RunTask")


def caused_by(cause: Exception) -> OpsError:
    """An error for the user, whose cause is another error."""
    try:
        raise OpsError("RunTask returned no usable answer.") from cause
    except OpsError as error:
        return error


GAPS: dict[str, Exception] = {
    "an effect that doesn't come": MissingError("No run within 6 min."),
    # LocalStack, src/localstack/aws/protocol: services that it lacks answer InternalFailure with status 501.
    "not implemented": client_error("InternalFailure", 501),
    # Smithy, "AWS JSON 1.1 protocol", operation error serialization: UnknownOperationException.
    "unknown operation": client_error("UnknownOperationException", 400),
    # Amazon EC2 API reference, "Common client errors": InvalidAction.
    "invalid action": client_error("InvalidAction", 400),
    "no such URL": client_error("404", 404),
    "failed": client_error("500", 500),
    "failed, in words": caused_by(client_error("500", 500)),
    "unreadable": ResponseParserError("not XML"),
    "unreadable value": AnswerError("no ARN"),
    # How the official provider reports it.
    "Pulumi's words": OpsError(
        "pulumi up failed:\nerror: creating Scheduler Schedule: operation error Scheduler: CreateSchedule, https response "
        "error StatusCode: 501, RequestID: 1, api error InternalFailure: API for service scheduler not yet implemented"
    ),
}


@pytest.mark.parametrize("error", GAPS.values(), ids=GAPS)
def test_what_an_emulator_lacks_is_a_gap_of_the_emulator(recorder: Recorder, error: Exception):
    scene, step = scene_of(recorder), Step("a", "A.", raising(error))
    assert run_steps(scene, recorder, (step,))[0].outcome == DIFFERENT
    scene.in_emulator = True
    results = run_steps(scene, recorder, (step, Step("b", "B.", lambda _: "seen")))
    assert [each.outcome for each in results] == [GAP, AS_ASSUMED, AS_ASSUMED]
    assert summary(results, in_emulator=True) == [
        "The emulator lacks, which says nothing about AWS:",
        "a: A.",
        "2 steps as assumed, 0 different, 1 gap of the emulator, 0 not tested.",
    ]
    assert (exit_code(results), results[0].as_data()["outcome"]) == (3, "emulator gap")


@pytest.mark.parametrize(
    "error",
    [NotSeenError("Run 1 has exit code 0, not 3."), client_error("ValidationException", 400), OpsError("No stack.")],
    ids=["another answer", "a refusal", "another error"],
)
def test_something_else_than_assumed_is_different_in_an_emulator_too(recorder: Recorder, error: Exception):
    scene = scene_of(recorder)
    scene.in_emulator = True
    lacking = Step("a", "A.", raising(MissingError("No run.")))
    results = run_steps(scene, recorder, (lacking, Step("b", "B.", raising(error))))
    assert [each.outcome for each in results] == [GAP, DIFFERENT, AS_ASSUMED]
    assert summary(results, in_emulator=True)[:2] == ["The emulator differs from AWS:", "b: B."]
    assert exit_code(results) == 1


def test_a_network_in_an_emulator_reaches_the_internet_and_goes(cloud: Cloud):
    ec2, aws = cloud.client("ec2"), Aws(region="eu-west-1")
    before = ec2.describe_internet_gateways()["InternetGateways"]
    vpc = create_network(aws)
    [subnet] = given_in(aws, vpc)["network"]["subnets"]
    [table] = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"]
    assert "0.0.0.0/0" in [route["DestinationCidrBlock"] for route in table["Routes"]]
    assert ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0]["VpcId"] == vpc
    delete_network(aws, vpc)
    assert [found["IsDefault"] for found in ec2.describe_vpcs()["Vpcs"]] == [True]
    assert ec2.describe_internet_gateways()["InternetGateways"] == before


def test_half_of_a_network_is_deleted(cloud: Cloud):
    cloud.refuse("ec2.CreateInternetGateway", "InternalFailure", status=500)
    with pytest.raises(ClientError):
        create_network(Aws(region="eu-west-1"))
    assert [found["IsDefault"] for found in cloud.client("ec2").describe_vpcs()["Vpcs"]] == [True]


def test_an_emulator_gets_no_credentials_of_the_user(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AWS_PROFILE", "prod")
    monkeypatch.setenv("AWS_ENDPOINT_URL_ECS", "https://ecs.eu-west-1.amazonaws.com")
    before = dict(os.environ)
    with connected("http://127.0.0.1:4566/"):
        variables = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
        assert variables == client_variables("http://127.0.0.1:4566")
    assert dict(os.environ) == before


@pytest.mark.parametrize("endpoint", ["https://ecs.eu-west-1.amazonaws.com", "ecs.eu-west-1.api.aws", "localhost:4566"])
def test_an_endpoint_of_aws_is_refused(project: Path, ops: Ops, endpoint: str):
    result = ops("smoke", "--stack", "test", "--endpoint", endpoint)
    assert result.exit_code == 1
    assert "--endpoint: " in result.stderr
    assert "Omit --endpoint to test an account." in result.stderr


@pytest.mark.parametrize("error", [KeyboardInterrupt(), RuntimeError("a fault of this program")])
def test_everything_is_deleted_after_an_interruption(recorder: Recorder, error: BaseException):
    steps = (Step("a", "A.", raising(error)), Step("b", "B.", lambda _: "seen"))
    with pytest.raises(type(error)):
        run_steps(scene_of(recorder), recorder, steps)
    assert recorder.seen == ["a", "deletion", "destroy", AS_ASSUMED]


def test_a_wait_ends_with_the_answer_or_says_what_is_missing(recorder: Recorder, monkeypatch: pytest.MonkeyPatch):
    time = [0.0]
    monkeypatch.setattr(waiting, "now", lambda: time[0])
    monkeypatch.setattr(waiting, "wait", lambda seconds: time.__setitem__(0, time[0] + seconds))
    scene = scene_of(recorder)
    assert scene.until(60, "No run", lambda: "run" if time[0] >= 20 else None) == "run"
    with pytest.raises(NotSeenError, match=r"No run within 1 min\."):
        scene.until(60, "No run", lambda: None)


class Simulator:
    """IAM's simulator of policies, with one answer."""

    emulated = False

    def __init__(self, decision: str):
        self.decision, self.requests = decision, list[dict[str, Any]]()

    def client(self, service: str) -> Any:
        assert service == "iam"
        return self

    def simulate_principal_policy(self, **request: Any) -> dict[str, Any]:
        self.requests.append(request)
        return {"EvaluationResults": [{"EvalDecision": self.decision}]}


FAMILY = "shop-smoke-1__smoke-prints"
DEFINITION = f"arn:aws:ecs:eu-west-1:123456789012:task-definition/{FAMILY}:1"


def permissions(recorder: Recorder, monkeypatch: pytest.MonkeyPatch, decision: str, *findings: Finding) -> Simulator:
    """Check the permissions, with these findings of `doctor`."""
    simulator: Any = Simulator(decision)
    target = {"Arn": "cluster", "RoleArn": "role", "EcsParameters": {"TaskDefinitionArn": DEFINITION}}
    schedule = Schedule("smoke-prints", "arn", "rate(1 minute)", "UTC", enabled=True, target=target)
    monkeypatch.setattr(stack_steps, "run_checks", lambda *_: list(findings))
    monkeypatch.setattr(stack_steps, "chosen_schedule", lambda *_: schedule)
    monkeypatch.setattr(Scene, "deployment", None)
    stack_steps.has_permissions(Scene(simulator, GroupNames("shop-smoke-1"), recorder, "alice", lambda _: None))
    return simulator


def test_the_role_may_not_run_the_task_definition_of_a_neighbor(recorder: Recorder, monkeypatch: pytest.MonkeyPatch):
    [request] = permissions(recorder, monkeypatch, "implicitDeny").requests
    assert request["ResourceArns"] == [DEFINITION.replace(FAMILY, f"neighbor-of-{FAMILY}")]
    assert request["ContextEntries"][0]["ContextKeyValues"] == ["cluster"]
    with pytest.raises(
        NotSeenError, match="role may run arn:aws:ecs:eu-west-1:123456789012:task-definition/neighbor-of"
    ):
        permissions(recorder, monkeypatch, "allowed")


def test_a_problem_of_doctor_is_different(recorder: Recorder, monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(NotSeenError, match="may not pass"):
        permissions(recorder, monkeypatch, "implicitDeny", Finding(PROBLEM, STACK, "role may not pass another."))


@pytest.fixture
def pulumi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program in place of the Pulumi CLI. It records its words and variables, and fails if there is a file `fail`."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "pulumi"
    program.write_text(
        "#!/bin/sh\n"
        'echo "$*" >> words\n'
        'echo "$PULUMI_BACKEND_URL $PULUMI_STACK [$PULUMI_CONFIG_PASSPHRASE] $PULUMI_CONFIG_PASSPHRASE_FILE" > variables\n'
        'if [ "$1 $2" = "stack select" ]; then touch state/smoke-1.json; fi\n'
        "if [ -f fail ]; then echo out; echo 'error: no permission' >&2; exit 1; fi\n"
    )
    program.chmod(0o700)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE_FILE", "/secret")
    return tmp_path


def test_the_cli_deploys_with_a_state_of_its_own(pulumi: Path):
    cli = PulumiCli(pulumi, "smoke-1", {"AWS_PROFILE": "dev"})
    cli.up()
    assert cli.unchanged()
    cli.destroy()
    common = "--non-interactive --color never"
    assert (pulumi / "words").read_text().splitlines() == [
        f"stack select --create smoke-1 {common}",
        f"up --yes --skip-preview --suppress-outputs {common}",
        f"preview --refresh --expect-no-changes {common}",
        f"destroy --yes --skip-preview {common}",
    ]
    assert (pulumi / "variables").read_text() == f"{(pulumi / 'state').as_uri()} smoke-1 [] \n"


def test_an_interrupted_cli_finishes_its_calls(pulumi: Path, monkeypatch: pytest.MonkeyPatch):
    """Pulumi cancels an update at SIGINT: it starts no more calls, and waits for the others."""
    (pulumi / "bin" / "pulumi").write_text(
        "#!/bin/sh\n"
        'echo "$1" >> words\n'
        'if [ "$1" != up ]; then exit 0; fi\n'
        "trap 'echo saved >> words; exit 1' INT\n"
        "mkfifo wait; touch began\n"
        "while :; do read line <> wait; done\n"
    )
    told: list[str] = []
    cli = PulumiCli(pulumi, "smoke-1", {}, told.append)

    def interrupt() -> None:
        while not (pulumi / "began").exists():
            os.sched_yield()
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        cli.up()
    thread.join()
    assert (pulumi / "words").read_text().split() == ["stack", "up", "saved"]
    assert told == ["Interrupted. Waiting until Pulumi has finished its calls."]


def test_a_cli_that_does_not_end_is_killed(pulumi: Path, monkeypatch: pytest.MonkeyPatch):
    (pulumi / "bin" / "pulumi").write_text("#!/bin/sh\ntrap '' INT\nmkfifo wait\nread line <> wait\n")
    waits = iter([KeyboardInterrupt(), subprocess.TimeoutExpired("pulumi", 300)])

    def communicate(self: Any, *arguments: Any, **named: Any) -> Any:
        raise next(waits)

    monkeypatch.setattr(subprocess.Popen, "communicate", communicate)
    with pytest.raises(KeyboardInterrupt):
        PulumiCli(pulumi, "smoke-1", {}).up()
    assert list(waits) == []


def test_the_lock_of_a_killed_cli_is_released(pulumi: Path):
    cli = PulumiCli(pulumi, "smoke-1", {})
    cli.up()
    lock = pulumi / "state" / ".pulumi" / "locks" / "organization" / "shop" / "smoke-1" / "1.json"
    lock.parent.mkdir(parents=True)
    lock.touch()
    (pulumi / "words").unlink()
    cli.destroy()
    common = "--non-interactive --color never"
    assert (pulumi / "words").read_text().splitlines() == [
        f"cancel --yes smoke-1 {common}",
        f"destroy --yes --skip-preview {common}",
    ]


@pytest.fixture
def smoked(project: Path, cloud: Cloud) -> Deployed:
    """The stack of a smoke test, without its roles and rules."""
    here = project_at(project)
    end, values = UNTIL + timedelta(days=3650), here.source("test").values
    made = stack_file(here.name, values, region="eu-west-1", stack="s", image=IMAGE, began=BEGAN, until=end)
    config = write_program(here, project / "smoke" / "s", "s", made).load("s")
    return cloud.deploy(config, "scheduled-tasks-s")


@pytest.fixture
def smoking(smoked: Deployed, recorder: Recorder) -> Scene:
    """A deployed smoke test, without its roles and rules."""
    return Scene(Aws(region="eu-west-1"), smoked.names, recorder, "alice", lambda _: None)


def test_what_a_killed_step_left_is_deleted(smoking: Scene, cloud: Cloud, recorder: Recorder):
    iam, ecs, sqs = cloud.client("iam"), cloud.client("ecs"), cloud.client("sqs")
    role = smoking.names.role("scheduler")
    iam.create_role(RoleName=role, AssumeRolePolicyDocument=DENY)
    iam.put_role_policy(RoleName=role, PolicyName="smoke-deny", PolicyDocument=DENY)
    sqs.create_queue(QueueName=smoking.message_queue)
    [run] = ecs.run_task(
        cluster=smoking.names.cluster,
        taskDefinition=smoking.names.family("smoke-prints"),
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": {"subnets": [any_subnet(cloud)], "securityGroups": []}},
    )["tasks"]
    with pytest.raises(NotSeenError, match="Still there: schedule group scheduled-tasks-s, queue "):
        is_deleted(smoking)
    assert recorder.seen == ["destroy"]
    assert iam.list_role_policies(RoleName=role)["PolicyNames"] == []
    [stopped] = ecs.describe_tasks(cluster=smoking.names.cluster, tasks=[run["taskArn"]])["tasks"]
    assert (stopped["lastStatus"], cloud.calls.count("ecs.StopTask")) == ("STOPPED", 1)
    assert [url.rsplit("/", 1)[-1] for url in sqs.list_queues()["QueueUrls"]] == [smoking.names.dead_letter_queue]
    assert ecs.list_task_definitions()["taskDefinitionArns"] == []


def test_the_permissions_of_the_supervised_steps_are_documented(
    smoking: Scene, smoked: Deployed, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
):
    """tests/engine/test_smoke.py checks those of the other steps. moto's Step Functions waits in real time."""
    machine = supervise(smoked, TOO_LONG)
    cloud.calls.clear()
    execution = f"{machine.replace(':stateMachine:', ':execution:')}:{start_too_long(smoking)}"
    ended = {
        "executionArn": execution,
        "stateMachineArn": machine,
        "name": execution.rsplit(":", 1)[1],
        "status": "FAILED",
        "startDate": smoking.began.timestamp(),
        "stopDate": smoking.now().timestamp(),
        "input": '{"schedule": "smoke-too-long", "overrides": {}}',
        "error": "Failed",
        "cause": "Timed out: still running after 1 min.",
    }
    cloud.answer_each("sfn.ListExecutions", lambda _: {"executions": [ended]})
    cloud.answer_each("sfn.DescribeExecution", lambda _: ended)
    assert times_out(smoking) == "Failed: Timed out: still running after 1 min."
    with pytest.raises(NotSeenError, match="Still there: "):
        is_deleted(smoking)
    pairs = (call.removesuffix("Batch").split(".") for call in cloud.calls)
    called = {f"{SERVICES.get(service, service)}:{operation}" for service, operation in pairs}
    assert {"states:StartExecution", "states:DescribeExecution", "states:ListStateMachines"} <= called
    assert called - documented() == set()


def any_subnet(cloud: Cloud) -> str:
    return cloud.client("ec2").describe_subnets()["Subnets"][0]["SubnetId"]


def test_an_interrupted_refusal_leaves_no_policy(smoking: Scene, cloud: Cloud, monkeypatch: pytest.MonkeyPatch):
    iam, role = cloud.client("iam"), smoking.names.role("scheduler")
    iam.create_role(RoleName=role, AssumeRolePolicyDocument=DENY)
    denied: list[str] = []

    def interrupted(_: float) -> None:
        denied.extend(iam.list_role_policies(RoleName=role)["PolicyNames"])
        raise KeyboardInterrupt

    monkeypatch.setattr(waiting, "wait", interrupted)
    with pytest.raises(KeyboardInterrupt):
        is_refused(smoking)
    assert denied == ["smoke-deny"]
    assert iam.list_role_policies(RoleName=role)["PolicyNames"] == []


def test_everything_that_costs_is_named_if_it_is_left(smoking: Scene, cloud: Cloud):
    names = smoking.names
    cloud.client("events").put_rule(Name=names.rule("failed", 0), ScheduleExpression="rate(1 day)")
    cloud.client("cloudwatch").put_metric_alarm(
        AlarmName=f"{names.prefix}-dropped", ComparisonOperator="GreaterThanThreshold", EvaluationPeriods=1
    )
    cloud.client("dynamodb").create_table(
        TableName=names.lease_table,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    with pytest.raises(NotSeenError) as error:
        is_deleted(smoking)
    for left in (f"table {names.lease_table}", f"rule {names.rule('failed', 0)}", f"alarm {names.prefix}-dropped"):
        assert left in str(error.value)


def test_the_error_of_the_cli_is_shown(pulumi: Path):
    (pulumi / "fail").touch()
    cli = PulumiCli(pulumi, "smoke-1", {})
    with pytest.raises(OpsError, match="pulumi stack failed:\nout\n\nerror: no permission"):
        cli.up()
    assert not cli.unchanged()


def test_a_missing_cli_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OpsError, match="The Pulumi CLI isn't on PATH"):
        PulumiCli(tmp_path, "smoke-1", {}).up()


def test_nothing_to_destroy_calls_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    PulumiCli(tmp_path, "smoke-1", {}).destroy()


def test_nothing_is_deployed_or_left_without_a_yes(
    project: Path, cloud: Cloud, ops: Ops, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("XDG_STATE_HOME", str(project / "state"))
    result = ops("smoke", "--stack", "test")
    assert result.exit_code == 1
    assert "costs less than $0.05" in " ".join(result.stderr.split())
    assert "Can't ask for confirmation because stdin isn't a terminal. Pass --yes to deploy." in result.stderr
    assert list(folder_of_tests().iterdir()) == []


def test_clean_without_leftovers(project: Path, ops: Ops, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(project / "state"))
    result = ops("smoke", "--clean")
    assert (result.exit_code, result.stderr) == (0, "Earlier tests left nothing.\n")


@pytest.fixture
def left(project: Path, pulumi: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a test that was killed."""
    monkeypatch.setenv("XDG_STATE_HOME", str(project / "state"))
    here = project_at(project)
    values = here.source("test").values
    made = stack_file(here.name, values, region="eu-west-1", stack="smoke-1", image=IMAGE, began=BEGAN, until=UNTIL)
    folder = write_program(here, folder_of_tests() / "smoke-1", "smoke-1", made).folder
    (folder / "state").mkdir()
    (folder / "state" / "smoke-1.json").touch()
    return folder


def test_clean_deletes_what_an_interrupted_test_left(
    left: Path, pulumi: Path, cloud: Cloud, ops: Ops, monkeypatch: pytest.MonkeyPatch
):
    profiles = left / "profiles"
    profiles.write_text("[profile dev]\naws_access_key_id = x\naws_secret_access_key = x\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(profiles))
    SmokeRecord("123456789012", "eu-west-1", "dev").write(left)
    variables = pulumi / "profile"
    (pulumi / "bin" / "pulumi").write_text(f'#!/bin/sh\necho "$AWS_PROFILE" >> {variables}\n')
    result = ops("smoke", "--clean")
    assert (result.exit_code, result.stdout) == (
        0,
        "scheduled-tasks-smoke-1: Nothing is left. Deregistered revisions of task definitions: 0\n",
    )
    assert variables.read_text().split() == ["dev"]
    assert not left.exists()


def test_clean_deletes_nothing_in_another_account(left: Path, cloud: Cloud, ops: Ops):
    SmokeRecord("210987654321", "eu-west-1").write(left)
    result = ops("smoke", "--clean")
    assert result.exit_code == 1
    assert "smoke-1 is in account 210987654321, and these credentials are of account 123456789012." in result.stderr
    assert left.exists()


def test_clean_names_a_folder_without_a_record(left: Path, cloud: Cloud, ops: Ops):
    result = ops("smoke", "--clean")
    assert result.exit_code == 1
    assert "Delete the resources of smoke-1 by hand" in " ".join(result.stderr.split())
    assert left.exists()


@pytest.fixture
def steps(project: Path, cloud: Cloud, pulumi: Path, monkeypatch: pytest.MonkeyPatch) -> list[Step]:
    """The steps of the command, which runs no others but the deletion."""
    found = [Step("a", "AWS does A.", lambda _: "A was seen")]
    monkeypatch.setenv("XDG_STATE_HOME", str(project / "state"))
    monkeypatch.setattr(smoke_command, "run_steps", lambda scene, watcher: run_steps(scene, watcher, found))
    return found


def test_the_command_shows_what_aws_did(steps: list[Step], ops: Ops):
    result = ops("smoke", "--stack", "test", "--yes")
    assert result.exit_code == 0, result.output
    assert [line.split("  ")[0] for line in result.stdout.splitlines()] == ["STEP", "a", "deletion"]
    assert "A was seen" in result.stdout
    assert "2 steps as assumed, 0 different, 0 not tested." in result.stderr
    assert "in eu-west-1 of account 123456789012" in " ".join(result.stderr.split())
    assert list(folder_of_tests().iterdir()) == []


def test_a_difference_is_a_failure(steps: list[Step], ops: Ops):
    steps.append(Step("b", "AWS does B.", raising(NotSeenError("C was seen."))))
    result = ops("smoke", "--stack", "test", "--yes", "--json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert [(each["step"], each["outcome"]) for each in found] == [
        ("a", AS_ASSUMED),
        ("b", DIFFERENT),
        ("deletion", AS_ASSUMED),
    ]
    assert list(folder_of_tests().iterdir()) == []


def test_a_test_that_leaves_something_can_be_cleaned_up(steps: list[Step], cloud: Cloud, ops: Ops):
    def leave(scene: Scene) -> str:
        cloud.client("logs").create_log_group(logGroupName=scene.names.log_group)
        return ""

    steps.append(Step("b", "AWS does B.", leave))
    result = ops("smoke", "--stack", "test", "--yes")
    assert result.exit_code == 1
    assert "To delete it, run: scheduled-tasks smoke --clean" in result.stderr
    [folder] = folder_of_tests().glob("*/")
    cloud.client("logs").delete_log_group(logGroupName=f"/ecs/scheduled-tasks-{folder.name}")
    assert ops("smoke", "--clean").exit_code == 0
    assert list(folder_of_tests().iterdir()) == []


def test_clean_leaves_the_command_alone_while_it_runs(steps: list[Step], ops: Ops):
    cleaned: list[str] = []

    def clean(_: Scene) -> str:
        cleaned.append(" ".join(ops("smoke", "--clean").stderr.split()))
        return ""

    steps.append(Step("b", "AWS does B.", clean))
    assert ops("smoke", "--stack", "test", "--yes").exit_code == 0
    assert "is still running in eu-west-1 of account 123456789012, since " in cleaned[0]
    assert list(folder_of_tests().iterdir()) == []


@pytest.mark.parametrize("where", range(3))
def test_an_interruption_deletes_the_stack(steps: list[Step], pulumi: Path, ops: Ops, where: int):
    steps[:] = [Step(name, name, lambda scene: str(scene.deployer.up())) for name in "ab"]
    steps.insert(where, Step("interrupted", "", raising(KeyboardInterrupt())))
    result = ops("smoke", "--stack", "test", "--yes")
    assert result.exit_code == 130
    assert list(folder_of_tests().iterdir()) == []
    assert "Something may be left" not in result.stderr


def test_an_emulator_has_no_price_and_gets_a_network(
    steps: list[Step], cloud: Cloud, ops: Ops, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(smoke_command, "connected", nullcontext)
    steps.append(Step("b", "AWS does B.", raising(MissingError("Nothing came."))))
    result = ops("smoke", "--stack", "test", "--endpoint", "http://127.0.0.1:4566")
    assert result.exit_code == 3
    assert "$" not in result.stderr
    assert "1 gap of the emulator" in result.stderr
    assert [found["IsDefault"] for found in cloud.client("ec2").describe_vpcs()["Vpcs"]] == [True]
