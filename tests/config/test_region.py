"""A Region that nobody wrote down: refused by the program, and a warning of `check`."""

from pathlib import Path

import pytest

from config import ConfigError, from_file, load, warnings
from config.region import no_region
from tests.config.test_program import program
from tests.config.test_stack_files import NOW

TASK = "p:tasks: { a: { image: a:1, schedule: rate(1 day), cpu: 256, memory: 512 } }"
WARNING = (
    "Pulumi.dev.yaml: aws:region: is not set, so each deployment uses the Region of its own environment, such as "
    "AWS_REGION. To keep the stack in one Region, write aws:region under config, such as aws:region: eu-west-1."
)


def warned(folder: Path, stack: str, project: str = "name: p\n") -> list[str]:
    (folder / "Pulumi.yaml").write_text(project)
    (folder / "Pulumi.dev.yaml").write_text(stack)
    found = warnings(load(from_file("p", "dev", folder), folder / "none"), NOW)
    return [str(warning) for warning in found if "aws:region" in str(warning)]


def test_check_warns_about_a_stack_without_a_region(tmp_path: Path):
    assert warned(tmp_path, f"config: {{ p:cluster: main, {TASK} }}\n") == [WARNING]
    assert warned(tmp_path, f"config: {{ p:cluster: main, aws:region: , {TASK} }}\n") == [WARNING]


@pytest.mark.parametrize(
    ("stack", "project"),
    [
        ("config: { aws:region: eu-west-1, %s }\n", "name: p\n"),
        ("config: { %s }\n", "name: p\nconfig: { aws:region: { value: eu-west-1 } }\n"),
        ("config: { %s }\n", "name: p\nconfig: { aws:region: eu-west-1 }\n"),
        # The environment of Pulumi ESC can set it.
        ("environment: [aws]\nconfig: { %s }\n", "name: p\n"),
    ],
)
def test_a_region_in_a_file_is_enough(tmp_path: Path, stack: str, project: str):
    assert warned(tmp_path, stack % TASK, project) == []


def test_the_program_refuses_to_deploy_without_a_region(monkeypatch: pytest.MonkeyPatch):
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    recorded = program({})
    assert str(recorded.error) == (
        "Configuration of stack unit: 1 problem\n  - Pulumi.unit.yaml: aws:region: is not set, and neither AWS_REGION "
        "nor a profile sets the Region. Write it into the stack's file: pulumi config set aws:region eu-west-1 --stack "
        "unit"
    )
    assert recorded.of_aws == []


@pytest.mark.parametrize("name", ["AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"])
def test_the_environment_can_set_the_region(name: str):
    # Pulumi: pulumi-aws, schema.json, provider: AWS_REGION and AWS_DEFAULT_REGION are the defaults of region.
    assert no_region("dev", {}, {name: "x"}) == ()
    assert no_region("dev", {}, {name: ""}) != ()


@pytest.mark.parametrize("key", ["aws:region", "aws:profile"])
def test_the_configuration_can_set_the_region(key: str):
    assert no_region("dev", {key: "x"}, {}) == ()


def test_a_region_is_reported_together_with_other_problems(tmp_path: Path):
    (tmp_path / "Pulumi.dev.yaml").write_text(f"config: {{ p:clutser: main, {TASK} }}\n")
    with pytest.raises(ConfigError) as refused:
        load(from_file("p", "dev", tmp_path), tmp_path / "none")
    assert len(refused.value.problems) == 1
