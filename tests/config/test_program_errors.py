"""Problems that the components find in AWS are at the keys of the files."""

from pathlib import Path

import pytest

from components.checks.errors import InvalidArgumentsError
from components.problems import Name, Problem
from config import StackConfig, from_file, load
from config.program_errors import problems_in_yaml_spelling

STACK = """\
config:
  catalogue: false
  network:
    subnets: {tags: {tier: db}}
  tasks:
    own:
      image: a:1
      schedule: [rate(1 day)]
      launch: [{provider: on-demand}]
"""


@pytest.fixture
def config(tmp_path: Path) -> StackConfig:
    (tmp_path / "Pulumi.dev.yaml").write_text(STACK)
    return load(from_file("scheduled-tasks", "dev", tmp_path), tmp_path / "config" / "tasks")


@pytest.mark.parametrize(
    ("task", "path", "text"),
    [
        (None, ("network", "subnet_tags"), "Pulumi.dev.yaml:4:5: network.subnets: is wrong"),
        (
            None,
            ("tasks", Name("own"), "capacity_providers", 0),
            "Pulumi.dev.yaml:9:16: tasks.own.launch.0: is wrong",
        ),
        (
            None,
            ("tasks", Name("own"), "schedules", 0, "expression"),
            "Pulumi.dev.yaml:8:18: tasks.own.schedule.0: is wrong",
        ),
        ("own", ("capacity_providers", 0), "Pulumi.dev.yaml:9:16: tasks.own.launch.0: is wrong"),
        ("own", ("image",), "Pulumi.dev.yaml:7:7: tasks.own.image: is wrong"),
    ],
)
def test_problem_has_the_place_of_its_key(
    config: StackConfig, task: str | None, path: tuple[str | int, ...], text: str
):
    with pytest.raises(InvalidArgumentsError) as raised, problems_in_yaml_spelling(config, task):
        raise InvalidArgumentsError("component", [Problem(path, "is wrong")])
    assert [str(problem) for problem in raised.value.problems] == [text]
