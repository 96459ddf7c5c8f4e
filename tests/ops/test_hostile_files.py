"""Files that somebody else wrote: `check` in each format, pictures, and commands that run nothing of the project."""

import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from components.problems import Name
from components.text import visible
from config import LocatedProblem, Place
from ops.checking.findings import Checked
from ops.checking.formats import github, sarif, text
from tests.ops.conftest import Ops, ops
from tests.ops.review.conftest import BASE
from tests.ops.review.test_command import git
from torture.markdown.values import FRAGMENTS

__all__ = ["ops"]
ROOT = Path(__file__).parents[2]
ANY = st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=6)), max_size=4).map("".join)


def checked(value: str) -> list[Checked]:
    return [
        Checked(value, errors=[LocatedProblem((Name(value),), f"is wrong: {value}", Place(f"a{value}.yaml", 2, 3))])
    ]


def as_the_runner_reads(line: str) -> tuple[str, dict[str, str], str]:
    """actions/runner: src/Runner.Common/ActionCommand.cs, TryParseV2."""
    line = line.lstrip()
    assert line.startswith("::")
    head, _, data = line[2:].partition("::")
    command, _, properties = head.partition(" ")
    found: dict[str, str] = {}
    for each in properties.split(","):
        name, _, value = each.partition("=")
        found[name] = _decoded(value, "%0D", "%0A", "%3A", "%2C", "%25")
    return command, found, _decoded(data, "%0D", "%0A", "%25")


def _decoded(text: str, *codes: str) -> str:
    for code in codes:
        text = text.replace(code, unquote(code))
    return text


@given(ANY)
def test_a_workflow_command_has_exactly_one_finding(value: str):
    lines = github(checked(value), Path("/none")).split("\n")
    assert len(lines) == 2
    command, properties, data = as_the_runner_reads(lines[0])
    assert (command, list(properties)) == ("error", ["file", "line", "col", "title"])
    assert properties["file"] == visible(f"a{value}.yaml")
    [problem] = checked(value)[0].errors
    assert isinstance(problem, LocatedProblem)
    assert data == visible(problem.text, keep="\n")


@given(ANY)
def test_text_has_no_control_characters(value: str):
    written = text(checked(value), Path("/none"))
    assert written == visible(written, keep="\n")


@given(ANY)
@example("\ud800")
@example("\udcff")
def test_a_sarif_message_has_no_link(value: str):
    """SARIF 2.1.0, 3.11.6: `[text](target)` in a message is a link."""
    [result] = json.loads(sarif(checked(value), Path("/none")))["runs"][0]["results"]
    assert "](" not in result["message"]["text"]
    assert unquote(
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], errors="surrogateescape"
    ).endswith(".yaml")


@pytest.mark.parametrize("command", ["calendar", "load"])
@pytest.mark.skipif(os.name != "posix", reason="other systems have fewer file names")
def test_a_picture_has_only_text(project: Path, ops: Ops, tmp_path: Path, command: str):
    stack = '<script>alert(1)<!-- "\x1b&amp;'.replace("/", "")
    (project / "Pulumi.test.yaml").rename(project / f"Pulumi.{stack}.yaml")
    assert ops(command, "--stack", stack, "--svg", str(tmp_path / "a.svg")).exit_code == 0
    picture = ElementTree.fromstring((tmp_path / "a.svg").read_text())
    assert {element.tag.partition("}")[2] for element in picture.iter()} <= {
        "svg",
        "rect",
        "text",
        "g",
        "title",
        "path",
        "style",
    }
    assert any(visible(stack) in (element.text or "") for element in picture.iter())


LINKS = {
    "stack": ("Pulumi.test.yaml", "../secret.yaml"),
    "absolute": ("Pulumi.other.yaml", "/etc/hostname"),
    "project": ("Pulumi.yaml", "../secret.yaml"),
    "task": ("config/tasks/a.yaml", "../../../secret.yaml"),
    "configuration of Git": ("config/tasks/a.yaml", "../../.git/config"),
    "folder": ("config/tasks", "../.."),
    "folder of folders": ("config", ".."),
    "folder of tasks": ("config/tasks/more", "../../.."),
    "through another link": ("config/tasks/a.yaml", "b"),
}


@pytest.mark.parametrize(("name", "target"), LINKS.values(), ids=LINKS)
@pytest.mark.parametrize("command", [("check",), ("review", "--base", "HEAD")], ids=lambda words: words[0])
def test_a_link_out_of_the_repository_is_not_read(
    project: Path, ops: Ops, command: tuple[str, ...], name: str, target: str
):
    (project.parent / "secret.yaml").write_text("config:\n  cluster: canary\n  canary: canary\n")
    git(project, "init", "-q")
    git(project, "add", "-A")
    git(project, "commit", "-qm", "first")
    file = project / name
    if file.is_dir():
        file.rename(project / "moved")
    file.unlink(missing_ok=True)
    if target == "b":
        (project / "config" / "tasks" / "b").symlink_to(project.parent / "secret.yaml")
    file.symlink_to(target)
    result = ops(*command)
    assert result.exit_code == 1
    assert f"{name}: is a symbolic link that leads out of the repository." in result.output
    assert "canary" not in result.output


def test_a_link_within_the_repository_is_read(project: Path, ops: Ops):
    (project / "shared.yaml").write_text("image: a:1\nschedule: rate(1 day)\n")
    (project / "config" / "tasks" / "a.yaml").symlink_to(Path("..", "..", "shared.yaml"))
    assert "symbolic link" not in ops("check").output


TRACE = """
import os, sys
from pathlib import Path
project = Path(sys.argv.pop(1))
os.chdir(project)
ran = []
def seen(event, arguments):
    if event in ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "socket.connect", "os.fork"):
        ran.append(f"{event} {arguments[1] if event == 'subprocess.Popen' else ''}")
    if event == "import" or (event == "open" and str(arguments[0]).startswith(str(project)) and str(arguments[0]).endswith((".py", ".pth", ".so"))):
        if str(project) in str(arguments):
            ran.append(f"{event} {arguments}")
sys.addaudithook(seen)
from ops.__main__ import app
try:
    app()
except SystemExit as end:
    code = end.code
print("RAN", *ran, sep="\\n", file=sys.stderr)
sys.exit(code)
"""


@pytest.mark.parametrize("command", [("check",), ("check", "--format", "github"), ("review", "--base", "main"), ("review", "--base", "main", "--head", "HEAD")], ids=" ".join)  # fmt: skip
def test_reading_a_project_runs_nothing_of_it(tmp_path: Path, command: tuple[str, ...]):
    """Neither its program, nor a plugin, a hook, a filter, a policy or a module. Only `git` runs, with its own options."""
    project, ran = tmp_path / "jobs", tmp_path / "ran"
    git(tmp_path, "init", "-q", "-b", "main", str(project))
    for source in BASE.rglob("*.yaml"):
        (project / source.relative_to(BASE)).parent.mkdir(parents=True, exist_ok=True)
        (project / source.relative_to(BASE)).write_bytes(source.read_bytes())
    git(project, "add", "-A")
    git(project, "commit", "-qm", "first")
    code = f"import pathlib; pathlib.Path({str(ran)!r}).write_text('x')\n"
    for name in (
        "__main__.py",
        "sitecustomize.py",
        "usercustomize.py",
        "yaml.py",
        "config/__init__.py",
        "config/loader.py",
        "conftest.py",
    ):
        (project / name).parent.mkdir(exist_ok=True)
        (project / name).write_text(code)
    script = f"#!/bin/sh\ntouch {ran}\n"
    for name in ("git", "pulumi", "bin/git", "hooks/post-checkout", "PulumiPlugin.yaml", ".pulumi/plugins/x"):
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(script)
        (project / name).chmod(0o755)
    (project / "Pulumi.yaml").write_text(
        "name: scheduled-tasks\nruntime:\n  name: nodejs\n  options: {binary: ./git, packagemanager: ./git}\n"
        "main: evil/\nbackend: {url: 'file:///tmp/none'}\nplugins:\n  providers: [{name: aws, path: ./bin}]\n"
    )
    (project / ".gitattributes").write_text("* filter=x diff=x\n*.yaml -text\n")
    (project / ".gitmodules").write_text('[submodule "x"]\n\tpath = x\n\turl = ext::touch x\n\tupdate = !touch x\n')
    (project / ".netrc").write_text("machine x login y password canary\n")
    (project / ".env").write_text("PYTHONPATH=.\n")
    (project / "-rf").write_text("")
    git(project, "add", "-A")
    git(project, "commit", "-qm", "second")
    done = subprocess.run(
        [sys.executable, "-P", "-c", TRACE, str(project), *command],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    _, _, log = done.stderr.partition("RAN")
    expected = log.strip().splitlines()
    assert all(line.startswith("subprocess.Popen ['git', '-c', 'safe.bareRepository=explicit'") for line in expected), (
        log
    )
    assert (command[0] == "review") is bool(expected)
    assert not ran.exists()
    assert "canary" not in done.stdout + done.stderr
