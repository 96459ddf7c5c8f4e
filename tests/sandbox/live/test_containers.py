"""Runs in containers, with a fake container engine that records its arguments."""

import json
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from sandbox.live.clock import RealClock
from sandbox.live.containers import NO_SECRET, Containers, _Run, secret
from sandbox.live.executors import End, Work

from .world import ACCOUNT, REGION, World, client

SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:db-AbCdEf"
ENGINE = """#!{python} -ES
import json, os, sys
with open({record!r}, "a") as record:
    record.write(json.dumps([sys.argv[1:], os.environ.get("PASSWORD", "")]) + "\\n")
if sys.argv[1] == "create" and {broken}:
    sys.exit("pull access denied\\nmanifest unknown")
if sys.argv[1] == "start" and {unknown}:
    sys.exit("runc: exec: work: not found")
if sys.argv[1] == "logs":
    print("working\\n\\ndone")
if sys.argv[1] == "wait":
    print({code})
if sys.argv[1] == "inspect":
    print("true" if {oom} else "false")
"""


@dataclass
class Watched:
    """An observer that ends the clock of a test."""

    clock: RealClock
    seen: list[Any] = field(default_factory=list[Any])

    def started(self) -> None:
        self.seen.append("started")

    def wrote(self, line: str) -> None:
        self.seen.append(line)

    def ended(self, end: End) -> None:
        self.seen.append(end)
        raise Ended


class Ended(BaseException):
    """The clock of a test ends."""


@dataclass
class Engine:
    path: Path
    record: Path

    def calls(self) -> list[list[Any]]:
        return [json.loads(line) for line in self.record.read_text().splitlines()]


def engine(folder: Path, *, code: int = 0, oom: bool = False, broken: bool = False, unknown: bool = False) -> Engine:
    found = Engine(folder / "docker", folder / "record")
    text = ENGINE.format(
        python=sys.executable, record=str(found.record), code=code, oom=oom, broken=broken, unknown=unknown
    )
    found.path.write_text(text)
    found.path.chmod(0o755)
    return found


def work(**container: Any) -> Work:
    main = {"name": "main", "image": "job:1", "command": ["work"], **container}
    return Work("0123", {"cpu": "512", "memory": "1024", "containerDefinitions": [main]}, {})


def execute(found: Engine, job: Work) -> list[Any]:
    """All that an observer sees of a run."""
    clock = RealClock()
    watched = Watched(clock)
    containers = Containers(clock, client, found.path.parent)
    containers.with_engine(str(found.path), {"PATH": "/usr/bin"}).start(job, watched)
    with pytest.raises(Ended):
        clock.serve(lambda error: watched.seen.append(error))
    return watched.seen


def test_a_run_is_a_container_with_the_settings_of_its_task(tmp_path: Path):
    found = engine(tmp_path)
    assert execute(found, work(environment=[{"name": "MODE", "value": "full"}])) == [
        "started",
        "working",
        "",
        "done",
        End(0),
    ]
    create, *others = (arguments for arguments, _ in found.calls())
    assert create == [
        *("create", "--name", "scheduled-tasks-0123", "--label", f"scheduled-tasks-sandbox={tmp_path}"),
        *("--cpus", "0.5", "--memory", "1024m", "--env", "MODE=full", "job:1", "work"),
    ]
    name = "scheduled-tasks-0123"
    assert others == [
        ["start", name],
        ["logs", "--follow", name],
        ["wait", name],
        ["inspect", "--format", "{{.State.OOMKilled}}", name],
        ["rm", "--force", name],
    ]


@pytest.mark.parametrize(
    ("settings", "end"),
    [
        ({"code": 3}, End(3)),
        ({"code": 137, "oom": True}, End(137, "OutOfMemoryError: Container killed due to memory usage")),
    ],
)
def test_the_exit_code_of_the_container_counts(tmp_path: Path, settings: dict[str, Any], end: End):
    assert execute(engine(tmp_path, **settings), work())[-1] == end


def test_an_image_that_cannot_be_pulled_starts_nothing(tmp_path: Path):
    found = engine(tmp_path, broken=True)
    assert execute(found, work()) == [End(None, "CannotPullContainerError: manifest unknown")]
    assert [arguments[0] for arguments, _ in found.calls()] == ["create", "rm"]


def test_a_command_that_does_not_exist_is_no_success(tmp_path: Path):
    """Podman reports exit code 0 for a container that never started."""
    seen = execute(engine(tmp_path, unknown=True), work())
    assert seen == [End(None, "CannotStartContainerError: runc: exec: work: not found")]


def test_a_run_that_is_stopped_before_its_image_is_there_does_not_start(tmp_path: Path):
    found, clock = engine(tmp_path), RealClock()
    watched = Watched(clock)
    run = _Run(
        Containers(clock, client, tmp_path).with_engine(str(found.path), {}), "x", ["create"], {}, [], watched, 5
    )
    run.stop()
    run.execute()
    with pytest.raises(Ended):
        clock.serve(lambda error: watched.seen.append(error))
    assert watched.seen == [End(None)]
    assert [arguments[0] for arguments, _ in found.calls()] == ["stop", "create", "rm"]


def test_a_missing_engine_is_the_reason_of_a_run(tmp_path: Path):
    clock = RealClock()
    watched = Watched(clock)
    executor = Containers(clock, client, tmp_path).with_engine(str(tmp_path / "gone"), {})
    executor.start(work(), watched)
    with pytest.raises(Ended):
        clock.serve(lambda error: watched.seen.append(error))
    [end] = watched.seen
    assert end.reason.startswith("CannotStartContainerError: ")


def test_secrets_are_read_from_the_emulator_and_are_on_no_command_line(unscheduled: World, tmp_path: Path):
    manager, ssm = client("secretsmanager"), client("ssm")
    arn = manager.create_secret(Name="db", SecretString='{"password": "CANARY-1"}')["ARN"]
    ssm.put_parameter(Name="/shop/token", Value="CANARY-2", Type="SecureString")
    assert secret(client, f"{arn}:password::") == "CANARY-1"
    assert secret(client, arn) == '{"password": "CANARY-1"}'
    assert secret(client, "/shop/token") == "CANARY-2"
    assert secret(client, SECRET) is None
    assert secret(client, f"{arn}:other::") is None

    folder = tmp_path / "engine"
    folder.mkdir()
    found = engine(folder)
    execute(found, work(secrets=[{"name": "PASSWORD", "valueFrom": f"{arn}:password::"}]))
    arguments, given = found.calls()[0]
    assert given == "CANARY-1"
    assert not [word for word in arguments if "CANARY" in word]
    assert "PASSWORD" in arguments

    seen = execute(found, work(secrets=[{"name": "PASSWORD", "valueFrom": SECRET}]))
    assert f'The emulator has no secret {SECRET}, so PASSWORD is "{NO_SECRET}".' in seen


def test_the_end_of_the_sandbox_removes_containers(tmp_path: Path):
    found = engine(tmp_path)
    containers = Containers(RealClock(), client, tmp_path)
    containers.add("scheduled-tasks-0123", containers.with_engine(str(found.path), {}))
    containers.end()
    assert [arguments for arguments, _ in found.calls()] == [["rm", "--force", "scheduled-tasks-0123"]]


def test_an_action_that_fails_does_not_end_the_clock():
    clock = RealClock()
    reported: list[str] = []

    def fail() -> None:
        raise ValueError("first")

    def end() -> None:
        raise Ended

    clock.at(clock.now, fail)
    clock.at(clock.now, end)
    with pytest.raises(Ended):
        clock.serve(lambda error: reported.append(str(error)))
    assert reported == ["first"]
