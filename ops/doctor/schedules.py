"""Checks of the schedule group, the schedules, their task definitions and their state machines."""

import re
from collections.abc import Iterator
from itertools import islice

from components.schedules import ExpressionError, durations, parse

from ..aws.schedules import call_in_words, unanchored
from .after import after_findings
from .finding import (
    OK,
    PROBLEM,
    RECREATE,
    STACK,
    UNKNOWN,
    WARNING,
    Cause,
    Finding,
    own_resource,
    own_schedule,
)
from .inventory import CheckedSchedule, Inventory

_RESTORE = "To restore it, run: pulumi up --refresh"
_PIN = (
    "To register and pin a new revision, run: pulumi up --refresh. If `taskDefinition` names an existing one, name an "
    "active revision of it first."
)


def group_findings(inventory: Inventory) -> Iterator[Finding]:
    """Check that the schedule group isn't being deleted."""
    name = inventory.deployment.name
    state = inventory.deployment.client("scheduler").get_schedule_group(Name=name)["State"]
    if state == "ACTIVE":
        yield Finding(OK, STACK, f"The schedule group {name} is active.")
    else:
        message = f"The schedule group {name} and its schedules are in state {state}."
        yield Finding(PROBLEM, STACK, message, "When the deletion is complete, run: pulumi up --refresh")


def schedule_findings(inventory: Inventory, each: CheckedSchedule) -> Iterator[Finding]:
    """Check that a schedule is enabled, will run again, and has a role and a dead-letter queue."""
    schedule, subject = each.schedule, own_schedule(each.schedule.name)
    if each.gone:
        return
    if schedule.after and not schedule.enabled:
        yield from after_findings(inventory, each)
    elif schedule.on_demand and not schedule.enabled:
        message = f"{each.task} has no schedule. To start a run: scheduled-tasks run {each.task}"
        yield Finding(OK, each.task, message, cause=Cause("The task has no schedule."))
    elif schedule.enabled:
        yield _next_run(inventory, each)
        yield from _deferred(inventory, each)
    elif pause := inventory.record.pause_of(schedule.name, schedule.modified):
        message = f"{schedule.name} is paused by hand ({pause.words})."
        # Tasks that are paused one by one have different times.
        cause = Cause(f"The schedule is paused by hand (by {pause.who}: {pause.why}).")
        yield Finding(
            WARNING, each.task, message, f"To resume it, run: scheduled-tasks resume {each.task}", cause=cause
        )
    else:
        fix = "To resume it, set `enabled: true` in its configuration and run: pulumi up"
        yield subject.finding(WARNING, each.task, "is paused.", fix)
    yield from _ending_exceptions(inventory, each)
    if not schedule.role_arn:
        predicate = "has no role, so EventBridge Scheduler can't start its runs."
        yield subject.finding(PROBLEM, each.task, predicate, _RESTORE)
    if not schedule.dead_letter_queue_arn:
        predicate = "has no dead-letter queue. Failed launches are lost."
        yield subject.finding(WARNING, each.task, predicate, _RESTORE)


def _ending_exceptions(inventory: Inventory, each: CheckedSchedule) -> Iterator[Finding]:
    """Warn before the times that a schedule leaves out end."""
    if ending := each.schedule.exceptions.ending(inventory.now):
        sentence, fix = ending.split(". ", 1)
        yield Finding(WARNING, each.task, f"{each.schedule.name}: {sentence}.", fix, cause=Cause(f"{sentence}."))


def _deferred(inventory: Inventory, each: CheckedSchedule) -> Iterator[Finding]:
    """Say that a pause by hand has moved the start of an enabled schedule."""
    pause = inventory.record.pause_of(each.schedule.name, each.schedule.modified)
    if pause and pause.defers(inventory.now):
        message = f"{each.schedule.name} is paused by hand ({pause.words})."
        fix = f"To resume it before, run: scheduled-tasks resume {each.task}"
        cause = Cause(f"The schedule is paused by hand until {pause.until} (by {pause.who}: {pause.why}).")
        yield Finding(WARNING, each.task, message, fix, cause=cause)


def _next_run(inventory: Inventory, each: CheckedSchedule) -> Finding:
    schedule = each.schedule
    try:
        parse(schedule.expression)
    except ExpressionError:
        message = f"Can't tell the next run of {schedule.name}. Its expression is unknown: {schedule.expression}"
        return Finding(UNKNOWN, each.task, message)
    run = next(islice(schedule.runs(inventory.now), 1), None)
    if run is None:
        predicate = "is enabled but will not run again. Its time or its end is in the past."
        fix = "Change its `schedule` or `end`, or remove it."
        return own_schedule(schedule.name).finding(WARNING, each.task, predicate, fix)
    if interval := unanchored(schedule.expression, schedule.start):
        within = durations.in_words(round(interval.total_seconds()))
        message = f"{schedule.name} is enabled. Next run: within {within}. It has no `start`, so the time isn't known."
        return Finding(OK, each.task, message)
    return Finding(OK, each.task, f"{schedule.name} is enabled. Next run: {run:%a %Y-%m-%d %H:%M %Z}.")


def call_findings(each: CheckedSchedule) -> Iterator[Finding]:
    """Say which API call a schedule makes, and with which role."""
    schedule = each.schedule
    if schedule.is_call:
        role = schedule.role_arn.rsplit("/", 1)[-1]
        cause = Cause("Its schedule makes an API call.")
        message = f"{schedule.name} makes the API call {call_in_words(schedule.target_arn)} with the role {role}."
        yield Finding(OK, each.task, message, cause=cause)


def definition_findings(each: CheckedSchedule) -> Iterator[Finding]:
    """Check that the task definition is active and its revision is pinned."""
    if each.definition is None or each.launch is None:
        return
    revision = f"{each.definition.family}:{each.definition.revision}"
    subject = own_resource("task definition", revision)
    if each.definition.status != "ACTIVE":
        yield subject.finding(PROBLEM, each.task, f"is {each.definition.status}. It can't start runs.", _PIN)
    elif not re.search(r":\d+$", each.launch.task_definition_arn):
        message = f"No revision is pinned. Each run uses the latest revision, now {revision}."
        cause = Cause("No revision is pinned. Each run uses the latest revision.")
        yield Finding(WARNING, each.task, message, _PIN, cause=cause)
    else:
        yield subject.finding(OK, each.task, "is active.")


def machine_findings(each: CheckedSchedule) -> Iterator[Finding]:
    """Check that the state machine of a supervised task is active and starts runs."""
    if each.machine is None:
        return
    subject = own_resource("state machine", each.machine.arn.rsplit(":", 1)[-1])
    if each.machine.status != "ACTIVE":
        yield subject.finding(PROBLEM, each.task, f"is {each.machine.status}.", RECREATE)
    elif each.machine.launch is None:
        why, fix = each.machine.unknown, "To undo manual changes, run: pulumi up --refresh"
        yield subject.said(PROBLEM, each.task, lambda it: f"Can't tell what {it} runs. {why}", fix)
    elif not each.machine.role_arn:
        yield subject.finding(PROBLEM, each.task, "has no role, so it can't start runs.", _RESTORE)
    else:
        yield subject.finding(OK, each.task, "is active.")
