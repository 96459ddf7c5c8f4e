"""The commands of docs/runbook.md after a killed `pulumi up` and a killed `pulumi destroy`."""

import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.projects import project_copy
from tests import referees

from . import attached, language_host
from .conftest import ROOT
from .killing_gate import Gate, gate

# Each command starts the engine, so this takes longer than other tests on a busy machine.
pytestmark = [pytest.mark.engine, pytest.mark.thorough, pytest.mark.timeout(500)]

PAGE = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
SECTION = PAGE.partition("## Interrupted deployments\n")[2].partition("\n## ")[0]
BLOCKS = [block.splitlines() for block in re.findall(r"```sh\n(.*?)```", SECTION, re.DOTALL)]
STACK = """
config:
  aws:region: eu-west-1
  scheduled-tasks:cluster: { create: true }
  scheduled-tasks:network: { vpc: default }
  scheduled-tasks:catalogue: [nightly-backup]
  scheduled-tasks:monitoring: { outcomes: false, alarms: false }
  scheduled-tasks:tasks:
    nightly-backup: { expectSuccessWithin: null }
"""


class Operator:
    """Runs commands in a checkout, with a backend, a provider and a language host of its own."""

    def __init__(self, folder: Path, between: Gate, provider: dict[str, str]):
        self.project, self.gate, self._provider = project_copy(folder / "project"), between, provider
        (self.project / "Pulumi.prod.yaml").write_text(STACK)
        (folder / "state").mkdir()
        language_host.write(folder / "bin")
        path = [str(folder / "bin"), str(referees.pulumi().parent), os.environ["PATH"]]
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PULUMI_"))},
            "PATH": os.pathsep.join(path),
            "AWS_ENDPOINT_URL": between.endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "eu-west-1",
            "PULUMI_HOME": str(folder / "home"),
            "PULUMI_BACKEND_URL": (folder / "state").as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
        }

    def run(self, command: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Run a command of the page in a shell."""
        environment = {**self._environment, **self._provider}
        return subprocess.run(
            ["sh", "-c", command], cwd=folder or self.project, env=environment, capture_output=True, text=True,
            check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip

    def succeed(self, command: str, folder: Path | None = None) -> str:
        """Run a command, and return its output. Fails if the command fails."""
        done = self.run(command, folder)
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def killed(self, command: str, call: str) -> None:
        """Run a command, and kill it when AWS has carried out a call and has not answered yet."""
        with subprocess.Popen(
            shlex.split(command), cwd=self.project, env=self._environment, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        ) as process:  # fmt: skip
            self.gate.kill_after(call, process.pid)
            output, _ = process.communicate()
            assert process.returncode < 0, output


@pytest.fixture
def patient() -> None:
    referees.patient()


@pytest.fixture
def operator(tmp_path: Path, aws: str, _provided: tuple[str, str]) -> Iterator[Operator]:
    """An operator with the stack `prod`. Only the killed commands start a provider behind the gate."""
    with gate(aws) as between:
        made = Operator(tmp_path, between, {attached.DEBUG_PROVIDERS: f"aws:{_provided[1]}"})
        made.succeed("pulumi stack init prod")
        yield made


@pytest.mark.usefixtures("patient")
def test_the_commands_of_the_page_recover_a_killed_deployment(operator: Operator):
    (cancel, about), (refresh, up), (take, again), (cancel_destroy, destroy) = BLOCKS
    operator.killed("pulumi up --yes --skip-preview --stack prod", "POST /schedules/nightly-backup")

    assert "the stack is currently locked" in operator.run(up).stderr
    status = operator.succeed(f"{language_host.PYTHON} -m ops status --stack prod", ROOT)
    assert "nightly-backup" in status

    operator.succeed(cancel)
    interrupted = re.findall(r"creating +(urn:\S+)", operator.succeed(about))
    [urn] = [urn for urn in interrupted if urn.endswith("::nightly-backup-schedule")]
    assert urn in SECTION
    operator.succeed(refresh)
    assert "Schedule nightly-backup already exists" in operator.run(up).stdout
    operator.succeed(take)
    operator.succeed(again)
    operator.succeed("pulumi preview --stack prod --expect-no-changes")

    operator.killed("pulumi destroy --yes --skip-preview --stack prod", "DELETE /schedules/nightly-backup")
    assert "the stack is currently locked" in operator.run(destroy).stderr
    operator.succeed(cancel_destroy)
    operator.succeed(destroy)
    assert "aws:" not in operator.succeed("pulumi stack export --stack prod")


def test_a_resource_that_does_not_exist_is_not_imported(operator: Operator):
    take = BLOCKS[2][0].partition(" --parent")[0]
    done = operator.run(f"{take} --stack prod --generate-code=false --yes --skip-preview")
    assert done.returncode != 0
    assert "resource 'scheduled-tasks-prod/nightly-backup' does not exist" in done.stdout + done.stderr
