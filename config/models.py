"""The configuration as people write it: its keys and their types.

The models say the shape: which keys there are and of what type. What the values mean, and which go together,
is checked by `components.checks`, so that the library refuses the same things when it is used without this
configuration. The bounds that stand here are those of the checks, for the JSON schema that editors use.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag
from pydantic.alias_generators import to_camel

from components import checks, durations, fargate, names


def _bounds(bounds: tuple[int, int]) -> dict[str, Any]:
    return {"minimum": bounds[0], "maximum": bounds[1]}


def _one_of(values: tuple[int, ...]) -> dict[str, Any]:
    return {"enum": list(values)}


class Model(BaseModel):
    """A map of the configuration: camelCase keys, and none but these."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", strict=True, frozen=True)


def _kind(value: object) -> str:
    kinds: dict[type, str] = {dict: "<map>", list: "<list>", bool: "<boolean>"}
    return kinds.get(type(value), "<text>")


def _text(value: object) -> object:
    """Types are strict, but for text that YAML reads as a number: `PORT: 5432` is what people write."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Text = Annotated[str, BeforeValidator(_text, json_schema_input_type=str | int)]
Duration = Annotated[str, Field(json_schema_extra={"pattern": durations.PATTERN}, examples=["15m", "26h"])]
Tags = dict[str, Text]


class Logs(Model):
    """CloudWatch Logs of runs."""

    retention_days: int | None = Field(
        None,
        description="Days that log events are kept. Default: 30.",
        json_schema_extra=_one_of(checks.RETENTION_DAYS),
    )
    mode: str | None = Field(
        None,
        description="blocking: no line is lost; non-blocking: a run never waits. Default: blocking.",
        json_schema_extra={"enum": list(checks.LOG_MODES)},
    )


class Retry(Model):
    """Retries of the launch, not of the container."""

    attempts: int | None = Field(
        None, description="0 to 185. Default: 5.", json_schema_extra=_bounds(checks.RETRY_ATTEMPTS)
    )
    max_age: Duration | None = Field(None, description="60s to 24h. Default: 1h.")


class Permission(Model):
    """What runs may do in AWS: one statement."""

    actions: list[str] = Field(description="IAM actions, such as s3:PutObject.")
    resources: list[str] = Field(description="ARNs that the actions are allowed on.")


class CapacityProvider(Model):
    """One entry of a capacity provider strategy."""

    provider: str = Field(json_schema_extra={"enum": list(checks.PROVIDERS)})
    weight: int | None = Field(
        None,
        description="Share of the runs beyond base. Default: 1.",
        json_schema_extra=_bounds(checks.WEIGHT),
    )
    base: int | None = Field(
        None,
        description="Runs of one launch that go here first. Default: 0.",
        json_schema_extra=_bounds(checks.BASE),
    )


Schedule = Annotated[
    Annotated[str, Tag("<text>")] | Annotated[list[str], Tag("<list>")],
    Discriminator(_kind),
]
Launch = Annotated[
    Annotated[Annotated[str, Field(json_schema_extra={"enum": list(checks.LAUNCHES)})], Tag("<text>")]
    | Annotated[list[CapacityProvider], Tag("<list>")],
    Discriminator(_kind),
]


class Task(Model):
    """One scheduled task. All keys may be left out here: a layer says only what it adds."""

    description: str | None = Field(None, description="What the task is for; at most 512 characters.")
    schedule: Schedule | None = Field(
        None,
        description="rate(...), cron(...), at(...), or a list of them.",
        examples=["cron(0 3 * * ? *)", "rate(6 hours)", "at(2026-12-24T18:00:00)"],
    )
    timezone: str | None = Field(None, description="IANA time zone that cron and at are read in. Default: UTC.")
    flexible_window: Duration | None = Field(
        None, description="A run starts within this time after the scheduled one: 1m to 24h. Default: none."
    )
    start: str | None = Field(None, description="No run before this instant (ISO 8601 with offset or Z).")
    end: str | None = Field(None, description="No run after this instant (ISO 8601 with offset or Z).")
    enabled: bool | None = Field(None, description="false pauses the task. Default: true.")
    delete_after_completion: bool | None = Field(
        None, description="AWS deletes the schedule after its last run. Default: false."
    )
    image: str | None = Field(None, description="Container image. Either this or taskDefinition.")
    task_definition: str | None = Field(
        None, description="A task definition made elsewhere: family, family:revision or ARN."
    )
    command: list[Text] | None = Field(None, description="Command of the container. Default: the image's.")
    entry_point: list[Text] | None = Field(None, description="Entry point of the container. Default: the image's.")
    environment: dict[str, Text] | None = Field(
        None,
        description="Environment variables, readable by who can read the task definition.",
    )
    secrets: dict[str, str] | None = Field(
        None, description="Environment variables read at each start: ARNs of secrets or parameters."
    )
    cpu: int | None = Field(
        None,
        description="CPU units, 1024 to a vCPU. Default: 256.",
        json_schema_extra=_one_of(tuple(fargate.MEMORY_BY_CPU)),
    )
    memory: int | None = Field(
        None, description="MiB of memory, of those that Fargate offers for the cpu. Default: 512."
    )
    architecture: str | None = Field(
        None, description="Default: x86_64.", json_schema_extra={"enum": list(checks.ARCHITECTURES)}
    )
    ephemeral_storage: int | None = Field(
        None,
        description="GiB of ephemeral storage. Default: the 20 that Fargate includes.",
        json_schema_extra=_bounds(fargate.EPHEMERAL_STORAGE_GIB),
    )
    permissions: list[Permission] | None = Field(
        None, description="What a run may do in AWS; makes a task role. Default: no task role."
    )
    managed_policies: list[str] | None = Field(None, description="ARNs of managed policies for the task's own role.")
    task_role: str | None = Field(None, description="ARN of a role made elsewhere, instead of permissions.")
    launch: Launch | None = Field(
        None, description="fargate, fargateSpot, or a capacity provider strategy. Default: fargate."
    )
    platform_version: str | None = Field(None, description="LATEST, or such as 1.4.0. Default: LATEST.")
    count: int | None = Field(
        None,
        description="Tasks that one launch starts. Default: 1.",
        json_schema_extra=_bounds(checks.TASK_COUNT),
    )
    retry: Retry | None = Field(None, description="Retries of the launch.")
    stop_timeout: Duration | None = Field(
        None, description="Time between SIGTERM and SIGKILL: 2s to 120s. Default: 30s."
    )
    logs: Logs | None = Field(None, description="Logs of the task's runs.")
    tags: Tags | None = Field(None, description="Tags of the task and its runs, besides the stack's.")


class ClusterToCreate(Model):
    """A cluster of the stack's own."""

    create: Literal[True] = Field(description="Always true.")
    container_insights: bool | None = Field(None, description="Default: false; it costs money per metric.")
    capacity_providers: list[str] | None = Field(
        None, description="FARGATE, FARGATE_SPOT. Default: both, which costs nothing."
    )


class ByTags(Model):
    """Something found by its tags."""

    tags: Tags = Field(description="All of these tags, at least one.")


def _flag(value: object) -> object:
    """`true` and `false` are booleans in YAML and words beside `auto`."""
    return str(value).lower() if isinstance(value, bool) else value


class Network(Model):
    """Where runs get their network interfaces."""

    vpc: (
        Annotated[
            Annotated[str, Tag("<text>")] | Annotated[ByTags, Tag("<map>")],
            Discriminator(_kind),
        ]
        | None
    ) = Field(None, description="default, the id of a VPC, or {tags: {...}}. Default: default.")
    subnets: (
        Annotated[
            Annotated[str, Tag("<text>")] | Annotated[list[str], Tag("<list>")] | Annotated[ByTags, Tag("<map>")],
            Discriminator(_kind),
        ]
        | None
    ) = Field(
        None,
        description="private, public, ids or {tags: {...}}. Default: private; public in the default VPC.",
    )
    security_groups: list[str] | None = Field(
        None, description="1 to 5 ids. Default: one is created, which lets runs out and nothing in."
    )
    assign_public_ip: Annotated[str, BeforeValidator(_flag)] | None = Field(
        None,
        description="auto: on for public subnets, off for private ones. Default: auto.",
        json_schema_extra={"enum": ["auto", True, False, "true", "false"]},
    )


class Stack(Model):
    """The configuration of one stack: the keys of `config:` that start with the project's name."""

    cluster: (
        Annotated[
            Annotated[str, Tag("<text>")] | Annotated[ClusterToCreate, Tag("<map>")],
            Discriminator(_kind),
        ]
        | None
    ) = Field(None, description="Name or ARN of the cluster, or {create: true}. Default: default.")
    network: Network | None = Field(None, description="Where runs get their network interfaces.")
    defaults: dict[str, Any] | None = Field(None, description="What all tasks of the stack have in common.")
    tags: Tags | None = Field(None, description="Tags of all that the stack has.")
    enabled: bool | None = Field(None, description="false pauses every schedule of the stack. Default: true.")
    catalogue: (
        Annotated[
            Annotated[bool, Tag("<boolean>")] | Annotated[list[str], Tag("<list>")],
            Discriminator(_kind),
        ]
        | None
    ) = Field(None, description="Which catalogue tasks the stack has: true (all), false, or names. Default: true.")
    tasks: dict[str, dict[str, Any] | None] | None = Field(
        None,
        description="The stack's own tasks, and what it changes in the catalogue's; null: not in this stack.",
    )


TASK_NAME_SCHEMA = {"pattern": names.TASK_NAME, "maxLength": names.TASK_NAME_LENGTH}
