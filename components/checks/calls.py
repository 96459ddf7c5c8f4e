"""Checks of calls: what each kind needs, and combinations that AWS refuses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast

from ..aws import limits, policies, policy_sizes
from ..aws.account import TYPICAL_ACCOUNT
from ..calls.any_call import any_call_problems
from ..calls.databases import END_LENGTH as SNAPSHOT_END
from ..calls.databases import LONGEST_SNAPSHOT
from ..calls.kinds import NoCallError, call_keys, call_of, typical_call
from ..calls.targets import is_fifo
from ..keys.annotations import has_output, is_output
from ..monitoring.alarms import success_window
from ..monitoring.call_events import watched
from ..problems import Name, Path, Problem, key, listed
from ..resolved import CallKeys, CallTask, Scale, Send
from ..snapshots.retention import END_LENGTH as KEPT_END
from ..task.keywords import KEYWORDS, like_keywords
from .check import reads


def _keys(task: CallTask) -> CallKeys:
    return call_keys(cast("Mapping[str, object]", task.args))


@reads("stop", "start_up", "snapshot", "submit")
def one_resource(task: CallTask) -> Iterator[Problem]:
    """Exactly one resource."""
    for kind in ("stop", "start_up", "snapshot", "submit"):
        given = cast("Mapping[str, object] | None", task.args.get(kind))
        if given is not None:
            choices = _CHOICES[kind]
            yield from _one_of(kind, choices, [choice for choice in choices if choice in given])


@reads("snapshot")
def snapshot_names(task: CallTask) -> Iterator[Problem]:
    """Names of snapshots that AWS accepts. Those of DB clusters are shorter."""
    given = cast("Mapping[str, object]", task.args.get("snapshot") or {})
    kind = next((kind for kind in ("database", "cluster") if kind in given), None)
    written = given.get("name") or (given.get(kind) if kind else None)
    if kind is None or not isinstance(written, str):
        return
    name = written if "name" in given else written.rsplit(":", 1)[-1]
    most = LONGEST_SNAPSHOT[kind] - (KEPT_END if "keep" in given else SNAPSHOT_END)
    if len(name) > most:
        where = ("snapshot", "name" if "name" in given else kind)
        yield Problem(
            where,
            f"has {len(name)} characters, and more follow in the name of a snapshot. AWS accepts "
            f"{LONGEST_SNAPSHOT[kind]} for a {kind}. Set {key('name')}, to at most {most} characters.",
        )


_CHOICES: Mapping[str, tuple[str, ...]] = {
    "stop": ("database", "cluster", "instances", "redshift"),
    "start_up": ("database", "cluster", "instances", "redshift"),
    "snapshot": ("database", "cluster"),
    "submit": ("batch", "glue", "build", "pipeline"),
}


def _one_of(kind: str, choices: tuple[str, ...], found: list[str]) -> Iterator[Problem]:
    named = listed([key(choice) for choice in choices])
    if not found:
        yield Problem((kind,), f"names no resource. Set one of {named}.")
    elif len(found) > 1:
        yield Problem((kind, found[-1]), f"Set only one of {named}. One call acts on one of them.")


@reads("scale")
def sizes(task: CallTask) -> Iterator[Problem]:
    """A size that one call can set."""
    scale = _keys(task).scale
    if scale is None:
        return
    found = [name for name in ("service", "group") if getattr(scale, name) is not None]
    yield from _one_of("scale", ("service", "group"), found)
    if scale.to is None and scale.min is None and scale.max is None:
        yield Problem(("scale",), f"sets no size. Set {key('to')}, or {key('min')} and {key('max')}.")
    elif scale.service is not None and scale.to is not None and (scale.min is not None or scale.max is not None):
        yield Problem(
            ("scale", "to"),
            f"and the bounds of autoscaling ({key('min')}, {key('max')}) are two API calls. Set only the bounds of a "
            f"service with autoscaling, which then changes the number itself, and only {key('to')} of another.",
        )
    yield from _bounds(scale)


def _bounds(scale: Scale) -> Iterator[Problem]:
    if scale.min is not None and scale.max is not None and scale.min > scale.max:
        yield Problem(("scale", "min"), f"{scale.min} is more than {key('max')}, {scale.max}.")
    elif scale.to is not None and scale.min is not None and scale.to < scale.min:
        yield Problem(("scale", "to"), f"{scale.to} is less than {key('min')}, {scale.min}, which AWS refuses.")
    elif scale.to is not None and scale.max is not None and scale.to > scale.max:
        yield Problem(("scale", "to"), f"{scale.to} is more than {key('max')}, {scale.max}, which AWS refuses.")


@reads("send")
def messages(task: CallTask) -> Iterator[Problem]:
    """A message that its target accepts."""
    send = _keys(task).send
    if send is None:
        return
    targets = ("queue", "topic", "bus")
    found = [name for name in targets if getattr(send, name) is not None]
    yield from _one_of("send", targets, found)
    if len(found) == 1:
        yield from (_event(send) if send.bus is not None else _message(send, found[0]))


def _event(send: Send) -> Iterator[Problem]:
    for name in ("source", "detail_type"):
        if getattr(send, name) is None:
            yield Problem(("send", name), "is missing. EventBridge requires it for an event.")
    if isinstance(send.body, str):
        # AWS: botocore scheduler, Target.Input.
        yield Problem(("send", "body"), "must be an object, because the detail of an event is a JSON object.")
    for name in ("message_group", "kms_key"):
        if getattr(send, name) is not None:
            yield Problem(("send", name), "is only for queues and topics. Remove it.")


def _message(send: Send, target: str) -> Iterator[Problem]:
    for name in ("source", "detail_type"):
        if getattr(send, name) is not None:
            yield Problem(("send", name), f"is only for a {key('bus')}. Remove it.")
    written = getattr(send, target)
    if is_output(written):
        return
    if is_fifo(written):
        if send.message_group is None:
            yield Problem(("send", "message_group"), f"is missing. AWS requires it for a FIFO {target}.")
        if send.body is None:
            yield Problem(("send", "body"), f"is missing. A FIFO {target} gets no event of EventBridge Scheduler.")
    elif target == "topic" and send.message_group is not None:
        yield Problem(("send", "message_group"), "is only for queues and FIFO topics. Remove it.")


@reads("call", "with_", "resources", "because")
def any_call(task: CallTask) -> Iterator[Problem]:
    """An operation that EventBridge Scheduler can call, with parameters that AWS accepts, on known resources."""
    yield from any_call_problems(_keys(task))


_PAYLOADS = (("invoke", "payload"), ("execute", "input"), ("send", "body"), ("submit",))


@reads("invoke", "execute", "send", "submit")
def payload_keywords(task: CallTask) -> Iterator[Problem]:
    """Keywords that EventBridge Scheduler replaces."""
    for path in _PAYLOADS:
        value: object = task.args
        for part in path:
            value = cast("Mapping[str, object]", value).get(part) if isinstance(value, Mapping) else None
        for place, found in _unknown_keywords(path, value):
            hint = listed(KEYWORDS)
            yield Problem(place, f'"{found}" is not a keyword of EventBridge Scheduler. Use {hint}.')


def _unknown_keywords(path: Path, value: object) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield from ((path, found) for found in dict.fromkeys(like_keywords(value)) if found not in KEYWORDS)
    elif isinstance(value, Mapping):
        for name, item in cast("Mapping[str, object]", value).items():
            yield from _unknown_keywords((*path, Name(name)), item)
    elif isinstance(value, list | tuple):
        for position, item in enumerate(cast("list[object]", value)):
            yield from _unknown_keywords((*path, position), item)


@reads("expect_success_within", "execute", "submit", "snapshot", "call", "with_")
def expected_success(task: CallTask) -> Iterator[Problem]:
    """A time that CloudWatch can look back, for work whose end a service reports."""
    if task.expect_success_within is None:
        return
    try:
        success_window(task.expect_success_within)
    except ValueError as error:
        yield Problem(("expect_success_within",), str(error))
    if task.machine != "keep" and reports_work(task) is False:
        yield Problem(
            ("expect_success_within",),
            f"is only for work whose end AWS reports with an event: {key('execute')}, {key('submit')}, and "
            f"{key('snapshot')} with {key('keep')}. For other calls, the alarms of the group report failures.",
        )


def reports_work(task: CallTask) -> bool | None:
    """Whether a service reports the end of the work that a call starts. None if the task makes no call."""
    try:
        call = typical_call(cast("Mapping[str, object]", task.args), TYPICAL_ACCOUNT, task.name)
    except NoCallError:
        return None
    return watched(call) is not None


_OTHER_STATEMENTS = 1000
"""Characters of the statements for the dead-letter queue and KMS keys."""


@reads("stop", "start_up", "call", "with_", "resources")
def policy_size(task: CallTask) -> Iterator[Problem]:
    """The role's policy has room for all resources."""
    args = cast("Mapping[str, object]", task.args)
    if has_output(args):
        return
    try:
        call = call_of(args, TYPICAL_ACCOUNT, task.name)
    except NoCallError:
        return
    if policy_sizes.policy_size(policies.document(call.statements)) > limits.INLINE_POLICY_LENGTH - _OTHER_STATEMENTS:
        kind = next((name for name in ("stop", "start_up") if name in args), "call")
        yield Problem(
            (kind,),
            f"acts on {len(call.resources)} resources, whose ARNs don't fit into the policy of one role. Split it into "
            "several calls.",
        )


CALL_CHECKS = (one_resource, snapshot_names, sizes, messages, any_call, payload_keywords, expected_success, policy_size)
