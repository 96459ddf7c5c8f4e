"""`new`: what it writes, what it asks, and what it refuses."""

import json
import stat
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from components.aws.fargate import MEMORY_BY_CPU
from ops.creation import questions
from ops.creation.words import EXAMPLES
from tests.ops.conftest import Ops

STACK = """# The stack of tests.
config:
  aws:region: eu-west-1 # Ireland
  scheduled-tasks:cluster: main
  scheduled-tasks:network: { vpc: default }
  scheduled-tasks:catalogue:
    - old # the first
  scheduled-tasks:tasks:
    # Tasks of this stack:
    own: { image: "etl:1", cpu: 256, memory: 512, schedule: rate(6 hours) } # every six hours
"""
OLD = "image: old:1\nschedule: rate(1 day)\ncpu: 256\nmemory: 512\n"
SECRET = "arn:aws:secretsmanager:eu-west-1:111111111111:secret:orders/backup-Dv4x1Q"
GIVEN = ("--image", "backup:1", "--schedule", "every weekday at 9:00", "--stack", "test")


@pytest.fixture(autouse=True)
def _files(project: Path) -> None:
    (project / "Pulumi.test.yaml").write_text(STACK)
    (project / "config" / "tasks" / "old.yaml").write_text(OLD)


def files(project: Path) -> dict[str, str]:
    return {str(path.relative_to(project)): path.read_text() for path in project.rglob("*") if path.is_file()}


def test_the_result_is_json_on_request(project: Path, ops: Ops):
    result = ops("new", "report", *GIVEN, "--yes", "--json")
    found = json.loads(result.stdout)
    assert result.exit_code == 0
    assert len(found.pop("nextRuns")) == 3
    assert found == {
        "task": "report",
        "stack": "test",
        "files": ["config/tasks/report.yaml", "Pulumi.test.yaml"],
        "schedule": "cron(0 9 ? * MON-FRI *)",
        "timezone": "UTC",
    }


def test_the_next_runs_of_an_interval_are_not_known(ops: Ops):
    given = ("--image", "a:1", "--schedule", "every 2 hours", "--stack", "test", "--yes", "--json")
    assert json.loads(ops("new", "report", *given).stdout)["nextRuns"] == []


def test_options_answer_all_questions(project: Path, ops: Ops):
    (project / "Pulumi.test.yaml").chmod(0o640)
    result = ops(
        "new", "report", *GIVEN, "--timezone", "Europe/Berlin", "--cpu", "1 vCPU", "--memory", "4096",
        "--command", 'sh -c "echo hi"', "--secret", f"PASSWORD={SECRET}", "--secret", "TOKEN=/prod/token", "--yes",
    )  # fmt: skip
    assert (result.exit_code, result.stdout) == (0, "Wrote config/tasks/report.yaml and Pulumi.test.yaml.\n")
    assert (project / "config/tasks/report.yaml").read_text() == (
        "schedule: cron(0 9 ? * MON-FRI *)\ntimezone: Europe/Berlin\nimage: backup:1\n"
        'command: [sh, "-c", "echo hi"]\ncpu: 1024\nmemory: 4096\n'
    )
    assert (project / "Pulumi.test.yaml").read_text() == (
        STACK.replace("- old # the first\n", "- old # the first\n    - report\n")
        + f'    report:\n      secrets: {{ PASSWORD: "{SECRET}", TOKEN: "/prod/token" }}\n'
    )
    assert stat.S_IMODE((project / "Pulumi.test.yaml").stat().st_mode) == 0o640
    assert "Schedule: cron(0 9 ? * MON-FRI *), at 09:00 on weekdays (Europe/Berlin)\nNext runs: " in result.stderr
    assert result.stderr.count(" 09:00 CE") == 3
    assert "Stack test: 3 tasks, no problems" in ops("check").stdout


def test_a_stack_that_selects_all_shared_tasks_stays_as_it_is(project: Path, ops: Ops):
    text = STACK.replace("  scheduled-tasks:catalogue:\n    - old # the first\n", "")
    for stack in ("test", "other"):
        (project / f"Pulumi.{stack}.yaml").write_text(text)
    (project / "config" / "schema.json").write_text("{}")
    result = ops("new", "report", *GIVEN, "--yes")
    assert result.stdout == "Wrote config/tasks/report.yaml.\n"
    assert "Pulumi.test.yaml doesn't change, because the stack selects all shared tasks." in result.stderr
    assert "These stacks select all shared tasks, so they run it too: other\n" in result.stderr
    assert (project / "Pulumi.test.yaml").read_text() == text
    first = (project / "config/tasks/report.yaml").read_text().splitlines()[0]
    assert first == "# yaml-language-server: $schema=../schema.json#/$defs/taskFile"


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(questions, "terminal", lambda: True)


@pytest.mark.usefixtures("terminal")
def test_a_question_is_repeated_after_a_wrong_answer(project: Path, ops: Ops):
    answers = [
        "own", "report", "", "busybox:1", "every monday at 9", "every monday at 9:00", "Berlin", "Europe/Berlin",
        "300", "512", "9", "2048", "TOKEN=hunter2", "TOKEN=config:token", "", "y",
    ]  # fmt: skip
    result = ops("new", "--stack", "test", input="\n".join(answers) + "\n")
    assert "hunter2" not in result.stderr.replace("TOKEN=hunter2", "")
    for line in (
        'Stack test has an entry for "own". Choose another name.',
        '"at 9" can mean 9:00 or 21:00.',
        "Did you mean Europe/Berlin?",
        "Fargate has 256, 512, 1024, ",
        "With cpu 512, Fargate has 1024 to 4096 in steps of 1024 MiB.",
        "Never write the secret itself.",
    ):
        assert line in result.stderr
    # The secret isn't set, so check refuses the task.
    assert result.exit_code == 1
    assert "Nothing was written, because the new task would have problems:" in result.stderr
    assert "report" not in (project / "Pulumi.test.yaml").read_text()


@pytest.mark.usefixtures("terminal")
def test_defaults_and_a_refusal_at_the_end(project: Path, ops: Ops):
    before = files(project)
    result = ops("new", "report", "--stack", "test", input="busybox:1\nevery day at 3:30\n\n\n\n\nn\n")
    assert result.exit_code == 1
    assert "Time zone [UTC]" in result.stderr
    assert result.stderr.endswith("Nothing was written.\n")
    assert files(project) == before


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (("report",), 2, "Container image. Pass --image."),
        (("--image", "a"), 2, "Name of the task. Pass the name."),
        (("defaults", *GIVEN), 2, "the name: The file config/tasks/defaults.yaml"),
        (("a__b", *GIVEN), 2, "the name: A name has up to 100 letters"),
        (("old", *GIVEN), 2, 'the name: There is already a task "old": config/tasks/old.yaml.'),
        (("own", *GIVEN), 2, 'Stack test has an entry for "own".'),
        (("report", *GIVEN, "--timezone", "Mars"), 2, '--timezone: "Mars" isn\'t in the IANA database.'),
        (("report", *GIVEN, "--cpu", "many"), 2, "--cpu: Fargate has 256, "),
        (("report", *GIVEN, "--memory", "700"), 2, "--memory: With cpu 256, Fargate has 512, 1024 or 2048 MiB."),
        (("report", *GIVEN, "--command", "a 'b"), 2, "--command: No closing quotation."),
        (("report", *GIVEN, "--secret", "A"), 2, "--secret: Must be VARIABLE=VALUE"),
        (("report", *GIVEN, "--secret", "A=hunter2"), 2, "--secret: A must be the ARN of a secret"),
        (("report", *GIVEN, "--image", "A:b:c"), 1, "config/tasks/report.yaml:3:1: tasks.report.image:"),
        (("report", *GIVEN, "--schedule", "2020-01-01 10:00"), 1, "at(2020-01-01T10:00:00) never runs in UTC"),
        (("report", *GIVEN, "--stack", "prod"), 1, "There is no Pulumi.prod.yaml. Existing stacks: test. Choose one"),
    ],
)
def test_wrong_options_write_nothing(project: Path, ops: Ops, options: tuple[str, ...], code: int, message: str):
    before = files(project)
    stack = () if "--stack" in options else ("--stack", "test")
    result = ops("new", *options, *stack, "--yes")
    assert message in result.stderr
    assert "hunter2" not in result.stderr
    assert (result.exit_code, result.stdout, files(project)) == (code, "", before)


def test_without_a_terminal_and_yes_nothing_is_written(project: Path, ops: Ops):
    before = files(project)
    result = ops("new", "report", *GIVEN)
    assert result.exit_code == 1
    assert result.stderr.endswith("To write without a question, pass --yes.\n")
    assert files(project) == before


def test_a_file_without_a_task_is_not_overwritten(project: Path, ops: Ops):
    (project / "config/tasks/report.yaml").symlink_to("elsewhere.yaml")
    result = ops("new", "report", *GIVEN, "--yes")
    assert result.stderr == "the name: config/tasks/report.yaml exists. Choose another name.\n"
    assert (result.exit_code, result.stdout) == (2, "")


def test_a_list_in_another_file_is_not_changed(project: Path, ops: Ops):
    (project / "Pulumi.yaml").write_text(
        "name: scheduled-tasks\nruntime: python\nconfig: { catalogue: { default: false }, tasks: { default: {} } }\n"
    )
    (project / "Pulumi.test.yaml").write_text(
        STACK.replace("  scheduled-tasks:catalogue:\n    - old # the first\n", "")
    )
    result = ops("new", "report", *GIVEN, "--yes")
    assert "Pulumi.test.yaml can't be changed without its comments: catalogue is set in Pulumi.yaml." in result.stderr
    assert (result.exit_code, (project / "config/tasks/report.yaml").exists()) == (1, False)


def test_a_stack_file_that_cannot_be_written_leaves_no_task(project: Path, ops: Ops, monkeypatch: pytest.MonkeyPatch):
    before = files(project)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    result = ops("new", "report", *GIVEN, "--yes")
    assert (
        result.stderr.splitlines()[-1] == "Can't write Pulumi.test.yaml: No space left on device. Nothing was written."
    )
    assert (result.exit_code, files(project)) == (1, before)


NAMES = st.from_regex(r"[A-Za-z0-9](?:[A-Za-z0-9]|[-_](?!_)){0,20}", fullmatch=True).filter(
    lambda name: name.lower() not in ("old", "own", "defaults")
)
SIZES = st.sampled_from([(cpu, memory) for cpu, sizes in MEMORY_BY_CPU.items() for memory in sizes])
IMAGES = st.from_regex(r"(?:[a-z0-9]{1,8}\.io/)?[a-z0-9]{1,8}(?:/[a-z0-9]{1,8})?(?::[a-z0-9]{1,8})?", fullmatch=True)
VARIABLES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True)
PLACES = st.sampled_from([SECRET, f"{SECRET}:user::", "/prod/a.b-c"])
WORDS = st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=8), max_size=3)
QUOTE = "'"


@pytest.mark.thorough
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(
    NAMES, IMAGES, st.sampled_from(EXAMPLES), st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kathmandu"]), SIZES,
    st.dictionaries(VARIABLES, PLACES, max_size=3), WORDS, st.sampled_from(["list", "true", "false", "absent"]),
)  # fmt: skip
def test_check_accepts_what_new_wrote(
    project: Path, ops: Ops, name: str, image: str, schedule: str, zone: str, size: tuple[int, int],
    secrets: dict[str, str], words: list[str], catalogue: str,
):  # fmt: skip
    selected = {"true": "true", "false": "false", "list": "[old]"}.get(catalogue)
    line = "" if selected is None else f"  scheduled-tasks:catalogue: {selected}\n"
    text = STACK.replace("  scheduled-tasks:catalogue:\n    - old # the first\n", line)
    (project / "Pulumi.test.yaml").write_text(text)
    for file in (project / "config/tasks").iterdir():
        if file.name != "old.yaml":
            file.unlink()
    given_secrets = [word for pair in secrets.items() for word in ("--secret", "=".join(pair))]
    command = " ".join(f"'{word.replace(QUOTE, '')}'" for word in words)
    result = ops(
        "new", name, "--image", image, "--schedule", schedule, "--timezone", zone, "--cpu", str(size[0]), "--memory",
        str(size[1]), *given_secrets, "--command", command, "--stack", "test", "--yes",
    )  # fmt: skip
    assert result.exit_code == 0, result.stderr
    checked = ops("check")
    assert checked.exit_code == 0, checked.stdout
    assert "no problems" in checked.stdout
    written = (project / "Pulumi.test.yaml").read_text()
    kept = [line for line in text.splitlines() if "catalogue" not in line]
    assert [line for line in written.splitlines() if line in kept] == kept
    config = yaml.safe_load(written)["config"]
    assert config["scheduled-tasks:tasks"].get(name, {}).get("secrets", {}) == secrets
