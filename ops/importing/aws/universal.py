"""A schedule that calls RunTask as an API of AWS's SDK, as one with an ECS target. Pure.

Source: EventBridge Scheduler user guide, "Using universal targets": the input is the request of the API, whose members
start with a capital letter.
"""

from components.aws.arn import Arn

from ..yaml_sources import Value
from .model import Schedule, text_at
from .values import parsed_json, spelled

CALL = "(call)"
"""The member of a converted target with the ARN of the API."""
_RUN_TASK = "aws-sdk:ecs:runTask"
_RENAMED = {"taskdefinition": "TaskDefinitionArn", "count": "TaskCount"}


def calls_run_task(arn: str) -> bool:
    """Whether an ARN is that of RunTask as an API of AWS's SDK."""
    parsed = Arn.parse_if_arn(arn)
    return parsed is not None and parsed.service == "scheduler" and parsed.resource == _RUN_TASK


def with_ecs_target(schedule: Schedule) -> None:
    """Give a schedule that calls RunTask a target with EcsParameters."""
    if target := schedule.value.at("Target"):
        schedule.value.entries["Target"] = _ecs_target(target)


def _ecs_target(target: Value) -> Value:
    """The target with EcsParameters, if it calls RunTask; otherwise the same."""
    arn, value = target.at("Arn"), target.at("Input")
    if arn is None or value is None or not calls_run_task(text_at(target, "Arn")):
        return target
    request = value if value.children is not None else parsed_json(value)
    if request is None or not isinstance(request.children, dict):
        return target
    members = dict(request.entries)
    overrides = members.pop("Overrides", None)
    # Without a cluster, RunTask uses the one that is named default.
    cluster = members.pop("Cluster", None) or Value(f"{value.path}.Cluster", value.line, "default")
    parameters = spelled(Value(value.path, value.line, None, members), "scheduler", "EcsParameters", _RENAMED)
    entries = {key: child for key, child in target.entries.items() if key not in ("Arn", "Input")}
    entries |= {CALL: arn, "Arn": cluster, "EcsParameters": parameters}
    if overrides is not None:
        entries["Input"] = spelled(overrides, "ecs", "TaskOverride", {})
    return Value(target.path, target.line, None, entries)
