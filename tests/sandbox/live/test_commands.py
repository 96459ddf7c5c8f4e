"""The commands of the live sandbox: their output, and the requests that they make."""

from pathlib import Path
from typing import Any

import pytest

from ops.errors import OpsError
from sandbox import __main__ as commands
from sandbox import command_line
from sandbox.errors import SandboxError
from sandbox.live import command_line as live_command_line
from sandbox.live import commands as live
from sandbox.live.faults import Faults, NextFault
from sandbox.live.mailbox import Mail, Mailbox
from sandbox.live.requests import Fire, Jump, Requests
from sandbox.live.session import Session, Settings

CLUSTER = "arn:aws:ecs:eu-west-1:123456789012:cluster/main"
LISTED: list[dict[str, Any]] = [
    {"Name": "backup", "GroupName": "shop", "Target": {"Arn": CLUSTER}},
    {"Name": "etl__nightly", "GroupName": "shop", "Target": {"Arn": CLUSTER}},
    {"Name": "etl__weekly", "GroupName": "shop", "Target": {"Arn": CLUSTER}},
    {"Name": "stop-db", "GroupName": "shop", "Target": {"Arn": "arn:aws:scheduler:::aws-sdk:rds:stopDBInstance"}},
]
TASKS = live.tasks_of(LISTED)
MAIL = Mail("2026-11-27T20:00:00+00:00", "alerts", ["ops@example.com"], "", '"A run failed."\n"Details: none"')


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(command_line, "HOME", tmp_path)
    return tmp_path


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        commands.main(list(arguments))
    code = ended.value.code
    return code if isinstance(code, int) else 0


def test_mail_lists_the_newest_first_and_shows_one(home: Path, capsys: pytest.CaptureFixture[str]):
    assert run("mail") == 0
    assert "The mailbox is empty." in capsys.readouterr().out
    (home / "live").mkdir()
    mailbox = Mailbox(home / "live" / "mail.jsonl")
    mailbox.add(MAIL)
    mailbox.add(Mail(MAIL.time, "alerts", MAIL.to, 'ALARM: "dropped"', "{}"))
    assert (home / "live" / "mail.jsonl").stat().st_mode & 0o777 == 0o600
    assert run("mail") == 0
    header, second, first = capsys.readouterr().out.splitlines()
    assert header.split() == ["MAIL", "TIME", "SUBJECT"]
    assert second.split(maxsplit=2)[2] == 'ALARM: "dropped"'
    assert first.split(maxsplit=2)[2] == "A run failed."
    assert run("mail", "1") == 0
    assert capsys.readouterr().out.splitlines() == [
        "To: ops@example.com",
        "Time: 2026-11-27T20:00:00+00:00",
        "From: alerts",
        "",
        '"A run failed."',
        '"Details: none"',
    ]
    assert run("mail", "3") == 1
    assert "There is no mail 3. Use 1 to 2." in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [("faults",), ("fire", "etl")])
def test_commands_need_a_session(home: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]):
    assert run(*arguments) == 1
    assert "The schedules don't run. In another terminal, start them with: make live" in capsys.readouterr().err
    assert not (home / "live").exists()


def test_faults_are_added_listed_and_cleared(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(live_command_line, "_schedules", lambda _: LISTED)
    with Session(home).hold(Settings()):
        assert run("faults", "exit-1", "etl", "--times", "2") == 0
        header, row = capsys.readouterr().out.splitlines()
        assert (header.split(), row.split()) == (["TASK", "FAULT", "TIMES"], ["etl", "exit-1", "2"])
        assert Faults(home / "live" / "faults.json").all == [NextFault("etl", "exitCode", 2)]
        assert run("faults", "--clear") == 0
        assert "There are no faults." in capsys.readouterr().out
        assert run("faults", "clock-jump", "--by", "2h") == 0
        assert run("fire", "backup") == 0
    assert list(Requests(home / "live" / "requests").take()) == [Jump(7200), Fire("shop", "backup")]


def test_a_fault_needs_a_known_kind_and_task():
    assert live.new_fault("no-capacity", "etl", 1, TASKS) == NextFault("etl", "noCapacity", 1)
    assert live.new_fault("throttled", "stop-db", 9, TASKS) == NextFault("stop-db", "throttled", 9)
    for kind, task, text in (
        ("exit", "etl", '"exit" is not a fault.'),
        ("exit-1", "", "Name the task: python -m sandbox faults exit-1 backup"),
        ("exit-1", "elt", 'There is no task "elt". Did you mean "etl"?'),
        ("exit-1", "stop-db", "stop-db is a call, which starts no container. It can't have exit-1."),
    ):
        with pytest.raises(SandboxError) as refused:
            live.new_fault(kind, task, 1, TASKS)
        assert text in str(refused.value)


@pytest.mark.parametrize("text", ["0s", "8d", "soon"])
def test_a_jump_has_bounds(text: str):
    with pytest.raises(SandboxError, match="--by: "):
        live.new_jump(text)


def test_the_schedule_that_fires():
    assert live.fires(LISTED, "backup", None) == Fire("shop", "backup")
    assert live.fires(LISTED, "etl", "weekly") == Fire("shop", "etl__weekly")
    assert live.fires(LISTED, "etl", "etl__weekly") == Fire("shop", "etl__weekly")
    for task, schedule, text in (
        ("bakup", None, 'There is no task "bakup". Did you mean "backup"?'),
        ("etl", None, "etl has several schedules. Choose one: --schedule etl__nightly or etl__weekly."),
        ("etl", "daily", 'etl has no schedule "daily". Its schedules: etl__nightly and etl__weekly.'),
    ):
        with pytest.raises(SandboxError) as refused:
            live.fires(LISTED, task, schedule)
        assert str(refused.value) == text


def test_the_settings_name_the_engine_or_why_there_is_none(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(live, "find_engine", lambda: "/usr/bin/podman")
    given = {"HOME": "/home/me", "DOCKER_HOST": "unix:///x", "AWS_PROFILE": "prod"}
    found = live.settings(given, stand_ins=False)
    assert found == Settings("/usr/bin/podman", variables={"HOME": "/home/me", "DOCKER_HOST": "unix:///x"})
    assert live.settings(given, stand_ins=True) == Settings(why="--stand-ins is set.")

    def none() -> str:
        raise OpsError("Found no running container engine.")

    monkeypatch.setattr(live, "find_engine", none)
    assert live.settings(given, stand_ins=False) == Settings(why="Found no running container engine.")


def test_only_one_command_holds_the_session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("time.sleep", lambda _: None)
    session = Session(tmp_path)
    assert not session.on
    with session.hold(Settings(why="a test")):
        assert session.on
        assert session.settings == Settings(why="a test")
        second = Session(tmp_path).hold(Settings())
        with pytest.raises(SandboxError, match="Another command already runs the schedules"):
            second.__enter__()
    assert not session.on


def test_damaged_files_of_a_session_end_nothing(tmp_path: Path):
    folder = tmp_path / "live"
    (folder / "requests").mkdir(parents=True)
    (folder / "requests" / "1.json").write_bytes(b"\xff{")
    (folder / "requests" / "2.json").write_text('{"kind": "Fire", "group": "shop"}')
    requests = Requests(folder / "requests")
    requests.add(Jump(60))
    assert list(requests.take()) == [Jump(60)]
    assert list((folder / "requests").iterdir()) == []

    (folder / "mail.jsonl").write_bytes(b"\xff\n")
    Mailbox(folder / "mail.jsonl").add(MAIL)
    damaged, mail = Mailbox(folder / "mail.jsonl").read()
    assert "can't be read" in damaged.title
    assert mail == MAIL

    (folder / "faults.json").write_text('[{"task": 1}]')
    assert Faults(folder / "faults.json").all == []
    (folder / "settings.json").write_text("{")
    session = Session(tmp_path)
    assert session.settings == Settings(why="the settings of the session can't be read.")
    session.log.write(0, "etl", "first")

    def damage() -> None:
        with (folder / "log").open("ab") as file:
            file.write(b"\xffno line\n")

    ends = iter((False, True))
    [(_, _, text)] = session.log.follow(damage, ended=lambda: next(ends))
    assert "no line" in text


def test_the_log_is_followed_from_its_current_end(tmp_path: Path):
    log = Session(tmp_path).log
    log.write(0, "etl", "before")
    waits: list[int] = []

    def wait() -> None:
        waits.append(1)
        log.write(3600, "etl", f"line {len(waits)}")

    found = list(log.follow(wait, ended=lambda: len(waits) == 2))
    assert found == [("1970-01-01T01:00:00+00:00", "etl", "line 1"), ("1970-01-01T01:00:00+00:00", "etl", "line 2")]
