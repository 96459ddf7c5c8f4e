"""The states that close and open one resource. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from ..aws.names import fit
from ..supervised.language import (
    CONDITION_FAILED,
    ERROR,
    FAILED,
    RETRY,
    SHORT_RETRY,
    Assign,
    Catcher,
    Choice,
    ChoiceState,
    States,
    TaskState,
    WaitState,
    expression,
    literal,
    outcome,
    task,
)
from ..supervised.lease import PutItem
from . import memory
from .sleeper import Sleeper, Step

Verb: TypeAlias = Literal["Close", "Open"]
POLL_SECONDS = 60
"""Seconds between two looks at a resource."""
POLLS = 60
"""Looks after which the execution fails. A state machine's history has at most 25,000 events, and a look takes up
to 14. AWS: Step Functions developer guide, "Quotas"."""
_MOST_LABEL = 50
"""Characters. The name of a state has at most 80. AWS: Step Functions developer guide, "States"."""
_UNSAFE = r"[^A-Za-z0-9 /_.-]"


@dataclass(frozen=True, slots=True)
class Place:
    """The task and the table, for the states of all resources."""

    task: str
    table: str
    lease: PutItem
    """The request that renews the lease."""


def first_state(verb: Verb, sleeper: Sleeper) -> str:
    """The name of the first state of a resource."""
    return _name(verb, sleeper, "begin")


def closing(sleeper: Sleeper, place: Place, after: str) -> States:
    """The states that stop a resource. `after` is the next state."""
    names = _Names("Close", sleeper)
    of = memory.key(place.task, sleeper.key)
    first, steps = _steps(names, sleeper.stop)
    return {
        names("begin"): _begin(names, place, names(sleeper.looks[0].name)),
        **_looks(names, sleeper, place),
        names("decide"): _decide(
            names, sleeper, place, done=sleeper.asleep, after=after, may=sleeper.may_stop, change=names("remember")
        ),
        names("remember"): task(
            "dynamodb:putItem",
            memory.remember(place.table, of, expression(f"$string({sleeper.memory})")),
            Retry=RETRY,
            Catch=[{"ErrorEquals": [CONDITION_FAILED], "Next": first}, _failed(names, place)],
            Next=first,
        ),
        **steps,
        names("wait"): _wait(names, sleeper),
    }


def opening(sleeper: Sleeper, place: Place, after: str) -> States:
    """The states that restore a resource, if a closing has stopped it. `after` is the next state."""
    names = _Names("Open", sleeper)
    of = memory.key(place.task, sleeper.key)
    first, steps = _steps(names, sleeper.start)
    found = "$exists($states.result.Item)"
    known: Choice = {"Condition": expression("$known"), "Next": names(sleeper.looks[0].name)}
    return {
        names("begin"): _begin(names, place, names("recall")),
        names("recall"): task(
            "dynamodb:getItem",
            memory.recall(place.table, of),
            Retry=RETRY,
            Catch=[_failed(names, place)],
            Assign={
                "known": expression(found),
                "memory": expression(f"{found} ? $parse($states.result.Item.{memory.MEMORY}.S) : {{}}"),
            },
            Next=names("recalled"),
        ),
        names("recalled"): {"Type": "Choice", "Choices": [known], "Default": after},
        **_looks(names, sleeper, place),
        names("decide"): _decide(
            names, sleeper, place, done=sleeper.awake, after=names("forget"), may=sleeper.may_start, change=first
        ),
        **steps,
        names("wait"): _wait(names, sleeper),
        names("forget"): task(
            "dynamodb:deleteItem",
            memory.forget(place.table, of),
            Retry=RETRY,
            Catch=[_failed(names, place)],
            Next=after,
        ),
    }


@dataclass(frozen=True, slots=True)
class _Names:
    verb: Verb
    sleeper: Sleeper

    def __call__(self, state: str) -> str:
        return _name(self.verb, self.sleeper, state)


def _name(verb: Verb, sleeper: Sleeper, state: str) -> str:
    return f"{verb} {fit(sleeper.label, _MOST_LABEL, _UNSAFE)}: {state}"


def _begin(names: _Names, place: Place, then: str) -> TaskState:
    return task(
        "dynamodb:putItem",
        place.lease,
        Retry=RETRY,
        Catch=[_failed(names, place)],
        Assign={"polls": 0, "problem": ""},
        Next=then,
    )


def _looks(names: _Names, sleeper: Sleeper, place: Place) -> States:
    following = [*(names(look.name) for look in sleeper.looks[1:]), names("decide")]
    return {
        names(look.name): task(
            look.resource,
            look.arguments,
            Retry=RETRY,
            Catch=[_failed(names, place)],
            Assign={look.variable: expression(look.value)},
            Next=then,
        )
        for look, then in zip(sleeper.looks, following, strict=True)
    }


def _decide(
    names: _Names, sleeper: Sleeper, place: Place, *, done: str, after: str, may: str, change: str
) -> ChoiceState:
    refused: list[Choice] = [
        {"Condition": expression(refusal.when), "Assign": _ended(names, place, refusal.why), "Next": "Release"}
        for refusal in sleeper.refusals
    ]
    minutes = POLLS * POLL_SECONDS // 60
    late = f"'After {minutes} minutes: ' & {sleeper.status} & '.' & ($problem = '' ? '' : ' ' & $problem)"
    return {
        "Type": "Choice",
        "Choices": [
            *refused,
            {"Condition": expression(done), "Next": after},
            {"Condition": expression(f"$polls >= {POLLS}"), "Assign": _ended(names, place, late), "Next": "Release"},
            {"Condition": expression(may), "Next": change},
        ],
        "Default": names("wait"),
    }


def _steps(names: _Names, steps: tuple[Step, ...]) -> tuple[str, States]:
    """The first state of the steps, and all of them. A step that AWS refuses is repeated after the next look."""
    found: States = {}
    following = names("wait")
    again: Catcher = {"ErrorEquals": ["States.ALL"], "Assign": {"problem": expression(ERROR)}, "Next": names("wait")}
    for step in reversed(steps):
        state = names(step.name)
        found[state] = task(step.resource, step.arguments, Retry=SHORT_RETRY, Catch=[again], Next=following)
        if step.when:
            needed: Choice = {"Condition": expression(step.when), "Next": state}
            state = names(f"{step.name}?")
            found[state] = {"Type": "Choice", "Choices": [needed], "Default": following}
        following = state
    return following, found


def _wait(names: _Names, sleeper: Sleeper) -> WaitState:
    return {
        "Type": "Wait",
        "Seconds": POLL_SECONDS,
        "Assign": {"polls": expression("$polls + 1")},
        "Next": names(sleeper.looks[0].name),
    }


def _failed(names: _Names, place: Place) -> Catcher:
    return {"ErrorEquals": ["States.ALL"], "Assign": _ended(names, place, ERROR), "Next": "Release"}


def _ended(names: _Names, place: Place, why: str) -> Assign:
    """The outcome of an execution that doesn't get further than this resource. `why` is an expression."""
    noun = "closing" if names.verb == "Close" else "opening"
    failed = f"The {noun} failed at {names.sleeper.label}. "
    rest = f" Resources after it are unchanged. To resume it, run: scheduled-tasks run {place.task} --schedule {noun}"
    return outcome(FAILED, f"{literal(failed)} & {why} & {literal(rest)}")
