"""Time and memory of commands for stacks of 10 to 3,000 tasks, and for queues of 10 to 1,000 dead letters."""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Generator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from bench.figures import Figure
from bench.workload import REGION, ROOT, STACK, task_name, write_project
from sandbox.engine import Sandbox
from sandbox.plugin.aws import Session

from .trials import Part, Say, Section, Trial

TASKS, MESSAGES = (10, 100, 1000, 3000), (10, 100, 1000)
STEEPEST = 1.5
"""How much more one task may cost in the last step than in the step before. 1 is linear. From 1,000 to 3,000 tasks it
would be 3.6 if the total grew with the square of the number. The rest allows for the noise of a measurement."""
_NOISE = {"s": 0.1, "MB": 10}
DEPLOYED = 10
"""The tasks that the engine deploys. The others are copies of them, because the engine would take an hour."""
_THREADS = 4
_SETTINGS = {"cluster": {"create": True}, "network": {"vpc": "default"}}


class Account:
    """A deployed stack in the emulator, whose tasks and messages grow."""

    def __init__(self, box: Sandbox):
        self.box, self.project = box, box.project
        session = Session(box.endpoint() or "")
        self.scheduler, self.ecs, self.sqs = (session.client(name, REGION) for name in ("scheduler", "ecs", "sqs"))
        self.group = f"scheduled-tasks-{STACK}"
        self.model = self.scheduler.get_schedule(GroupName=self.group, Name=task_name(0))
        revision = self.model["Target"]["EcsParameters"]["TaskDefinitionArn"]
        self.definition = self.ecs.describe_task_definition(taskDefinition=revision)["taskDefinition"]
        self.tasks, self.messages = DEPLOYED, 0

    def grow(self, tasks: int) -> None:
        """Have at least a number of tasks, in the configuration and in AWS."""
        if tasks > self.tasks:
            write_project(self.project, tasks, _SETTINGS)
            with ThreadPoolExecutor(_THREADS) as pool:
                list(pool.map(self._copy, range(self.tasks, tasks)))
            self.tasks = tasks

    def _copy(self, number: int) -> None:
        name = task_name(number)
        kept = ("containerDefinitions", "networkMode", "cpu", "memory", "executionRoleArn", "requiresCompatibilities")
        family = self.definition["family"].replace(task_name(0), name)
        made = self.ecs.register_task_definition(family=family, **{key: self.definition[key] for key in kept})
        target = json.loads(json.dumps(self.model["Target"]))
        target["EcsParameters"]["TaskDefinitionArn"] = made["taskDefinition"]["taskDefinitionArn"]
        shared = ("ScheduleExpression", "ScheduleExpressionTimezone", "FlexibleTimeWindow", "State")
        same = {key: self.model[key] for key in shared}
        self.scheduler.create_schedule(GroupName=self.group, Name=name, Target=target, **same)

    def fail(self, messages: int) -> None:
        """Have at least a number of dead letters."""
        url = self.sqs.get_queue_url(QueueName=f"{self.group}-dead-letters")["QueueUrl"]
        body = json.dumps({"Cluster": "main"})
        for number in range(self.messages, messages):
            schedule = f"arn:aws:scheduler:{REGION}:123456789012:schedule/{self.group}/{task_name(number % DEPLOYED)}"
            values = {
                "SCHEDULE_ARN": schedule,
                "TARGET_ARN": "arn:aws:scheduler:::aws-sdk:ecs:runTask",
                "SCHEDULED_TIME": "2026-11-26T03:00:00Z",
                "ERROR_CODE": "ClientException",
                "ERROR_MESSAGE": f"Cluster not found, attempt {number}",
                "RETRY_ATTEMPTS": "5",
            }
            attributes = {key: {"DataType": "String", "StringValue": value} for key, value in values.items()}
            self.sqs.send_message(QueueUrl=url, MessageBody=body, MessageAttributes=attributes)
        self.messages = max(self.messages, messages)


@contextmanager
def account(folder: Path) -> Generator[Account]:
    """Deploy a stack of ten tasks with the engine."""
    box = Sandbox(folder / "home", write_project(folder / "project", DEPLOYED, _SETTINGS))
    try:
        if error := box.up().error:
            raise RuntimeError(error)
        yield Account(box)
    finally:
        box.discard()


def usage(found: Account, arguments: Sequence[str], count: int | None = None) -> tuple[float, float]:
    """Run a command, and return its CPU time in seconds and its peak memory in MB.

    Raises RuntimeError if it fails, or doesn't show `count` tasks or messages.
    """
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
        "PYTHONPATH": str(ROOT),
        "AWS_ENDPOINT_URL": found.box.endpoint() or "",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": REGION,
    }
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "used.json"
        command = [sys.executable, "-P", "-m", "torture.measured", str(file), *arguments]
        done = subprocess.run(command, cwd=found.project, env=environment, capture_output=True, text=True, check=False)
        if done.returncode not in (0, 1) or "Traceback" in done.stderr:
            raise RuntimeError(f"{' '.join(arguments)} ended with {done.returncode}:\n{done.stderr}")
        if count is not None and (number := shown(arguments[0], done.stdout)) != count:
            raise RuntimeError(f"{' '.join(arguments)} shows {number}, not {count}.")
        used = json.loads(file.read_text(encoding="utf-8"))
    return used["seconds"], used["megabytes"]


def shown(command: str, stdout: str) -> int:
    """Return the number of tasks or messages in the output of a command."""
    if command == "check":
        found = re.search(r": ([\d,]+) tasks", stdout)
        return int(found[1].replace(",", "")) if found else 0
    data = json.loads(stdout)
    return len(data["tasks"] if command == "status" else data)


COMMANDS: Mapping[str, tuple[str, ...]] = {
    "check": ("check", "--stack", STACK),
    "status": ("status", "--stack", STACK, "--json"),
    "doctor": ("doctor", "--stack", STACK, "--json"),
}
LETTERS = ("dead-letters", "list", "--stack", STACK, "--json")


def measure(count: int, _: int, say: Say) -> Part:
    """Measure each command for at most `count` tasks."""
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="growth-") as folder, account(Path(folder)) as found:
        for messages in (number for number in MESSAGES if number <= count):
            found.fail(messages)
            say(f"{messages} messages")
            figures += _figures("dead-letters list", messages, usage(found, LETTERS, messages))
        for tasks in (number for number in TASKS if number <= count):
            found.grow(tasks)
            for name, arguments in COMMANDS.items():
                say(f"{name} of {tasks} tasks")
                figures += _figures(name, tasks, usage(found, arguments, None if name == "doctor" else tasks))
    return Part(_trials(figures), sorted(figures, key=lambda figure: (figure.what, figure.tasks)))


def _figures(name: str, count: int, used: tuple[float, float]) -> list[Figure]:
    return [
        Figure(f"{name}: CPU", count, "s", round(used[0], 2)),
        Figure(f"{name}: memory", count, "MB", round(used[1])),
    ]


def _trials(figures: Sequence[Figure]) -> list[Trial]:
    series: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for figure in figures:
        series.setdefault((figure.what, figure.unit), []).append((figure.tasks, figure.ours))
    return [
        _trial(what, steepness(sorted(points), _NOISE[unit]))
        for (what, unit), points in sorted(series.items())
        if len(points) > 2
    ]


def steepness(points: Sequence[tuple[float, float]], noise: float = 0) -> float:
    """Return the cost of one more task in the last step, as a multiple of the cost in the step before.

    The start of Python, which every total includes, does not count. `noise` is what one measurement can be wrong by.
    """
    (first, low), (middle, between), (last, high) = points[-3:]
    before, after = (between - low) / (middle - first), (high - between - noise) / (last - middle)
    return 0.0 if after <= 0 else after / before if before > 0 else float("inf")


def _trial(what: str, steep: float) -> Trial:
    linear = steep <= STEEPEST
    rest = "" if linear else f"One more task costs {steep:.1f} times as much as before."
    return Trial(f"{what} grows at most linearly", 1, int(linear), rest)


SECTION = Section(
    "Growth with the number of tasks",
    """\
CPU time and peak memory of commands must grow linearly: one more task costs at most 1.5 times as much in the last
column as in the one before.""",
    measure,
    3000,
)
