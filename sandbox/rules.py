"""Rules across the members of a request that AWS enforces, but neither botocore's models nor the emulator do.

Each rule is a function of the request's parameters, and comes from AWS's documentation.
"""

import json
import re
import zoneinfo
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from .container_host_rules import host_problems
from .container_rules import container_problems
from .definition_platform import is_for, is_windows, operating_system
from .definition_rules import definition_problems
from .event_rules import api_destination_problems, connection_problems, event_target_problems
from .fargate import fargate_has
from .machine_rules import machine_problems
from .schedule_targets import target_problems
from .volume_rules import volume_problems

Params = Mapping[str, Any]
Rule = Callable[[Params], Iterator[str]]

OVERRIDES_LENGTH = 8192
"""The maximum number of characters in RunTask's overrides, which are the input of a schedule on ECS.

AWS: Amazon ECS API reference, RunTask.
"""

LOG_RETENTION_DAYS = frozenset(
    (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
)


def rule_problems(service: str, operation: str, params: Params) -> list[str]:
    """Return what AWS would refuse in a request whose members are each valid."""
    return [problem for rule in _RULES.get((service, operation), ()) for problem in rule(params)]


def _expression(params: Params) -> Iterator[str]:
    # AWS: EventBridge Scheduler user guide, Schedule types.
    expression = str(params.get("ScheduleExpression", ""))
    cron = re.fullmatch(r"cron\((.*)\)", expression)
    if cron:
        yield from _cron(expression, cron[1].split())
    elif not _RATE.fullmatch(expression) and not _is_time(_AT.fullmatch(expression)):
        yield (
            f"ScheduleExpression: {expression!r} must be rate(value unit), "
            "cron(minutes hours day-of-month month day-of-week year) or at(yyyy-mm-ddThh:mm:ss)"
        )


_RATE = re.compile(r"rate\([1-9][0-9]* (minute|hour|day)s?\)")
_AT = re.compile(r"at\(([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})\)")
"""No range of years and no largest rate. AWS: botocore scheduler, CreateScheduleInput, ScheduleExpression; EventBridge
Scheduler user guide, Schedule types."""


def _is_time(found: re.Match[str] | None) -> bool:
    """Whether the calendar has the time."""
    try:
        return found is not None and bool(datetime.fromisoformat(found[1]))
    except ValueError:
        return False


def _cron(expression: str, fields: list[str]) -> Iterator[str]:
    if len(fields) != 6:
        yield f"ScheduleExpression: {expression!r} has {len(fields)} fields, not 6"
    elif (fields[2] == "?") == (fields[4] == "?"):
        yield f"ScheduleExpression: exactly one of day-of-month and day-of-week must be ? in {expression!r}"
    else:
        for text, (name, low, high) in zip(fields, _CRON_FIELDS, strict=True):
            if any(not low <= number <= high for number in _numbers(text)):
                yield f"ScheduleExpression: {name} must be {low} to {high} in {expression!r}"


_CRON_FIELDS = (
    ("minutes", 0, 59), ("hours", 0, 23), ("day-of-month", 1, 31), ("month", 1, 12), ("day-of-week", 1, 7),
    ("year", 1970, 2199),
)  # fmt: skip
"""AWS: EventBridge Scheduler user guide, Schedule types, "Cron-based schedules"."""


def _numbers(field: str) -> Iterator[int]:
    """The values in a field of cron, without its steps and the `#` of the nth weekday."""
    for part in field.split(","):
        bounds = re.split("[/#]", part)[0].split("-")
        yield from (int(bound) for bound in (each.rstrip("LW") for each in bounds) if bound.isdecimal())


def _time_zone(params: Params) -> Iterator[str]:
    name = params.get("ScheduleExpressionTimezone")
    if name and name not in _time_zones():
        yield f"ScheduleExpressionTimezone: {name!r} is not in the IANA time zone database"


_time_zones = cache(zoneinfo.available_timezones)
"""Cached, because listing the time zones takes longer than all other checks of a schedule."""


def _flexible_window(params: Params) -> Iterator[str]:
    # AWS: EventBridge Scheduler API reference, FlexibleTimeWindow.
    window = params.get("FlexibleTimeWindow", {})
    minutes = window.get("MaximumWindowInMinutes")
    if window.get("Mode") == "FLEXIBLE" and minutes is None:
        yield "FlexibleTimeWindow.MaximumWindowInMinutes: is required if Mode is FLEXIBLE"
    if window.get("Mode") == "OFF" and minutes is not None:
        yield "FlexibleTimeWindow.MaximumWindowInMinutes: is not allowed if Mode is OFF"


def _dates(params: Params) -> Iterator[str]:
    start, end = params.get("StartDate"), params.get("EndDate")
    if start is not None and end is not None and start >= end:
        yield "StartDate: must be before EndDate"


def _ecs_target(params: Params) -> Iterator[str]:
    target = params.get("Target", {})
    ecs = target.get("EcsParameters")
    if ecs is None:
        return
    # AWS: Amazon ECS API reference, RunTask.
    if ecs.get("LaunchType") and ecs.get("CapacityProviderStrategy"):
        yield "Target.EcsParameters: LaunchType and CapacityProviderStrategy can't be combined"
    if ecs.get("LaunchType") == "FARGATE" and not ecs.get("NetworkConfiguration"):
        yield "Target.EcsParameters.NetworkConfiguration: is required if LaunchType is FARGATE"
    yield from _strategy(ecs.get("CapacityProviderStrategy", []))
    if "Input" in target:
        yield from _overrides(target["Input"])


def _strategy(items: list[Params]) -> Iterator[str]:
    # AWS: Amazon ECS developer guide, capacity providers. The default weight is 0.
    if items and all(not item.get("weight") for item in items):
        yield "Target.EcsParameters.CapacityProviderStrategy: at least one weight must be greater than 0"
    if sum(1 for item in items if item.get("base")) > 1:
        yield "Target.EcsParameters.CapacityProviderStrategy: only one item can have a base"


def _overrides(text: str) -> Iterator[str]:
    if len(text) > OVERRIDES_LENGTH:
        yield f"Target.Input: has {len(text)} characters, but RunTask's overrides are limited to {OVERRIDES_LENGTH}"
    try:
        overrides = json.loads(text)
    except ValueError:
        yield "Target.Input: must be JSON, because it has RunTask's overrides"
        return
    for container in overrides.get("containerOverrides", []) if isinstance(overrides, dict) else []:
        if container and "name" not in container:
            yield "Target.Input: an item of containerOverrides has no name"


def _containers(params: Params) -> Iterator[str]:
    containers: list[Params] = params.get("containerDefinitions", [])
    names = [container.get("name") for container in containers]
    if len(set(names)) < len(names):
        yield "containerDefinitions: container names must be unique"
    if containers and not any(container.get("essential", True) for container in containers):
        yield "containerDefinitions: at least one container must be essential"
    fargate = is_for(params, "FARGATE")
    windows = is_windows(params)
    for container in containers:
        problems = (
            *container_problems(container, fargate=fargate, windows=windows),
            *_logs(container, fargate=fargate),
        )
        yield from (f"container {container.get('name')!r}: {problem}" for problem in problems)


def _logs(container: Params, *, fargate: bool) -> Iterator[str]:
    # AWS: Amazon ECS API reference, LogConfiguration.
    log: Params = container.get("logConfiguration", {})
    if fargate and log and log.get("logDriver") not in ("awslogs", "splunk", "awsfirelens"):
        yield f"Fargate supports the log drivers awslogs, splunk and awsfirelens, not {log.get('logDriver')!r}"
    if log.get("logDriver") == "awslogs":
        yield from _awslogs(log.get("options", {}), fargate=fargate)


def _awslogs(options: Params, *, fargate: bool) -> Iterator[str]:
    needed = ["awslogs-group", "awslogs-region", *(["awslogs-stream-prefix"] if fargate else [])]
    for name in needed:
        if not options.get(name):
            yield f"logConfiguration.options: {name} is required"
    if "awslogs-datetime-format" in options and "awslogs-multiline-pattern" in options:
        yield "logConfiguration.options: awslogs-datetime-format and awslogs-multiline-pattern can't be combined"
    if options.get("mode", "blocking") not in ("blocking", "non-blocking"):
        yield "logConfiguration.options: mode must be blocking or non-blocking"


def _fargate(params: Params) -> Iterator[str]:
    # AWS: Amazon ECS developer guide, Fargate task definition differences.
    if not is_for(params, "FARGATE"):
        return
    if params.get("networkMode") != "awsvpc":
        yield "networkMode: must be awsvpc for FARGATE"
    for name in ("cpu", "memory"):
        if not params.get(name):
            yield f"{name}: is required for FARGATE"
    family = operating_system(params)
    windows = family != "LINUX"
    if windows and not re.fullmatch("WINDOWS_SERVER_(2019|2022)_(CORE|FULL)", family):
        yield f"runtimePlatform.operatingSystemFamily: Fargate does not run {family}"
    if params.get("cpu") and params.get("memory") and not fargate_has(params["cpu"], params["memory"], windows=windows):
        # AWS's own text.
        yield f"No Fargate configuration exists for given values: {params['cpu']} CPU, {params['memory']} memory."
    size = params.get("ephemeralStorage", {}).get("sizeInGiB")
    if size is not None and not 21 <= size <= 200:
        yield f"ephemeralStorage.sizeInGiB: is {size}, but must be from 21 to 200"


def _managed_instances(params: Params) -> Iterator[str]:
    # docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instances-tasks-services.html and
    # managed-instance-networking.html.
    if not is_for(params, "MANAGED_INSTANCES"):
        return
    if params.get("networkMode") not in ("awsvpc", "host"):
        yield "networkMode: must be awsvpc or host for MANAGED_INSTANCES"
    if is_windows(params):
        yield "runtimePlatform.operatingSystemFamily: Amazon ECS Managed Instances run Linux containers only"
    for name in ("ephemeralStorage", "inferenceAccelerators", "ipcMode", "proxyConfiguration"):
        if params.get(name):
            yield f"{name}: is not valid for MANAGED_INSTANCES"
    for container in params.get("containerDefinitions", []):
        given = {**container, **(container.get("linuxParameters") or {})}
        invalid = [name for name in _NOT_ON_MANAGED_INSTANCES if given.get(name)]
        yield from (
            f"container {container.get('name')!r}: {name} is not valid for MANAGED_INSTANCES" for name in invalid
        )


_NOT_ON_MANAGED_INSTANCES = (
    "disableNetworking", "dnsSearchDomains", "dnsServers", "dockerLabels", "dockerSecurityOptions", "extraHosts",
    "hostname", "links", "maxSwap", "sharedMemorySize", "swappiness",
)  # fmt: skip
"""tmpfs is supported since January 2026:
https://aws.amazon.com/about-aws/whats-new/2026/01/amazon-ecs-tmpfs-mounts-aws-fargate-managed-instances/."""


def _instances(params: Params) -> Iterator[str]:
    # botocore ecs, RegisterTaskDefinition.cpu: from 128 to 196608 units, except on Fargate, which has its own sizes.
    # https://docs.aws.amazon.com/batch/latest/userguide/create-job-definition-ecs-managed-instances.html: no
    # restrictions on combinations of sizes for Managed Instances.
    cpu = params.get("cpu")
    if cpu and not is_for(params, "FARGATE") and not (cpu.isdecimal() and 128 <= int(cpu) <= 196_608):
        yield "Invalid 'cpu' setting for task."


def _windows(params: Params) -> Iterator[str]:
    # botocore ecs, RegisterTaskDefinition.networkMode: "For Amazon ECS tasks on Amazon EC2 Windows instances, <default>
    # or awsvpc can be used."
    family = operating_system(params)
    if family != "LINUX" and params.get("networkMode", "awsvpc") != "awsvpc":
        yield f"networkMode: must be awsvpc or left out for {family}"


def _retention(params: Params) -> Iterator[str]:
    if params.get("retentionInDays") not in LOG_RETENTION_DAYS:
        days = ", ".join(map(str, sorted(LOG_RETENTION_DAYS)))
        yield f"retentionInDays: {params.get('retentionInDays')} is not one of {days}"


def _log_group_name(params: Params) -> Iterator[str]:
    if str(params.get("logGroupName", "")).startswith("aws/"):
        yield "logGroupName: must not start with aws/"


_QUEUE_RANGES = {
    "DelaySeconds": (0, 900),
    "MessageRetentionPeriod": (60, 1_209_600),
    "ReceiveMessageWaitTimeSeconds": (0, 20),
    "VisibilityTimeout": (0, 43_200),
}


def _queue(params: Params) -> Iterator[str]:
    # AWS: Amazon SQS API reference, SetQueueAttributes.
    attributes = params.get("Attributes", {})
    for name, (low, high) in _QUEUE_RANGES.items():
        value = attributes.get(name)
        if value is not None and not low <= int(value) <= high:
            yield f"Attributes.{name}: is {value}, but must be from {low} to {high}"
    if attributes.get("SqsManagedSseEnabled") == "true" and attributes.get("KmsMasterKeyId"):
        yield "Attributes: SqsManagedSseEnabled and KmsMasterKeyId can't be combined"


def _queue_name(params: Params) -> Iterator[str]:
    name = str(params.get("QueueName", ""))
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,80}|[A-Za-z0-9_-]{1,75}\.fifo", name):
        yield f"QueueName: {name!r} must have 1 to 80 letters, digits, hyphens or underscores"


def _alarm_window(params: Params) -> Iterator[str]:
    # AWS: botocore cloudwatch, PutMetricAlarmInput, Period and DatapointsToAlarm.
    evaluated = params.get("EvaluationPeriods", 1)
    queried = [query["MetricStat"]["Period"] for query in params.get("Metrics", []) if "MetricStat" in query]
    for period in {*queried, *([params["Period"]] if "Period" in params else [])}:
        if period not in (10, 20, 30) and period % 60:
            yield f"Period: {period} must be 10, 20, 30 or a multiple of 60"
        if period * evaluated > (604_800 if period >= 3600 else 86_400):
            yield f"EvaluationPeriods: {evaluated} periods of {period} seconds are longer than AWS evaluates"
    if params.get("DatapointsToAlarm", 1) > evaluated:
        yield "DatapointsToAlarm: must not be greater than EvaluationPeriods"


def _alarm_metrics(params: Params) -> Iterator[str]:
    # AWS: botocore cloudwatch, PutMetricAlarmInput, Metrics; MetricDataQuery, ReturnData.
    queries: list[Params] = params.get("Metrics", [])
    if queries and "MetricName" in params:
        yield "Metrics: can't be combined with MetricName"
    if queries and sum(query.get("ReturnData", True) for query in queries) != 1:
        yield "Metrics: exactly one query must return data"


_SCHEDULE: tuple[Rule, ...] = (_expression, _time_zone, _flexible_window, _dates, target_problems, _ecs_target)
_RULES: Mapping[tuple[str, str], tuple[Rule, ...]] = {
    ("scheduler", "CreateSchedule"): _SCHEDULE,
    ("scheduler", "UpdateSchedule"): _SCHEDULE,
    ("cloudwatch", "PutMetricAlarm"): (_alarm_window, _alarm_metrics),
    ("ecs", "RegisterTaskDefinition"): (
        _containers,
        _fargate,
        _instances,
        _managed_instances,
        _windows,
        definition_problems,
        host_problems,
        volume_problems,
    ),
    ("events", "CreateApiDestination"): (api_destination_problems,),
    ("events", "CreateConnection"): (connection_problems,),
    ("events", "PutTargets"): (event_target_problems,),
    ("events", "UpdateApiDestination"): (api_destination_problems,),
    ("logs", "CreateLogGroup"): (_log_group_name,),
    ("logs", "PutRetentionPolicy"): (_retention,),
    ("sqs", "CreateQueue"): (_queue, _queue_name),
    ("stepfunctions", "CreateStateMachine"): (machine_problems,),
    ("stepfunctions", "UpdateStateMachine"): (machine_problems,),
    ("sqs", "SetQueueAttributes"): (_queue,),
}
