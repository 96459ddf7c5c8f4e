"""`board` on a deployed stack: what it reads, how often, and what it says if it can't read something."""

import json
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse

from ops.board.server import BoardServer
from ops.commands import board as command
from ops.project import project_at
from tests.ops.board.test_page import Parser
from tests.ops.cloud import ACCOUNT, REGION, Cloud, Deployed, refusal
from tests.ops.conftest import Ops
from tests.ops.session import share_session

TASK = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/main/"
FAILED, SUCCEEDED = "f" * 32, "5" * 32
NEXT_OF_BACKUP = 7


@pytest.fixture
def stack(deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> Deployed:
    share_session(monkeypatch)
    return deployed


def ago(hours: float) -> datetime:
    return datetime.now(UTC) - timedelta(hours=hours)


def data_in(file: Path) -> Any:
    return json.loads(Parser(file.read_text()).texts["data"])


def board(ops: Ops, folder: Path, *arguments: str, exit_code: int = 0) -> Any:
    file = folder / "board.html"
    result = ops("board", "--html", str(file), *(arguments or ("--stack", "test")))
    assert result.exit_code == exit_code, result.output
    return data_in(file)


def task_of(found: Any, name: str) -> Any:
    return next(task for task in found["stacks"][0]["tasks"] if task["name"] == name)


def runs(stack: Deployed) -> None:
    """Two runs of a task: one that succeeded, and a later one that failed and has a log."""
    stack.outcome(
        "succeeded", ago(30), group="etl", taskArn=TASK + SUCCEEDED, startedAt=ago(30.5).isoformat(),
        startedBy="chronos-schedule/etl", source="aws.ecs",
    )  # fmt: skip
    stack.outcome(
        "failed", ago(2), group="etl", taskArn=TASK + FAILED, startedAt=ago(2.5).isoformat(), stoppedReason="x"
    )
    for number in range(30):
        stack.log(stack.names.log_group, f"etl/main/{FAILED}", f"line {number}", ago(2.2) + timedelta(seconds=number))


def test_the_page_has_the_runs_of_the_outcome_logs(stack: Deployed, ops: Ops, tmp_path: Path):
    runs(stack)
    found = board(ops, tmp_path)
    etl = task_of(found, "etl")
    assert [(run[2], run[3], run[1]) for run in etl["runs"]] == [(1, FAILED, 1800), (0, SUCCEEDED, 1800)]
    assert etl["marks"] == ["failed", "problem"]
    assert [line for _, line in etl["lines"][FAILED]] == [f"line {number}" for number in range(10, 30)]
    assert found["stacks"][0]["command"] == ["scheduled-tasks", "--stack test"]
    assert found["stacks"][0]["fine"] is True
    assert [each["title"] for each in found["stacks"][0]["problems"]] == ["etl failed"]


def test_the_runs_are_those_of_history_and_status(stack: Deployed, ops: Ops, tmp_path: Path):
    runs(stack)
    found = task_of(board(ops, tmp_path), "etl")["runs"]
    listed = json.loads(ops("history", "etl", "--stack", "test", "--json").stdout)
    last = next(
        row["lastRun"]
        for row in json.loads(ops("status", "--stack", "test", "--json").stdout)["tasks"]
        if row["task"] == "etl"
    )
    assert [(run[3], run[1]) for run in found] == [(run["id"], run["seconds"]) for run in listed]
    assert found[0][3:6] == [last["id"], last["exitCode"], last["reason"]]


def test_json_has_the_data_of_status_history_and_next(stack: Deployed, ops: Ops):
    runs(stack)
    result = ops("board", "--json", "--stack", "test")
    assert result.exit_code == 0, result.output
    [found] = json.loads(result.stdout)["stacks"]
    status = json.loads(ops("status", "--stack", "test", "--json").stdout)
    assert {key: found[key] for key in status if key != "tasks"} == {
        key: value for key, value in status.items() if key != "tasks"
    }
    tasks = {task["task"]: task for task in found["tasks"]}
    for row in status["tasks"]:
        assert {key: tasks[row["task"]][key] for key in row} == row
    assert tasks["etl"]["runs"] == json.loads(ops("history", "etl", "--stack", "test", "--json").stdout)
    [planned] = json.loads(ops("next", "--stack", "test", "--task", "backup", "--json").stdout)
    first = datetime.fromisoformat(tasks["backup"]["nextRuns"][0]["first"])
    assert first == datetime.fromisoformat(planned["runs"][0]["utc"])
    assert [line["text"] for line in tasks["etl"]["logs"][FAILED]][-1] == "line 29"
    assert found["counts"] == {"failing": 1, "launches": 0, "alarms": 0, "slow": 0, "paused": 0, "tasks": 4}
    [problem] = found["problems"]
    assert problem["command"] == f"scheduled-tasks logs etl --run {FAILED} --stack test"


def test_json_of_runs_that_cannot_be_read_is_null(stack: Deployed, ops: Ops):
    stack.cloud.rules.append(("cloudwatch-logs.StartQuery", denied("logs.StartQuery")))
    result = ops("board", "--json", "--stack", "test")
    assert result.exit_code == 1
    [found] = json.loads(result.stdout)["stacks"]
    assert (found["complete"], found["counts"]["failing"]) == (False, None)
    assert {json.dumps(task["runs"]) for task in found["tasks"]} == {"null"}


def test_a_run_that_just_ended_is_on_the_page_before_its_event_is(stack: Deployed, ops: Ops, tmp_path: Path):
    ops("run", "etl", "--detach", "--stack", "test")
    [started] = stack.cloud.tasks()
    started.last_status = started.desired_status = "STOPPED"
    started.containers[0].exitCode = 3
    found = board(ops, tmp_path)
    [run] = task_of(found, "etl")["runs"]
    assert (run[2], run[4], found["stacks"][0]["counts"]["failing"]) == (1, 3, [1, True])
    arn, run_id = started.task_arn, run[3]
    stack.outcome("failed", ago(0.1), group="etl", taskArn=arn, startedAt=ago(0.5).isoformat(), stoppedReason="x")
    [run] = task_of(board(ops, tmp_path), "etl")["runs"]
    assert run[3] == run_id, "the event and the ECS task are the same run"


def test_next_runs_come_from_the_configuration(stack: Deployed, ops: Ops, tmp_path: Path):
    found = board(ops, tmp_path)
    backup, paused = task_of(found, "backup"), task_of(found, "paused")
    assert sum(count for _, _, count, _ in backup["next"]) == NEXT_OF_BACKUP
    listed = json.loads(ops("next", "--stack", "test", "--task", "backup", "--json").stdout)[0]["runs"]
    assert backup["next"][0][0] == datetime.fromisoformat(listed[0]["utc"]).timestamp()
    assert (paused["next"], paused["marks"]) == ([], ["none", "paused"])


def test_without_a_project_all_schedules_can_be_read(
    stack: Deployed, ops: Ops, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    monkeypatch.chdir(folder)
    found = board(ops, folder, "--group", stack.names.schedule_group, "--full")
    assert task_of(found, "backup")["nextUnknown"] == 0
    assert found["stacks"][0]["command"] == ["scheduled-tasks", f"--group {stack.names.schedule_group}"]


def test_a_thousand_tasks_need_no_more_queries_than_one(
    project: Path, cloud: Cloud, ops: Ops, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    share_session(monkeypatch)
    text = (project / "Pulumi.test.yaml").read_text()
    task = "{ image: 'etl:1', cpu: 256, memory: 512, schedule: 'rate(6 hours)', start: '2026-11-01T00:00:00Z' }"
    (project / "Pulumi.test.yaml").write_text(text + "".join(f"    many-{n}: {task}\n" for n in range(60)))
    deployed = cloud.deploy(project_at(project).load("test"))
    for number in range(60):
        deployed.outcome("succeeded", ago(number / 10 + 1), group=f"many-{number}", taskArn=f"{TASK}{number:032}")
    cloud.calls.clear()
    found = board(ops, tmp_path)
    assert sum(bool(task["runs"]) for task in found["stacks"][0]["tasks"]) == 60
    assert cloud.calls.count("cloudwatch-logs.StartQuery") == 3
    assert len(cloud.calls) < 60


PARTS = {
    "cloudwatch-logs.StartQuery": ("The runs of the last 7 days can't be read.", True),
    "cloudwatch.DescribeAlarms": ("Firing alarms can't be read.", False),
    "sqs.GetQueueUrl": ("The dead-letter queues can't be read.", False),
    "ecs.ListTasks": ("Running tasks can't be read.", True),
    "scheduler.GetSchedule": ("Some schedules can't be read.", False),
}


@pytest.mark.parametrize("operation", PARTS)
def test_a_refused_part_is_on_the_page(stack: Deployed, ops: Ops, tmp_path: Path, operation: str):
    sentence, unknown = PARTS[operation]
    stack.cloud.rules.append((operation, denied(operation)))
    found = board(ops, tmp_path, exit_code=1)["stacks"][0]
    told = [line for each in found["problems"] for line in (f"{each['title']}. {''.join(each['text'])}", *each["text"])]
    assert any(line.startswith(sentence) and "alice may not" in line for line in told), told
    assert found["fine"] is False
    assert all(("unknown" in task["marks"]) == unknown for task in found["tasks"])
    assert len(found["tasks"]) == 4


def denied(operation: str) -> Any:
    def answer(request: Any) -> AWSResponse:
        action = operation.replace(".", ":")
        message = f"User: alice is not authorized to perform: {action} on resource: x"
        if (
            operation.startswith("cloudwatch.")
            and "cbor" not in str(request.headers)
            and "json" not in str(request.headers)
        ):
            return refusal(request.url, 403, "AccessDenied", message)
        return refusal(request.url, 400, "AccessDeniedException", message)

    return answer


def test_refused_logs_are_on_the_page(stack: Deployed, ops: Ops, tmp_path: Path):
    runs(stack)
    stack.cloud.rules.append(("cloudwatch-logs.GetLogEvents", denied("logs.GetLogEvents")))
    found = board(ops, tmp_path, exit_code=1)
    problem = found["stacks"][0]["problems"][-1]
    assert problem["title"] == "The logs of some failed runs can't be read"
    assert problem["text"][0].startswith("alice may not logs:GetLogEvents")
    assert task_of(found, "etl")["lines"] == {}


def test_a_page_without_logs_reads_none(stack: Deployed, ops: Ops, tmp_path: Path):
    runs(stack)
    stack.cloud.calls.clear()
    found = board(ops, tmp_path, "--stack", "test", "--no-logs")
    assert task_of(found, "etl")["lines"] == {}
    assert "cloudwatch-logs.GetLogEvents" not in stack.cloud.calls


def test_an_unreadable_stack_does_not_hide_the_others(stack: Deployed, ops: Ops, tmp_path: Path, project: Path):
    (project / "Pulumi.other.yaml").write_text((project / "Pulumi.test.yaml").read_text())
    found = board(ops, tmp_path, "--stack", "other", "--stack", "test", exit_code=1)
    other, test = found["stacks"]
    assert other["problems"][0]["title"] == "other could not be read"
    assert 'There is no schedule group "scheduled-tasks-other"' in other["problems"][0]["text"][0]
    assert len(test["tasks"]) == 4


def test_the_command_changes_nothing_in_aws(stack: Deployed, ops: Ops, tmp_path: Path):
    runs(stack)
    stack.cloud.calls.clear()
    board(ops, tmp_path)
    verbs = {call.split(".")[1] for call in stack.cloud.calls}
    assert all(verb.startswith(("Get", "List", "Describe", "StartQuery")) for verb in verbs), verbs


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--html", "x", "--serve"),
        ("--html", "x", "--json"),
        ("--json", "--serve"),
        ("--serve", "--every", "1s"),
        ("--serve", "--port", "70000"),
        ("--serve", "--every", "x"),
    ],
)
def test_usage_errors(ops: Ops, arguments: tuple[str, ...]):
    assert ops("board", *arguments).exit_code == 2


def test_a_file_that_cannot_be_written(stack: Deployed, ops: Ops, tmp_path: Path):
    result = ops("board", "--html", str(tmp_path / "no" / "x.html"), "--stack", "test")
    assert (result.exit_code, "Can't write" in result.stderr) == (1, True)


def test_serving_until_interrupted(stack: Deployed, ops: Ops, monkeypatch: pytest.MonkeyPatch):
    served: list[Any] = []

    def serve(self: BoardServer) -> None:
        served.append((self.refresh_seconds, self.board.data()["stacks"]))
        raise KeyboardInterrupt

    monkeypatch.setattr(BoardServer, "serve_forever", serve)
    result = ops("board", "--serve", "--port", "0", "--every", "2m", "--stack", "test")
    assert (result.exit_code, result.stderr) == (0, "Stopped.\n")
    assert result.stdout.startswith("Serving http://127.0.0.1:")
    assert served[0][0] == 120
    assert served[0][1][0]["name"] == stack.names.schedule_group


def test_a_port_in_use(stack: Deployed, ops: Ops):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = ops("board", "--serve", "--port", str(taken.getsockname()[1]), "--stack", "test")
    assert result.exit_code == 1
    assert "Pass another --port, or 0 for any free one." in result.stderr


def test_a_server_needs_a_stack_that_can_be_read(stack: Deployed, ops: Ops):
    result = ops("board", "--serve", "--port", "0", "--group", "other")
    assert (result.exit_code, 'no schedule group "other"' in result.stderr) == (1, True)


def test_the_default_port_is_no_other_well_known_one():
    assert command.PORT > 1024
