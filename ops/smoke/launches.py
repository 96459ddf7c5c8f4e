"""Steps about the runs that a schedule starts."""

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from components.aws.names import TASK_TAG, success_metric_name
from components.monitoring.alarms import METRIC_NAMESPACE
from components.monitoring.events import SUCCEEDED

from ..runs.home import home_of
from ..runs.records import SCHEDULE, Run
from .configuration import PRINTS
from .step import MissingError, NotSeenError, Scene

if TYPE_CHECKING:
    from mypy_boto3_logs.type_defs import FilterLogEventsRequestPaginateTypeDef

_FIRES, _LOGGED, _COUNTED = 360, 120, 300
"""Seconds. CloudWatch shows metrics of logs within some minutes."""
_AT_ONCE = 30
"""Seconds. The rate has an interval of a minute."""
_LINE = re.compile(r"scheduled for (\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z)")


def fires(scene: Scene) -> str:
    """A schedule starts a run."""
    run = scene.until(_FIRES, f"No run of {PRINTS} that its schedule started has succeeded", lambda: _newest(scene))
    return f"Run {run.short_id}, started by its schedule, exit code {run.exit_code}"


def has_tags(scene: Scene) -> str:
    """The ECS task has the tag of its task."""
    deployment, run = scene.deployment, _run(scene)
    cluster = home_of(deployment, PRINTS).cluster_arn
    tasks = deployment.client("ecs").describe_tasks(cluster=cluster, tasks=[run.id], include=["TAGS"])["tasks"]
    tags = {tag.get("key"): tag.get("value") for task in tasks for tag in task.get("tags", [])}
    if tags.get(TASK_TAG) != PRINTS:
        raise MissingError(f"The ECS task {run.short_id} has no tag {TASK_TAG}={PRINTS}.")
    return f"{TASK_TAG}={PRINTS}"


def logs(scene: Scene) -> str:
    """The container's output is in the log group, with the scheduled time in place of the keyword."""
    line, _ = _printed(scene)
    return line


def begins_at_creation(scene: Scene) -> str:
    """A rate without a start runs when its schedule is created."""
    _, time = _printed(scene)
    scheduler = scene.aws.client("scheduler")
    created = scheduler.get_schedule(GroupName=scene.names.schedule_group, Name=PRINTS)["CreationDate"]
    after = (time - created.astimezone(UTC).replace(microsecond=0)).total_seconds()
    seen = f"The first run was scheduled for {after:.0f} seconds after the creation of its schedule"
    if after > _AT_ONCE:
        raise NotSeenError(f"{seen}.")
    return seen


def _printed(scene: Scene) -> tuple[str, datetime]:
    """The first line of a container, and the scheduled time in it."""
    group = scene.names.log_group
    line = scene.until(_LOGGED, f"{group} has no line of {PRINTS}", lambda: _logged(scene, group, f"{PRINTS}/"))
    if (found := _LINE.fullmatch(line)) is None:
        raise NotSeenError(f"The container printed: {line}")
    return line, datetime.fromisoformat(found[1])


def is_in_outcome_log(scene: Scene) -> str:
    """EventBridge writes the end of the run to the outcome log, which has its own resource policy."""
    group, run = scene.names.outcome_log_group(SUCCEEDED), _run(scene)
    scene.until(_LOGGED, f"{group} has no event of run {run.short_id}", lambda: _logged(scene, group, find=run.id))
    return group


def is_counted(scene: Scene) -> str:
    """The metric filter of the outcome log counts the success."""
    name = success_metric_name(scene.names.prefix, PRINTS)

    def counted() -> int | None:
        found = scene.aws.client("cloudwatch").get_metric_statistics(
            Namespace=METRIC_NAMESPACE,
            MetricName=name,
            StartTime=scene.began - timedelta(minutes=1),
            EndTime=scene.now() + timedelta(minutes=1),
            Period=60,
            Statistics=["Sum"],
        )["Datapoints"]
        return round(sum(point.get("Sum", 0) for point in found)) or None

    return f"{name}: {scene.until(_COUNTED, f'The metric {name} has no value', counted)}"


def _newest(scene: Scene) -> Run | None:
    found = (run for run in scene.runs(PRINTS) if run.outcome == SUCCEEDED and run.by == SCHEDULE)
    return next(found, None)


def _run(scene: Scene) -> Run:
    if (run := _newest(scene)) is None:
        raise MissingError(f"There is no run of {PRINTS}.")
    return run


def _logged(scene: Scene, group: str, prefix: str = "", find: str = "") -> str | None:
    """The first message in a log group since the beginning of the test."""
    request: FilterLogEventsRequestPaginateTypeDef = {
        "logGroupName": group,
        "startTime": round(scene.began.timestamp() * 1000),
    }
    if prefix:
        request["logStreamNamePrefix"] = prefix
    if find:
        request["filterPattern"] = f'"{find}"'
    # A page can be empty although a later one is not.
    found = scene.aws.pages("logs", "filter_log_events", "events", **request)
    return next((event.get("message", "").strip() for event in found), None)
