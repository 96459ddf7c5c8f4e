"""The runs of tasks, from all that AWS remembers of them: the logs of outcomes, ECS tasks, executions.

Outcomes are there for as long as their logs are kept; ECS knows a task for about an hour after its end, Step Functions
an execution for 90 days.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any

from components.aws.names import family_of
from components.monitoring.events import FAILED, SUCCEEDED
from components.supervised.settings import SUPERVISED_GROUP

from ..aws.deployment import Deployment
from ..aws.logs import insights
from ..aws.machines import read_machine
from ..aws.schedules import get_schedule, schedules_of
from ..aws.tasks import family_tasks
from . import records
from .records import Run
from .request import deciding_container

Data = Mapping[str, Any]

_FIELDS = "fields @timestamp, @message, @log"
_LAST = (
    f"{_FIELDS}, coalesce(detail.group, detail.stateMachineArn) as owner"
    " | sort @timestamp desc | dedup owner | limit 10000"
)
"""The newest event of each task. AWS: CloudWatch Logs user guide, "dedup"; 10,000 rows are the most."""


@dataclass(frozen=True, slots=True)
class Home:
    """Where the runs of a task are in ECS."""

    cluster_arn: str
    task_definition_arn: str
    state_machine_arn: str = ""

    @property
    def family(self) -> str:
        """The family of the task definition."""
        return family_of(self.task_definition_arn)


def home_of(deployment: Deployment, task: str) -> Home:
    """Where a task runs; two calls, three for a supervised one. Raises OpsError where there is no such task."""
    first = get_schedule(deployment, schedules_of(deployment, task)[0].name)
    arn = first.target["Arn"]
    if not first.supervised:
        return Home(arn, first.task_definition_arn)
    machine = read_machine(deployment, arn)
    return Home(machine.cluster_arn, machine.task_definition_arn, arn)


def _container_of(deployment: Deployment, task_definition_arn: str) -> str | None:
    """The container whose exit code counts, where the task definition tells. None as well where that is gone: then the
    runs themselves tell what they can."""
    ecs = deployment.client("ecs")
    try:
        definition = ecs.describe_task_definition(taskDefinition=task_definition_arn)["taskDefinition"]
    except (ecs.exceptions.ClientException, ecs.exceptions.InvalidParameterException):
        return None
    return deciding_container(definition["containerDefinitions"], {})


def history(
    deployment: Deployment,
    task: str,
    home: Home,
    *,
    since: datetime,
    until: datetime,
    most: int,
    tell: Callable[[str], None] = lambda _: None,
) -> list[Run]:
    """The newest runs of a task, each once; `tell` is told what of them is not known."""
    outcomes, lost = outcomes_of(deployment, task, since, until, most)
    for line in lost:
        tell(line)
    groups = (task, f"{SUPERVISED_GROUP}{task}")
    tasks = [one for one in family_tasks(deployment, home.cluster_arn, home.family) if one.get("group") in groups]
    container = _container_of(deployment, home.task_definition_arn)
    direct = [records.from_task(one, container=container) for one in tasks if not records.execution_of(one)]
    executions = _executions(deployment, task, home, tasks, container, most) if home.state_machine_arn else []
    runs = records.merged(outcomes, executions, direct)
    return [run for run in runs if run.started is None or run.started >= since][:most]


def outcomes_of(
    deployment: Deployment, task: str, since: datetime, until: datetime, most: int
) -> tuple[list[Run], list[str]]:
    """The newest runs of a task that have ended, as the logs of outcomes have them, and what is not known of them."""
    # An event can come twice; a name of a task has no quotes.
    query = f'{_FIELDS} | filter detail.group = "{task}" | sort @timestamp desc | limit {min(2 * most, 10_000)}'
    rows, lost = _outcomes(deployment, query, since, until)
    return [run for run in _runs(rows) if run.task == task], lost


def last_outcomes(
    deployment: Deployment, since: datetime, until: datetime, tasks: Iterable[str] = ()
) -> tuple[dict[str, Run], list[str]]:
    """The last run of each task that has ended, as the logs of outcomes have it, and what is not known of them. `tasks`
    are the names of those that there are: an event about an execution names its state machine, whose own name may be
    cut."""
    rows, lost = _outcomes(deployment, _LAST, since, until)
    runs: dict[str, Run] = {}
    cut = {records.task_of_machine(deployment.names.state_machine(task)): task for task in tasks}
    for run in _runs(rows):
        task = cut.get(run.task, run.task)
        runs.setdefault(task, replace(run, task=task))
    return runs, lost


def _outcomes(
    deployment: Deployment, query: str, since: datetime, until: datetime
) -> tuple[list[dict[str, str]], list[str]]:
    """The rows of a query of the logs of outcomes, the newest first. A log that is not there hides no other, and is no
    log in which there is nothing."""
    logs, groups = deployment.client("logs"), deployment.outcome_log_groups
    try:
        return insights(deployment.aws, groups, query, since, until), []
    except logs.exceptions.ResourceNotFoundException:
        rows, missing = list[dict[str, str]](), list[str]()
    for group in groups:
        try:
            rows += insights(deployment.aws, [group], query, since, until)
        except logs.exceptions.ResourceNotFoundException:
            missing.append(group)
    return sorted(rows, key=lambda row: row["@timestamp"], reverse=True), [_lost(missing, groups)]


def _lost(missing: Sequence[str], groups: Sequence[str]) -> str:
    if len(missing) < len(groups):
        outcomes = " or ".join(group.rsplit("/", 1)[-1] for group in missing)
        return f"which runs {outcomes} is not known: the log {', '.join(missing)} is not there"
    return "how runs ended is not known: the stack has no logs of outcomes (monitoring.outcomes)"


def _runs(rows: Iterable[Mapping[str, str]]) -> Iterator[Run]:
    for row in rows:
        event = json.loads(row["@message"])
        if not str(event["detail"].get("group", "")).startswith(SUPERVISED_GROUP):
            yield records.from_event(event, FAILED if row["@log"].endswith(f"/{FAILED}") else SUCCEEDED)


def _executions(
    deployment: Deployment, task: str, home: Home, tasks: Sequence[Data], container: str | None, most: int
) -> list[Run]:
    pages = deployment.aws.pages(
        "stepfunctions",
        "list_executions",
        "executions",
        stateMachineArn=home.state_machine_arn,
        PaginationConfig={"PageSize": min(most, 1000)},
    )
    return [
        records.with_attempts(
            records.from_execution(execution, task),
            [one for one in tasks if records.execution_of(one) == execution["name"]],
            container,
        )
        for execution in islice(pages, most)
    ]
