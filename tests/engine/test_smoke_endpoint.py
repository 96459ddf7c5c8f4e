"""The command `smoke --endpoint` with the real Pulumi CLI, against moto as it is published."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from typer.testing import CliRunner

from ops import NAME, waiting
from ops.__main__ import app
from ops.errors import LACKING
from ops.smoke.deployer import PulumiCli
from ops.smoke.program import folder_of_tests
from ops.smoke.step import AS_ASSUMED, GAP, NOT_TESTED
from sandbox import pulumi_cli
from sandbox.server import answers

from . import language_host

pytestmark = [pytest.mark.engine, pytest.mark.thorough, pytest.mark.timeout(240)]

ROOT = Path(__file__).parents[2]
STACK = """config:
  aws:region: eu-west-1
  shop:cluster: jobs
  shop:network: { vpc: default }
  shop:tasks: { etl: { image: "etl:1", cpu: 256, memory: 512, schedule: rate(6 hours) } }
"""


@pytest.fixture
def moto(tmp_path: Path) -> Iterator[str]:
    """The endpoint of a moto server in a process of its own, which has none of the sandbox's fixes."""
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        port = chosen.getsockname()[1]
    log = (tmp_path / "moto.log").open("w")
    words = [sys.executable, "-c", "from moto.server import main; main()", "-H", "127.0.0.1", "-p", str(port)]
    with log, subprocess.Popen(words, stdout=log, stderr=log) as process:
        endpoint = f"http://127.0.0.1:{port}"
        try:
            while not answers(endpoint):
                assert process.poll() is None, (tmp_path / "moto.log").read_text()
                os.sched_yield()
            yield endpoint
        finally:
            process.terminate()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose programs Pulumi deploys with the sandbox's provider."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (folder / "Pulumi.dev.yaml").write_text(STACK)
    language_host.write(tmp_path / "bin")
    path = os.pathsep.join([str(tmp_path / "bin"), str(pulumi_cli.find_or_get(print) / "bin"), os.environ["PATH"]])
    monkeypatch.setenv("PATH", path)
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "pulumi"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.chdir(folder)
    return folder


def test_what_an_emulator_lacks_is_its_gap(project: Path, moto: str, monkeypatch: pytest.MonkeyPatch):
    time = [0.0]
    monkeypatch.setattr(waiting, "now", lambda: time[0])
    monkeypatch.setattr(waiting, "wait", lambda _: time.__setitem__(0, time[0] + 400))
    # It takes a third of the time.
    monkeypatch.setattr(PulumiCli, "unchanged", lambda _: False)
    result = CliRunner().invoke(app, ["smoke", "--endpoint", moto, "--json"], prog_name=NAME)
    assert result.exit_code == LACKING, result.output
    outcomes = {each["step"]: each["outcome"] for each in json.loads(result.stdout)}
    assert {step for step, outcome in outcomes.items() if outcome == AS_ASSUMED} >= {"deployment", "deletion"}
    # moto answers RunTask with status 500, and fires no schedules.
    assert {step for step, outcome in outcomes.items() if outcome == GAP} >= {
        "run by hand",
        "second deployment",
        "schedule",
    }
    assert set(outcomes.values()) == {AS_ASSUMED, GAP, NOT_TESTED}
    assert list(folder_of_tests().iterdir()) == []
    connect = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test").client  # pyright: ignore[reportUnknownMemberType]
    ec2 = connect("ec2", region_name="eu-west-1", endpoint_url=moto)
    assert [vpc["IsDefault"] for vpc in ec2.describe_vpcs()["Vpcs"]] == [True]
