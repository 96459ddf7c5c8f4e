"""The states that wait for, acquire and release the lock of a task.

An execution holds its lock only while its run is active: it releases the lock before a pause between two attempts. Its
own lease, if it has one, is acquired before the lock and renewed while it waits.
"""

from ..aws.names import family_of
from ..json_values import Json
from ..schedules.durations import in_words
from . import lease as leases
from . import lock as locks
from .confirming import CONFIRM
from .counting import end_state
from .language import (
    CONDITION_FAILED,
    FAILED,
    NAME,
    NOW,
    POLL_SECONDS,
    RETRY,
    RUN,
    SINCE,
    Assign,
    Catcher,
    States,
    Supervised,
    TaskState,
    expression,
    failure,
    literal,
    outcome,
    task,
)
from .settings import LOCK_WAIT, RUN_VARIABLE
from .stopping import SEARCH_START, stop

_SHARE = 50
LONGEST_PAUSE = 300
"""The longest pause between two tries, in seconds. A run that replaces one that waits for its lock waits 10 minutes."""
LOCK_START: Assign = {"lockWaited": 0, "lockPause": POLL_SECONDS}
"""The variables of an attempt that has not waited for its lock yet, in seconds."""
_LEFT = "$left.holder.S"
"""The holder that the item names."""


def lock_start(of: Supervised) -> dict[str, Json]:
    """The variables at the start of an execution."""
    return {**LOCK_START, "left": {}} if of.settings.lock else {}


def before_run(of: Supervised) -> str:
    """The state after the lease is acquired."""
    return "Acquire lock" if of.settings.lock else RUN


def start_of_attempt(of: Supervised) -> str:
    """The state that a further attempt or launch, and another try for the lock begin with."""
    if of.settings.replaceable:
        return CONFIRM
    return "Acquire" if of.settings.exclusive else before_run(of)


def lock(of: Supervised) -> States:
    """The states that acquire the lock, and end it if a run can be left; none if the task has no lock."""
    name = of.settings.lock
    if not name:
        return {}
    now, me = expression(f"$string({NOW})"), expression(NAME)
    by: locks.Holder = {
        "holder": me,
        "cluster": of.run["Cluster"],
        "family": family_of(of.run["TaskDefinition"]),
        "ends": expression(f"$string({leases.expiry(NOW, of.settings.lease)})"),
        "expires": expression(f"$string({NOW} + {leases.KEPT_SECONDS})"),
    }
    turn = expression(f"$string({NOW} + $lockPause + {leases.PLACE_SECONDS + leases.CLOCK_SKEW})")
    wait = locks.wait_for(of.table, name, holder=me, since=expression(SINCE), now=now, ends=turn, expires=by["expires"])
    variable = f"Environment[Name = {literal(RUN_VARIABLE)}].Value = {_LEFT}"
    failed = failure("Not started, because the lock could not be acquired: ", "Give up")
    return {
        "Acquire lock": task(
            "dynamodb:updateItem",
            locks.acquire(of.table, name, by=by, now=now),
            Retry=RETRY,
            Catch=[_refused("Ask for lock"), failed],
            Next=RUN,
        ),
        "Ask for lock": task(
            "dynamodb:updateItem",
            wait,
            Retry=RETRY,
            Assign={"left": expression("$states.result.Attributes")},
            Catch=[{**_refused("Lock held"), "Assign": {"left": {}}}, failed],
            Next="Lock held",
        ),
        **_held(of, name),
        **stop(
            "runs left",
            of,
            selected=f"$count(Overrides.ContainerOverrides[{variable}]) > 0",
            reason=f"'Its lock had ended. Stopped by ' & {NAME}",
            all_stopped="Take over lock",
            not_stopped="Give up",
            assign_if_not_stopped=outcome(FAILED, "'Not started: the run that held the lock could not be stopped.'"),
            where=("$left.runCluster.S", "$left.runFamily.S"),
        ),
        "Take over lock": task(
            "dynamodb:updateItem",
            locks.take_over(of.table, name, by=by, left=expression(_LEFT), now=now),
            Retry=RETRY,
            Catch=[_refused("Wait for lock"), failed],
            Next=start_of_attempt(of),
        ),
        "Leave lock": _update(locks.leave(of.table, name, holder=me), "End lock"),
        "End lock": _update(locks.end(of.table, name, holder=me), after_lock_end(of)),
    }


def _held(of: Supervised, name: str) -> States:
    """The states of an execution whose turn it isn't, or that finds the lock held."""
    too_long = f"Not started: the lock {name} was not free within {in_words(LOCK_WAIT)}."
    lost = "'Not started: another run acquired the lock before the next launch of this run.'"
    ended = f"$exists($left.ends) and $number($left.ends.N) < {NOW} and {_LEFT} != {NAME}"
    return {
        "Lock held": {
            "Type": "Choice",
            "Choices": [
                {"Condition": expression("$launch > 1"), "Assign": outcome(FAILED, lost), "Next": "Give up"},
                {
                    "Condition": expression(f"$lockWaited >= {LOCK_WAIT}"),
                    "Assign": outcome(FAILED, literal(too_long)),
                    "Next": "Give up",
                },
                {"Condition": expression(ended), "Assign": SEARCH_START, "Next": "Find runs left"},
            ],
            "Default": "Wait for lock",
        },
        "Wait for lock": {
            "Type": "Wait",
            "Seconds": expression("$lockPause"),
            "Assign": {
                "lockWaited": expression("$lockWaited + $lockPause"),
                "lockPause": expression(
                    f"$min([{LONGEST_PAUSE}, $max([{POLL_SECONDS}, $floor(($lockWaited + $lockPause) / {_SHARE})])])"
                ),
            },
            "Next": start_of_attempt(of),
        },
    }


def release_lock(of: Supervised, next_state: str) -> TaskState:
    """Releases the lock, and continues even if that fails: then another execution holds it, or it ends."""
    assert of.settings.lock
    return _update(locks.release(of.table, of.settings.lock, holder=expression(NAME)), next_state)


def after_lock_end(of: Supervised) -> str:
    """The state after the lock has ended without a release."""
    return "End lease" if of.settings.exclusive else end_state(of)


def abandon(of: Supervised) -> str:
    """The first state of an execution that ends without confirming that its run has stopped."""
    return "End lock" if of.settings.lock else after_lock_end(of)


def give_up(of: Supervised) -> str:
    """The state of an execution that stops waiting."""
    return "Leave lock" if of.settings.lock else abandon(of)


def _update(request: locks.UpdateItem, next_state: str) -> TaskState:
    catch: list[Catcher] = [{"ErrorEquals": ["States.ALL"], "Next": next_state}]
    return task("dynamodb:updateItem", request, Retry=RETRY, Catch=catch, Next=next_state)


def _refused(next_state: str) -> Catcher:
    return {"ErrorEquals": [CONDITION_FAILED], "Next": next_state}
