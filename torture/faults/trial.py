"""One trial: a command, one of its calls, a fault, and when the fault begins and ends."""

from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import chdir, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from unittest import mock

from botocore.awsrequest import AWSResponse
from typer.main import get_command
from typer.testing import CliRunner, Result

from ops import waiting
from ops.aws import parallel
from ops.command_line import app
from ops.dead_letters import queue
from ops.errors import NO_RUN
from ops.runs.marks import mark_of, revision_mark

from . import local
from .clock import Clock, HangError
from .judge import STARTS, fault_of
from .kinds import RETRIED, Call, Fault, faults_of
from .world import DIRECT, REGION, SUPERVISED, World, emulated

FILLED = [datetime(2026, 11, 20, hour, tzinfo=UTC) for hour in (0, 6)]
_MISSED = ("--from", FILLED[0].isoformat(), "--to", FILLED[-1].isoformat())
COMMANDS: Mapping[str, tuple[str, ...]] = {
    "status": ("status", "--group", "GROUP", "--full", "--json"),
    "board": ("board", "--html", "board.html", "--group", "GROUP", "--full"),
    "history": ("history", DIRECT, "--json"),
    "history of a supervised task": ("history", SUPERVISED, "--json"),
    "logs": ("logs", DIRECT),
    "logs of a run": ("logs", SUPERVISED, "--run", "RUN", "--follow"),
    "doctor": ("doctor", "--json"),
    "run": ("run", DIRECT),
    "run of a supervised task": ("run", SUPERVISED),
    "run --detach": ("run", DIRECT, "--detach"),
    "run --local": ("run", local.DEFINED, "--local", "--stack", local.STACK),
    "run --local --secrets": ("run", local.WITH_SECRETS, "--local", "--secrets", "--stack", local.STACK),
    "run-deployed": ("run-deployed",),
    "backfill": ("backfill", DIRECT, *_MISSED, "--yes"),
    "backfill of a supervised task": ("backfill", SUPERVISED, *_MISSED, "--yes"),
    "pause": ("pause", DIRECT, "--why", "trial"),
    "pause --all": ("pause", "--all", "--why", "trial"),
    "resume": ("resume", DIRECT),
    "dead-letters list": ("dead-letters", "list", "--json"),
    "dead-letters show": ("dead-letters", "show", "MESSAGE", "--json"),
    "dead-letters redrive": ("dead-letters", "redrive", "--all"),
    "dead-letters delete": ("dead-letters", "delete", "--all", "--yes"),
}
"""The commands that call AWS."""
ALWAYS, SECOND, FIRST = "always", "from the second call", "only the first call"
WHENS = (ALWAYS, SECOND, FIRST)
_COMMAND = get_command(app)
"""Made once, because typer takes longer for that than for most commands."""
_FOLLOWED = ("ecs.DescribeTasks", "sfn.DescribeExecution")
"""The calls in which `backfill` waits for the end of a run."""
_CALLS = 3_000
"""More calls than that are a hang. The longest run makes 1,000."""


@dataclass(frozen=True, slots=True)
class Case:
    """A trial."""

    command: str
    operation: str
    fault: str
    when: str

    def __str__(self) -> str:
        return f"{self.command}, {self.operation}, {self.fault}, {self.when}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a command."""

    result: Result | None
    """None if the command hung."""
    seconds: float
    spoiled: int = 0
    """The number of calls that the fault met."""


class Trials:
    """Runs trials in an emulated account."""

    def __init__(self, world: World):
        self.world = world
        self.expected: dict[str, Outcome] = {}
        """The outcome of each command without a fault."""
        self.operations: dict[str, Counter[str]] = {}
        """The calls of each command, with their number."""
        for command in COMMANDS:
            self.expected[command] = self._run(command, None)
            self.operations[command] = Counter(self.world.calls)

    def cases(self) -> Iterator[Case]:
        """Yield the whole matrix.

        For an operation with one call, a fault that botocore doesn't retry is the same whenever it begins and ends.
        """
        for command, operations in self.operations.items():
            for operation, calls in operations.items():
                for fault in faults_of(operation):
                    several = WHENS if calls > 1 else (ALWAYS, FIRST) if fault in RETRIED else (ALWAYS,)
                    yield from (Case(command, operation, fault, when) for when in several)

    def problem(self, case: Case) -> str:
        """Try a case and return its fault, or the empty string."""
        outcome = self._run(case.command, case)
        if outcome.result is None:
            return "a hang"
        expected = self.expected[case.command].result
        assert expected
        found = fault_of(case.command, case.operation, case.fault, outcome.result, expected, outcome.seconds)
        return found or self._lasting(case, outcome)

    def _run(self, command: str, case: Case | None) -> Outcome:
        world, endless = self.world, case is not None and case.fault == "never ends"
        world.reset(paused=command == "resume", at_deployments=command == "run-deployed")
        follows = command.startswith(("run", "logs")) or (case is not None and case.operation in _FOLLOWED)
        clock = Clock(200.0 if endless and follows else 1.0)
        spoiler = _Spoiler(case, clock)
        words = list(COMMANDS[command])
        if "RUN" in words:
            world.executions["scheduled-1"] = 0
            words[words.index("RUN")] = "scheduled-1"
        if "GROUP" in words:
            words[words.index("GROUP")] = world.names.schedule_group
        if "MESSAGE" in words:
            words[words.index("MESSAGE")] = next(iter(world.messages))
        world.spoil = spoiler
        try:
            # Only `run --local` reads a project. The others find the only stack of the account.
            with chdir(local.PROJECT if "--local" in words else "."), _clocked(clock):
                result = CliRunner().invoke(app, words)
        except HangError:
            result = None
        return Outcome(result, clock.now(), spoiler.spoiled)

    def _lasting(self, case: Case, outcome: Outcome) -> str:
        """Return the fault in the effects of a command, or the empty string."""
        world, started = self.world, len(self.world.launches) + len(self.world.engine.started)
        assert outcome.result
        if case.command in STARTS:
            return self._started_one(case, outcome, started)
        if case.command.startswith(("pause", "resume")):
            return self._switched(case, outcome.result.exit_code)
        if case.command.startswith("backfill"):
            return self._filled(case, outcome.result.exit_code, [mark_of(time) for time in FILLED])
        if case.command == "run-deployed":
            return self._filled(case, outcome.result.exit_code, [revision_mark(1)])
        if case.command == "dead-letters redrive":
            return self._redriven(outcome.result.exit_code)
        if started:
            return f"{started} runs started"
        if case.command == "dead-letters delete":
            return self._deleted(outcome.result.exit_code)
        return "a message is lost" if world.waiting != set(world.messages) else ""

    def _started_one(self, case: Case, outcome: Outcome, started: int) -> str:
        assert outcome.result
        if started > 1:
            return f"{started} runs started"
        if self.world.engine.started and self.world.engine.started[0] != self._local_secrets(case.command):
            return f"the container got the secrets {sorted(self.world.engine.started[0])}"
        code = outcome.result.exit_code
        wrong = code in (NO_RUN, 0) and started != (code == 0) and not _ended_without_code(outcome)
        return f"{started} runs started, but the exit code is {code}" if wrong else ""

    def _local_secrets(self, command: str) -> dict[str, str]:
        return local.SECRETS if "--secrets" in COMMANDS[command] else {}

    def _switched(self, case: Case, exit_code: int) -> str:
        wanted = "ENABLED" if case.command == "resume" else "DISABLED"
        expected = (wanted, wanted == "DISABLED")
        if exit_code == 0 and (found := self.world.state()) != expected:
            return f"exit code 0, but the schedule and its record are {found}"
        result = self._again(COMMANDS[case.command])
        if result.exit_code != 0 or self.world.state() != expected:
            return f"repeating it ends with {result.exit_code}: {result.stderr}"
        return ""

    def _deleted(self, exit_code: int) -> str:
        left = 0 if exit_code else len(self.world.waiting)
        return f"exit code 0, but {left} messages are left" if left else ""

    def _filled(self, case: Case, exit_code: int, marks: Sequence[str]) -> str:
        """Return what is wrong with the runs of some marks. A repeated command starts only those that are missing.

        The emulator writes no outcomes, so only ECS and Step Functions know which marks had a run.
        """
        for again in (False, True):
            result = self._again(COMMANDS[case.command], later=False) if again else None
            code = result.exit_code if result else exit_code
            started = [self.world.started_for(mark) for mark in marks]
            if (again or not code) and not all(started):
                return f"exit code {code}, but {started} runs started for {marks}"
            if max(started) > 1:
                return f"{started} runs started for {marks}"
        return ""

    def _redriven(self, exit_code: int) -> str:
        for again in (False, True):
            if not again and not exit_code and self.world.waiting:
                return f"exit code 0, but {len(self.world.waiting)} messages are left"
            if again:
                result = self._again(COMMANDS["dead-letters redrive"])
                if result.exit_code or self.world.waiting:
                    return f"repeating it ends with {result.exit_code}: {result.stderr}"
            for message, task in self.world.messages.items():
                started = self.world.started_for(message)
                if started > 1:
                    return f"{started} runs of {task} started for one message"
                if not started and message not in self.world.waiting:
                    return f"a message of {task} is lost"
        return ""

    def _again(self, words: tuple[str, ...], *, later: bool = True) -> Result:
        self.world.spoil = None
        if later:
            self.world.time_passes()
        with _clocked(Clock()):
            return CliRunner().invoke(app, list(words))


class _Spoiler:
    """Applies a fault to the calls of an operation."""

    def __init__(self, case: Case | None, clock: Clock):
        self._case, self._clock = case, clock
        self._fault: Fault | None = faults_of(case.operation)[case.fault] if case else None
        self._calls = self._own = self.spoiled = 0
        self._memory: dict[str, Any] = {}

    @property
    def _goes_on(self) -> bool:
        """Whether the fault needs the next call, too: an empty page has a next one, and an endless list continues."""
        return bool(self._memory.keys() - {"number"})

    def __call__(self, operation: str, request: Any, proceed: Callable[[], AWSResponse]) -> AWSResponse:
        self._calls += 1
        if self._calls > _CALLS:
            raise HangError
        case = self._case
        if case is None or self._fault is None or operation != case.operation:
            return proceed()
        self._own += 1
        if (case.when == SECOND and self._own == 1) or (case.when == FIRST and self._own > 1 and not self._goes_on):
            return proceed()
        self.spoiled += 1
        return self._fault(Call(operation, request, proceed, self._clock.pass_time, self._memory))


@contextmanager
def _clocked(clock: Clock) -> Generator[None]:
    """Let no command wait, but measure how long it would have waited."""
    with (
        mock.patch.object(waiting, "wait", clock.wait),
        mock.patch.object(waiting, "now", clock.now),
        mock.patch("time.sleep", clock.pass_time),
        mock.patch.object(parallel, "ThreadPoolExecutor", clock.pool),
        mock.patch.object(queue, "WAIT_SECONDS", 0),
        mock.patch("typer.testing._get_command", return_value=_COMMAND),
    ):
        yield


def _ended_without_code(outcome: Outcome) -> bool:
    """Whether the run ended, so that exit code 125 doesn't mean that none started."""
    return outcome.result is not None and "without an exit code" in outcome.result.stderr


@contextmanager
def trials() -> Generator[Trials]:
    """Emulate an account and prepare its trials."""
    with emulated() as world:
        references = local.store_secrets(world.client("ssm"), world.client("secretsmanager"))
        definition = world.definitions[DIRECT].rsplit("/", 1)[-1]
        with local.local_stack(world.engine, REGION, definition, references):
            yield Trials(world)
