"""The action of a call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .. import args
from ..keys.resolution import resolves
from .hours import Hours

if TYPE_CHECKING:
    from pulumi import Input


@resolves(args.StopArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A resource that is stopped or started."""

    database: Input[str] | None
    cluster: Input[str] | None
    instances: tuple[Input[str], ...]
    redshift: Input[str] | None


@resolves(args.SnapshotArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A snapshot of a database."""

    database: Input[str] | None
    cluster: Input[str] | None
    name: str | None
    """None for the identifier of the database."""
    keep: int | None
    """Number of snapshots that are kept: 1 to 100. None for all."""


@resolves(args.ScaleArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """The size of an ECS service or an Auto Scaling group."""

    service: Input[str] | None
    group: Input[str] | None
    to: int | None
    min: int | None
    max: int | None


@resolves(args.InvokeArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class Invoke:
    """A Lambda function that is invoked."""

    function: Input[str]
    payload: Mapping[str, object] | None
    """None for the event of EventBridge Scheduler."""


@resolves(args.ExecuteArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class Execute:
    """A state machine that is started."""

    state_machine: Input[str]
    input: Mapping[str, object]


@resolves(args.BatchJobArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class BatchJob:
    """A job of AWS Batch."""

    queue: Input[str]
    definition: Input[str]
    name: str
    parameters: Mapping[str, Input[str]]
    command: tuple[Input[str], ...] | None
    """None for the definition's."""


@resolves(args.GlueJobArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class GlueJob:
    """A run of a job of AWS Glue."""

    job: Input[str]
    arguments: Mapping[str, Input[str]]


@resolves(args.CodeBuildArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class CodeBuild:
    """A build of AWS CodeBuild."""

    project: Input[str]
    source_version: str | None
    """None for the project's."""
    environment: Mapping[str, Input[str]]


@resolves(args.SubmitArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class Submit:
    """Work that another service runs."""

    batch: BatchJob | None
    glue: GlueJob | None
    build: CodeBuild | None
    pipeline: Input[str] | None


@resolves(args.SendArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """A message."""

    queue: Input[str] | None
    topic: Input[str] | None
    bus: Input[str] | None
    body: Mapping[str, object] | str | None
    """None for the event of EventBridge Scheduler."""
    message_group: str | None
    source: str | None
    detail_type: str | None
    kms_key: str | None
    """The key that encrypts the queue or topic. None for AWS's own encryption, or none."""


@resolves(args.CallArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class CallKeys:
    """The keys of a call's action. One of the kinds is set: `stop` to `call`."""

    stop: Stop | None
    start_up: Stop | None
    snapshot: Snapshot | None
    scale: Scale | None
    hours: Hours | None
    invoke: Invoke | None
    execute: Execute | None
    submit: Submit | None
    send: Send | None
    call: str | None
    """`service:action` as written."""
    with_: Mapping[str, object]
    """Parameters of `call` as written."""
    resources: tuple[Input[str], ...] | None
    """None if they follow from the parameters."""
    because: str | None
