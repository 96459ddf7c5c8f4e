"""The data that a board shows of a stack, as read from AWS. `status`, `history` and `next` show the same data."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..aws.deployment import Deployment
from ..aws.errors import explained, read_part
from ..aws.logs import Line
from ..aws.parallel import call_in_parallel
from ..runs import records
from ..runs.call_runs import runs_of_work
from ..runs.last_lines import last_lines
from ..runs.outcome_logs import Outcomes, all_outcomes
from ..runs.records import Run
from ..runs.stopped import stopped_runs
from ..state.rows import Planned
from ..state.status import Status, status
from .period import DAYS, Period

LINES = 20
"""The last log lines of a failed run that a board shows."""
MOST_LOGS = 20
"""The most failed runs whose log is read: the last one of each task, the newest first. Up to six calls each."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The data of a stack.

    Args:
        name: The name of the schedule group, or of the stack if the group wasn't found.
        command: A command for the stack, with `@` in place of its words: `scheduled-tasks @ --stack prod`.
        status: The status. None if it could not be read.
        outcomes: The ended runs in the outcome logs. None if they could not be read.
        stopped: The runs that stopped in about the last hour, from ECS.
        lines: The last log lines by run.
        problems: Sentences about what could not be read.
    """

    name: str
    command: str
    status: Status | None = None
    outcomes: Outcomes | None = None
    stopped: Sequence[Run] = ()
    lines: Mapping[str, Sequence[Line]] = field(default_factory=dict[str, Sequence[Line]])
    problems: Sequence[str] = ()

    def command_of(self, words: Sequence[str]) -> str:
        """The command with these words."""
        return self.command.replace("@", shlex.join(words), 1)

    @property
    def runs(self) -> Sequence[Run]:
        """The runs that ended. Some can occur twice: first from the outcome logs, and again from ECS."""
        return [*(self.outcomes.runs if self.outcomes else ()), *self.stopped]

    @property
    def runs_known(self) -> bool:
        """Whether a task without runs has none in the period."""
        found, outcomes = self.status, self.outcomes
        return found is not None and found.last_runs_known and outcomes is not None and outcomes.complete

    @property
    def complete(self) -> bool:
        """Whether AWS returned all parts."""
        return self.status is not None and not self.status.failed and not self.problems


class Reader:
    """Reads a stack again and again. It keeps the log lines of ended runs, which don't change."""

    def __init__(self, *, full: bool, logs: bool):
        """`full` reads every schedule, and `logs` the last lines of failed runs."""
        self._full, self._logs = full, logs
        self._lines: dict[str, Sequence[Line]] = {}

    def read(self, deployment: Deployment, planned: Planned | None, command: str, period: Period) -> Reading:
        """Read a stack. Raises OpsError or boto3's errors if not even its schedules can be read."""
        now, since = period.now, period.start
        found = status(deployment, planned, since=since, now=now, full=self._full)
        problems: list[str] = []
        names = [row.task for row in found.rows]
        outcomes = read_part(
            f"The runs of the last {DAYS} days", None, lambda: all_outcomes(deployment, since, now, names), problems
        )
        if outcomes is not None:
            outcomes = replace(outcomes, runs=[*outcomes.runs, *runs_of_work(outcomes.work, found.work)])
        none: list[Run] = []
        stopped = read_part("The ECS tasks of the last hour", none, lambda: stopped_runs(deployment, names), problems)
        reading = Reading(deployment.name, command, found, outcomes, stopped)
        if self._logs:
            self._read_lines(deployment, failed_last(reading.runs)[:MOST_LOGS], problems)
        return replace(reading, lines=dict(self._lines), problems=problems)

    def _read_lines(self, deployment: Deployment, runs: Sequence[Run], problems: list[str]) -> None:
        wanted = {run.id: run for run in runs if run.tasks}
        new = [id_ for id_ in wanted if id_ not in self._lines]
        self._lines = {id_: lines for id_, lines in self._lines.items() if id_ in wanted}
        refused: dict[str, None] = {}
        answers = call_in_parallel(lambda id_: last_lines(deployment, wanted[id_], LINES), new)
        for id_, answer in answers:
            error = answer.exception()
            if error is None:
                self._lines[id_] = answer.result()
            elif line := explained(error):
                refused[line] = None
            else:
                raise error
        if refused:
            problems.append(f"The logs of some failed runs can't be read. {next(iter(refused))}")


def failed_last(runs: Sequence[Run]) -> list[Run]:
    """The last failed run of each task, the newest first."""
    found: dict[str, Run] = {}
    for run in records.merged(runs):
        if run.outcome == records.FAILED:
            found.setdefault(run.task, run)
    return list(found.values())
