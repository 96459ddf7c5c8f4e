"""The past runs of tasks, from all sources in AWS: outcome logs, ECS tasks and Step Functions executions.

Outcome logs have a retention time. ECS forgets a task about an hour after its end, and Step Functions an execution
after 90 days.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from components.aws.names import family_of
from components.json_values import Json, as_json, mapping
from components.monitoring.events import FAILED, SUCCEEDED
from components.supervised.settings import SUPERVISED_GROUP

from ..aws.deployment import Deployment
from ..aws.logs import insights
from ..aws.machines import read_machine
from ..aws.schedules import get_schedule, schedules_of
from ..aws.tasks import family_tasks
from . import records
from .containers import containers_of, deciding_container
from .ecs_tasks import EcsTask
from .executions import list_executions, with_reasons
from .records import Run

_FIELDS = "fields @timestamp, @message, @log"
_LAST = (
    f"{_FIELDS}, coalesce(detail.group, detail.stateMachineArn) as owner"
    " | sort @timestamp desc | dedup owner | limit 10000"
)
"""The newest event of each task. The maximum is 10,000 rows. AWS: CloudWatch Logs user guide, "dedup"."""


@dataclass(frozen=True, slots=True)
class Home:
    """The cluster and task definition of a task's runs."""

    cluster_arn: str
    task_definition_arn: str
    state_machine_arn: str = ""

    @property
    def family(self) -> str:
        """The family of the task definition."""
        return family_of(self.task_definition_arn)


def home_of(deployment: Deployment, task: str) -> Home:
    """Find the cluster and task definition of a task. Makes two calls, or three for a supervised task.

    Raises OpsError if there is no such task.
    """
    first = get_schedule(deployment, schedules_of(deployment, task)[0].name)
    arn = first.target["Arn"]
    if not first.supervised:
        return Home(arn, first.task_definition_arn)
    machine = read_machine(deployment, arn)
    return Home(machine.cluster_arn, machine.task_definition_arn, arn)


def _container_of(deployment: Deployment, task_definition_arn: str) -> str | None:
    """The container whose exit code counts, if the task definition tells; None too if there is no such definition."""
    ecs = deployment.client("ecs")
    try:
        definition = ecs.describe_task_definition(taskDefinition=task_definition_arn)["taskDefinition"]
    except (ecs.exceptions.ClientException, ecs.exceptions.InvalidParameterException):
        return None
    return deciding_container(containers_of(definition["containerDefinitions"]), ())


def history(
    deployment: Deployment,
    task: str,
    home: Home,
    *,
    since: datetime,
    until: datetime,
    most: int,
    tell: Callable[[str], None] = lambda _: None,
    reasons: bool = True,
) -> list[Run]:
    """List the newest runs of a task without duplicates. `tell` gets a message if some outcomes aren't known.

    Without `reasons`, runs that were skipped or replaced may count as failed. This saves one call per failed execution.
    """
    outcomes, lost = outcomes_of(deployment, task, since, until, most)
    for line in lost:
        tell(line)
    groups = (task, f"{SUPERVISED_GROUP}{task}")
    found = map(EcsTask.read, family_tasks(deployment, home.cluster_arn, home.family))
    tasks = [each for each in found if each.group in groups]
    container = _container_of(deployment, home.task_definition_arn)
    direct = [records.from_ecs_task(each, container=container) for each in tasks if not each.execution]
    machine = home.state_machine_arn
    listed = list_executions(deployment, task, machine, most) if machine else []
    executions = [
        records.with_attempts(run, [each for each in tasks if each.execution == run.id], container) for run in listed
    ]
    runs = records.merged(outcomes, executions, direct)
    newest = [run for run in runs if run.started is None or run.started >= since][:most]
    unknown = {run.id for run in executions} - {run.id for run in outcomes}
    return with_reasons(deployment, machine, newest, unknown) if reasons else newest


def outcomes_of(
    deployment: Deployment, task: str, since: datetime, until: datetime, most: int
) -> tuple[list[Run], list[str]]:
    """The newest ended runs of a task in the outcome logs, and messages about missing logs."""
    # Events can be duplicated. The name of a task never contains quotes.
    query = f'{_FIELDS} | filter detail.group = "{task}" | sort @timestamp desc | limit {min(2 * most, 10_000)}'
    rows, lost = _outcomes(deployment, query, since, until)
    return [run for run in _runs(rows) if run.task == task], lost


def last_outcomes(
    deployment: Deployment, since: datetime, until: datetime, tasks: Iterable[str] = ()
) -> tuple[dict[str, Run], list[str]]:
    """The last ended run of each task in the outcome logs, and messages about missing logs.

    `tasks` are the names of all tasks. They are needed because an event about an execution contains only the name of
    the state machine, which can be truncated.
    """
    rows, lost = _outcomes(deployment, _LAST, since, until)
    runs: dict[str, Run] = {}
    full_names = {records.task_of_machine(deployment.names.state_machine(task)): task for task in tasks}
    for run in _runs(rows):
        task = full_names.get(run.task, run.task)
        runs.setdefault(task, replace(run, task=task))
    return runs, lost


def _outcomes(
    deployment: Deployment, query: str, since: datetime, until: datetime
) -> tuple[list[dict[str, str]], list[str]]:
    """The results of a query of the outcome logs, the newest first, and messages about missing logs.

    If a log is missing, the others are still queried.
    """
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
    return sorted(rows, key=lambda row: row.get("@timestamp", ""), reverse=True), [_missing_logs(missing, groups)]


def _missing_logs(missing: Sequence[str], groups: Sequence[str]) -> str:
    if len(missing) < len(groups):
        outcomes = " or ".join(group.rsplit("/", 1)[-1] for group in missing)
        return f"It is not known which runs {outcomes}: the log group {', '.join(missing)} doesn't exist."
    return "The outcomes of runs are not known: the stack has no outcome logs (monitoring.outcomes)."


def _runs(rows: Iterable[Mapping[str, str]]) -> Iterator[Run]:
    """Yield the runs of events. Rows that hold no event, for example because someone wrote to the log, are omitted."""
    for row in rows:
        event = _event(row.get("@message", ""))
        detail = mapping(event.get("detail"))
        if detail and not str(detail.get("group", "")).startswith(SUPERVISED_GROUP):
            yield records.from_event(event, _outcome(row.get("@log", "")))


def _event(message: str) -> Mapping[str, Json]:
    try:
        return mapping(as_json(json.loads(message)))
    except ValueError:
        return {}


def _outcome(log: str) -> str | None:
    """The outcome in the name of an outcome log; None if the query didn't return the name."""
    return next((outcome for outcome in (FAILED, SUCCEEDED) if log.endswith(f"/{outcome}")), None)
