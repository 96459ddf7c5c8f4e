"""Any operation that EventBridge Scheduler can call: its parameters, permissions and problems. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..aws.account import TYPICAL_ACCOUNT, Account
from ..json_values import Json
from ..keys.annotations import has_output
from ..problems import Name, Problem, key
from ..resolved import CallKeys
from ..task.keywords import SCHEDULED_TIME
from .model import Call, Outcome
from .parameters import Parameters, parameters, shown, with_samples
from .permissions import EVERYTHING, derived_resources, statements
from .references import Operation, operation
from .spelling import action, parameter
from .tokens import token, token_member

_REPEATABLE = ("Stop", "Pause", "Resume", "Update", "Modify", "Set", "Enable", "Disable", "Delete", "Register")
"""First words of operations that have the same effect if they are repeated."""
_ALSO_REPEATABLE = frozenset({
    "rds:startDBInstance", "rds:startDBCluster", "ec2:startInstances", "rds:createDBSnapshot",
    "rds:createDBClusterSnapshot",
})  # fmt: skip
_NOT_REPEATABLE = frozenset({"dynamodb:updateItem", "ecs:registerTaskDefinition", "batch:registerJobDefinition"})
"""UpdateItem can add to a number, and the others make a revision.

AWS: DynamoDB API reference, UpdateItem; Amazon ECS API reference, RegisterTaskDefinition; AWS Batch API reference,
RegisterJobDefinition.
"""
OUTCOMES: Mapping[str, Outcome] = {
    "batch:submitJob": "batch",
    "codebuild:startBuild": "codebuild",
    "codepipeline:startPipelineExecution": "codepipeline",
    "glue:startJobRun": "glue",
    "sfn:startExecution": "states",
}
"""The services whose events report the end of the work that an operation starts."""
_SNAPSHOTS: Mapping[str, str] = {
    "rds:createDBSnapshot": "DbSnapshotIdentifier",
    "rds:createDBClusterSnapshot": "DbClusterSnapshotIdentifier",
    "redshift:createClusterSnapshot": "SnapshotIdentifier",
    "elasticache:createSnapshot": "SnapshotName",
    "memorydb:createSnapshot": "SnapshotName",
}
"""Names of snapshots: letters, digits and hyphens. AWS: Amazon RDS API reference, CreateDBSnapshot; Amazon Redshift API
reference, CreateClusterSnapshot."""


_LONGEST_NAMES = {"rds:createDBSnapshot": 255, "rds:createDBClusterSnapshot": 63}
"""Characters of these names, which AWS's model states in words only."""


@dataclass(frozen=True, slots=True)
class _Read:
    operation: Operation
    parameters: Parameters


def _read(keys: CallKeys) -> _Read | Problem | None:
    if keys.call is None:
        return None
    found = operation(keys.call)
    return found if isinstance(found, Problem) else _Read(found, parameters(found, keys.with_, _required_token(found)))


def _required_token(found: Operation) -> tuple[str, ...]:
    """The client token that an operation requires, if a call can have one."""
    shape = found.service.parameters(found.name)
    member = token_member(shape)
    if member is None or member not in shape.required:
        return ()
    return (member,) if token("", found.service.shape(shape.members[member])) else ()


def any_call(keys: CallKeys, account: Account, unique: str) -> Call | None:
    """The call that `call` and `with` describe; None if they have problems.

    Args:
        keys: The keys of the call. Values of other resources must be known.
        account: The account and Region.
        unique: A text that no other call in the account and Region has. AWS ignores duplicates by it.
    """
    read = _read(keys)
    if not isinstance(read, _Read):
        return None
    found = read.operation
    given = dict(read.parameters.input)
    resources = keys.resources or derived_resources(found, given, account)
    if resources is None:
        return None
    needed = statements(found, given, [str(resource) for resource in resources])
    with_token = _with_token(found, given, unique)
    return Call(
        found.service.id,
        action(found.name),
        with_token,
        needed,
        idempotent=_is_repeatable(found),
        token=_has_token(found, with_token),
        outcome=OUTCOMES.get(found.reference, "none"),
    )


def _is_repeatable(found: Operation) -> bool:
    if found.reference in _NOT_REPEATABLE:
        return False
    return found.name.startswith(_REPEATABLE) or found.reference in _ALSO_REPEATABLE


def _with_token(found: Operation, given: Mapping[str, Json], unique: str) -> dict[str, Json]:
    """The parameters with a client token, if the operation takes one and the user sets none."""
    shape = found.service.parameters(found.name)
    member = token_member(shape)
    if member is None or parameter(member) in given:
        return dict(given)
    if _is_repeatable(found) and member not in shape.required:
        return dict(given)
    made = token(unique, found.service.shape(shape.members[member]))
    return {**given, parameter(member): made} if made else dict(given)


def _has_token(found: Operation, given: Mapping[str, Json]) -> bool:
    member = token_member(found.service.parameters(found.name))
    value = given.get(parameter(member)) if member else None
    return isinstance(value, str) and SCHEDULED_TIME in value and "<aws.scheduler.execution-id>" not in value


def any_call_problems(keys: CallKeys) -> Iterator[Problem]:
    """Problems of `call`, `with`, `resources` and `because`."""
    read = _read(keys)
    if isinstance(read, Problem):
        yield read.within("call")
    elif read:
        yield from (problem.within("with_") for problem in read.parameters.problems)
        yield from _snapshot_problems(read)
        if not read.parameters.problems:
            yield from _resource_problems(keys, read)


def _snapshot_problems(read: _Read) -> Iterator[Problem]:
    member = _SNAPSHOTS.get(read.operation.reference)
    value = read.parameters.input.get(member) if member else None
    if member and isinstance(value, str) and SCHEDULED_TIME in value:
        yield Problem(
            ("with_", Name(shown(member))),
            f"must not contain {SCHEDULED_TIME}, which has colons. Use <aws.scheduler.execution-id>.",
        )
    most = _LONGEST_NAMES.get(read.operation.reference)
    if member and most and isinstance(value, str) and (length := len(with_samples(value))) > most:
        yield Problem(("with_", Name(shown(member))), f"has {length} characters. AWS accepts at most {most}.")


def _resource_problems(keys: CallKeys, read: _Read) -> Iterator[Problem]:
    found, given = read.operation, keys.resources
    permission = found.service.permission(found.name)
    without_types = permission is not None and permission.resources == ()
    everything = bool(given) and EVERYTHING in given
    if given is None:
        if not has_output(keys.with_) and derived_resources(found, read.parameters.input, TYPICAL_ACCOUNT) is None:
            wanted = f" {permission.action} acts on" if permission else " the operation acts on"
            yield Problem(
                ("resources",),
                f"is missing. The resources of {found.reference} don't follow from its parameters. Write the ARNs that"
                f"{wanted}.",
            )
    elif without_types and not everything:
        yield Problem(
            ("resources",),
            f"has no effect, because the permission for {found.reference} is not limited to resources (AWS's Service "
            "Authorization Reference). Remove it.",
        )
    elif everything and keys.because is None and not without_types:
        yield Problem(
            ("resources",),
            f'"*" allows {found.reference} on every resource of the account. Write ARNs, or give the reason in '
            f"{key('because')}.",
        )
    if keys.because is not None and not everything:
        yield Problem(("because",), f'is only for "*" in {key("resources")}. Remove it.')


def any_call_advice(keys: CallKeys) -> Iterator[Problem]:
    """Likely mistakes in `call` and `with`."""
    read = _read(keys)
    if not isinstance(read, _Read):
        return
    found, given = read.operation, read.parameters.input
    snapshot = _SNAPSHOTS.get(found.reference)
    if snapshot and isinstance(value := given.get(snapshot), str) and "<aws.scheduler." not in value:
        yield Problem(
            ("with_", Name(shown(snapshot))),
            "is the same for each run, so AWS refuses every snapshot after the first. Add "
            "-<aws.scheduler.execution-id>.",
        )
    member = token_member(found.service.parameters(found.name))
    written = given.get(parameter(member)) if member else None
    if member and isinstance(written, str) and SCHEDULED_TIME not in written:
        yield Problem(
            ("with_", Name(shown(member))),
            f"doesn't contain {SCHEDULED_TIME}, which is the same for all deliveries of one run and different for each "
            "run. AWS would ignore later runs, or make a call twice. Remove it, and the deployment sets a token.",
        )
    if found.service.permission(found.name) is None:
        yield Problem(
            ("call",),
            f"AWS's Service Authorization Reference has no action for {found.reference}. The role is allowed "
            f"{found.service.prefix}:{found.name}, which may not be enough. Try the call before you rely on it.",
        )
    if found.reference == "ecs:runTask":
        yield Problem(
            ("call",),
            f"can't start tasks with roles, because the role of a call may not pass them. Use {key('task_definition')} "
            "or a task with an image instead.",
        )
