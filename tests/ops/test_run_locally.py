"""`ops run --local`: the container that the configuration describes, with an engine that writes down what it is told."""

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from ops.aws.secrets import secret_value
from ops.aws.session import Aws
from ops.commands import locally
from ops.errors import OpsError
from ops.runs.local import build_arguments, container_of
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
    """The engines on PATH, and what they were told."""

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

    def told(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.record.read_text().splitlines()] if self.record.exists() else []


@pytest.fixture
def engine(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    (project / "Pulumi.test.yaml").write_text(TASKS)
    monkeypatch.setattr(locally, "ROOT", project)
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return Engine(folder)


def test_the_engine_is_told_what_the_task_definition_says(engine: Engine, ops: Ops, capfd: pytest.CaptureFixture[str]):
    engine.install("docker", code=7)
    result = ops("run", "full", "--local", "--stack", "test")
    assert result.exit_code == 7
    assert capfd.readouterr().out == "from the container\n"
    [told] = engine.told()
    assert told["arguments"] == [
        "run", "--rm",
        "--cpus", "0.5", "--memory", "2048m",
        "--read-only", "--init", "--user", "1000", "--workdir", "/srv", "--stop-timeout", "120",
        "--ulimit", "nofile=4096:4096",
        "--mount", "type=volume,destination=/data,readonly", "--mount", "type=volume,destination=/scratch",
        "--platform", "linux/arm64",
        "--env", "MODE=full", "--env", "TEXT=two\nlines",
        "--entrypoint", "sh", "full:1", "-c", "dump --all",
    ]  # fmt: skip
    assert "not set: PASSWORD, STORED and TOKEN. --secrets reads them from AWS" in result.stderr
    assert "not here: sidecar proxy" in result.stderr
    assert "not here: file system of volume data" in result.stderr


def test_what_is_varied_and_what_is_inherited(engine: Engine, ops: Ops, monkeypatch: pytest.MonkeyPatch):
    engine.install("docker")
    monkeypatch.setenv("TOKEN", "s3cret")
    result = ops(
        "run", "full", "--local", "-s", "test", "-e", "MODE=little", "-e", "TOKEN", "--command", "env", "--cpu", "2048"
    )
    assert result.exit_code == 0
    [told] = engine.told()
    arguments = told["arguments"]
    assert arguments[2:6] == ["--cpus", "2", "--memory", "2048m"]
    assert "MODE=little" in arguments
    assert arguments[arguments.index("TOKEN") - 1] == "--env"
    assert arguments[-3:] == ["full:1", "-c", "env"]
    assert told["environment"]["TOKEN"] == "s3cret"
    assert "not set: PASSWORD and STORED." in result.stderr


def test_secrets_are_read_where_asked_for_and_are_on_no_command_line(
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
    [told] = engine.told()
    assert told["environment"]["TOKEN"] == "canary-1"
    assert told["environment"]["STORED"] == "canary-2\nsecond line"
    assert json.loads(told["environment"]["PASSWORD"])["number"] == 5
    assert {"PASSWORD", "STORED", "TOKEN"} <= set(told["arguments"])
    written = capfd.readouterr()
    assert "canary" not in json.dumps(told["arguments"]) + result.output + written.out + written.err
    assert not [key for key in os.environ if "canary" in os.environ[key]]


def test_a_secret_that_cannot_be_had_is_one_line_without_its_value(engine: Engine, cloud: Cloud, ops: Ops):
    engine.install("docker")
    result = ops("run", "full", "--local", "--stack", "test", "--secrets")
    assert result.exit_code == 125
    assert "GetSecretValue" in result.stderr
    assert engine.told() == []
    arn = cloud.client("secretsmanager").create_secret(Name="text", SecretString="canary")["ARN"]
    with pytest.raises(OpsError, match='is not a JSON object with the key "user"') as error:
        secret_value(Aws(), "PASSWORD", f"{arn}:user::")
    assert "canary" not in str(error.value)
    arn = cloud.client("secretsmanager").create_secret(Name="binary", SecretBinary=b"canary")["ARN"]
    with pytest.raises(OpsError, match="is binary"):
        secret_value(Aws(), "PASSWORD", arn)


def test_podman_is_taken_where_docker_does_not_run(engine: Engine, ops: Ops):
    engine.install("docker", broken=1)
    engine.install("podman", code=3)
    assert ops("run", "plain", "--local", "--stack", "test").exit_code == 3
    assert len(engine.told()) == 1
    assert engine.told()[0]["arguments"] == [
        "run", "--rm", "--cpus", "0.25", "--memory", "512m", "--platform", "linux/amd64", "plain:1",
    ]  # fmt: skip


def test_where_no_engine_runs_it_says_what_is_missing(engine: Engine, ops: Ops):
    result = ops("run", "plain", "--local", "--stack", "test")
    assert result.exit_code == 125
    assert "no container engine runs here: docker is not on PATH; podman is not on PATH." in result.stderr
    engine.install("docker", broken=1)
    assert "docker is there and does not run (no daemon);" in ops("run", "plain", "--local", "-s", "test").stderr


def test_an_image_that_a_deployment_would_build_is_built(engine: Engine, ops: Ops, project: Path):
    engine.install("docker", code=2)
    assert ops("run", "built", "--local", "--stack", "test").exit_code == 2
    build, run = (told["arguments"] for told in engine.told())
    image = "scheduled-tasks-test/built:local"
    assert build == [
        "build", "--tag", image, "--platform", "linux/amd64", "--file", f"{project}/jobs/Dockerfile",
        "--build-arg", "A=1", f"{project}/./jobs/built",
    ]  # fmt: skip
    assert run[-1] == image
    assert "--target" in build_arguments({"context": "/abs", "target": "t"}, "i", "/p", "arm64")
    engine.install("docker", build_code=9)
    result = ops("run", "built", "--local", "--stack", "test")
    assert (result.exit_code, result.stderr.strip()) == (125, "the image was not built: exit code 9.")


def test_a_task_definition_that_is_made_elsewhere_is_read_from_aws(engine: Engine, cloud: Cloud, ops: Ops):
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
    assert engine.told()[0]["arguments"] == [
        "run", "--rm", "--cpus", "1", "--memory", "2048m", "--env", "A=1", "job:1",
    ]  # fmt: skip


def test_a_schedule_s_overrides_are_the_container_s():
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
        (("fulll", "--local"), 125, 'stack test has no task "fulll". Did you mean "full"?'),
        (("full", "--local", "--env", "NOWHERE"), 125, "there is no such variable in your environment"),
        (("full", "--local", "--schedule", "x"), 125, 'full has no schedule "x". There are: full.'),
        (("full", "--local", "--detach"), 2, "does not go with --local"),
        (("full", "--local", "--revision", "3"), 2, "does not go with --local"),
        (("full", "--secrets"), 2, "goes with --local only"),
    ],
)
def test_a_mistake_says_what_is_meant(engine: Engine, ops: Ops, arguments: Any, exit_code: int, words: str):
    engine.install("docker")
    result = ops("run", *arguments, "--stack", "test")
    assert result.exit_code == exit_code
    assert words in " ".join(result.stderr.split())
    assert engine.told() == []


def test_a_stack_that_cannot_be_read_says_why(engine: Engine, ops: Ops):
    result = ops("run", "full", "--local", "--stack", "nope")
    assert result.exit_code == 125
    assert "Pulumi.nope.yaml" in result.stderr
