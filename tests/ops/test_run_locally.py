"""`scheduled-tasks run --local` with a fake container engine that records its arguments."""

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from components.resolved import Build
from ops.aws.secrets import secret_value
from ops.aws.session import Aws
from ops.errors import OpsError
from ops.runs.local_container import build_arguments, container_of
from tests.ops.cloud import Cloud
from tests.ops.conftest import Ops

SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf"
TASKS = f"""
config:
  aws:region: eu-west-1
  scheduled-tasks:cluster: main
  scheduled-tasks:catalogue: false
  scheduled-tasks:dbPassword: {{ secure: AAABAJvmDt }}
  scheduled-tasks:tasks:
    plain: {{ image: "plain:1", schedule: rate(6 hours), cpu: 256, memory: 512 }}
    full:
      image: full:1
      schedule: rate(6 hours)
      cpu: 512
      memory: 2048
      architecture: arm64
      entryPoint: [sh, -c]
      command: [dump --all]
      environment: {{ MODE: full, TEXT: "two\\nlines" }}
      secrets: {{ PASSWORD: "{SECRET}", TOKEN: "{SECRET}:token::", STORED: {{ config: dbPassword }} }}
      user: "1000"
      workingDirectory: /srv
      init: true
      readOnlyRoot: true
      stopTimeout: 120s
      ulimits: {{ nofile: 4096 }}
      volumes: {{ scratch: {{ path: /scratch }}, data: {{ efs: fs-0123, path: /data, readOnly: true }} }}
      sidecars: {{ proxy: {{ image: "proxy:1" }} }}
    built: {{ image: {{ build: ./jobs/built, dockerfile: jobs/Dockerfile, args: {{ A: "1" }} }}, schedule: rate(6 hours), cpu: 256, memory: 512 }}
    dated: {{ image: "dated:1", schedule: rate(6 hours), command: [dump, <aws.scheduler.scheduled-time>] }}
    elsewhere: {{ taskDefinition: "family:3", container: job, schedule: rate(6 hours) }}
"""
ENGINE = """#!{python} -ES
import json, os, sys
if sys.argv[1:] == ["version"]:
    sys.stderr.write("first line\\nno daemon\\n") if {broken} else None
    sys.exit({broken})
with open({record!r}, "a") as record:
    record.write(json.dumps({{"arguments": sys.argv[1:], "environment": dict(os.environ)}}) + "\\n")
print("from the container")
sys.exit({code} if sys.argv[1] == "run" else {build_code})
"""


class Engine:
    """The engines on PATH and a record of their calls."""

    def __init__(self, folder: Path):
        self.folder, self.record = folder, folder / "record"

    def install(self, name: str, code: int = 0, *, broken: int = 0, build_code: int = 0) -> None:
        script = self.folder / name
        script.write_text(
            ENGINE.format(
                python=sys.executable, record=str(self.record), code=code, broken=broken, build_code=build_code
            )
        )
        script.chmod(0o755)

    def calls(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.record.read_text().splitlines()] if self.record.exists() else []


@pytest.fixture
def engine(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    (project / "Pulumi.test.yaml").write_text(TASKS)
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return Engine(folder)


def test_the_arguments_follow_from_the_task_definition(engine: Engine, ops: Ops, capfd: pytest.CaptureFixture[str]):
    engine.install("docker", code=7)
    result = ops("run", "full", "--local", "--stack", "test")
    assert result.exit_code == 7
    assert capfd.readouterr().out == "from the container\n"
    [call] = engine.calls()
    assert call["arguments"] == [
        "run", "--rm",
        "--cpus", "0.5", "--memory", "2048m",
        "--read-only", "--init", "--user", "1000", "--workdir", "/srv", "--stop-timeout", "120",
        "--ulimit", "nofile=4096:4096",
        "--mount", "type=volume,destination=/data,readonly", "--mount", "type=volume,destination=/scratch",
        "--platform", "linux/arm64",
        "--env", "MODE=full", "--env", "TEXT=two\nlines",
        "--entrypoint", "sh", "full:1", "-c", "dump --all",
    ]  # fmt: skip
    assert "Not set: PASSWORD, STORED and TOKEN. To read them from AWS, pass --secrets." in result.stderr
    assert "Not available locally: sidecar proxy." in result.stderr
    assert "Not available locally: file system of volume data." in result.stderr


def test_keywords_of_scheduler_get_their_values(engine: Engine, ops: Ops):
    engine.install("docker")
    options = ["--time", "2026-11-24T03:00:00Z", "--env", "FOR=<aws.scheduler.scheduled-time>"]
    assert ops("run", "dated", "--local", "--stack", "test", *options).exit_code == 0
    [call] = engine.calls()
    assert call["arguments"][-3:] == ["dated:1", "dump", "2026-11-24T03:00:00Z"]
    assert "FOR=2026-11-24T03:00:00Z" in call["arguments"]


def test_options_change_the_container_and_pass_variables(engine: Engine, ops: Ops, monkeypatch: pytest.MonkeyPatch):
    engine.install("docker")
    monkeypatch.setenv("TOKEN", "s3cret")
    result = ops(
        "run", "full", "--local", "-s", "test", "-e", "MODE=little", "-e", "TOKEN", "--command", "env", "--cpu", "2048"
    )
    assert result.exit_code == 0
    [call] = engine.calls()
    arguments = call["arguments"]
    assert arguments[2:6] == ["--cpus", "2", "--memory", "2048m"]
    assert "MODE=little" in arguments
    assert arguments[arguments.index("TOKEN") - 1] == "--env"
    assert arguments[-3:] == ["full:1", "-c", "env"]
    assert call["environment"]["TOKEN"] == "s3cret"
    assert "Not set: PASSWORD and STORED." in result.stderr


def test_secrets_are_read_on_request_and_never_passed_on_a_command_line(
    engine: Engine, cloud: Cloud, ops: Ops, capfd: pytest.CaptureFixture[str]
):
    engine.install("docker")
    manager = cloud.client("secretsmanager")
    arn = manager.create_secret(Name="db", SecretString='{"token": "canary-1", "number": 5}')["ARN"]
    file = engine.folder.parent / "Pulumi.test.yaml"
    file.write_text(file.read_text().replace(SECRET, arn))
    cloud.client("ssm").put_parameter(
        Name="/ecs/scheduled-tasks-test/full/STORED", Value="canary-2\nsecond line", Type="SecureString"
    )
    result = ops("run", "full", "--local", "--stack", "test", "--secrets")
    assert (result.exit_code, result.exception) == (0, None)
    [call] = engine.calls()
    assert call["environment"]["TOKEN"] == "canary-1"
    assert call["environment"]["STORED"] == "canary-2\nsecond line"
    assert json.loads(call["environment"]["PASSWORD"])["number"] == 5
    assert {"PASSWORD", "STORED", "TOKEN"} <= set(call["arguments"])
    written = capfd.readouterr()
    assert "canary" not in json.dumps(call["arguments"]) + result.output + written.out + written.err
    assert not [key for key in os.environ if "canary" in os.environ[key]]


def test_an_unreadable_secret_prints_one_line_without_its_value(engine: Engine, cloud: Cloud, ops: Ops):
    engine.install("docker")
    result = ops("run", "full", "--local", "--stack", "test", "--secrets")
    assert result.exit_code == 125
    assert "GetSecretValue" in result.stderr
    assert engine.calls() == []
    arn = cloud.client("secretsmanager").create_secret(Name="text", SecretString="canary")["ARN"]
    with pytest.raises(OpsError, match='is not a JSON object with the key "user"') as error:
        secret_value(Aws(), "PASSWORD", f"{arn}:user::")
    assert "canary" not in str(error.value)
    arn = cloud.client("secretsmanager").create_secret(Name="binary", SecretBinary=b"canary")["ARN"]
    with pytest.raises(OpsError, match="is binary"):
        secret_value(Aws(), "PASSWORD", arn)


def test_podman_is_used_if_docker_does_not_run(engine: Engine, ops: Ops):
    engine.install("docker", broken=1)
    engine.install("podman", code=3)
    assert ops("run", "plain", "--local", "--stack", "test").exit_code == 3
    assert len(engine.calls()) == 1
    assert engine.calls()[0]["arguments"] == [
        "run", "--rm", "--cpus", "0.25", "--memory", "512m", "--platform", "linux/amd64", "plain:1",
    ]  # fmt: skip


def test_the_problem_of_each_engine_is_printed_if_none_runs(engine: Engine, ops: Ops):
    result = ops("run", "plain", "--local", "--stack", "test")
    assert result.exit_code == 125
    assert "Found no running container engine: docker isn't on PATH; podman isn't on PATH." in result.stderr
    engine.install("docker", broken=1)
    assert "docker doesn't run (no daemon);" in ops("run", "plain", "--local", "-s", "test").stderr


def test_an_image_is_built_if_a_deployment_would_build_it(engine: Engine, ops: Ops, project: Path):
    engine.install("docker", code=2)
    assert ops("run", "built", "--local", "--stack", "test").exit_code == 2
    build, run = (call["arguments"] for call in engine.calls())
    image = "scheduled-tasks-test/built:local"
    assert build == [
        "build", "--tag", image, "--platform", "linux/amd64", "--file", f"{project}/jobs/Dockerfile",
        "--build-arg", "A=1", f"{project}/./jobs/built",
    ]  # fmt: skip
    assert run[-1] == image
    assert "--target" in build_arguments(
        Build(context="/abs", dockerfile=None, target="t", args=None), "i", "/p", "arm64"
    )
    engine.install("docker", build_code=9)
    result = ops("run", "built", "--local", "--stack", "test")
    assert (result.exit_code, result.stderr.strip()) == (125, "The image build failed with exit code 9.")


def test_an_existing_task_definition_is_read_from_aws(engine: Engine, cloud: Cloud, ops: Ops):
    engine.install("docker")
    for _ in range(3):
        cloud.client("ecs").register_task_definition(
            family="family",
            cpu="1024",
            memory="2048",
            containerDefinitions=[
                {"name": "proxy", "image": "proxy:1", "essential": False},
                {"name": "job", "image": "job:1", "environment": [{"name": "A", "value": "1"}]},
            ],
        )
    assert ops("run", "elsewhere", "--local", "--stack", "test").exit_code == 0
    assert engine.calls()[0]["arguments"] == [
        "run", "--rm", "--cpus", "1", "--memory", "2048m", "--env", "A=1", "job:1",
    ]  # fmt: skip


def test_the_overrides_of_a_schedule_apply_to_the_container():
    definition = {
        "cpu": "256",
        "memory": "512",
        "containerDefinitions": [{"name": "main", "image": "x", "environment": [{"name": "A", "value": "1"}]}],
    }
    overrides = {
        "memory": "1024",
        "containerOverrides": [
            {"name": "main", "command": ["y"], "environment": [{"name": "A", "value": "2"}]},
            {"name": "other", "command": ["z"]},
        ],
    }
    container = container_of(definition, overrides)
    assert container.arguments([]) == ["--cpus", "0.25", "--memory", "1024m", "--env", "A=2", "x", "y"]
    assert container.arguments(["A"]) == ["--cpus", "0.25", "--memory", "1024m", "--env", "A", "x", "y"]


@pytest.mark.parametrize(
    ("arguments", "exit_code", "words"),
    [
        (("fulll", "--local"), 125, 'Stack test has no task "fulll". Did you mean "full"?'),
        (("full", "--local", "--env", "NOWHERE"), 125, "The variable isn't set in your environment."),
        (("full", "--local", "--schedule", "x"), 125, 'full has no schedule "x". Its schedules: full.'),
        (("full", "--local", "--detach"), 2, "Can't be combined with --local"),
        (("full", "--local", "--revision", "3"), 2, "Can't be combined with --local"),
        (("full", "--secrets"), 2, "Requires --local."),
    ],
)
def test_wrong_arguments_are_explained(engine: Engine, ops: Ops, arguments: Any, exit_code: int, words: str):
    engine.install("docker")
    result = ops("run", *arguments, "--stack", "test")
    assert result.exit_code == exit_code
    assert words in " ".join(result.stderr.split())
    assert engine.calls() == []


def test_an_unreadable_stack_is_explained(engine: Engine, ops: Ops):
    result = ops("run", "full", "--local", "--stack", "nope")
    assert result.exit_code == 125
    assert "Pulumi.nope.yaml" in result.stderr
