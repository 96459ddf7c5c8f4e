"""AWS's CDK beside: how many resources a task takes, and how many tasks fit into a stack of CloudFormation, by
synthesis with the constructs that CDK has for scheduled tasks."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from .child import in_child
from .figures import Figure, Part
from .workload import write_project

SOURCE = Path(__file__).with_name("cdk_app")
CONSTRUCTS = {
    "ScheduledFargateTask": "aws_ecs_patterns.ScheduledFargateTask",
    "EcsRunFargateTask": "aws_scheduler_targets.EcsRunFargateTask",
}
LIMIT = 500
"""Resources in a stack (AWS: CloudFormation user guide, quotas; CDK refuses more at synthesis)."""
STEP = 10


class NoCdkError(Exception):
    """CDK cannot be had here; the text says why."""


def measure(folder: Path, say: Callable[[str], None], constructs: dict[str, str] = CONSTRUCTS) -> Part:
    """Resources of a few tasks, and the most tasks that CDK synthesises into one stack."""
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
    """CDK as package.json names it, from npm, in a cache outside of the project."""

    def __init__(self, output: Path, say: Callable[[str], None]):
        """Raises NoCdkError where it cannot be had."""
        self.output = output
        wanted = json.loads((SOURCE / "package.json").read_text(encoding="utf-8"))["dependencies"]["aws-cdk-lib"]
        cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
        self.home = cache / "scheduled-tasks" / f"cdk-{wanted}"
        if not shutil.which("node") or not shutil.which("npm"):
            raise NoCdkError("there is no Node and npm on the PATH")
        self.home.mkdir(parents=True, exist_ok=True)
        for file in SOURCE.iterdir():
            shutil.copy(file, self.home)
        # npm looks at what is there already.
        say(f"aws-cdk-lib {wanted} from npm")
        got = self._run("npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--prefer-offline")
        if got.returncode:
            raise NoCdkError(f"npm does not get aws-cdk-lib: {' '.join(got.stderr.split())[:300]}")

    def resources(self, construct: str, count: int) -> int | None:
        """The resources of so many tasks; None where they are too many for CDK."""
        done = self._run("node", "synthesise.js", construct, str(count), str(self.output / f"{construct}-{count}"))
        if done.returncode:
            if f"greater than allowed maximum of {LIMIT}" in done.stderr:
                return None
            raise RuntimeError(done.stderr)
        return cast("dict[str, Any]", json.loads(done.stdout.splitlines()[-1]))["resources"]

    def most_tasks(self, construct: str, guess: int) -> int:
        """The most tasks that fit into a stack, looked for from a guess on."""
        count = guess
        while self.resources(construct, count) is None:
            count -= 1
        while self.resources(construct, count + 1) is not None:
            count += 1
        return count

    def _run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, cwd=self.home, capture_output=True, text=True, check=False)
