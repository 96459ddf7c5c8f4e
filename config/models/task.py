"""One scheduled task, as people write it."""

from typing import Annotated

from pydantic import Discriminator, Field, Tag

from components.aws import fargate
from components.aws import limits as bounds

from .base import Duration, Model, Tags, Text, in_bounds, kind, one_of, text_or_map


class Logs(Model):
    """CloudWatch Logs of runs."""

    retention_days: int | None = Field(
        None,
        description="Days that log events are kept. Default: 30.",
        json_schema_extra=one_of(bounds.RETENTION_DAYS),
    )
    mode: str | None = Field(
        None,
        description="blocking: no line is lost; non-blocking: a run never waits. Default: blocking.",
        json_schema_extra=one_of(bounds.LOG_MODES),
    )
    kms_key: str | None = Field(None, description="ARN of a KMS key that encrypts the log. Default: AWS's encryption.")


class Retry(Model):
    """Retries of the launch, not of the container."""

    attempts: int | None = Field(
        None, description="0 to 185. Default: 5.", json_schema_extra=in_bounds(bounds.RETRY_ATTEMPTS)
    )
    max_age: Duration | None = Field(None, description="60s to 24h. Default: 1h.")


class RetryRun(Model):
    """Retries of a run that failed, as against those of its launch."""

    attempts: int | None = Field(
        None, description="1 to 10 further attempts; required.", json_schema_extra=in_bounds(bounds.RUN_ATTEMPTS)
    )
    delay: Duration | None = Field(None, description="1s to 24h before the first of them. Default: 1m.")
    backoff: int | None = Field(
        None,
        description="What the delay is multiplied by for each further one. Default: 2.",
        json_schema_extra=in_bounds(bounds.RUN_BACKOFF),
    )
    exit_codes: list[int] | None = Field(
        None,
        description="Exit codes, 1 to 255, that are tried again; a run without one always is. Default: all.",
    )


class Permission(Model):
    """What runs may do in AWS: one statement."""

    actions: list[str] = Field(description="IAM actions, such as s3:PutObject.")
    resources: list[str] = Field(description="ARNs that the actions are allowed on.")


class CapacityProvider(Model):
    """One entry of a capacity provider strategy."""

    provider: str = Field(description="FARGATE, FARGATE_SPOT, or a provider over an Auto Scaling group by name.")
    weight: int | None = Field(
        None,
        description="Share of the runs beyond base. Default: 1.",
        json_schema_extra=in_bounds(bounds.WEIGHT),
    )
    base: int | None = Field(
        None,
        description="Runs of one launch that go here first. Default: 0.",
        json_schema_extra=in_bounds(bounds.BASE),
    )


class Build(Model):
    """An image that is built and pushed at deployment, to an ECR repository of the task's own."""

    build: str = Field(description="Folder that the build sees, relative to the program.", examples=["./jobs/backup"])
    dockerfile: str | None = Field(None, description="Path of the Dockerfile. Default: Dockerfile in that folder.")
    target: str | None = Field(None, description="Stage of the Dockerfile. Default: the last.")
    args: dict[str, Text] | None = Field(None, description="Build arguments; not for secrets.")


class SecretOfConfig(Model):
    """A secret of the stack's configuration, stored for the task at deployment."""

    config: str = Field(
        description="Key that `pulumi config set --secret` wrote it under; it is stored as an SSM SecureString."
    )


class Ulimit(Model):
    """A resource limit of a container."""

    soft: int = Field(description="What a process has.")
    hard: int = Field(description="What a process may raise it to; at least soft.")


class Volume(Model):
    """A volume of the task, and where its container sees it."""

    path: str | None = Field(None, description="Absolute path in the container.", examples=["/mnt/data"])
    efs: str | None = Field(
        None, description="Id of an EFS file system. Default: none; the volume is empty and gone with the run."
    )
    access_point: str | None = Field(None, description="Id of an access point of the file system.")
    root_directory: str | None = Field(None, description="Folder of the file system that is mounted. Default: /.")
    read_only: bool | None = Field(None, description="Default: false.")


class HealthCheck(Model):
    """How ECS finds out whether a container is healthy."""

    command: list[Text] = Field(description="[CMD, program, argument, ...] or [CMD-SHELL, line].")
    interval: Duration | None = Field(None, description="5s to 300s. Default: 30s.")
    timeout: Duration | None = Field(None, description="2s to 60s. Default: 5s.")
    retries: int | None = Field(
        None, description="1 to 10. Default: 3.", json_schema_extra=in_bounds(bounds.HEALTH_RETRIES)
    )
    start_period: Duration | None = Field(
        None, description="Time in which failures do not count, to 300s. Default: none."
    )


DependsOn = dict[str, Annotated[str, Field(json_schema_extra=one_of(bounds.CONDITIONS))]]


class Sidecar(Model):
    """A further container of the task."""

    image: str | None = Field(None, description="Container image.")
    command: list[Text] | None = Field(None, description="Default: the image's.")
    entry_point: list[Text] | None = Field(None, description="Default: the image's.")
    environment: dict[str, Text] | None = Field(None, description="Environment variables.")
    secrets: dict[str, str] | None = Field(None, description="Environment variables read at each start: ARNs.")
    cpu: int | None = Field(None, description="CPU units set apart for it within the task's. Default: 0.")
    memory: int | None = Field(None, description="MiB of memory at which it is killed. Default: the task's.")
    essential: bool | None = Field(None, description="Whether its end ends the run. Default: false.")
    depends_on: DependsOn | None = Field(None, description="Containers that it waits for, each with a condition.")
    health_check: HealthCheck | None = Field(None, description="Needed for others to wait for HEALTHY.")
    mounts: dict[str, str] | None = Field(
        None, description="Volumes of the task by name, each with the path at which this container sees it."
    )
    user: Text | None = Field(None, description="Default: the image's.")
    working_directory: str | None = Field(None, description="Default: the image's.")
    read_only_root: bool | None = Field(None, description="Default: false.")
    stop_timeout: Duration | None = Field(None, description="2s to 120s. Default: 30s.")


class PlacementConstraint(Model):
    """Which instances may run the task."""

    type: str = Field(json_schema_extra=one_of(bounds.CONSTRAINT_TYPES), description="distinctInstance or memberOf.")
    expression: str | None = Field(None, description="Cluster query language, for memberOf.")


class PlacementStrategy(Model):
    """Which of these instances is taken."""

    type: str = Field(json_schema_extra=one_of(bounds.STRATEGY_TYPES), description="random, spread or binpack.")
    field: str | None = Field(None, description="For spread: instanceId or an attribute; for binpack: cpu or memory.")


class OneSchedule(Model):
    """One of several schedules: when, and what its runs do otherwise than the task says."""

    expression: str = Field(description="rate(...), cron(...) or at(...).")
    description: str | None = Field(None, description="Default: the task's.")
    timezone: str | None = Field(None, description="Default: the task's.")
    flexible_window: Duration | None = Field(None, description="1m to 24h. Default: the task's.")
    start: str | None = Field(None, description="Default: the task's.")
    end: str | None = Field(None, description="Default: the task's.")
    enabled: bool | None = Field(None, description="false pauses this schedule. Default: true.")
    delete_after_completion: bool | None = Field(None, description="Default: the task's.")
    command: list[Text] | None = Field(
        None,
        description="Command of the container in these runs; may hold <aws.scheduler.scheduled-time> and its like.",
    )
    environment: dict[str, Text] | None = Field(
        None,
        description="Variables that are added or replaced in these runs; may hold <aws.scheduler.scheduled-time>.",
    )
    cpu: int | None = Field(None, description="CPU units of these runs. Default: the task's.")
    memory: int | None = Field(None, description="MiB of memory of these runs. Default: the task's.")
    ephemeral_storage: int | None = Field(
        None,
        description="GiB of ephemeral storage of these runs.",
        json_schema_extra=in_bounds(fargate.EPHEMERAL_STORAGE_GIB),
    )


Image = Annotated[Annotated[str, Tag("<text>")] | Annotated[Build, Tag("<map>")], Discriminator(text_or_map)]
Secret = Annotated[Annotated[str, Tag("<text>")] | Annotated[SecretOfConfig, Tag("<map>")], Discriminator(text_or_map)]
Limit = Annotated[Annotated[int, Tag("<text>")] | Annotated[Ulimit, Tag("<map>")], Discriminator(text_or_map)]
Schedule = Annotated[
    Annotated[str, Tag("<text>")] | Annotated[list[str], Tag("<list>")],
    Discriminator(kind),
]
Launch = Annotated[
    Annotated[Annotated[str, Field(json_schema_extra=one_of(bounds.LAUNCHES))], Tag("<text>")]
    | Annotated[list[CapacityProvider], Tag("<list>")],
    Discriminator(kind),
]


class Task(Model):
    """One scheduled task. All keys may be left out here: a layer says only what it adds."""

    description: str | None = Field(None, description="What the task is for; at most 512 characters.")
    schedule: Schedule | None = Field(
        None,
        description="rate(...), cron(...), at(...), or a list of them.",
        examples=["cron(0 3 * * ? *)", "rate(6 hours)", "at(2026-12-24T18:00:00)"],
    )
    schedules: list[OneSchedule] | None = Field(
        None, description="Several schedules, each with settings of its own, instead of schedule."
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
    image: Image | None = Field(
        None, description="Container image, or {build: folder}. Either this or taskDefinition.", examples=["backup:12"]
    )
    task_definition: str | None = Field(
        None, description="A task definition made elsewhere: family, family:revision or ARN."
    )
    container: str | None = Field(
        None,
        description="Container of taskDefinition whose exit code decides, and that overrides go to. Default: main.",
    )
    command: list[Text] | None = Field(None, description="Command of the container. Default: the image's.")
    entry_point: list[Text] | None = Field(None, description="Entry point of the container. Default: the image's.")
    environment: dict[str, Text] | None = Field(
        None,
        description="Environment variables, readable by who can read the task definition.",
    )
    secrets: dict[str, Secret] | None = Field(
        None,
        description="Environment variables read at each start: ARNs of secrets or parameters, or {config: key}.",
    )
    working_directory: str | None = Field(None, description="Working directory of the container. Default: the image's.")
    user: Text | None = Field(None, description="user, uid, user:group or uid:gid. Default: the image's.")
    init: bool | None = Field(None, description="An init process forwards signals and reaps processes. Default: false.")
    read_only_root: bool | None = Field(
        None,
        description="The container sees its root file system as read-only. Default: true for a task with a volume "
        "that is no EFS file system, else false.",
    )
    ulimits: dict[str, Limit] | None = Field(
        None, description="Resource limits: a number, or {soft, hard}. Fargate has nofile only."
    )
    depends_on: DependsOn | None = Field(
        None, description="Sidecars that the container waits for: START, COMPLETE, SUCCESS or HEALTHY."
    )
    sidecars: dict[str, Sidecar] | None = Field(None, description="Further containers by name, at most 9.")
    volumes: dict[str, Volume] | None = Field(None, description="Volumes by name.")
    cpu: int | None = Field(
        None,
        description="CPU units, 1024 to a vCPU: 256, 512, 1024, 2048, 4096, 8192, 16384 or 32768 on Fargate, "
        "128 to 196608 elsewhere. Default: 256.",
        json_schema_extra=in_bounds(bounds.EC2_CPU),
    )
    memory: int | None = Field(
        None, description="MiB of memory, of those that Fargate offers for the cpu. Default: 512."
    )
    architecture: str | None = Field(
        None, description="Default: x86_64.", json_schema_extra=one_of(bounds.ARCHITECTURES)
    )
    operating_system: str | None = Field(
        None,
        description="LINUX or a Windows Server. Default: LINUX.",
        json_schema_extra=one_of(bounds.OPERATING_SYSTEMS),
    )
    ephemeral_storage: int | None = Field(
        None,
        description="GiB of ephemeral storage. Default: the 20 that Fargate includes.",
        json_schema_extra=in_bounds(fargate.EPHEMERAL_STORAGE_GIB),
    )
    permissions: list[Permission] | None = Field(
        None, description="What a run may do in AWS; makes a task role. Default: no task role."
    )
    managed_policies: list[str] | None = Field(None, description="ARNs of managed policies for the task's own role.")
    task_role: str | None = Field(None, description="ARN of a role made elsewhere, instead of permissions.")
    exec: bool | None = Field(
        None, description="A running task can be entered with `aws ecs execute-command`. Default: false."
    )
    launch: Launch | None = Field(
        None,
        description="fargate, fargateSpot, ec2, external, or a capacity provider strategy. Default: fargate.",
    )
    network_mode: str | None = Field(
        None,
        description="awsvpc, bridge, host or none. Default: awsvpc; bridge for external.",
        json_schema_extra=one_of(bounds.NETWORK_MODES),
    )
    placement_constraints: list[PlacementConstraint] | None = Field(
        None, description="Which instances may run the task; at most 10. Not on Fargate."
    )
    placement_strategies: list[PlacementStrategy] | None = Field(
        None, description="Which of these instances is taken; at most 5. Not on Fargate."
    )
    platform_version: str | None = Field(None, description="LATEST, or such as 1.4.0. Default: LATEST.")
    count: int | None = Field(
        None,
        description="Tasks that one launch starts. Default: 1.",
        json_schema_extra=in_bounds(bounds.TASK_COUNT),
    )
    retry: Retry | None = Field(None, description="Retries of the launch.")
    timeout: Duration | None = Field(
        None,
        description="A run that takes longer is stopped: 1m to 30d. Default: none; 24h with overlap or retryRun.",
    )
    overlap: str | None = Field(
        None,
        description="When a run is due while another is going: allow, forbid (it is skipped) or replace (the other is "
        "stopped). Default: allow.",
        json_schema_extra=one_of(bounds.OVERLAPS),
    )
    retry_run: RetryRun | None = Field(None, description="Retries of a run that failed. Default: none.")
    expect_success_within: Duration | None = Field(
        None,
        description="Alarm when no run has succeeded for so long: 1m to 7d, whole hours beyond a day. Default: none.",
    )
    stop_timeout: Duration | None = Field(
        None, description="Time between SIGTERM and SIGKILL: 2s to 120s. Default: 30s."
    )
    logs: Logs | None = Field(None, description="Logs of the task's runs.")
    tags: Tags | None = Field(None, description="Tags of the task and its runs, besides the stack's.")
    propagate_tags: bool | None = Field(
        None, description="Runs carry the tags, so that their cost can be told apart. Default: true."
    )
