"""Each problem names the file, the line and the column of the key that it is about."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from config import ConfigError, from_file, load, warnings
from config.places import Place, deepest, nowhere

DEFAULTS = """\
timezone: Europe/Berlin
logs:
  retentionDays: 8
"""
SYNC = """\
# Synchronize the CRM.
schedule: rate(1 hour)
image: crm:1
logs: {mode: blocking}
sidecars:
  proxy:
    image: proxy:1
    healthCheck:
      command: [CMD, x]
      interval: 5
retry: {attempts: 186}
"""
SEVERAL = """\
tasks:
  one:
    image: a:1
  two: {image: "a:1", schedule: rate(1 day), flexibleWindow: 90s}
"""
STACK = """\
config:
  aws:region: eu-west-1
  scheduled-tasks:cluster: a b
  network:
    subnets: [subnet-1, x]
  scheduled-tasks:defaults:
    count: 11
  scheduled-tasks:tasks:
    sync:
      retry:
        maxAge: 25h
      launch:
        - provider: FARGATE
        - provider: fargate
    three: null
  scheduled-tasks:catalogue: [sync, one, two, three]
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "config" / "tasks"
    folder.mkdir(parents=True)
    for name, text in (("defaults", DEFAULTS), ("sync", SYNC), ("several", SEVERAL), ("three", "image: a:1\n")):
        (folder / f"{name}.yaml").write_text(text)
    (tmp_path / "Pulumi.dev.yaml").write_text(STACK)
    return tmp_path


def problems(project: Path, stack: str = "dev") -> list[str]:
    with pytest.raises(ConfigError) as raised:
        load(from_file("scheduled-tasks", stack, project), project / "config" / "tasks")
    return [str(problem) for problem in raised.value.problems]


def test_problem_is_where_the_layer_that_wins_sets_the_value(project: Path):
    found = [problem.split(": ")[:2] for problem in problems(project)]
    assert found == [
        ["Pulumi.dev.yaml:3:3", "cluster"],
        ["Pulumi.dev.yaml:5:25", "network.subnets.1"],
        ["Pulumi.dev.yaml:7:5", "tasks.one.count"],
        ["Pulumi.dev.yaml:11:9", "tasks.sync.retry.maxAge"],
        ["Pulumi.dev.yaml:14:11", "tasks.sync.launch.1.provider"],
        ["config/tasks/defaults.yaml:3:3", "tasks.one.logs.retentionDays"],
        ["config/tasks/several.yaml:2:3", "tasks.one.schedule"],
        ["config/tasks/several.yaml:4:46", "tasks.two.flexibleWindow"],
        ["config/tasks/sync.yaml:10:7", "tasks.sync.sidecars.proxy.healthCheck.interval"],
        ["config/tasks/sync.yaml:11:9", "tasks.sync.retry.attempts"],
    ]


def test_problem_of_defaults_is_reported_once(project: Path):
    [defaults] = [problem for problem in problems(project) if problem.startswith("config/tasks/defaults.yaml")]
    assert defaults.endswith("(Also in 2 other tasks.)")
    [count] = [problem for problem in problems(project) if problem.startswith("Pulumi.dev.yaml:7:5")]
    assert count.endswith("(From the stack's defaults.) (Also in 2 other tasks.)")


def test_missing_key_is_where_the_object_is(project: Path):
    (project / "Pulumi.dev.yaml").write_text("config:\n  tasks:\n    own:\n      image: a:1\n  catalogue: false\n")
    assert problems(project)[0].startswith("Pulumi.dev.yaml:3:5: tasks.own.schedule: is missing.")


def test_problem_of_an_alias_is_at_its_anchor(project: Path):
    text = "x-base: &base {image: a:1, count: 11}\nconfig:\n  catalogue: false\n  tasks:\n    own: {<<: *base, schedule: rate(1 day)}\n"
    (project / "Pulumi.dev.yaml").write_text(text)
    (project / "config" / "tasks" / "defaults.yaml").write_text("{}\n")
    assert problems(project) == ["Pulumi.dev.yaml:1:28: tasks.own.count: 11 is not allowed. Use 1 to 10."]


def test_message_names_the_text_in_quotes(project: Path):
    text = "config:\n  catalogue: false\n  tags: {version: 1.10, debug: True}\n  tasks: {a: {image: a, schedule: rate(1 day)}}\n"
    (project / "Pulumi.dev.yaml").write_text(text)
    (project / "config" / "tasks" / "defaults.yaml").write_text("{}\n")
    assert problems(project) == [
        'Pulumi.dev.yaml:3:10: tags.version: must be a string, not a number. Write "1.10".',
        'Pulumi.dev.yaml:3:25: tags.debug: must be a string, not a boolean. Write "True".',
    ]


def test_warning_has_a_place(project: Path):
    text = "config:\n  tasks:\n    a: {image: a, schedule: rate(1 day), timezone: Europe/Berlin}\n  catalogue: false\n"
    (project / "Pulumi.dev.yaml").write_text(text)
    (project / "config" / "tasks" / "defaults.yaml").write_text("{}\n")
    config = load(from_file("scheduled-tasks", "dev", project), project / "config" / "tasks")
    found = {str(problem).split(": ")[0] for problem in warnings(config, datetime(2026, 1, 1, tzinfo=UTC))}
    assert found == {"Pulumi.dev.yaml:3:19", "Pulumi.dev.yaml"}


def test_place_is_printed_as_compilers_print_it():
    assert str(Place("a.yaml", 7, 9)) == "a.yaml:7:9"
    assert str(Place("a.yaml")) == "a.yaml"


def test_layers_without_anything():
    assert deepest([], ("a",)) == (None, 0)
    assert nowhere({"a": [1, {"b": 2}]}).child("a").child(1).child("b") is not None  # pyright: ignore[reportOptionalMemberAccess]
