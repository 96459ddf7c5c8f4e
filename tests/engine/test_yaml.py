"""Pulumi's own reader of stack files, against the reader of this project."""

import contextvars
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from pulumi.runtime import config as engine_config

from config import from_engine, from_file, scalars
from config.yaml_files import QUESTION_MARK, document
from sandbox.engine import Sandbox
from tests import referees
from tests.config.test_scalars import DISAGREED, KEPT

pytestmark = pytest.mark.engine

UNREADABLE = [".inf", "-.Inf", ".nan"]
"""Pulumi refuses a file that contains one of these."""
CHANGED: dict[str, object] = {
    "012345670123": 1402433619,
    "0755": 493,
    "0042": 34,
    "2026-12-01": "2026-12-01 00:00:00 +0000 UTC",
    "12e03": 12000,
    "0x1F": 31,
    "0o17": 15,
    "1_000": 1000,
}


def pulumi(folder: Path, *arguments: str) -> str:
    settings = {
        "PULUMI_BACKEND_URL": folder.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }
    command = [str(referees.pulumi()), *arguments, "--non-interactive"]
    ran = subprocess.run(
        command, cwd=folder, env={**os.environ, **settings}, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def of_engine(folder: Path, text: str, project: str = "") -> Any:
    """The values of a stack file's keys, as the engine reads them. `project` is added to Pulumi.yaml."""
    (folder / "Pulumi.yaml").write_text(f"name: test\nruntime: python\n{project}")
    pulumi(folder, "stack", "init", "dev")
    (folder / "Pulumi.dev.yaml").write_text(text)
    found = json.loads(pulumi(folder, "config", "--stack", "dev", "--json"))
    return {key: value.get("objectValue", value["value"]) for key, value in found.items()}


def test_the_engine_reads_each_scalar_that_is_not_refused_as_written(tmp_path: Path):
    every = [*KEPT, *(text for text in DISAGREED if text not in UNREADABLE)]
    lines = "".join(f"    - {json.dumps(text) if text == '-' else text}\n" for text in every)
    (engine,) = of_engine(tmp_path, f"config:\n  test:list:\n{lines}").values()
    own: Any = document(tmp_path / "Pulumi.dev.yaml").value
    read = dict(zip(every, zip(own["config"]["test:list"], engine, strict=True), strict=True))
    for text, (ours, theirs) in read.items():
        if scalars.kind_of(text) is None:
            assert ours == theirs, text
    assert {text: read[text][1] for text in CHANGED} == CHANGED


@pytest.mark.thorough
def test_the_engine_merges_keys_in_the_same_way(tmp_path: Path):
    text = """
x-base: &base {a: 1, c: 2}
config:
  test:before: {<<: *base, c: 3}
  test:after: {c: 3, <<: *base}
  test:list: {<<: [*base, {c: 5, d: 6}]}
"""
    engine = of_engine(tmp_path, text)
    own: Any = document(tmp_path / "Pulumi.dev.yaml").value
    assert engine == own["config"]


DECLARED = """
config:
  object: { type: object, default: { a: 1 } }
  replaced: { type: object, default: { a: 1 } }
  test:named: { default: x }
  constant: { value: 5 }
  plain: true
"""


@pytest.mark.thorough
def test_the_engine_reads_the_project_file_in_the_same_way(tmp_path: Path):
    engine = of_engine(tmp_path, "config:\n  test:replaced: { b: 2 }\n", DECLARED)
    own = from_file("test", "dev", tmp_path)
    assert engine.keys() == {f"test:{key}" for key in own.values}
    assert {key: of_engine_as_source(tmp_path, engine)[key] for key in own.values} == own.values


def of_engine_as_source(folder: Path, engine: dict[str, Any]) -> Any:
    """The values that the program gets."""
    passed = {key: value if isinstance(value, str) else json.dumps(value) for key, value in engine.items()}

    def run() -> Any:
        engine_config.set_all_config(passed, [])
        return from_engine("test", "dev", folder).values

    return contextvars.Context().run(run)


FAULTY = """
config:
  aws:region: eu-west-1
  scheduled-tasks:catalogue: false
  scheduled-tasks:tags: { since: "2026-12-01 00:00:00 +0000 UTC" }
  scheduled-tasks:tasks:
    backup: { image: "backup:1", schedule: rate(1 day), user: 0100, memroy: 512 }
"""


@pytest.mark.thorough
def test_the_program_names_the_places_of_problems_once(box: Sandbox):
    (box.project / "Pulumi.local.yaml").write_text(FAULTY)
    assert box.preview().error.splitlines() == [
        "Configuration of stack local: 2 problems",
        '  - Pulumi.local.yaml:7:63: tasks.backup.user: without quotes, 0100 is a number for some YAML readers and a string for others. Write "0100".',
        '  - Pulumi.local.yaml:7:69: tasks.backup.memroy: unknown key. Did you mean "memory"?',
    ]


@pytest.mark.parametrize(
    "text",
    [
        "{ schedule: cron(0 3 * * ? *) }",
        "[cron(0 3 * * ? *)]",
        "{ url: https://example.com/?a=b }",
        "{ a: { b: [x?] } }",
    ],
)
def test_the_engine_refuses_a_plain_question_mark_in_a_flow_collection(tmp_path: Path, text: str):
    with pytest.raises(AssertionError, match="invalid YAML file"):
        of_engine(tmp_path, f"config:\n  test:it: {text}\n")
    [flaw] = document(tmp_path / "Pulumi.dev.yaml").pulumi_flaws
    assert (flaw.message, flaw.spot.line) == (QUESTION_MARK, 2)


@pytest.mark.parametrize(
    "text", ['{ schedule: "cron(0 3 * * ? *)" }', "['x?']", "x?y", "\n    - cron(0 3 * * ? *)", "|\n    x?"]
)
def test_the_engine_reads_other_question_marks(tmp_path: Path, text: str):
    assert of_engine(tmp_path, f"config:\n  test:it: {text}\n")
    assert document(tmp_path / "Pulumi.dev.yaml").pulumi_flaws == []


def test_the_engine_reads_an_alias_of_a_question_mark_in_a_flow_collection(tmp_path: Path):
    found = of_engine(tmp_path, "x-cron: &cron cron(0 3 * * ? *)\nconfig:\n  test:it: { schedule: *cron }\n")
    assert found == {"test:it": {"schedule": "cron(0 3 * * ? *)"}}
    assert document(tmp_path / "Pulumi.dev.yaml").pulumi_flaws == []


def test_a_question_mark_that_aliases_repeat_is_found_once(tmp_path: Path):
    (tmp_path / "Pulumi.dev.yaml").write_text("x-base: &base { a: x? }\nconfig: { b: *base, c: { <<: *base } }\n")
    assert len(document(tmp_path / "Pulumi.dev.yaml").pulumi_flaws) == 1
