"""Bounds of files and values: what is beyond them is a problem, not an endless command, a crash or a traceback."""

import gc
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel

from components import ScheduledTaskArgs
from components.keys.validation import validated
from components.problems import Problem
from components.schedules import ExpressionError, durations, parse
from components.schedules.instants import instant
from config import ConfigError, Source, from_file, load, warnings, yaml_files
from config.shared_tasks import read_shared_tasks
from config.sources import from_engine
from config.unselected import Unselected, unselected
from config.yaml_files import YamlError
from ops import project
from ops.load.launches import demands, due_times
from ops.planning.plans import plans
from tests.config.conftest import Refused


def refusal(tmp_path: Path, text: str | bytes) -> str:
    """The error and the place of a text."""
    path = tmp_path / "a.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(YamlError) as raised:
        yaml_files.document(path)
    return str(raised.value.located("a.yaml"))


@pytest.mark.parametrize(
    ("text", "part"),
    {
        "nesting in flow style": ("[" * 101, "a.yaml:1:101: is nested more than 100 levels"),
        "nesting in block style": ("- " * 101, "a.yaml:1:201: is nested more than 100 levels"),
        "nesting by aliases": ("- &a0 [a]\n" + "\n".join(f"- &a{n} [*a{n - 1}]" for n in range(1, 101)), "100 levels"),
        "nodes": ("[" + "a," * 250_000 + "]", "more than 250,000 keys and values"),
        "nodes by aliases": ("- &a [" + "a," * 999 + "]\n- [" + "*a," * 300 + "]", "more than 250,000 keys and values"),
        "nodes by merging": ("- &a {k: v}\n- {<<: [" + "*a," * 100_000 + "]}", "more than 250,000 keys and values"),
        "a list in itself": ("a: &a [*a]", "an alias contains itself"),
        "an object in itself": ("&a\nb: *a", "an alias contains itself"),
        "an object that merges itself": ("a: &a {<<: *a}", "an alias contains itself"),
        "a list that merges itself": ("a: {<<: &a [*a]}", "an alias contains itself"),
        "directives": ("%YAML 1.1\n" + "%TAG !a! b:\n" * 101 + "---\na", "more than 100 directives"),
        "bytes": (b"#" * (4 * 2**20 + 1), "more than 4 MiB"),
        "UTF-16": ("a: b".encode("utf-16"), "is UTF-16, not UTF-8"),
        "UTF-32": ("a: b".encode("utf-32"), "is UTF-32, not UTF-8"),
        "Latin-1": (b"a: b\nc: \xe9", "a.yaml:2:4: is not UTF-8"),
    }.values(),
)
def test_a_file_beyond_the_bounds(tmp_path: Path, text: str | bytes, part: str):
    assert part in refusal(tmp_path, text)


def test_a_file_within_the_bounds(tmp_path: Path):
    path = tmp_path / "a.yaml"
    path.write_text("\ufeffa: " + "[" * 99 + "]" * 99 + "\nb: [" + "a," * 200_000 + "]")
    assert list(cast("dict[str, object]", yaml_files.read(path))) == ["a", "b"]


@pytest.mark.parametrize("kind", ["folder", "pipe", "device", "loop"])
def test_something_else_than_a_file(tmp_path: Path, kind: str):
    path = tmp_path / "a.yaml"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("/dev/zero" if kind == "device" else "a.yaml")
    with pytest.raises(YamlError, match=r"cannot be read: (it is a|Too many levels)"):
        yaml_files.document(path)


@pytest.mark.parametrize("number", ["9" * 5000, "-" + "9" * 5000, "9" * 400 + ".0"])
def test_a_number_that_no_reader_keeps_is_ambiguous(tmp_path: Path, number: str):
    path = tmp_path / "a.yaml"
    path.write_text(f"count: {number}")
    assert [scalar.kind.noun for scalar in yaml_files.document(path).ambiguous] == ["a number"]


def test_links_to_other_folders_are_not_followed(tmp_path: Path):
    tasks = tmp_path / "config" / "tasks"
    tasks.mkdir(parents=True)
    (tasks / "job.yaml").write_text("{image: a, schedule: rate(1 day)}")
    (tasks / "all").symlink_to("/")
    assert list(load(Source("test", {}, ()), tasks).tasks) == ["job"]


def test_an_unreadable_project_file_is_a_problem(tmp_path: Path):
    (tmp_path / "Pulumi.test.yaml").write_text("config: {}")
    (tmp_path / "Pulumi.yaml").write_text("[" * 200)
    [problem] = from_file("scheduled-tasks", "test", tmp_path).problems
    assert str(problem).startswith("Pulumi.yaml:1:101: is nested")


def test_only_the_first_unknown_keys_have_a_suggestion():
    found = validated(ScheduledTaskArgs, {f"memory{n}": 1 for n in range(50_000)}).problems
    assert len(found) == 21
    assert str(found[-1]) == "has 49,980 more unknown keys."


@pytest.mark.parametrize("key", [None, 1, True, 1.5])
def test_a_key_that_is_not_a_string(key: object):
    [problem] = validated(ScheduledTaskArgs, {key: "a"}).problems
    assert "keys are strings" in str(problem)


@pytest.mark.parametrize("name", ["<aws.scheduler.schedule-time>command", "<list>", "<object>", "<a", "[key]", "", "<"])
def test_a_key_that_looks_like_a_part_of_a_location(name: str):
    [problem] = validated(ScheduledTaskArgs, {name: "a"}).problems
    assert problem.path == (name,)
    assert "unknown key" in problem.message
    [problem] = validated(ScheduledTaskArgs, {"retry": {name: "a"}}).problems
    assert problem.path == ("retry", name)
    for values in (
        {"environment": {name: ["a"]}},
        {"tags": {name: {}}},
        {"ulimits": {name: [1]}},
        {"sidecars": {name: 1}},
    ):
        assert validated(ScheduledTaskArgs, values).problems
        assert validated(ScheduledTaskArgs, values, from_yaml=True).problems


def nested(levels: int) -> object:
    value: object = "a"
    for _ in range(levels):
        value = [value]
    return value


CYCLE: list[Any] = []
CYCLE.append(CYCLE)


@pytest.mark.parametrize(
    ("values", "part"),
    [
        ({"command": nested(100_000)}, "more than 100 levels"),
        ({"command": CYCLE}, "more than 100 levels"),
        ({"command": ["a"] * 250_001}, "more than 250,000"),
        ({"count": 10**5000}, "too many digits"),
        ({"description": "\ud800"}, "surrogate"),
        ({"cpu": "9" * 400 + "m"}, "must be an integer"),
    ],
    ids=["nested", "in itself", "long", "digits", "surrogate", "quantity"],
)
def test_arguments_in_python_beyond_the_bounds(values: dict[str, Any], part: str):
    [problem] = validated(ScheduledTaskArgs, values).problems
    assert part in str(problem)


@pytest.mark.parametrize(
    "text",
    [
        "rate(1000000000000000000000000000000 days)", "rate(3652059 days)", f"rate({'9' * 240} minutes)",
        "at(0000-01-01T00:00:00)", "at(10000-01-01T00:00:00)",
        "cron(0 3 * * ? *\n)", "cron(0\t3 * * ? *)", "cron(0\u00a03 * * ? *)",
    ],
)  # fmt: skip
def test_expressions_beyond_the_calendar(text: str):
    with pytest.raises(ExpressionError):
        parse(text)


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Etc/GMT+12"])
@pytest.mark.parametrize(
    "text",
    [
        # AWS's only bounds for years are those of cron:
        # https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
        "rate(84000 days)", "rate(3652058 days)", "at(1969-12-31T23:59:59)", "at(2200-01-01T00:00:00)",
        "at(0001-01-02T00:00:00)", "at(9999-12-30T23:59:59)",
    ],
)  # fmt: skip
def test_expressions_that_aws_does_not_exclude(tmp_path: Path, text: str, zone: str):
    job = {"image": "a", "timezone": zone, "schedule": text, "flexibleWindow": "24h"}
    config = load(Source("test", {"tasks": {"job": job}}, ()), tmp_path / "none")
    now = datetime(2026, 11, 26, tzinfo=UTC)
    warnings(config, now)
    [plan] = plans("test", config)
    assert plan.next_run(now)
    assert len(due_times(demands("test", config), now)) <= 1


@pytest.mark.parametrize(
    ("text", "zone"),
    [("at(0001-01-01T00:00:00)", "Asia/Tokyo"), ("at(9999-12-31T23:59:59)", "Etc/GMT+12")],
)
def test_a_time_without_a_year_in_utc(refused: Refused, text: str, zone: str):
    [problem] = refused(tasks={"job": {"image": "a", "timezone": zone, "schedule": text}})
    assert problem == f'tasks.job.schedule: "{text}" never runs: its year in UTC is not 1 to 9999.'


def test_the_last_window_of_the_calendar_has_an_end():
    last = datetime(9999, 12, 31, 23, 59, tzinfo=UTC)
    job = {"image": "a", "schedule": "at(9999-12-31T23:59:00)", "flexibleWindow": "24h"}
    [plan] = plans("test", load(Source("test", {"tasks": {"job": job}}, ()), Path("none")))
    assert plan.latest(last) == last


@pytest.mark.parametrize(
    "text",
    [
        "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "1969-12-31T23:59:59Z", "2026-01-01\x0000:00:00Z",
        "2026-01-01Q00:00:00Z", "2026-06-30T23:59:60Z", "9" * 5000,
    ],
)  # fmt: skip
def test_times_beyond_the_calendar(text: str):
    with pytest.raises(ValueError, match=r"is not (a time|in the years)"):
        instant(text)


@pytest.mark.parametrize("shape", ["StartDate", "EndDate"])
def test_aws_names_no_years_for_dates(shape: str):
    """So the bounds of `start` and `end` are those of Python's calendar. AWS: EventBridge Scheduler API reference, CreateSchedule."""
    found = ServiceModel(Loader().load_service_model("scheduler", "service-2")).shape_for(shape)
    assert (found.type_name, found.metadata) == ("timestamp", {})


@pytest.mark.parametrize("text", ["P" + "9" * 5000 + "D", "9" * 5000 + "m", "15m\n", "15m\x00", "1m" * 5000])
def test_durations_with_too_many_digits(text: str):
    with pytest.raises(ValueError, match="is not a duration"):
        durations.seconds(text)


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Etc/GMT+12"])
@pytest.mark.parametrize("key", ["start", "end"])
@pytest.mark.parametrize("time", ["1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_a_schedule_at_the_edges_of_the_calendar(tmp_path: Path, zone: str, key: str, time: str):
    job = {"image": "a", "timezone": zone, key: time, "schedule": ["rate(1 day)", "cron(0 0 * * ? *)"]}
    config = load(Source("test", {"tasks": {"job": job}}, ()), tmp_path / "none")
    assert len(config.tasks["job"].schedules) == 2


def test_too_many_tasks_or_values(refused: Refused):
    small = {f"t{n}": {"image": "a", "schedule": "rate(1 day)"} for n in range(5_001)}
    assert "tasks: has 5,001 tasks. A stack has at most 5,000. Split it into stacks." in refused(tasks=small)
    assert len(refused(tasks={name: {"schedul": 5} for name in small})) == 1, "tasks that are too many are not loaded"
    large = {"job": {"image": "a", "schedule": "rate(1 day)", "command": ["a"] * 20_000}}
    assert refused(tasks=large)[0].startswith("tasks.job: has more than 20,000 keys and values.")


def test_too_many_shared_tasks(tmp_path: Path):
    files = tmp_path / "config" / "tasks"
    files.mkdir(parents=True)
    (files / "all.yaml").write_text("tasks:\n" + "".join(f"  t{n}: {{schedul: a}}\n" for n in range(5_001)))
    shared = read_shared_tasks(files)
    with pytest.raises(ConfigError) as raised:
        load(Source("test", {"tasks": {"t5000": {"memory": 512}}}, ()), shared)
    message = "config/tasks/all.yaml:5002:3: tasks: there are more than 5,000 shared tasks. Remove some."
    assert [str(problem) for problem in raised.value.problems] == [message]
    assert unselected([], shared) == Unselected()


def test_too_many_problems(refused: Refused):
    problems = refused(catalogue=[f"task{n}" for n in range(10_002)])
    assert problems[0].startswith('catalogue.0: there is no shared task "task0"')
    assert (len(problems), problems[-1]) == (10_001, "2 more problems are not shown. Fix these first.")


@pytest.mark.parametrize("enabled", [True, False])
def test_no_garbage_is_collected_while_a_project_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, enabled: bool
):
    (tmp_path / "Pulumi.test.yaml").write_text("config: {a: 1}\n")
    during: list[bool] = []
    monkeypatch.setattr(project, "load", lambda *_: during.append(gc.isenabled()))
    before = gc.isenabled()
    try:
        (gc.enable if enabled else gc.disable)()
        project.Project(tmp_path, "p").load("test")
        assert (during, gc.isenabled()) == ([False], enabled)
    finally:
        (gc.enable if before else gc.disable)()


def test_messages_show_control_characters_and_abridge_values():
    problem = Problem(("tasks", "a\x1b]0;x\x07\n", "b" * 300), '"\x9b\u202e\ud800' + "c" * 10_000 + '" is wrong.')
    text = str(problem)
    assert text.isprintable()
    assert len(text) < 5000
    assert text.endswith('c" is wrong.')


@pytest.mark.parametrize(
    "text", ['["\\ud800"]', "[" * 100_000, "[" * 101 + "]" * 101, "[" + "9" * 5000 + "]", "[1e999]"]
)
def test_json_of_the_engine_beyond_the_bounds(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str):
    from pulumi.runtime import config

    monkeypatch.setattr(config, "get_config_env", lambda: {"p:tags": text})
    monkeypatch.setattr(config, "CONFIG", type("Fake", (), {"get": staticmethod(lambda: {"p:tags": text})}))
    with pytest.raises(ConfigError) as raised:
        load(from_engine("p", "test", tmp_path), tmp_path / "none")
    assert any(problem.path[:1] == ("tags",) for problem in raised.value.problems)
