"""The operations that EventBridge Scheduler can call, and their parameters, as AWS's own models describe them.

`operations.zip` has one JSON file per service, so that the component doesn't need botocore at run time, and reads only
the services that calls name. `python -m tools.call_operations` writes it from botocore's models and from AWS's Service
Authorization Reference.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..json_values import Data, is_list

if TYPE_CHECKING:
    from zipfile import ZipFile

FILE = Path(__file__).with_suffix(".zip")
INDEX = "index"
"""The file of the archive that has the other names of services."""
REFUSED_WORDS = (
    "adminGet", "adminList", "batchDescribe", "batchGet", "batchRead", "describe", "discover", "get", "invokeModel",
    "isAuthorized", "isAuthorizedWithToken", "list", "lookup", "poll", "query", "read", "receive", "retrieve", "scan",
    "search", "select", "testConnection", "testMigration", "transactGet", "translateDocument", "validate",
)  # fmt: skip
"""EventBridge Scheduler calls no operation that begins with one of these.

AWS: EventBridge Scheduler user guide, "Using universal targets", "Unsupported API actions".
"""


@dataclass(frozen=True, slots=True)
class Shape:
    """A shape of AWS's model: the type of a value, and the values that AWS accepts."""

    type: str
    """structure, list, map, string, integer, long, float, double, boolean, timestamp or blob."""
    members: Mapping[str, str] = field(default_factory=dict[str, str])
    """For a structure, the name of the shape of each member."""
    required: tuple[str, ...] = ()
    tokens: tuple[str, ...] = ()
    """For a structure, the members that make a request idempotent."""
    union: bool = False
    """Whether a structure has exactly one of its members."""
    document: bool = False
    """Whether a structure is any JSON value."""
    member: str = ""
    """For a list, the name of the shape of its items."""
    key: str = ""
    value: str = ""
    """For an object with any keys, the names of the shapes of its keys and values."""
    enum: tuple[str, ...] = ()
    min: float | None = None
    max: float | None = None
    """Bounds of a number, of the length of a string, or of the number of items."""
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class Permission:
    """The permission that an operation needs."""

    action: str
    """`rds:StopDBInstance`."""
    resources: tuple[str, ...] | None
    """Templates of ARNs: `${Partition}`, `${Region}` and `${Account}`, and members in braces. `{=Member}` is a member
    that is an ARN itself. A template that begins with `?` applies if its members are set. None if they don't follow
    from the parameters. Empty if the action has no resource types."""
    dependent: tuple[str, ...]
    """Actions that it can need in addition, such as those for tags."""


@dataclass(frozen=True, slots=True)
class Service:
    """A service, with its operations in the API's spelling."""

    id: str
    """Its ID in calls: `rds`, `sfn`, `applicationautoscaling`."""
    operations: Mapping[str, str]
    """The operations that can be called, with the name of the shape of their parameters; empty for none."""
    refused: frozenset[str]
    """The operations that EventBridge Scheduler can't call, because they only read."""
    shapes: Mapping[str, Data]
    prefix: str
    """The service in the names of IAM actions."""
    permissions: Mapping[str, Sequence[Any]]

    def shape(self, name: str) -> Shape:
        """A shape by its name in AWS's model."""
        given = self.shapes[name]
        fields: Data = {key: tuple(value) if is_list(value) else value for key, value in given.items()}
        return Shape(**fields)

    def permission(self, operation: str) -> Permission | None:
        """The permission of an operation, by AWS's Service Authorization Reference; None if that has no action of its
        name."""
        if operation not in self.permissions:
            return None
        action, resources, dependent = self.permissions[operation]
        return Permission(action, None if resources is None else tuple(resources), tuple(dependent))

    def parameters(self, operation: str) -> Shape:
        """The parameters of an operation."""
        name = self.operations[operation]
        return self.shape(name) if name else Shape("structure")


def is_refused(operation: str) -> bool:
    """Whether EventBridge Scheduler can't call an operation because of its first word."""
    return f"{operation[:1].lower()}{operation[1:]}".startswith(REFUSED_WORDS)


@cache
def service_ids() -> frozenset[str]:
    """The IDs of all services."""
    return frozenset(name.removesuffix(".json") for name in _archive().namelist()) - {INDEX}


@cache
def other_names() -> Mapping[str, tuple[str, ...]]:
    """The IDs of the services that other APIs of AWS call by another name: `states` is `sfn`."""
    return {name: tuple(ids) for name, ids in _read(INDEX).items()}


@cache
def service(service_id: str) -> Service:
    """A service by its ID.

    Raises:
        KeyError: There is no such service.
    """
    if service_id not in service_ids():
        raise KeyError(service_id)
    given = _read(service_id)
    return Service(
        service_id,
        given["operations"],
        frozenset(given["refused"]),
        given["shapes"],
        given["prefix"],
        given["permissions"],
    )


@cache
def _archive() -> ZipFile:
    """The archive. Reading its table of contents takes longer than reading a service."""
    # Only calls of any operation need it, and importing it takes 25 ms.
    from zipfile import ZipFile

    # In memory, because processes that fork would share the position in an open file.
    return ZipFile(BytesIO(FILE.read_bytes()))


def _read(name: str) -> Data:
    return json.loads(_archive().read(f"{name}.json"))
