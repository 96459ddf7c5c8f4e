"""`import crontab`: what it writes, what it asks, and what it refuses."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.aws import patterns
from ops.importing.formats import crontab
from ops.importing.model import Answers, Draft, Reading, Source, SourceError
from tests.ops.conftest import Ops
from tests.ops.importing import strategies

ANSWERS = Answers(image="tools:1", timezone="UTC")
GIVEN = ("--image", "tools:1", "--timezone", "Europe/Berlin")


def read(text: str, answers: Answers = ANSWERS) -> Reading:
    return crontab.read([Source("jobs", text)], answers)


def only(text: str, answers: Answers = ANSWERS) -> Draft:
    (draft,) = read(text, answers).drafts
    return draft


def decided(text: str, answers: Answers = ANSWERS) -> dict[str, tuple[str, str]]:
    return {each.key: (each.outcome, each.note) for each in read(text, answers).every}


TEXT = """# Jobs of the shop
SHELL=/bin/bash
MAILTO=""
REGION=eu

# Dump the orders
# to S3
30 4 * * * cd /srv && flock -n /tmp/dump timeout 1h ./dump --all >> /var/log/dump.log 2>&1
#0 9 * * * disabled
*/10 * * * * echo "$REGION" | ./sync
"""


def test_a_crontab_becomes_one_file_per_line(project: Path, ops: Ops):
    (project / "jobs").write_text(TEXT)
    result = ops("import", "crontab", "jobs", *GIVEN)
    assert result.exit_code == 0, result.output
    assert (project / "config/tasks/dump.yaml").read_text() == (
        "# From jobs:8, by scheduled-tasks import crontab.\n"
        "# Changed: >> /var/log/dump.log (line 8) is now logs. Output goes to CloudWatch Logs, not to this file. Change "
        "its readers.\n"
        'schedule: cron(30 4 * * ? *)\ntimezone: Europe/Berlin\ndescription: "Dump the orders to S3"\nimage: tools:1\n'
        'command: ["./dump", "--all"]\nworkingDirectory: "/srv"\noverlap: forbid\ntimeout: "1h"\n'
        "environment: { REGION: eu }\n"
    )
    sync = (project / "config/tasks/sync.yaml").read_text()
    assert 'command: ["/bin/bash", "-c", "echo \\"$REGION\\" | ./sync"]\n' in sync
    assert "timezone: UTC\n" in sync
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["SOURCE", "KEY", "RESULT", "BECOMES", "NOTE"]
    assert "jobs:8" in result.stdout
    assert any(
        re.fullmatch(r"Wrote config/tasks/dump.yaml: the same 36\d runs in 366 days as the source.", line)
        for line in lines
    )
    assert "Wrote config/tasks/sync.yaml: the same 52,704 runs in 366 days as the source." in lines
    assert "jobs: disabled lines weren't imported: 9. To import one, remove its #." in result.stderr
    again = ops("import", "crontab", "jobs", *GIVEN)
    assert again.exit_code == 1
    assert "config/tasks/dump.yaml exists. To replace it, pass --force." in again.stdout
    assert ops("import", "crontab", "jobs", *GIVEN, "--force").exit_code == 0


def test_the_written_tasks_pass_check(project: Path, ops: Ops):
    (project / "jobs").write_text("@daily /bin/report\n")
    (project / "Pulumi.test.yaml").write_text("config:\n  aws:region: eu-west-1\n")
    assert ops("import", "crontab", "jobs", *GIVEN).exit_code == 0
    assert "Stack test: 1 task, no problems" in ops("check").stdout
    assert "00:00 CE" in ops("next", "--stack", "test", "-n", "1").stdout


def test_open_questions_name_their_option_and_nothing_is_written(project: Path, ops: Ops):
    (project / "jobs").write_text("0 3 * * * report\n")
    result = ops("import", "crontab", "jobs")
    assert result.exit_code == 1
    assert "Pass --timezone." in result.stdout
    assert "Pass --image" in result.stdout
    assert "report: not written. The notes say why.\n" in result.stdout
    assert list((project / "config/tasks").iterdir()) == []


def test_a_dry_run_writes_nothing(project: Path, ops: Ops):
    (project / "jobs").write_text("0 3 * * * report\n")
    result = ops("import", "crontab", "jobs", "--dry-run", "--image", "tools:1", "--timezone", "UTC")
    assert (result.exit_code, list((project / "config/tasks").iterdir())) == (0, [])
    assert "Would write config/tasks/report.yaml: the same 366 runs in 366 days as the source.\n" in result.stdout


def test_differences_at_clock_changes_must_be_accepted(project: Path, ops: Ops):
    (project / "jobs").write_text("30 2 * * * report\n")
    refused = ops("import", "crontab", "jobs", *GIVEN)
    assert refused.exit_code == 1
    assert "1 run in the source, no run here (clock change)" in refused.stdout
    assert "To accept this, pass --accept-differences." in refused.stdout
    accepted = ops("import", "crontab", "jobs", *GIVEN, "--accept-differences")
    assert accepted.exit_code == 0, accepted.output
    assert "(clock change)" in (project / "config/tasks/report.yaml").read_text()


def test_a_lost_key_needs_an_acknowledgement(project: Path, ops: Ops):
    (project / "jobs").write_text("MAILTO=ops@example.com\n0 3 * * * report\n")
    assert ops("import", "crontab", "jobs", *GIVEN).exit_code == 1
    assert (project / "config/tasks/report.yaml").exists()
    assert ops("import", "crontab", "jobs", *GIVEN, "--force", "--leave-out", "MAILTO").exit_code == 0
    assert ops("import", "crontab", "jobs", *GIVEN, "--force", "--leave-out", "all").exit_code == 0


def test_json_has_all_decisions(project: Path, ops: Ops):
    (project / "jobs").write_text("MAILTO=ops@example.com\n0 3 * * * report > /dev/null\n")
    result = ops("import", "crontab", "jobs", *GIVEN, "--json")
    data: dict[str, Any] = json.loads(result.stdout)
    assert (result.exit_code, data["undecided"], data["tasks"][0]["written"]) == (1, 1, True)
    assert data["decisions"][0]["key"] == "MAILTO"
    assert [each["key"] for each in data["tasks"][0]["decisions"]] == ["schedule", "command", "> /dev/null"]
    assert data["tasks"][0]["runs"] == 366


def test_a_problem_that_check_finds_blocks_the_task(project: Path, ops: Ops):
    (project / "jobs").write_text(f"0 3 * * * report\n0 3 * * * {'x' * 40} {'y' * 70000}\n")
    result = ops("import", "crontab", "jobs", *GIVEN)
    assert result.exit_code == 1
    assert (project / "config/tasks/report.yaml").exists()
    assert len(list((project / "config/tasks").iterdir())) == 1


def test_usage_errors(project: Path, ops: Ops):
    (project / "jobs").write_text("0 3 * * * report\n")
    for option, value, message in (
        ("--timezone", "Berlin", "Did you mean Europe/Berlin?"),
        ("--columns", "six", "Use user, seconds or none."),
        ("--image", "a b", "Must be an image"),
    ):
        result = ops("import", "crontab", "jobs", option, value)
        assert result.exit_code == 2
        assert message in " ".join(result.stderr.replace("│", "").split())


BAD = {
    "chart": ("{{- if .Values.on }}\n0 3 * * * x\n{{ end }}\n", "chart:1: Not a crontab line: {{- if .Values.on }}."),
    "kubernetes": ("apiVersion: batch/v1\nkind: CronJob\n", "kubernetes:1: Not a crontab line: apiVersion: batch/v1. It looks like a Kubernetes manifest: use import kubernetes."),
    "binary": ("0 3 * * * x\n\0\1", "binary:2: The file is binary."),
    "latin": (b"# caf\xe9\n", "latin:1: The file is not UTF-8 text."),
    "large": (b"#" * 10_000_000, "large: The file has more than 4 MiB."),
    "empty": ("# nothing\n\n", "empty: There is no crontab line in this file."),
    "zone": ("CRON_TZ=Berlin\n0 3 * * * x\n", "zone:1: CRON_TZ: Berlin isn't an IANA time zone. Did you mean Europe/Berlin?"),
    "missing": (None, "missing: The file cannot be read: No such file or directory."),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_has_one_message_with_its_place(project: Path, ops: Ops, name: str):
    content, message = BAD[name]
    if content is not None:
        (project / name).write_bytes(content.encode() if isinstance(content, str) else content)
    result = ops("import", "crontab", name, *GIVEN)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(message)
    assert result.stderr.endswith("Nothing was written.\n")
    assert len(result.stderr.splitlines()) == 1


CONSTRUCTS: dict[str, dict[str, object]] = {
    "0 3 * * * report": {"schedule": "cron(0 3 * * ? *)", "command": ["report"]},
    "CRON_TZ=Asia/Tokyo\n0 3 * * * report": {"timezone": "Asia/Tokyo"},
    "TZ=:Asia/Tokyo\n0 3 * * * report": {"timezone": "Asia/Tokyo"},
    "0 3 * * * root report": {"user": "root", "command": ["report"]},
    "0\t3\t*\t*\t6\troot\tcd /x && report": {"schedule": "cron(0 3 ? * SAT *)", "workingDirectory": "/x"},
    "@daily root report --all": {"user": "root", "command": ["report", "--all"]},
    "@every 90m report": {"schedule": "rate(90 minutes)"},
    "NAME = 'two words'\n@daily ./report": {"environment": {"NAME": "two words"}},
    "RANDOM_DELAY=20\n0 3 * * * ./report": {"flexibleWindow": "20m"},
    "0 3 * * * report $(date +\\%F)": {"command": ["sh", "-c", "report $(date +%F)"]},
    "0 3 * * * A=1 ./report": {"environment": {"A": "1"}},
    "0 0 1 * 1 ./report": {"schedules": [
        {"name": "by-day", "expression": "cron(0 0 1 * ? *)"}, {"name": "by-weekday", "expression": "cron(0 0 ? * MON *)"},
    ]},
}  # fmt: skip


@pytest.mark.parametrize("text", CONSTRUCTS)
def test_constructs(text: str):
    keys = only(text, Answers(image="a:1", timezone="UTC", columns="" if "root" in text else "none")).keys
    assert keys | CONSTRUCTS[text] == keys


def test_variables_apply_to_the_lines_below():
    first, second = read("0 3 * * * ./one\nA=1\n0 4 * * * ./two\n").drafts
    assert ("environment" in first.keys, second.keys["environment"]) == (False, {"A": "1"})


REFUSED = {
    "@reboot ./report": ("schedule", "not possible", "there is no server"),
    "@every 10s ./report": ("schedule", "not possible", "AWS's shortest unit is a minute"),
    "0 0 0 * * ./report": ("schedule", "not possible", "use 1 to 31"),
    "0 3 * * * ./report%input": ("%", "not possible", "starts the input"),
    "0 3 * * * report": ("columns", "taken", ""),
    "0 3 * * * somebody report": ("columns", "undecided", "Pass --columns user"),
    "0 */5 * * * * ./report": ("columns", "undecided", "--columns seconds"),
    "BASH_ENV=/env\n0 3 * * * ./report": ("BASH_ENV", "not possible", "Put its content into the image."),
    "0 3 * * * flock /lock ./report": ("flock", "changed", "one run waits"),
}


@pytest.mark.parametrize("text", [text for text in REFUSED if REFUSED[text][1] != "taken"])
def test_what_a_task_cannot_have_is_reported(text: str):
    key, outcome, note = REFUSED[text]
    found = decided(text)[key]
    assert (found[0], note in found[1]) == (outcome, True)


@pytest.mark.parametrize(
    ("text", "columns", "keys"),
    [
        ("0 3 * * * somebody report", "user", {"user": "somebody", "command": ["report"]}),
        ("0 3 * * * somebody report", "none", {"command": ["somebody", "report"]}),
        ("0 30 2 * * * report", "seconds", {"schedule": "cron(30 2 * * ? *)", "command": ["report"]}),
    ],
)
def test_the_user_says_which_columns_there_are(text: str, columns: str, keys: dict[str, object]):
    found = only(text, Answers(image="a:1", timezone="UTC", columns=columns))
    assert not found.blocked
    assert found.keys | keys == found.keys


def test_seconds_are_refused():
    draft = only("15 30 2 * * * report", Answers(image="a:1", timezone="UTC", columns="seconds"))
    assert draft.blocked
    assert "The seconds are 15." in draft.decisions[0].note


_name = st.from_regex(r"[A-Z][A-Z0-9]{2,6}", fullmatch=True)
_variable = st.builds("{}={}".format, _name, st.from_regex(r"[a-z$]{0,8}", fullmatch=True))
_job = st.builds(
    "{} ./{}".format, strategies.five_fields, st.from_regex(r"[a-z]{1,5}( -[a-z])?( > /tmp/x| 2>&1)?", fullmatch=True)
)


@given(st.lists(_variable | _job | st.just("# comment") | st.just(""), min_size=1, max_size=8))
def test_every_line_has_a_decision(lines: list[str]):
    """Each variable and each job of a random crontab, counted here without the reader."""
    text = "\n".join(lines)
    numbers = {number for number, line in enumerate(lines, 1) if line and not line.startswith("#")}
    if not numbers:
        with pytest.raises(SourceError):
            read(text)
        return
    found = read(text)
    assert {each.line for each in found.every} == numbers
    assert found.uncounted == 0
    jobs = [line for line in lines if line.startswith(tuple("0123456789*"))]
    assert len(found.drafts) == len(jobs)
    for draft, job in zip(found.drafts, jobs, strict=True):
        keys = {each.key for each in draft.decisions}
        assert {"schedule", "command"} <= keys
        redirections = [part for part in ("> /tmp/x", "2>&1") if part in job]
        assert keys >= set(redirections)


def test_a_lock_of_several_jobs_keeps_them_apart():
    found = read(
        "0 1 * * * flock -n /tmp/a ./one\n0 2 * * * flock -n /tmp/a ./two\n0 3 * * * flock -n /tmp/b ./three\n"
    )
    locks = {draft.name: (draft.keys["overlap"], draft.keys.get("lock")) for draft in found.drafts}
    assert locks == {"one": ("forbid", "a"), "two": ("forbid", "a"), "three": ("forbid", None)}
    notes = [each.note for draft in found.drafts for each in draft.decisions if each.to == "lock"]
    assert notes[0].startswith("flock also keeps it apart from two. Here, a run waits")


@pytest.mark.parametrize(
    ("file", "name"),
    [("/tmp/orders.lock", "orders.lock"), ("/run/9", "lock-9"), ("/tmp/a+b", "a-b"), ("/x/" + "y" * 80, "y" * 64)],
)
def test_the_name_of_a_lock_is_valid(file: str, name: str):
    found = read(f"0 1 * * * flock '{file}' ./one\n0 2 * * * flock '{file}' ./two\n")
    assert [(draft.keys["overlap"], draft.keys["lock"]) for draft in found.drafts] == [("queue", name)] * 2
    assert re.fullmatch(patterns.LOCK, name)


def test_a_file_that_the_command_itself_writes_is_reported():
    (command,) = [each for each in only("0 1 * * * . /env && run &>> /var/log/run").decisions if each.key == "command"]
    assert command.note == "It needs sh. Its output to /var/log/run isn't in CloudWatch Logs, and ends with the run."


COMMANDS = st.tuples(
    st.sampled_from(
        ["", "cd /srv && ", "A=1 B='2 3' ", "flock -n /tmp/l ", "timeout 1h ", "cd /a && flock -n /tmp/l "]
    ),
    st.sampled_from(
        ["run --all", "echo x | wc -l", "one; two > /tmp/out", "sh -c 'a && b'", "date +\\%F", "$HOME/x *.csv"]
    ),
    st.sampled_from(["", " > /dev/null", " >> /var/log/x 2>&1", " 2>&1 | mail ops", " &"]),
)


@given(COMMANDS)
def test_each_word_of_a_command_is_in_the_task_or_in_a_decision(parts: tuple[str, str, str]):
    draft = only("0 1 * * * " + "".join(parts))
    decided = " ".join(f"{each.key} {each.note}" for each in draft.decisions)
    kept = f"{json.dumps(draft.keys)} {decided}".replace("\\\\", "\\")
    words = [word.strip("'\";") for word in "".join(parts).replace("\\%", "%").split()]
    # The separators of a folder, and the lock of a single job, have no other meaning.
    missing = [word for word in words if word.split("=")[0] not in kept and word not in ("&&", "-n", "/tmp/l")]
    assert missing == []


def test_a_day_that_no_year_has_is_not_possible():
    outcome, note = decided("0 4 30 2 * a")["schedule"]
    assert (outcome, note) == ("not possible", "0 4 30 2 *: no year has such a day.")
    assert only("0 4 30 2 * a").blocked
