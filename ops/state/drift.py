"""Describes the differences between AWS and a stack's configuration. Pure functions.

A difference means that either someone changed a resource in AWS, or the configuration isn't deployed yet. These
functions can't tell which.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from pydantic import JsonValue

from components.aws.account import Account
from components.aws.names import GroupNames
from components.aws.spelling import camel_case, pascal_case
from components.calls.kinds import call_of, machine_name
from components.hours.machine import OfficeHours
from components.hours.machine import definition as definition_of_hours
from components.hours.sleepers import sleepers_of
from components.json_values import Data, Json, items, mapping, read_json
from components.problems import listed
from components.resolved import MAIN_CONTAINER, CallTask, Retry, Scheduled, ScheduleTimes, Task
from components.resolved import Schedule as ConfiguredSchedule
from components.schedules import durations
from components.snapshots.machine import Snapshots
from components.snapshots.machine import definition as definition_of_snapshots
from components.snapshots.retention import retention_of
from components.supervised.contract import MachineFacts, UnknownMachineError, decode
from components.supervised.exceptions import COVERED_UNTIL, EXCEPT
from components.supervised.language import Supervised
from components.supervised.machine import definition, index_definition
from components.supervised.settings import AFTER, SUPERVISED_GROUP, SUPERVISED_KEYS, Supervision
from components.task import overrides
from components.task.schedule_names import schedule_names
from components.task.schedule_target import deployed_start, timing, utc

from ..aws.schedules import Schedule
from ..runs.records import last_part
from .both_sides import NOT_SET, between, both, by_name
from .definition_drift import run_differences

_SUPERVISED = listed([camel_case(key) for key in SUPERVISED_KEYS], "and")


@dataclass(frozen=True, slots=True)
class Shared:
    """The settings that all schedules of a stack share, according to its configuration."""

    names: GroupNames
    network: Data
    """`Subnets` and `SecurityGroups`, if they are known."""
    scheduler_role: str = ""
    """ARN of the existing role in place of the scheduler role; empty for none."""
    cluster: str = ""
    """Name of the cluster of tasks without one of their own; empty if it isn't known."""


def state_difference(*, expected: bool, actual: bool, by_hand: bool) -> str:
    """Describe the difference of a schedule's state. Empty if there is none."""
    if expected == actual:
        return ""
    if actual:
        return "enabled in AWS, paused in the configuration"
    return "paused by hand" if by_hand else "disabled in AWS, enabled in the configuration"


def schedule_differences(
    schedule: Schedule, task: Task, wanted: ConfiguredSchedule, *, shared: Shared, now: datetime
) -> list[str]:
    """Describe the differences of a schedule, by configuration key."""
    differences = [*_timing(schedule, wanted, now), *_delivery(schedule, task, shared)]
    if schedule.supervised and not task.is_supervised:
        return [
            *differences,
            both("target", "a state machine", f"ECS, without {_SUPERVISED}"),
        ]
    if task.is_supervised:
        return [*differences, *_execution(schedule, task, wanted, shared, now)]
    if not schedule.parameters:
        return [*differences, both("target", schedule.target_arn, "ECS")]
    return [*differences, *_target(schedule, task, wanted, shared)]


def call_differences(
    schedule: Schedule, task: CallTask, wanted: ScheduleTimes, *, shared: Shared, account: Account, now: datetime
) -> list[str]:
    """Describe the differences of a schedule that makes an API call, by configuration key."""
    role = task.role if isinstance(task.role, str) else account.iam_arn(_call_role(task.name, shared.names))
    found = [*_timing(schedule, wanted, now), *_role(schedule.role_arn, role), *_retries(schedule, task, shared)]
    names = shared.names
    given = cast("Data", task.args)
    call = call_of(given, account, names.family(task.name), machine_name(given, names, task.name))
    target = call.target_arn(account.partition)
    if schedule.target_arn != target:
        return [*found, both("target", schedule.target_arn, target)]
    left_out = overrides.exceptions(task, wanted, now.year)
    if schedule.input == call.input_of(wanted.name, left_out):
        return found
    actual = _decoded(schedule.input) if task.machine else None
    if not isinstance(actual, dict):
        return [*found, both("input", schedule.input, call.input_of(wanted.name))]
    found += _exceptions(actual, left_out)
    expected = mapping(_decoded(call.input_of(wanted.name)))
    texts = [json.dumps(given, sort_keys=True) for given in (actual, expected)]
    return [*found, *([] if actual == expected else [both("input", texts[0], texts[1])])]


def _exceptions(actual: dict[str, JsonValue], wanted: Data) -> Iterator[str]:
    """Compare the times that a schedule leaves out, and remove them from its input.

    The configuration of another year leaves out other times, and is a difference, too.
    """
    left_out = {key: actual.pop(key) for key in (EXCEPT, COVERED_UNTIL) if key in actual}
    if left_out != wanted:
        yield both("except", _left_out_in_words(left_out), _left_out_in_words(wanted))


def _call_role(task: str, names: GroupNames) -> str:
    return f"role{names.iam_path}{names.task_role(task, 'call')}"


def _role(actual: str, expected: str) -> Iterator[str]:
    if actual != expected:
        yield both("role", last_part(actual), last_part(expected))


def _timing(schedule: Schedule, wanted: ScheduleTimes, now: datetime) -> Iterator[str]:
    expected = timing(wanted, enabled=True, now=now)
    if schedule.expression != expected["schedule_expression"]:
        yield both("schedule", schedule.expression, wanted.expression)
    if schedule.timezone != expected["schedule_expression_timezone"]:
        yield both("timezone", schedule.timezone, wanted.timezone)
    window = expected["flexible_time_window"].get("maximum_window_in_minutes")
    if schedule.window_minutes != window:
        yield both(
            "flexibleWindow", *(f"{minutes}m" if minutes else "off" for minutes in (schedule.window_minutes, window))
        )
    # A start in the past may still be deployed.
    started = deployed_start(replace(wanted, start=schedule.start), now)
    dates = {"start": (schedule.start, started), "end": (schedule.end,) * 2}
    for key, (actual, compared) in dates.items():
        if (utc(compared) if compared else None) != expected.get(f"{key}_date"):
            yield both(key, *(utc(time) if time else None for time in (actual, getattr(wanted, key))))


def _delivery(schedule: Schedule, task: Task, shared: Shared) -> Iterator[str]:
    """Compare what all targets have: role, retries and dead-letter queue."""
    if shared.scheduler_role:
        role, expected = schedule.role_arn, shared.scheduler_role
    else:
        role, expected = last_part(schedule.role_arn), shared.names.role("scheduler")
    if role != expected:
        yield both("role", role, expected)
    yield from _retries(schedule, task, shared)


def _retries(schedule: Schedule, task: Scheduled, shared: Shared) -> Iterator[str]:
    """Compare the dead-letter queue and the retries."""
    queue = last_part(schedule.dead_letter_queue_arn, ":")
    if queue != shared.names.dead_letter_queue:
        yield both("dead-letter queue", queue, shared.names.dead_letter_queue)
    if (retry := schedule.retry) != (own := _retry(task.retry)):
        yield both("retry", *map(_retry_in_words, (retry, own)))


def _target(schedule: Schedule, task: Task, wanted: ConfiguredSchedule, shared: Shared) -> Iterator[str]:
    given = schedule.parameters
    if schedule.task_count != task.count:
        yield both("count", schedule.task_count, task.count)
    if given.get("Group") != task.name:
        yield f"{both('group', given.get('Group'), task.name)} (status, history and alarms miss its runs)"
    if _capacity(given) != _expected_capacity(task):
        yield both("launch", _capacity(given), _expected_capacity(task))
    yield from _cluster(schedule.target_arn, task, shared)
    yield from _network(given.get("NetworkConfiguration", {}).get("awsvpcConfiguration", {}), task, shared)
    yield from run_differences(given, task, enter=wanted.exec, supervised=False)
    container = _overridden_container(schedule.input)
    yield from _overrides(
        _decoded(schedule.input), overrides.run_overrides(task.with_container(container), wanted), container
    )


def _execution(
    schedule: Schedule, task: Task, wanted: ConfiguredSchedule, shared: Shared, now: datetime
) -> Iterator[str]:
    """Compare the target of a supervised task."""
    if (target := last_part(schedule.target_arn, ":")) != shared.names.state_machine(task.name):
        yield both("target", target, shared.names.state_machine(task.name))
    container = _overridden_container(schedule.input)
    changes = overrides.run_overrides(task.with_container(container), wanted)
    # Earlier versions passed the name in AWS, which a schedule keeps.
    own = (schedule_names(task)[task.schedules.index(wanted)].in_aws, schedule.name)
    expected = [overrides.execution_input(changes, name=name) for name in own]
    actual = _decoded(schedule.input)
    if isinstance(actual, dict):
        yield from _exceptions(actual, overrides.exceptions(task, wanted, now.year))
        if (after := actual.pop(AFTER, None)) != task.after:
            yield both("after", None if after is None else str(after), task.after)
    if actual not in expected:
        yield from _overrides(actual, expected[0], container)


def _left_out_in_words(given: Data) -> str | None:
    """The number of intervals that are left out, and their end; None for none."""
    if not given:
        return None
    count = len(items(given.get(EXCEPT, [])))
    return f"{count} {'interval' if count == 1 else 'intervals'} until {str(given.get(COVERED_UNTIL))[:10]}"


def _overrides(actual: JsonValue, expected: Data, container: str) -> Iterator[str]:
    """Compare the input of a schedule: the overrides, for a supervised task in the input of its state machine."""
    if not isinstance(actual, dict):
        # The text isn't shown, because it can contain values of variables.
        yield both("input", "no JSON object", "a JSON object" if expected else None, of=_OF_SCHEDULE)
        return
    one, other = (mapping(by_name(each)) for each in (actual, expected))
    if "overrides" in expected:
        one, other = _flattened(one), _flattened(other)
    yield from between(one, other, main=container, of=_OF_SCHEDULE)


def _flattened(given: Mapping[str, Json]) -> Mapping[str, Json]:
    """Return the input of a state machine with the overrides on the first level."""
    rest = {f"input.{key}": item for key, item in given.items() if key != "overrides"}
    return {**rest, **mapping(given.get("overrides"))}


def machine_differences(actual: str, task: Task, settings: Supervision, *, shared: Shared) -> list[str]:
    """Describe the differences of a supervised task's state machine. `actual` is its definition."""
    try:
        facts = decode(actual)
    except UnknownMachineError as error:
        return [f"can't tell what the state machine runs. {error}"]
    given = facts.run
    made = _generated(facts, task, settings, shared)
    network = given.get("NetworkConfiguration")
    differences = list(_network(network["AwsvpcConfiguration"] if network else {}, task, shared))
    differences += _cluster(given["Cluster"], task, shared)
    differences += run_differences(given, task, enter=given.get("EnableExecuteCommand", False), supervised=True)
    if _capacity(given) != _expected_capacity(task):
        differences.append(both("launch", _capacity(given), _expected_capacity(task)))
    if given.get("Group") != (group := f"{SUPERVISED_GROUP}{task.name}"):
        differences.append(f"{both('group', given.get('Group'), group)} (status and history miss its runs)")
    if _decoded(definition(made)) != _decoded(actual):
        differences += _settings(facts, settings) or ["the state machine differs: retry, retryRun or version"]
    return differences


def _generated(facts: MachineFacts, task: Task, settings: Supervision, shared: Shared) -> Supervised:
    """The source of the state machines of a task, with the RunTask request of the deployed ones."""
    return Supervised(
        task=task.name,
        container=task.container or facts.container,
        prefix=shared.names.prefix,
        table=shared.names.lease_table,
        settings=settings,
        run=facts.run,
        index_machine_arn=facts.index_machine_arn,
    )


def index_machine_differences(
    facts: MachineFacts, actual: str | None, task: Task, settings: Supervision, *, shared: Shared
) -> list[str]:
    """Describe the differences of the state machine that runs one task of a run with `parallel`.

    Args:
        facts: The facts of the state machine that starts its executions.
        actual: Its definition; None if it doesn't exist.
        task: The task.
        settings: The settings of the task.
        shared: The settings that all schedules share.
    """
    name = last_part(facts.index_machine_arn, ":")
    if name != (expected := shared.names.index_machine(task.name)):
        return [both("the state machine of its tasks", name, expected)]
    if actual is None:
        return [f"the state machine {name} doesn't exist"]
    same = _decoded(index_definition(_generated(facts, task, settings, shared))) == _decoded(actual)
    return [] if same else [f"the state machine {name} differs: timeout, retry, retryRun or version"]


def call_machine_differences(actual: str, task: CallTask, names: GroupNames, account: Account) -> list[str]:
    """Describe the differences of the state machine of a call. `actual` is its definition."""
    args = cast("Data", task.args)
    exceptions = bool(task.exceptions)
    if (kept := retention_of(args, account, names, task.name)) is not None:
        expected = definition_of_snapshots(Snapshots.in_group(kept, names, exceptions=exceptions))
        keys = "snapshot"
    else:
        sleepers = sleepers_of(args, account)
        expected = definition_of_hours(OfficeHours.of(task.name, names, account, sleepers, exceptions=exceptions))
        keys = "sleeps"
    return [] if _decoded(expected) == _decoded(actual) else [f"the state machine differs: {keys}, or version"]


def _settings(facts: MachineFacts, settings: Supervision) -> list[str]:
    """Compare the settings that the state machine states."""
    parallel = settings.parallel
    tasks, at_once = (parallel.tasks, parallel.at_once) if parallel else (1, 1)
    times = (durations.in_words(facts.timeout), durations.in_words(settings.timeout))
    after = (facts.notify_after or NOT_SET, settings.notify_after or NOT_SET)
    return [
        *([both("timeout", *times)] if facts.timeout != settings.timeout else []),
        *([both("overlap", facts.overlap, settings.overlap)] if facts.overlap != settings.overlap else []),
        *([both("parallel.tasks", facts.tasks, tasks)] if facts.tasks != tasks else []),
        *([both("parallel.atOnce", facts.at_once, at_once)] if facts.at_once != at_once else []),
        *([both("notifyAfter", *after)] if facts.notify_after != settings.notify_after else []),
        *([both("lock", facts.lock, settings.lock or "")] if facts.lock != (settings.lock or "") else []),
    ]


def _cluster(actual: str, task: Task, shared: Shared) -> Iterator[str]:
    found, expected = last_part(actual), last_part(task.cluster or "") or shared.cluster
    if expected and found != expected:
        yield both("cluster", found, expected)


def _network(actual: Data, task: Task, shared: Shared) -> Iterator[str]:
    expected = _expected_network(task, shared)
    for key, label in (("Subnets", "subnets"), ("SecurityGroups", "security groups")):
        found = sorted(actual.get(key, ()))
        # Without awsvpc networking, a run has no network configuration.
        if actual and key in expected and found != (wanted := sorted(expected[key])):
            yield both(label, *(" ".join(side) for side in (found, wanted)))


def _expected_network(task: Task, shared: Shared) -> Data:
    """Return the subnets and security groups of a task, if they are known."""
    own = task.network
    if own is None:
        return shared.network
    named = {"Subnets": own.subnet_ids, "SecurityGroups": own.security_group_ids}
    given = {key: list(value) for key, value in named.items() if isinstance(value, Sequence)}
    # Other subnets can be in another VPC, in which the task has a security group of its own.
    return given if own.names_subnets else {**shared.network, **given}


def _overridden_container(text: str) -> str:
    """Return the container that the deployment found in an existing task definition, from the input of a schedule."""
    given = _decoded(text)
    containers = _lowercase(_lowercase(given).get("overrides", given)).get("containeroverrides")
    if isinstance(containers, list) and containers:
        return str(_lowercase(containers[0]).get("name", MAIN_CONTAINER))
    return MAIN_CONTAINER


def _lowercase(value: JsonValue) -> dict[str, JsonValue]:
    """Return an object with lowercase keys, because EventBridge Scheduler and Step Functions spell them differently."""
    return {key.lower(): item for key, item in value.items()} if isinstance(value, dict) else {}


_OF_SCHEDULE = " of the schedule"


def _retry(retry: Retry) -> dict[str, int]:
    return {"MaximumRetryAttempts": retry.attempts, "MaximumEventAgeInSeconds": retry.max_age}


def _retry_in_words(retry: Mapping[str, int]) -> str:
    return f"{retry['MaximumRetryAttempts']} attempts in {durations.in_words(retry['MaximumEventAgeInSeconds'])}"


def _capacity(given: Data) -> str:
    # EventBridge Scheduler and Step Functions spell the keys differently.
    entries: Sequence[Data] = given.get("CapacityProviderStrategy", ())
    strategy = [{pascal_case(key): value for key, value in entry.items()} for entry in entries]
    items = [(item["CapacityProvider"], item.get("Weight", 0), item.get("Base", 0)) for item in strategy]
    return _spelled(items, given.get("LaunchType", ""))


def _expected_capacity(task: Task) -> str:
    items = [(entry.provider, entry.weight, entry.base) for entry in task.strategy]
    return _spelled(items, "" if task.launch == "clusterDefault" else task.launch_type)


def _spelled(items: list[tuple[str, int, int]], launch_type: str) -> str:
    return ", ".join(f"{name} {weight}:{base}" for name, weight, base in sorted(items)) or launch_type


def _decoded(text: str) -> JsonValue:
    try:
        return cast("JsonValue", read_json(text)) if text else {}
    except ValueError:
        return text
