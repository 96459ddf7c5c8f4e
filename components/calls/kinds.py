"""The API call that the keys of a task describe. Pure: keys in, a call out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from ..args import CallArgs
from ..aws.account import Account
from ..aws.names import GroupNames
from ..hours.call import start_hours
from ..json_values import Data
from ..keys.annotations import is_output
from ..keys.reference import keys_of
from ..keys.resolution import resolve
from ..resolved import CallKeys
from ..resolved.call_tasks import machine_of
from ..snapshots.call import start_snapshots
from .any_call import any_call
from .databases import snapshot, start_up, stop
from .model import Call
from .scaling import scale
from .targets import execute, invoke, send
from .work import submit

KINDS = ("stop", "start_up", "snapshot", "scale", "hours", "invoke", "execute", "submit", "send", "call")
"""The keys of which a call has exactly one."""
CALL_KEYS = tuple(keys_of(CallArgs))
"""The keys that describe a call."""
_ANY_NAME = "x/x"
"""Stands for a value that another resource produces: a name of any kind, also of an ECS service in its cluster."""


class NoCallError(Exception):
    """The keys describe no call."""


def call_keys(args: Data) -> CallKeys:
    """The keys of a task that describe its call, with defaults."""
    return resolve(CallKeys, CallArgs, {name: value for name, value in args.items() if name in CALL_KEYS})


def call_of(args: Data, account: Account, unique: str, machine: str = "") -> Call:
    """The API call of a task, in an account and Region.

    Args:
        args: The arguments of the task, validated and checked. Values of other resources must be known.
        account: The account and Region.
        unique: A text that no other call in the account and Region has, such as the name of the task with the prefix
            of its group. AWS ignores duplicates by it.
        machine: The name of the state machine of the call (see `machine_name`). Empty for a typical one.

    Raises:
        NoCallError: The arguments describe no call.
    """
    keys = call_keys(args)
    machine = machine or f"{unique}__{machine_of(args)}"
    if keys.hours is not None:
        return start_hours(keys.hours, account, machine)
    if keys.snapshot is not None and keys.snapshot.keep is not None:
        return start_snapshots(account, machine)
    made = _of_resource(keys, account) or _of_message(keys, account, unique) or any_call(keys, account, unique)
    if made is None:
        raise NoCallError
    return made


def machine_name(args: Data, names: GroupNames, task: str) -> str:
    """The name of the state machine that does the work of a call. Empty if it has none."""
    kind = machine_of(args)
    return names.call_machine(task, kind) if kind else ""


def _of_resource(keys: CallKeys, account: Account) -> Call | None:
    if keys.stop is not None:
        return stop(keys.stop, account)
    if keys.start_up is not None:
        return start_up(keys.start_up, account)
    if keys.snapshot is not None:
        return snapshot(keys.snapshot, account)
    return scale(keys.scale, account) if keys.scale is not None else None


def _of_message(keys: CallKeys, account: Account, unique: str) -> Call | None:
    if keys.invoke is not None:
        return invoke(keys.invoke, account)
    if keys.execute is not None:
        return execute(keys.execute, account)
    if keys.submit is not None:
        return submit(keys.submit, account, unique)
    return send(keys.send, account, unique) if keys.send is not None else None


def typical_call(args: Data, account: Account, unique: str) -> Call:
    """The same with a name in the place of each value that another resource produces. Its operation, retries and
    target parameters are those of the actual call, but not its permissions."""
    named = cast("Data", _with_names(args))
    # The name stands for no ARN, from which resources would follow.
    resources = {"resources": ("*",)} if "call" in named else {}
    return call_of({**resources, **named}, account, unique)


def _with_names(value: object) -> object:
    if is_output(value):
        return _ANY_NAME
    if isinstance(value, Mapping):
        return {name: _with_names(item) for name, item in cast("Mapping[str, object]", value).items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_with_names(item) for item in cast("Sequence[object]", value)]
    return value
