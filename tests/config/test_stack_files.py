"""Nothing in a stack's file is ignored silently, and unquoted scalars in it have one meaning."""

import contextvars
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pulumi.runtime import config as engine_config

from config import ConfigError, Source, StackConfig, from_engine, from_file, load, stacks, warnings
from config.stack_files import misnamed_files
from config.yaml_files import YamlError

TASKS = "  scheduled-tasks:tasks: {a: {image: a, schedule: rate(1 day)}}\n"
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def loaded(source: Source, folder: Path) -> StackConfig:
    return load(source, folder / "config" / "tasks")


def problems(folder: Path, text: str, stack: str = "dev") -> list[str]:
    (folder / f"Pulumi.{stack}.yaml").write_text(text)
    with pytest.raises(ConfigError) as raised:
        loaded(from_file("scheduled-tasks", stack, folder), folder)
    return [str(problem) for problem in raised.value.problems]


def of_engine(folder: Path, values: dict[str, str], stack: str = "dev") -> Source:
    def run() -> Source:
        engine_config.set_all_config(values, [])
        return from_engine("scheduled-tasks", stack, folder)

    return contextvars.Context().run(run)


AMBIGUOUS = [
    ("environment: {ACCT: 012345670123}", "environment.ACCT", 'Write "012345670123".'),
    ("environment: {MODE: 0755}", "environment.MODE", 'Write "0755".'),
    ("environment: {SINCE: 2026-12-01}", "environment.SINCE", 'Write "2026-12-01".'),
    ("environment: {SHA: 12e03}", "environment.SHA", 'Write "12e03".'),
    ("environment: {NO: x}", "environment.NO", 'Write "NO".'),
    ("environment: {ANSWER: yes}", "environment.ANSWER", 'Write "yes".'),
    ("user: 0100", "user", 'Write "0100".'),
    ("command: [at, 12:30]", "command.1", 'Write "12:30".'),
    ("tags: {costCenter: 0042}", "tags.costCenter", 'Write "0042".'),
    ("start: 2026-12-01T00:00:00Z", "start", 'Write "2026-12-01T00:00:00Z".'),
    ("sidecars: {p: {image: 'p', environment: {A: 0x1F}}}", "sidecars.p.environment.A", 'Write "0x1F".'),
    ("schedules: [{expression: rate(1 day), environment: {A: 1_000}}]", "schedules.0.environment.A", 'Write "1_000".'),
    ("cpu: 0512", "cpu", "Write it in decimal digits, such as 512."),
    ("cpu: 1e3", "cpu", "Write it in decimal digits."),
    ("enabled: off", "enabled", "Write false."),
    ("init: on", "init", "Write true."),
    ("environment: {PASSWORD: 0123456}", "environment.PASSWORD", "Put it in quotes. (The value is not shown.)"),
    ("secrets: {A: 0123456}", "secrets.A", "Put it in quotes. (The value is not shown.)"),
]


@pytest.mark.parametrize(("text", "path", "advice"), AMBIGUOUS)
def test_ambiguous_scalar_is_refused_in_a_stack_file(tmp_path: Path, text: str, path: str, advice: str):
    given = f"config:\n  tasks:\n    a:\n      image: a\n      {text}\n" + (
        "" if "schedules" in text else "      schedule: rate(1 day)\n"
    )
    found = problems(tmp_path, given)
    assert found[0].startswith("Pulumi.dev.yaml:5:")
    assert found[0].split(": ")[1] == f"tasks.a.{path}"
    assert found[0].endswith(advice)
    assert len(found) == 1 or "secrets" in text
    assert "0123456" not in found[0] or "0123456701" in text


def test_an_ambiguous_scalar_is_refused_once_for_all_aliases(tmp_path: Path):
    given = (
        "x-variables: &variables {MODE: 0755}\nconfig:\n  tasks:\n    a:\n      image: a\n"
        "      schedule: rate(1 day)\n      environment: *variables\n"
        "      sidecars: {p: {image: p, environment: *variables}}\n"
    )
    assert len(problems(tmp_path, given)) == 1


@pytest.mark.parametrize(("text", "path", "advice"), AMBIGUOUS)
def test_ambiguous_scalar_is_refused_in_a_shared_task(tmp_path: Path, text: str, path: str, advice: str):
    folder = tmp_path / "config" / "tasks"
    folder.mkdir(parents=True)
    (folder / "a.yaml").write_text(f"image: a\n{text}\n" + ("" if "schedules" in text else "schedule: rate(1 day)\n"))
    found = problems(tmp_path, "config: {}\n")
    assert found[0].startswith("config/tasks/a.yaml:2:")
    assert found[0].split(": ")[1] == f"tasks.a.{path}"
    assert found[0].endswith(advice)


def test_value_of_an_unknown_key_is_not_shown(tmp_path: Path):
    """It may be a secret that somebody set without --secret."""
    found = problems(tmp_path, f"config:\n  databaseLogin: 0123456\n{TASKS}")
    assert found[0].startswith("Pulumi.dev.yaml:2:18: databaseLogin: the value is a number for some YAML readers")
    assert "0123456" not in "".join(found)


def test_ambiguous_scalar_is_refused_in_the_program(tmp_path: Path):
    text = "config:\n  tasks:\n    a: {image: a, schedule: rate(1 day), environment: {MODE: 0755}, start: 2026-12-01T00:00:00Z}\n"
    (tmp_path / "Pulumi.dev.yaml").write_text(text)
    # The engine passes these values for this file.
    task = {
        "image": "a",
        "schedule": "rate(1 day)",
        "environment": {"MODE": 493},
        "start": "2026-12-01 00:00:00 +0000 UTC",
    }
    source = of_engine(tmp_path, {"scheduled-tasks:tasks": json.dumps({"a": task})})
    with pytest.raises(ConfigError) as raised:
        loaded(source, tmp_path)
    assert [str(problem).split(": ")[:2] for problem in raised.value.problems] == [
        ["Pulumi.dev.yaml:3:62", "tasks.a.environment.MODE"],
        ["Pulumi.dev.yaml:3:76", "tasks.a.start"],
    ]


def test_quoted_text_that_looks_like_a_time_of_go_is_not_rewritten(tmp_path: Path):
    time = "2026-12-01 00:00:00 +0000 UTC"
    (tmp_path / "Pulumi.dev.yaml").write_text(f'config:\n  tags: {{since: "{time}"}}\n{TASKS}')
    tasks = json.dumps({"a": {"image": "a", "schedule": "rate(1 day)"}})
    values = {"scheduled-tasks:tags": json.dumps({"since": time}), "scheduled-tasks:tasks": tasks}
    assert loaded(of_engine(tmp_path, values), tmp_path).group.tags == {"since": time}
    assert loaded(from_file("scheduled-tasks", "dev", tmp_path), tmp_path).group.tags == {"since": time}


@pytest.mark.parametrize(
    ("written", "given", "accepted"),
    [
        ("42", "42", False),
        ('"42"', "42", True),
        ("1.10", "1.1", False),
        ("true", "true", False),
        ("main", "main", True),
    ],
)
def test_program_and_commands_read_the_same_value(tmp_path: Path, written: str, given: str, accepted: bool):
    (tmp_path / "Pulumi.dev.yaml").write_text(f"config:\n  scheduled-tasks:cluster: {written}\n{TASKS}")
    tasks = json.dumps({"a": {"image": "a", "schedule": "rate(1 day)"}})
    both = (
        from_file("scheduled-tasks", "dev", tmp_path),
        of_engine(tmp_path, {"scheduled-tasks:cluster": given, "scheduled-tasks:tasks": tasks}),
    )
    for source in both:
        if accepted:
            assert loaded(source, tmp_path).group.cluster == given
            continue
        with pytest.raises(ConfigError) as raised:
            loaded(source, tmp_path)
        assert [str(problem)[:29] for problem in raised.value.problems] == ["Pulumi.dev.yaml:2:3: cluster:"]


def test_value_that_something_else_sets_has_no_place(tmp_path: Path):
    """Pulumi ESC or an option of `pulumi up` can set a value. Then the file has another one."""
    (tmp_path / "Pulumi.dev.yaml").write_text(f"config:\n  scheduled-tasks:cluster: main\n{TASKS}")
    tasks = json.dumps({"a": {"image": "a b", "schedule": "rate(1 day)", "count": 11}})
    with pytest.raises(ConfigError) as raised:
        loaded(of_engine(tmp_path, {"scheduled-tasks:cluster": "a b", "scheduled-tasks:tasks": tasks}), tmp_path)
    assert [str(problem).split(": ")[0] for problem in raised.value.problems] == [
        "cluster", "tasks.a.image", "tasks.a.count",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            f"config:\n  scheduled-task:network: {{vpc: default}}\n{TASKS}",
            'Pulumi.dev.yaml:2:3: scheduled-task:network: belongs to another namespace, so it is not read. Did you mean "scheduled-tasks:network"?',
        ),
        (
            f"scheduled-tasks:cluster: main\nconfig:\n{TASKS}",
            "Pulumi.dev.yaml:1:1: scheduled-tasks:cluster: is not read, because it is not under config. Move it there.",
        ),
        (
            f"config:\n{TASKS}cluster: main\n",
            "Pulumi.dev.yaml:3:1: cluster: is not read, because it is not under config. Move it there.",
        ),
        (
            f"configs:\n{TASKS}config:\n{TASKS}",
            'Pulumi.dev.yaml:1:1: configs: is not read. Did you mean "config"?',
        ),
        (
            f"config:\n  cluster: a\n  scheduled-tasks:cluster: b\n{TASKS}",
            "Pulumi.dev.yaml:2:3: cluster: occurs twice: also as scheduled-tasks:cluster. Remove one.",
        ),
        (
            f"config:\n  aws:allowedAccountIds: [012345678901]\n{TASKS}",
            'Pulumi.dev.yaml:2:27: aws:allowedAccountIds.0: without quotes, 012345678901 is a number for some YAML readers and a string for others. Write "012345678901".',
        ),
    ],
)
def test_what_nothing_would_read_is_refused(tmp_path: Path, text: str, message: str):
    assert problems(tmp_path, text) == [message]


def test_file_without_config_is_refused_if_it_has_keys(tmp_path: Path):
    found = problems(tmp_path, "scheduled-tasks:cluster: main\nscheduled-tasks:tasks: {}\n")
    assert [problem.split(": ")[0] for problem in found[-2:]] == ["Pulumi.dev.yaml:1:1", "Pulumi.dev.yaml:2:1"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "  foo:bar: 1\n",
            'Pulumi.dev.yaml:2:3: foo:bar: belongs to the namespace "foo", which this project does not use. Remove it.',
        ),
        (
            "  foo:tags: 1\n",
            'Pulumi.dev.yaml:2:3: foo:tags: belongs to the namespace "foo", which this project does not use. Did you mean "scheduled-tasks:tags"?',
        ),
        (
            "base: &base {}\n",
            "Pulumi.dev.yaml:2:1: base: is not read. Remove it, or let its name start with x- if it holds anchors.",
        ),
    ],
)
def test_what_nothing_reads_is_a_warning(tmp_path: Path, text: str, message: str):
    body = f"config:\n{text}{TASKS}" if text.startswith(" ") else f"config: {{{TASKS.strip()}}}\n{text}"
    (tmp_path / "Pulumi.dev.yaml").write_text(body)
    config = loaded(from_file("scheduled-tasks", "dev", tmp_path), tmp_path)
    assert message in [str(warning) for warning in warnings(config, NOW)]


def test_keys_of_pulumi_and_anchors_are_no_warnings(tmp_path: Path):
    text = f"encryptionsalt: v1:abc\nsecretsprovider: awskms://x\nenvironment: [a]\nx-base: &base {{}}\nconfig:\n  aws:region: x\n  awsx:a: b\n{TASKS}"
    (tmp_path / "Pulumi.dev.yaml").write_text(text)
    assert loaded(from_file("scheduled-tasks", "dev", tmp_path), tmp_path).file_warnings == ()


def test_name_of_a_stack_may_contain_dots(tmp_path: Path):
    for name in ("Pulumi.eu.prod.yaml", "Pulumi.dev.yaml", "Pulumi.yaml"):
        (tmp_path / name).write_text(f"config:\n{TASKS}")
    assert stacks(tmp_path) == ["dev", "eu.prod"]
    assert list(loaded(from_file("scheduled-tasks", "eu.prod", tmp_path), tmp_path).tasks) == ["a"]


@pytest.mark.parametrize("ending", ["yml", "json"])
def test_stack_file_with_another_ending_is_not_read(tmp_path: Path, ending: str):
    (tmp_path / f"Pulumi.eu.dev.{ending}").write_text("{}")
    (tmp_path / "Pulumi.yaml").write_text("name: x")
    [(stack, problem)] = misnamed_files(tmp_path)
    assert stack == "eu.dev"
    assert str(problem).startswith(f"Pulumi.eu.dev.{ending}: is not read, because its name does not end in .yaml.")
    values: dict[str, Any] = {"a": {"image": "a", "schedule": "rate(1 day)"}}
    with pytest.raises(ConfigError, match="is not read, because its name"):
        loaded(of_engine(tmp_path, {"scheduled-tasks:tasks": json.dumps(values)}, "eu.dev"), tmp_path)
    with pytest.raises(YamlError):
        from_file("scheduled-tasks", "eu.dev", tmp_path)


PROJECT = """\
name: scheduled-tasks
config:
  aws:region: {value: eu-west-1}
  cluster: {default: main}
  tags:
    type: object
    default: {team: data}
  scheduled-tasks:notify: {value: {emails: [a@example.com]}}
  network: {type: object}
"""


def test_values_of_the_project_file_are_read_as_pulumi_reads_them(tmp_path: Path):
    """`tests/engine/test_yaml.py` asks Pulumi's CLI for the same values."""
    (tmp_path / "Pulumi.yaml").write_text(PROJECT)
    (tmp_path / "Pulumi.dev.yaml").write_text(f"config:\n  tags: {{env: dev}}\n{TASKS}")
    source = from_file("scheduled-tasks", "dev", tmp_path)
    tasks = {"a": {"image": "a", "schedule": "rate(1 day)"}}
    expected: dict[str, Any] = {
        "cluster": "main", "tags": {"env": "dev"}, "notify": {"emails": ["a@example.com"]}, "tasks": tasks,
    }  # fmt: skip
    assert source.values == expected
    passed = {
        f"scheduled-tasks:{key}": value if isinstance(value, str) else json.dumps(value)
        for key, value in expected.items()
    }
    assert of_engine(tmp_path, passed).values == expected


@pytest.mark.parametrize("team", ["0042", "data, TEAM: x"])
def test_problem_of_the_project_file_is_there(tmp_path: Path, team: str):
    (tmp_path / "Pulumi.yaml").write_text(PROJECT.replace("data", team))
    found = problems(tmp_path, f"config:\n{TASKS}")
    assert [problem.split(": ")[0] for problem in found] == [
        "Pulumi.yaml:7:21" if team == "0042" else "Pulumi.yaml:7:27"
    ]
    tasks = json.dumps({"a": {"image": "a", "schedule": "rate(1 day)"}})
    tags = json.dumps({"team": 34} if team == "0042" else {"team": "data", "TEAM": "x"})
    with pytest.raises(ConfigError) as raised:
        loaded(of_engine(tmp_path, {"scheduled-tasks:tasks": tasks, "scheduled-tasks:tags": tags}), tmp_path)
    assert found[0] in [str(problem) for problem in raised.value.problems]


MARK = "has a question mark, at which Pulumi's reader ends a value within { } or [ ]. Write the value in quotes."


def test_values_that_pulumi_cannot_read_are_named_with_their_place(tmp_path: Path):
    """tests/engine/test_yaml.py asks the engine."""
    text = "config:\n  scheduled-tasks:tasks: { a: { image: a, schedule: cron(0 3 * * ? *) } }\n"
    assert problems(tmp_path, text) == [f"Pulumi.dev.yaml:2:53: tasks.a.schedule: {MARK}"]
    (tmp_path / "Pulumi.yaml").write_text("name: x\nruntime: { name: python? }\n")
    assert f"Pulumi.yaml:2:18: runtime.name: {MARK}" in problems(tmp_path, text)


def test_a_shared_task_that_pulumi_does_not_read_may_have_a_question_mark(tmp_path: Path):
    folder = tmp_path / "config" / "tasks"
    folder.mkdir(parents=True)
    (folder / "a.yaml").write_text("image: a\nschedules: [{ expression: cron(0 3 * * ? *) }]\n")
    (tmp_path / "Pulumi.dev.yaml").write_text(
        "config:\n  scheduled-tasks:cluster: main\n  scheduled-tasks:network: { vpc: default }\n"
    )
    found = loaded(from_file("scheduled-tasks", "dev", tmp_path), tmp_path)
    assert found.tasks["a"].schedules[0].expression == "cron(0 3 * * ? *)"
