"""Which executions can run: one per scheduled time, and one at a time if the task requires that."""

from ..json_values import Json
from . import lease as leases
from .confirming import pause_start
from .counting import count_start, end_state
from .language import (
    CONDITION_FAILED,
    FAILED,
    INPUT,
    NAME,
    NOW,
    POLL_SECONDS,
    POLLS,
    REPLACED,
    RETRY,
    SINCE,
    SKIPPED,
    Choice,
    ChoiceState,
    States,
    Supervised,
    TaskState,
    expression,
    failure,
    first_launch,
    has_text,
    literal,
    or_empty,
    outcome,
    task,
)
from .locking import before_run, give_up, lock_start, release_lock, start_of_attempt
from .once import DELIVERED_TWICE, STARTED_TWICE, once
from .queueing import after_acquire, first_state, queue, queue_start, waited_too_long
from .settings import FORBID, LEFT_BEHIND, QUEUE, REPLACE, REPLACED_BY, SUPERVISED_GROUP, UPSTREAM, Supervision
from .stopping import SEARCH_START, stop

REFUSALS = 2
"""Refused requests for a lease in a row that show that a newer run holds it. One can be a lease that its holder
released after this execution failed to acquire it."""


def tries(settings: Supervision) -> int:
    """How often a run asks the earlier one for its lease. Each try takes at least `POLL_SECONDS`.

    The tasks of a run with `parallel` learn only after a pause that their run is replaced, and one of them can be the
    last one that the run waits for.
    """
    return 2 * POLLS if settings.parallel else POLLS


def claim(of: Supervised) -> States:
    """The states that allow one run per scheduled time, even if Scheduler delivers that time twice."""
    # An execution that a user starts manually, without an input, always runs.
    time = f"({has_text(f'{INPUT}.time')} ? {INPUT}.time : {NAME})"
    if of.settings.after:
        # One run per run of the other task.
        upstream = f"{INPUT}.{UPSTREAM}"
        time = f"({has_text(upstream)} ? {upstream} : {time})"
    what = f"{literal(of.task + leases.CLAIM_SEPARATOR)} & {or_empty(INPUT + '.schedule')} & '@' & {time}"
    then = first_state(of) if of.settings.exclusive else start_of_attempt(of)
    cause = STARTED_TWICE if of.settings.after else DELIVERED_TWICE
    return once(of.table, what, variables(of), then, cause, end_state(of))


def variables(of: Supervised) -> dict[str, Json]:
    """All variables, so that no state can read one that has no value: that would end the execution with an error."""
    return {
        "attempt": 1,
        **first_launch(),
        "tries": 0,
        "refusals": 0,
        "run": {},
        "runs": [],
        **SEARCH_START,
        "found": [],
        "unseen": False,
        "waits": 0,
        "searches": 0,
        "checks": 0,
        "stopped": {},
        # The outcome if RunTask succeeds without a task, which AWS does not document.
        **outcome(FAILED, "'RunTask started no task.'"),
        "retryable": False,
        **queue_start(of),
        **lock_start(of),
        **count_start(of),
        **pause_start(of),
    }


def lease(of: Supervised) -> States:
    """The states that acquire the lease; none if runs can overlap.

    A free lease is acquired. A lease that has ended without a release is taken over, and the runs that are left are
    stopped first. A lease that is held is what `overlap` is about.
    """
    if not of.settings.exclusive:
        return _give_up(of) if of.settings.lock else {}
    ends = expression(f"$string({leases.expiry(NOW, of.settings.lease)})")
    expires = expression(f"$string({NOW} + {leases.KEPT_SECONDS})")
    holder, since, now = expression(NAME), expression(SINCE), expression(f"$string({NOW})")
    failed = failure("Not started, because the lease could not be acquired: ", "Give up")
    acquire = task(
        "dynamodb:putItem",
        leases.acquire(of.table, of.task, holder=holder, since=since, ends=ends, expires=expires),
        Retry=RETRY,
        Catch=[{"ErrorEquals": [CONDITION_FAILED], "Next": "Take over"}, failed],
        Next=after_acquire(of, before_run(of)),
    )
    take_over = task(
        "dynamodb:putItem",
        leases.take_over(of.table, of.task, holder=holder, since=since, now=now, ends=ends, expires=expires),
        Retry=RETRY,
        Assign=SEARCH_START,
        Catch=[{"ErrorEquals": [CONDITION_FAILED], "Next": "Lease held"}, failed],
        Next="Find other runs",
    )
    reason = REPLACED_BY if of.settings.overlap == REPLACE else LEFT_BEHIND
    return {
        **queue(of, before_run(of)),
        "Acquire": acquire,
        "Take over": take_over,
        **_held(of),
        **stop(
            "other runs",
            of,
            selected=f"Group = {literal(SUPERVISED_GROUP + of.task)}",
            reason=f"{literal(reason)} & {NAME}",
            all_stopped="Wait for the lease",
            not_stopped="Give up",
            assign_if_not_stopped=outcome(FAILED, "'Not started: an earlier run could not be stopped.'"),
        ),
        "Wait for the lease": {"Type": "Wait", "Seconds": POLL_SECONDS, "Next": "Acquire"},
        **_give_up(of),
        "End lease": task(
            "dynamodb:updateItem",
            leases.end(of.table, of.task, holder=holder),
            Retry=RETRY,
            Catch=[{"ErrorEquals": ["States.ALL"], "Next": end_state(of)}],
            Next=end_state(of),
        ),
    }


def _give_up(of: Supervised) -> States:
    """The state of an execution that does not get the lease or the lock. A run of it can be left from a launch whose
    answer was lost."""
    if of.settings.parallel:
        # It starts its tasks after it has acquired both.
        return {"Give up": {"Type": "Pass", "Assign": {}, "Next": give_up(of)}}
    search: Choice = {"Condition": expression("$doubt"), "Next": "Wait before cleanup"}
    return {"Give up": {"Type": "Choice", "Choices": [search], "Default": give_up(of)}}


def _lost(of: Supervised, which: str) -> Choice:
    """The choice of an execution that held the lease in an earlier attempt or launch, or before it waited for the
    lock."""
    waited = " or $lockWaited > 0" if of.settings.lock else ""
    return {
        "Condition": expression(f"$attempt > 1 or $launch > 1{waited}"),
        "Assign": outcome(which, "'Another run started before the next attempt of this run.'"),
        "Next": "Give up",
    }


def _held(of: Supervised) -> States:
    """The states of an execution that finds the lease held."""
    if of.settings.overlap == FORBID:
        return _forbid(of)
    if of.settings.overlap == QUEUE:
        return {
            "Lease held": {
                "Type": "Choice",
                "Choices": [_lost(of, FAILED), waited_too_long(of)],
                "Default": "Wait in queue",
            }
        }
    return _replace(of)


def _forbid(of: Supervised) -> States:
    return {
        "Lease held": {"Type": "Choice", "Choices": [_lost(of, FAILED)], "Default": "Skipped"},
        "Skipped": {
            "Type": "Fail",
            "Error": SKIPPED,
            "Cause": "An earlier run has not ended, or its lease has not expired yet (overlap: forbid).",
        },
    }


def _replace(of: Supervised) -> States:
    """The states that ask the holder to release the lease and stop its run, until the lease is free or has ended."""
    too_long = f"'The earlier run could not be replaced: its lease was not released within {tries(of.settings)} tries.'"
    held: ChoiceState = {
        "Type": "Choice",
        "Choices": [
            _lost(of, REPLACED),
            {
                "Condition": expression(f"$tries >= {tries(of.settings)}"),
                "Assign": outcome(FAILED, too_long),
                "Next": "Give up",
            },
            {
                "Condition": expression(f"$refusals >= {REFUSALS}"),
                "Assign": outcome(REPLACED, "'A run that started later holds the lease.'"),
                "Next": "Give up",
            },
        ],
        "Default": "Request lease",
    }
    request = task(
        "dynamodb:updateItem",
        leases.request_release(of.table, of.task, replacer=expression(NAME), since=expression(SINCE)),
        Retry=RETRY,
        Assign={"tries": expression("$tries + 1"), "refusals": 0, **SEARCH_START},
        Catch=[
            {
                "ErrorEquals": [CONDITION_FAILED],
                "Assign": {"refusals": expression("$refusals + 1")},
                "Next": "Wait for the lease",
            },
            failure("Not started, because the lease of the earlier run could not be requested: ", "Give up"),
        ],
        Next="Find other runs",
    )
    return {"Lease held": held, "Request lease": request}


def release(of: Supervised) -> States:
    """The states that release the lock and the lease at the end; none if runs can overlap."""
    after = "Release" if of.settings.exclusive else end_state(of)
    return {
        **({"Release lock": release_lock(of, after)} if of.settings.lock else {}),
        **({"Release": release_lease(of, end_state(of))} if of.settings.exclusive else {}),
    }


def release_lease(of: Supervised, next_state: str) -> TaskState:
    """Releases the lease, and continues even if that fails: then another execution holds it, or it expires."""
    return task(
        "dynamodb:deleteItem",
        leases.release(of.table, of.task, holder=expression(NAME)),
        Retry=RETRY,
        Catch=[{"ErrorEquals": ["States.ALL"], "Next": next_state}],
        Next=next_state,
    )


def after_run(of: Supervised) -> str:
    """The state after the last attempt."""
    return "Release lock" if of.settings.lock else "Release" if of.settings.exclusive else end_state(of)
