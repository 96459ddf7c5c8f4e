"""The smoke test without AWS: its configuration, its order, and the Pulumi CLI."""

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from components.aws.names import GroupNames
from ops import waiting
from ops.aws.schedules import Schedule
from ops.doctor.finding import PROBLEM, STACK, Finding
from ops.errors import OpsError
from ops.project import project_at
from ops.smoke import stack_steps
from ops.smoke.configuration import IMAGE, stack_file
from ops.smoke.deployer import PulumiCli
from ops.smoke.program import folder_of_tests, variables_of_program, write_program
from ops.smoke.report import summary
from ops.smoke.running import run_steps
from ops.smoke.step import AS_ASSUMED, DIFFERENT, NOT_TESTED, NotSeenError, NotTestedError, Result, Scene, Step
from tests.ops.cloud import Cloud
from tests.ops.conftest import Ops

UNTIL = datetime(2026, 11, 27, 12, tzinfo=UTC)


def content(**given: object) -> dict[str, Any]:
    made: Any = stack_file("shop", given, region="eu-west-1", stack="smoke-1", image=IMAGE, until=UNTIL)
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
    assert made["shop:tags"] == {"team": "data", "scheduled-tasks-smoke": "smoke-1"}
    assert set(made["shop:tasks"]) == {"smoke-prints", "smoke-fails", "smoke-too-long", "smoke-refused"}
    ends = {name: task.get("end") for name, task in made["shop:tasks"].items() if task["schedule"] != "none"}
    assert ends == dict.fromkeys(("smoke-prints", "smoke-refused"), "2026-11-27T12:00:00Z")


def test_a_stack_that_creates_a_vpc_is_refused():
    with pytest.raises(OpsError, match="needs a stack with an existing network"):
        content(network={"vpc": {"create": {}}})


def test_the_written_program_is_a_valid_project(project: Path, tmp_path: Path):
    here = project_at(project)
    made = stack_file(here.name, here.source("test").values, region="eu-west-1", stack="s", image=IMAGE, until=UNTIL)
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


def test_clean_deletes_what_an_interrupted_test_left(
    project: Path, cloud: Cloud, pulumi: Path, ops: Ops, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("XDG_STATE_HOME", str(project / "state"))
    here = project_at(project)
    values = here.source("test").values
    made = stack_file(here.name, values, region="eu-west-1", stack="smoke-1", image=IMAGE, until=UNTIL)
    folder = write_program(here, folder_of_tests() / "smoke-1", "smoke-1", made).folder
    (folder / "state").mkdir()
    (folder / "state" / "smoke-1.json").touch()
    result = ops("smoke", "--clean")
    assert (result.exit_code, result.stdout) == (
        0,
        "scheduled-tasks-smoke-1: Nothing is left. Deregistered revisions of task definitions: 0\n",
    )
    assert not folder.exists()
