"""The commands of the pages about other tools create the expected files."""

import re
import shlex
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from ops import NAME
from ops.command_line import app

ROOT = Path(__file__).parents[2]
GUIDES = ROOT / "docs" / "guides"
SAMPLES = ROOT / "tests" / "ops" / "importing" / "samples"
PAGES = {
    "cron": ("jobs", "dump"),
    "kubernetes": ("k8s/job.yaml", "daily-report"),
    "copilot": ("copilot/report/manifest.yml", "report"),
    "ecschedule": ("ecschedule.yaml", "nightly-report"),
}
"""The file before, and the name of the task."""


def sample(name: str) -> tuple[str, str]:
    """The file of the other tool, and the file of its task. Those of cron are on its page."""
    if name == "cron":
        shown = (GUIDES / "coming-from-cron.md").read_text().split("\nBefore", 1)[1]
        before, after, *_ = re.findall(r"```(?:yaml)?\n(.*?)```", shown, re.DOTALL)
        return before, after
    return (SAMPLES / name / "before.yaml").read_text(), (SAMPLES / name / "after.yaml").read_text()


@pytest.mark.parametrize("name", PAGES)
def test_the_command_of_the_page_creates_the_task(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    page = (GUIDES / f"coming-from-{name}.md").read_text()
    source, task = PAGES[name]
    (command,) = re.findall(rf"^{NAME} import .*$", page, re.MULTILINE)
    before, after = sample(name)
    (tmp_path / "config" / "tasks").mkdir(parents=True)
    (tmp_path / "Pulumi.yaml").write_text("name: scheduled-tasks\nruntime: python\n")
    (tmp_path / source).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / source).write_text(before)
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, [*shlex.split(command)[1:], "--leave-out", "all"])
    assert result.exit_code == 0, result.output
    assert yaml.safe_load((tmp_path / "config" / "tasks" / f"{task}.yaml").read_text()) == yaml.safe_load(after)
    if name == "copilot":
        prod = (SAMPLES / name / "Pulumi.prod.yaml").read_text()
        assert (tmp_path / "Pulumi.prod.yaml").read_text() == prod
        assert yaml.safe_load((tmp_path / "Pulumi.test.yaml").read_text()) == {
            "config": {"scheduled-tasks:tasks": {"report": {"secrets": {"TOKEN": "/copilot/shop/test/secrets/token"}}}}
        }
