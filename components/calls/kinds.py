"""The API call that the keys of a task describe. Pure: keys in, a call out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from ..args import CallArgs
from ..aws.account import Account
from ..aws.arn import Arn
from ..aws.policies import Statement
from ..json_values import Data, Json
from ..keys.annotations import is_output
from ..keys.reference import keys_of
from ..keys.resolution import resolve
from ..resolved import CallKeys
from ..resolved.calls import Execute, Invoke, Stop
from .model import Call

KINDS = ("stop", "start_up", "snapshot", "scale", "invoke", "execute", "submit", "send", "call")
"""The keys of which a call has exactly one."""
CALL_KEYS = tuple(keys_of(CallArgs))
"""The keys that describe a call."""
_ANY_NAME = "x/x"
"""Stands for a value that another resource produces: a name of any kind, also of an ECS service in its cluster."""


class NoCallError(Exception):
    """The keys describe no call."""


def call_of(args: Data, account: Account) -> Call:
    """The API call of a task, in an account and Region.

    Args:
        args: The arguments of the task, validated. Values of other resources must be known.
        account: The account and Region.

    Raises:
        NoCallError: The arguments describe no call.
    """
    keys = resolve(CallKeys, CallArgs, {name: value for name, value in args.items() if name in CALL_KEYS})
    for kind, make in _MAKERS.items():
        if (value := getattr(keys, kind)) is not None:
            return make(value, account)
    raise NoCallError


def typical_call(args: Data, account: Account) -> Call:
    """The same with a name in the place of each value that another resource produces. Its operation, retries and
    target parameters are those of the actual call."""
    return call_of(cast("Data", _with_names(args)), account)


def _with_names(value: object) -> object:
    if is_output(value):
        return _ANY_NAME
    if isinstance(value, Mapping):
        return {name: _with_names(item) for name, item in cast("Mapping[str, object]", value).items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_with_names(item) for item in cast("Sequence[object]", value)]
    return value


def _stop(stop: Stop, account: Account) -> Call:
    return _switch(stop, account, "stop", "pause")


def _start_up(start: Stop, account: Account) -> Call:
    return _switch(start, account, "start", "resume")


def _switch(what: Stop, account: Account, verb: str, redshift_verb: str) -> Call:
    """A call that stops or starts. A second call changes nothing.

    AWS: service authorization reference, Amazon RDS, Amazon EC2 and Amazon Redshift, resource types of the actions.
    """
    if what.database is not None:
        return _of_one("rds", f"{verb}DBInstance", "DbInstanceIdentifier", what.database, "db", account)
    if what.cluster is not None:
        return _of_one("rds", f"{verb}DBCluster", "DbClusterIdentifier", what.cluster, "cluster", account)
    if what.redshift is not None:
        action = f"{redshift_verb}Cluster"
        return _of_one("redshift", action, "ClusterIdentifier", what.redshift, "cluster", account)
    if what.instances:
        ids = [str(each) for each in what.instances]
        arns = [account.arn("ec2", f"instance/{each}") for each in ids]
        return _call("ec2", f"{verb}Instances", {"InstanceIds": ids}, arns)
    raise NoCallError


def _of_one(service: str, action: str, member: str, value: object, kind: str, account: Account) -> Call:
    """A call whose only parameter names a resource, by its name or its ARN."""
    arn = Arn.parse_if_arn(value)
    resource = str(arn) if arn else account.arn(service, f"{kind}:{value}")
    return _call(service, action, {member: arn.resource_id if arn else str(value)}, [resource])


def _call(service: str, action: str, parameters: Mapping[str, Json], resources: Sequence[str]) -> Call:
    operation = f"{service}:{action[:1].upper()}{action[1:]}"
    return Call(service, action, parameters, (_allow(operation, resources),), idempotent=True)


def _allow(action: str, resources: Sequence[str]) -> Statement:
    return {"Sid": "Call", "Effect": "Allow", "Action": action, "Resource": sorted(resources)}


def _invoke(invoke: Invoke, account: Account) -> Call:
    """AWS: EventBridge Scheduler user guide, "Using templated targets", Lambda. The payload is the input."""
    arn = Arn.parse_if_arn(invoke.function) or Arn.parse(account.arn("lambda", f"function:{invoke.function}"))
    qualified = ":" in arn.resource_id
    # A function without a qualifier may be invoked by its ARN, and by that of each version and alias.
    # AWS: Lambda developer guide, "Identity-based IAM policies for Lambda".
    resources = [str(arn)] if qualified else [str(arn), f"{arn}:*"]
    payload = cast("Json", invoke.payload)
    return Call("lambda", "invoke", payload, (_allow("lambda:InvokeFunction", resources),), templated=str(arn))


def _execute(execute: Execute, account: Account) -> Call:
    """AWS: EventBridge Scheduler user guide, "Using templated targets", Step Functions."""
    name = execute.state_machine
    arn = str(Arn.parse_if_arn(name) or account.arn("states", f"stateMachine:{name}"))
    statements = (_allow("states:StartExecution", [arn]),)
    given = cast("Json", execute.input)
    return Call("sfn", "startExecution", given, statements, templated=arn, outcome="states")


_MAKERS: Mapping[str, Callable[[Any, Account], Call]] = {
    "stop": _stop,
    "start_up": _start_up,
    "invoke": _invoke,
    "execute": _execute,
}
