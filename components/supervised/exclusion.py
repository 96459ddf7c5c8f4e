"""Who may run: one run for one time of a schedule, and one at a time where the task says so."""

from typing import Any

from . import lease as leases
from .language import (
    CONDITION_FAILED,
    FAILED,
    INPUT,
    NAME,
    NOW,
    PATIENT,
    POLL_SECONDS,
    POLLS,
    REPLACED,
    SINCE,
    SKIPPED,
    State,
    States,
    Supervised,
    expression,
    failure,
    literal,
    or_empty,
    outcome,
    task,
)
from .settings import FORBID, REPLACED_BY, SUPERVISED_GROUP
from .stopping import LOOKING, stop

DELIVERED_TWICE = "A run was started already for this time of the schedule, which was delivered twice."


def claim(of: Supervised) -> States:
    """One run for one time of a schedule, however often that time is delivered."""
    # Somebody who starts it by hand, without an input, wants a run whatever the time.
    time = f"($exists({INPUT}.time) ? {INPUT}.time : {NAME})"
    what = f"{literal(of.task + leases.CLAIM_SEPARATOR)} & {or_empty(INPUT + '.schedule')} & '@' & {time}"
    request = leases.claim(
        of.table,
        expression(what),
        holder=expression(NAME),
        expires=expression(f"$string({NOW} + {leases.CLAIM_SECONDS})"),
    )
    nothing_yet: dict[str, Any] = {"attempt": 1, "launch": 1, "tries": 0, "vain": 0, "ended": {}}
    return {
        "Claim": task(
            "dynamodb:putItem",
            request,
            Retry=PATIENT,
            Assign=nothing_yet,
            Catch=[
                {"ErrorEquals": [CONDITION_FAILED], "Next": "Delivered twice"},
                failure("The run was not started, as its claim could not be written: ", "Report", nothing_yet),
            ],
            Next="Acquire" if of.settings.exclusive else "Run",
        ),
        "Delivered twice": {
            "Type": "Fail",
            "Error": SKIPPED,
            "Cause": DELIVERED_TWICE,
        },
    }


def lease(of: Supervised) -> States:
    """Taking the lease, where runs may not overlap; nothing where they may."""
    if not of.settings.exclusive:
        return {}
    request = leases.acquire(
        of.table,
        of.task,
        holder=expression(NAME),
        since=expression(SINCE),
        now=expression(f"$string({NOW})"),
        expires=expression(f"$string({leases.ends(NOW, of.settings.lease)})"),
    )
    acquire = task(
        "dynamodb:putItem",
        request,
        Retry=PATIENT,
        Catch=[
            {"ErrorEquals": [CONDITION_FAILED], "Next": "Held"},
            failure("The lease could not be taken: ", "Report"),
        ],
        Next="Run",
    )
    others = _forbid() if of.settings.overlap == FORBID else _replace(of)
    return {"Acquire": acquire, **others}


def _lost(which: str) -> State:
    """The choice of an execution that had the lease before an earlier attempt."""
    return {
        "Condition": expression("$attempt > 1"),
        "Assign": outcome(which, "'Another run took over before this one was tried again.'"),
        "Next": "Release",
    }


def _forbid() -> States:
    return {
        "Held": {"Type": "Choice", "Choices": [_lost(FAILED)], "Default": "Skipped"},
        "Skipped": {
            "Type": "Fail",
            "Error": SKIPPED,
            "Cause": "An earlier run is still going, or its lease has not expired yet (overlap: forbid).",
        },
    }


def _replace(of: Supervised) -> States:
    """Ask the holder to make way, stop its run, and try again until the lease is free."""
    gave_up = f"'The earlier run could not be replaced: its lease is not free after {POLLS} tries.'"
    held = {
        "Type": "Choice",
        "Choices": [
            _lost(REPLACED),
            {
                "Condition": expression(f"$tries >= {POLLS}"),
                "Assign": outcome(FAILED, gave_up),
                "Next": "Report",
            },
            {
                # Once may have been a lease that was given back in between.
                "Condition": expression("$vain > 1"),
                "Assign": outcome(REPLACED, "'A run that began later has the lease.'"),
                "Next": "Report",
            },
        ],
        "Default": "Ask",
    }
    ask = task(
        "dynamodb:updateItem",
        leases.ask(of.table, of.task, replacer=expression(NAME), since=expression(SINCE)),
        Retry=PATIENT,
        Assign={"tries": expression("$tries + 1"), "vain": 0, **LOOKING},
        Catch=[
            {
                "ErrorEquals": [CONDITION_FAILED],
                "Assign": {"vain": expression("$vain + 1")},
                "Next": "Wait for the lease",
            },
            failure("The earlier run could not be asked to make way: ", "Report"),
        ],
        Next="Find others",
    )
    return {
        "Held": held,
        "Ask": ask,
        **stop(
            "others",
            of,
            which=f"Group = {literal(SUPERVISED_GROUP + of.task)}",
            why=f"{literal(REPLACED_BY)} & {NAME}",
            gone="Wait for the lease",
            stuck=outcome(FAILED, "'The earlier run could not be stopped.'"),
            then="Report",
        ),
        "Wait for the lease": {"Type": "Wait", "Seconds": POLL_SECONDS, "Next": "Acquire"},
    }


def release(of: Supervised) -> States:
    """Giving the lease back at the end; nothing where there is none."""
    return {"Release": give_back(of, "Report")} if of.settings.exclusive else {}


def give_back(of: Supervised, then: str) -> State:
    """Give the lease back, and go on with `then` whatever comes of it: another has it by now, or it expires by
    itself."""
    return task(
        "dynamodb:deleteItem",
        leases.release(of.table, of.task, holder=expression(NAME)),
        Retry=PATIENT,
        Catch=[{"ErrorEquals": ["States.ALL"], "Next": then}],
        Next=then,
    )


def after_run(of: Supervised) -> str:
    """The state that follows on the last attempt."""
    return "Release" if of.settings.exclusive else "Report"
