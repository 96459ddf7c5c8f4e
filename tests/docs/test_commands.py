"""The commands in README.md, docs/ and the examples exist, with all their options."""

import os
import re
import shlex
import subprocess
from functools import cache
from itertools import takewhile
from pathlib import Path

import pytest
from botocore import xform_name
from botocore.session import Session
from packaging.requirements import Requirement
from typer.main import get_command

from components import __version__
from ops import NAME
from ops.command_line import app as ops
from sandbox.__main__ import app as sandbox
from tests import referees

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "examples").glob("*/README.md"))]
VARIABLES = re.compile(r"^(?:[A-Z_]+=\S+ )+")
"""Variables of the environment that a line sets for its command."""
LINES = [
    (page.name, VARIABLES.sub("", line.split(" #")[0].strip()))
    for page in PAGES
    for block in re.findall(r"```sh\n(.*?)```", page.read_text(), re.DOTALL)
    for line in block.splitlines()
    if line.strip()
]
AWS = [(page, line) for page, line in LINES if line.startswith("aws ")]
COMMAND = re.compile(rf"(?:\.venv/bin/)?{NAME} ")
OURS = [(page, line) for page, line in LINES if "python -m " in line or COMMAND.match(line)]
MAKE = [(page, line) for page, line in LINES if line.startswith("make ")]
PULUMI = sorted({line for _, line in LINES if line.startswith("pulumi ")})
PIPX = sorted({line for _, line in LINES if line.startswith("pipx ")})
PIP = sorted({line for _, line in LINES if line.startswith("pip ")})
OTHERS = {"npm install"}
"""Commands of other tools, which no test covers."""
GLOBAL = {"region", "query", "output", "profile", "endpoint-url"}
RENAMED = {"protocol", "notification-endpoint"}
"""Options that the AWS CLI renames."""
TAIL = {"log-stream-name-prefix", "since", "follow", "format"}
"""Options of `aws logs tail`, which only the AWS CLI has."""


def test_pages_have_commands():
    assert len(AWS) > 10
    assert len(OURS) > 5
    assert len(PULUMI) > 5


def test_every_command_is_covered_by_a_test_below():
    tried = {line for _, line in (*AWS, *OURS, *MAKE)} | {*PULUMI, *PIP, *PIPX} | OTHERS
    assert [line for _, line in LINES if line not in tried] == []


@pytest.mark.parametrize(("page", "line"), AWS, ids=[line[:70] for _, line in AWS])
def test_an_aws_command_has_these_options(page: str, line: str):
    service, operation, *rest = shlex.split(re.sub(r"<[^>]*>", "x", line))[1:]
    options = {word[2:] for word in rest if word.startswith("--")} - GLOBAL
    client = Session().create_client(
        service.replace("s3api", "s3"), region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x"
    )
    if (service, operation) == ("logs", "tail"):
        assert options <= TAIL
        return
    if operation == "wait":
        assert rest[0].replace("-", "_") in [xform_name(name) for name in client.waiter_names]
        operation = "describe-tasks"
    method = operation.replace("-", "_")
    assert method in client.meta.method_to_api_mapping
    shape = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[method]).input_shape
    assert shape is not None
    assert options <= {xform_name(member).replace("_", "-") for member in shape.members} | RENAMED


@pytest.mark.parametrize(("page", "line"), OURS, ids=[line[:70] for _, line in OURS])
def test_a_project_command_has_these_options(page: str, line: str):
    words = shlex.split(re.sub(r"<[^>]*>", "x", line))
    given = ["ops", *words[1:]] if COMMAND.match(line) else words[words.index("-m") + 1 :]
    # An option of all commands precedes the command.
    module, name, *rest = [word for word in given if word != "--sandbox"]
    group = get_command({"ops": ops, "sandbox": sandbox}[module])
    command = group.commands[name]  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue]
    while rest and hasattr(command, "commands"):
        command = command.commands[rest.pop(0)]  # a subcommand
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in rest if word.startswith("-")} <= known


@pytest.mark.parametrize(("page", "line"), MAKE, ids=[line[:40] for _, line in MAKE])
def test_a_make_target_exists(page: str, line: str):
    assert re.search(rf"^{line.split()[1]}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


@cache
def help_of_pulumi(*words: str) -> str:
    environment = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    return subprocess.run(
        [referees.pulumi(), *words, "--help"], env=environment, capture_output=True, text=True, check=True
    ).stdout


@pytest.mark.thorough
@pytest.mark.parametrize("line", PULUMI)
def test_a_pulumi_command_has_these_options(line: str):
    words = shlex.split(re.sub(r"<[^>]*>", "x", line))[1:]
    names = list(takewhile(re.compile(r"[a-z][a-z-]*").fullmatch, words))
    told = help_of_pulumi(*names[:2])
    alone = re.search(r"^  pulumi .*\[flags\]$", told, re.MULTILINE)
    assert alone or not re.search(r"^  pulumi .*\[command\]$", told, re.MULTILINE), "it takes another word"
    assert {word.split("=")[0] for word in words if word.startswith("--")} <= set(re.findall(r"--[a-z-]+", told))


@pytest.mark.parametrize("line", PIP)
def test_a_pip_command_installs_this_package(line: str):
    words = shlex.split(re.sub(r"<[^>]*>", "x", line))[1:]
    assert words[0] == "install"
    requirements = (ROOT / "examples/python-shared-stack" / words[-1]).read_text() if words[1] == "-r" else words[1]
    found = Requirement(re.sub(r"<[^>]*>", "x", requirements).strip())
    assert found.name == "pulumi-ecs-scheduled-tasks"
    assert (found.url or "").rsplit("@v")[-1] == f"{__version__}#subdirectory=components"


@pytest.mark.parametrize("line", PIPX)
def test_a_pipx_command_installs_the_command_of_this_version(line: str):
    assert re.sub(r"<[^>]*>", "x", line) == f'pipx install "git+https://github.com/x/x@v{__version__}"'


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_linked_files_exist(page: Path):
    for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text()):
        assert (page.parent / link).exists(), link
