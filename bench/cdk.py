"""Comparison with AWS CDK: resources per task, and tasks per CloudFormation stack.

The figures come from synthesizing stacks with CDK's constructs for scheduled tasks.
"""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from sandbox.pulumi_cli import cache_folder

from .child import in_child
from .figures import Figure, Part
from .workload import write_project

SOURCE = Path(__file__).with_name("cdk_app")
CONSTRUCTS = {
    "ScheduledFargateTask": "aws_ecs_patterns.ScheduledFargateTask",
    "EcsRunFargateTask": "aws_scheduler_targets.EcsRunFargateTask",
}
LIMIT = 500
"""The maximum number of resources in a stack. CDK refuses to synthesize more.

AWS: CloudFormation user guide, quotas.
"""
STEP = 10


class NoCdkError(Exception):
    """CDK is not available. The message has the reason."""


def measure(folder: Path, say: Callable[[str], None], constructs: dict[str, str] = CONSTRUCTS) -> Part:
    """Count the resources of a few tasks, and the maximum number of tasks that CDK synthesizes into one stack."""
    try:
        cdk = Cdk(folder, say)
    except NoCdkError as error:
        return Part([], str(error))
    ours_few, ours_more = (_ours(folder, count) for count in (STEP, 2 * STEP))
    ours_each = (ours_more - ours_few) / STEP
    each: dict[str, float] = {}
    most: dict[str, float] = {}
    for construct, name in constructs.items():
        say(name)
        few, more = (cdk.resources(construct, count) for count in (STEP, 2 * STEP))
        assert few is not None
        assert more is not None
        each[name] = (more - few) / STEP
        most[name] = cdk.most_tasks(construct, round(STEP + (LIMIT - few) / each[name]))
    return Part(
        [
            Figure("resources of a plain task", 0, "resources", ours_each, each),
            # Pulumi has no such limit.
            Figure(f"most tasks within {LIMIT} resources", 0, "tasks", STEP + (LIMIT - ours_few) // ours_each, most),
        ]
    )


def _ours(folder: Path, count: int) -> int:
    project = write_project(folder / f"ours-{count}", count)
    return in_child("program", project, project, "on")["aws"]


class Cdk:
    """CDK in the version of package.json, installed by npm in the user's cache folder."""

    def __init__(self, output: Path, say: Callable[[str], None]):
        """Raises NoCdkError if CDK cannot be installed."""
        self.output = output
        wanted = json.loads((SOURCE / "package.json").read_text(encoding="utf-8"))["dependencies"]["aws-cdk-lib"]
        self.home = cache_folder() / f"cdk-{wanted}"
        if not shutil.which("node") or not shutil.which("npm"):
            raise NoCdkError("Node and npm are not on PATH")
        self.home.mkdir(parents=True, exist_ok=True)
        for file in SOURCE.iterdir():
            shutil.copy(file, self.home)
        # npm skips what is already installed.
        say(f"aws-cdk-lib {wanted} from npm")
        got = self._run("npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--prefer-offline")
        if got.returncode:
            raise NoCdkError(f"npm cannot install aws-cdk-lib: {' '.join(got.stderr.split())[:300]}")

    def resources(self, construct: str, count: int) -> int | None:
        """Count the resources of a number of tasks. Returns None if there are too many for CDK."""
        done = self._run("node", "synthesize.js", construct, str(count), str(self.output / f"{construct}-{count}"))
        if done.returncode:
            if f"greater than allowed maximum of {LIMIT}" in done.stderr:
                return None
            raise RuntimeError(done.stderr)
        return cast("dict[str, Any]", json.loads(done.stdout.splitlines()[-1]))["resources"]

    def most_tasks(self, construct: str, guess: int) -> int:
        """Find the maximum number of tasks in a stack, starting from a guess."""
        count = guess
        while self.resources(construct, count) is None:
            count -= 1
        while self.resources(construct, count + 1) is not None:
            count += 1
        return count

    def _run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, cwd=self.home, capture_output=True, text=True, check=False)
