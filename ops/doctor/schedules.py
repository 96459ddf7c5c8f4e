"""Checks of the schedule group, the schedules, their task definitions and their state machines."""

import re
from collections.abc import Iterator
from itertools import islice

from components.schedules import ExpressionError, durations, parse

from ..aws.schedules import call_in_words, unanchored
from .finding import OK, PROBLEM, RECREATE, STACK, UNKNOWN, WARNING, Cause, Finding
from .inventory import CheckedSchedule, Inventory

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
    schedule = each.schedule
    if each.gone:
        return
    if schedule.on_demand and not schedule.enabled:
        message = f"{each.task} has no schedule. To start a run: scheduled-tasks run {each.task}"
        yield Finding(OK, each.task, message, cause=Cause("The task has no schedule."))
    elif schedule.enabled:
        yield _next_run(inventory, each)
    elif pause := inventory.record.pause_of(schedule.name, schedule.modified):
        message = f"{schedule.name} is paused by hand ({pause.words})."
        # Tasks that are paused one by one have different times.
        cause = Cause(f"The schedule is paused by hand (by {pause.who}: {pause.why}).")
        yield Finding(
            WARNING, each.task, message, f"To resume it, run: scheduled-tasks resume {each.task}", cause=cause
        )
    else:
        fix = "To resume it, set `enabled: true` in its configuration and run: pulumi up"
        yield Finding(WARNING, each.task, f"{schedule.name} is paused.", fix, cause=Cause("The schedule is paused."))
    if not schedule.role_arn:
        message = f"{schedule.name} has no role, so EventBridge Scheduler can't start its runs."
        cause = Cause("The schedule has no role, so EventBridge Scheduler can't start its runs.")
        yield Finding(PROBLEM, each.task, message, "To restore it, run: pulumi up --refresh", cause=cause)
    if not schedule.dead_letter_queue_arn:
        message = f"{schedule.name} has no dead-letter queue. Failed launches are lost."
        cause = Cause("The schedule has no dead-letter queue. Failed launches are lost.")
        yield Finding(WARNING, each.task, message, "To restore it, run: pulumi up --refresh", cause=cause)


def _next_run(inventory: Inventory, each: CheckedSchedule) -> Finding:
    schedule = each.schedule
    try:
        parse(schedule.expression)
    except ExpressionError:
        message = f"Can't tell the next run of {schedule.name}. Its expression is unknown: {schedule.expression}"
        return Finding(UNKNOWN, each.task, message)
    run = next(islice(schedule.runs(inventory.now), 1), None)
    if run is None:
        message = f"{schedule.name} is enabled but will not run again. Its time or its end is in the past."
        cause = Cause("The schedule is enabled but will not run again. Its time or its end is in the past.")
        return Finding(WARNING, each.task, message, "Change its `schedule` or `end`, or remove it.", cause=cause)
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
    if each.definition.status != "ACTIVE":
        message = f"The task definition {revision} is {each.definition.status}. It can't start runs."
        cause = Cause(f"The task definition is {each.definition.status}. It can't start runs.")
        yield Finding(PROBLEM, each.task, message, _PIN, cause=cause)
    elif not re.search(r":\d+$", each.launch.task_definition_arn):
        message = f"No revision is pinned. Each run uses the latest revision, now {revision}."
        cause = Cause("No revision is pinned. Each run uses the latest revision.")
        yield Finding(WARNING, each.task, message, _PIN, cause=cause)
    else:
        cause = Cause("The task definition is active.")
        yield Finding(OK, each.task, f"The task definition {revision} is active.", cause=cause)


def machine_findings(each: CheckedSchedule) -> Iterator[Finding]:
    """Check that the state machine of a supervised task is active and starts runs."""
    if each.machine is None:
        return
    name = each.machine.arn.rsplit(":", 1)[-1]
    if each.machine.status != "ACTIVE":
        cause = Cause(f"The state machine is {each.machine.status}.")
        message = f"The state machine {name} is {each.machine.status}."
        yield Finding(PROBLEM, each.task, message, RECREATE, cause=cause)
    elif each.machine.launch is None:
        message = f"Can't tell what the state machine {name} runs. {each.machine.unknown}"
        cause = Cause(f"Can't tell what the state machine runs. {each.machine.unknown}")
        yield Finding(PROBLEM, each.task, message, "To undo manual changes, run: pulumi up --refresh", cause=cause)
    elif not each.machine.role_arn:
        message = f"The state machine {name} has no role, so it can't start runs."
        cause = Cause("The state machine has no role, so it can't start runs.")
        yield Finding(PROBLEM, each.task, message, "To restore it, run: pulumi up --refresh", cause=cause)
    else:
        cause = Cause("The state machine is active.")
        yield Finding(OK, each.task, f"The state machine {name} is active.", cause=cause)
