"""Arguments of containers."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, Required

from typing_extensions import TypedDict

from ..aws import limits, patterns
from ..keys.annotations import (
    Aws,
    Between,
    Default,
    Duration,
    Example,
    Input,
    Items,
    Matches,
    NotEmpty,
    OfTaskDefinition,
    Text,
)
from .container_host import HostArgs
from .container_logs import ContainerLogsArgs, FirelensArgs
from .passthrough import ContainerAwsArgs
from .strict import strict
from .values import Image, SecretArn

Condition = Literal["START", "COMPLETE", "SUCCESS", "HEALTHY"]
"""AWS: botocore ecs, ContainerCondition."""
User = Annotated[Text, Matches(patterns.USER, "a user", "user, uid, user:group or uid:gid")]
StopTimeout = Annotated[str, Duration("2s", "1d", unit="s")]
EnvironmentFile = Annotated[
    str,
    Matches(
        patterns.ENVIRONMENT_FILE,
        "an environment file on S3",
        "the ARN of a .env object: arn:aws:s3:::<bucket>/<key>.env",
    ),
]
RegistryCredentials = Annotated[
    str,
    Matches(
        patterns.SECRETS_MANAGER_ARN,
        "the ARN of a Secrets Manager secret",
        "arn:aws:secretsmanager:<region>:<account>:secret:<name>",
    ),
]


@strict
class BuildArgs(TypedDict, total=False):
    """An image that the deployment builds and pushes to an ECR repository of the task (awsx.ecr)."""

    context: Required[
        Annotated[str, NotEmpty("is empty. Name the folder with the Dockerfile."), Aws("awsx.ecr.Image context")]
    ]
    """Build context: a folder, relative to the program."""

    dockerfile: Annotated[
        str,
        Default(words="`Dockerfile` in the context"),
        Aws("dockerfile"),
        Example("build: .\ndockerfile: jobs/backup/Dockerfile"),
    ]
    """Path of the Dockerfile."""

    target: Annotated[str, Default(words="the last"), Aws("target"), Example("build: ./jobs/backup\ntarget: run")]
    """Stage of the Dockerfile."""

    args: Annotated[
        Mapping[str, Text], Default(words="none"), Aws("args"), Example('build: ./jobs/backup\nargs: { VERSION: "3" }')
    ]
    """Build arguments. Do not pass secrets."""


@strict
class UlimitArgs(TypedDict):
    """A resource limit of a container."""

    soft: Annotated[int, Aws("containerDefinitions.ulimits.softLimit"), Example("{ soft: 1024, hard: 2048 }")]
    """Limit that applies to processes, at most `hard`."""

    hard: Annotated[int, Aws("containerDefinitions.ulimits.hardLimit"), Example("{ soft: 1024, hard: 2048 }")]
    """Limit up to which a process may raise its soft limit, at least `soft`."""


@strict
class HealthCheckArgs(TypedDict, total=False):
    """How ECS determines whether a container is healthy."""

    command: Required[
        Annotated[
            Sequence[Text],
            Aws("containerDefinitions.healthCheck.command"),
            Example('{ command: [CMD-SHELL, "nc -z localhost 5432"] }'),
        ]
    ]
    """`[CMD, program, argument, ...]` or `[CMD-SHELL, line]`."""

    interval: Annotated[
        str,
        Duration("5s", "5m", unit="s"),
        Default("30s"),
        Aws("containerDefinitions.healthCheck.interval"),
        Example('{ command: [CMD-SHELL, "nc -z localhost 5432"], interval: 10s }'),
    ]
    """Time between two checks, 5s to 5m."""

    timeout: Annotated[
        str,
        Duration("2s", "1m", unit="s"),
        Default("5s"),
        Aws("containerDefinitions.healthCheck.timeout"),
        Example('{ command: [CMD-SHELL, "nc -z localhost 5432"], timeout: 2s }'),
    ]
    """Time after which a check fails, 2s to 1m."""

    retries: Annotated[
        int,
        Between(1, 10),
        Default(3),
        Aws("containerDefinitions.healthCheck.retries"),
        Example('{ command: [CMD-SHELL, "nc -z localhost 5432"], retries: 5 }'),
    ]
    """Number of failed checks in a row after which the container is unhealthy."""

    start_period: Annotated[
        str,
        Duration("0s", "5m", unit="s"),
        Default(words="none"),
        Aws("containerDefinitions.healthCheck.startPeriod"),
        Example('{ command: [CMD-SHELL, "nc -z localhost 5432"], startPeriod: 15s }'),
    ]
    """Time after the start in which failed checks do not count, 0s to 5m."""


@strict
class ContainerArgs(HostArgs, total=False):
    """Settings that every container of a task can have: its main container, and each sidecar."""

    registry_credentials: Annotated[
        Input[RegistryCredentials],
        OfTaskDefinition(),
        Default(words="none"),
        Aws("containerDefinitions.repositoryCredentials"),
        Example(
            "image: registry.example.com/team/job:7\n"
            'registryCredentials: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:registry-Ab12Cd"'
        ),
    ]
    """ARN of the Secrets Manager secret with the `username` and `password` of a private registry. The task gets its own
    execution role, which reads it. ECR needs none."""

    command: Annotated[
        Sequence[Input[Text]],
        OfTaskDefinition(overridable=True),
        Default(words="the image's"),
        Aws("containerDefinitions.command"),
        Example('command: [import, --day, "<aws.scheduler.scheduled-time>"]'),
    ]
    """Command of the container. EventBridge Scheduler replaces `<aws.scheduler.scheduled-time>`,
    `<aws.scheduler.execution-id>`, `<aws.scheduler.attempt-number>` and `<aws.scheduler.schedule-arn>` in it."""

    entry_point: Annotated[
        Sequence[Input[Text]],
        OfTaskDefinition(),
        Default(words="the image's"),
        Aws("containerDefinitions.entryPoint"),
        Example("entryPoint: [/bin/sh, -c]"),
    ]
    """Entry point of the container."""

    environment: Annotated[
        Mapping[str, Input[Text]],
        OfTaskDefinition(overridable=True),
        Default({}, "none"),
        Aws("containerDefinitions.environment"),
        Example("environment: { PGHOST: orders.db.internal, BATCH: 1000 }"),
    ]
    """Environment variables. Values can contain the same keywords as `command`. Anybody who can describe the task
    definition can read them, so Pulumi secrets are refused."""

    secrets: Annotated[
        Mapping[str, Input[SecretArn]],
        OfTaskDefinition(),
        Default({}, "none"),
        Aws("containerDefinitions.secrets"),
        Example("secrets: { API_KEY: /prod/api/key }"),
    ]
    """Environment variables whose values ECS reads when the container starts. Each is the ARN of a Secrets Manager
    secret (optionally with `:json-key::`) or SSM parameter, or the name of a parameter such as `/prod/db/password`.
    The task gets its own execution role, which reads only these."""

    environment_files: Annotated[
        Sequence[Input[EnvironmentFile]],
        Items(0, 10, "files"),
        OfTaskDefinition(),
        Default((), "none"),
        Aws("containerDefinitions.environmentFiles"),
        Example('environmentFiles: ["arn:aws:s3:::example-config/jobs/etl.env"]'),
    ]
    """ARNs of S3 objects with environment variables, one `NAME=VALUE` per line, at most 10. Their names end in `.env`.
    `environment` and earlier files take precedence. The task gets its own execution role, which reads them."""

    working_directory: Annotated[
        str,
        OfTaskDefinition(),
        Default(words="the image's"),
        Aws("containerDefinitions.workingDirectory"),
        Example("workingDirectory: /app"),
    ]
    """Working directory of the container: an absolute path."""

    user: Annotated[
        User,
        OfTaskDefinition(),
        Default(words="the image's"),
        Aws("containerDefinitions.user"),
        Example('user: "1000:1000"'),
    ]
    """`user`, `uid`, `user:group` or `uid:gid`."""

    init: Annotated[
        bool,
        OfTaskDefinition(),
        Default(False),
        Aws("containerDefinitions.linuxParameters.initProcessEnabled"),
        Example("init: true"),
    ]
    """Runs an init process that forwards signals and reaps processes."""

    read_only_root: Annotated[
        bool,
        OfTaskDefinition(),
        Default(words="`true` for a task with a volume that starts empty, otherwise `false`"),
        Aws("containerDefinitions.readonlyRootFilesystem"),
        Example("readOnlyRoot: true\nvolumes: { scratch: { path: /tmp } }"),
    ]
    """Makes the root file system of the container read-only."""

    ulimits: Annotated[
        Mapping[str, UlimitArgs],
        OfTaskDefinition(),
        Default({}, "AWS's"),
        Aws("containerDefinitions.ulimits"),
        Example("ulimits: { nofile: { soft: 1024, hard: 65536 } }"),
    ]
    """Resource limits by name. Fargate supports only `nofile`."""

    depends_on: Annotated[
        Mapping[str, Condition],
        OfTaskDefinition(),
        Default({}, "none"),
        Aws("containerDefinitions.dependsOn"),
        Example("dependsOn: { migrate: SUCCESS }\nsidecars: { migrate: { image: migrate:1 } }"),
    ]
    """Sidecars that the container waits for, each with START, COMPLETE, SUCCESS or HEALTHY."""

    health_check: Annotated[
        HealthCheckArgs,
        OfTaskDefinition(),
        Default(words="none: ECS ignores an image's health check"),
        Aws("containerDefinitions.healthCheck"),
        Example('healthCheck: { command: [CMD-SHELL, "nc -z localhost 5432"] }'),
    ]
    """Health check of the container. Needed if another container waits for HEALTHY."""

    stop_timeout: Annotated[
        StopTimeout,
        OfTaskDefinition(),
        Default(words="AWS's 30s"),
        Aws("containerDefinitions.stopTimeout"),
        Example("stopTimeout: 120s"),
    ]
    """Time between SIGTERM and SIGKILL: 2s to 2m on Fargate, at least 2s elsewhere."""

    start_timeout: Annotated[
        StopTimeout,
        OfTaskDefinition(),
        Default(words="none: containers that wait for it wait as long as the run lasts"),
        Aws("containerDefinitions.startTimeout"),
        Example("startTimeout: 90s"),
    ]
    """Time in which the container must reach the condition that others wait for: 2s to 2m on Fargate, at least 2s
    elsewhere. Otherwise, the run ends."""

    memory_reservation: Annotated[
        int,
        Between(*limits.EC2_MEMORY, "MiB"),
        OfTaskDefinition(),
        Default(words="none"),
        Aws("containerDefinitions.memoryReservation"),
        Example("launch: ec2\nmemoryReservation: 256"),
    ]
    """MiB of memory that are reserved for the container, which can use more. A task that sets this and not `memory` has
    no hard limit on EC2 and external instances."""

    version_consistency: Annotated[
        bool,
        OfTaskDefinition(),
        Default(words="AWS's `true`"),
        Aws("containerDefinitions.versionConsistency"),
        Example("versionConsistency: false"),
    ]
    """Whether ECS resolves the tag of the image to a digest. AWS documents this for services only."""


@strict
class _Image(TypedDict, total=False):
    """The image of a sidecar."""

    image: Annotated[Input[Image], Default(words="none"), Aws("containerDefinitions.image"), Example("image: proxy:1")]
    """Container image. Set either this or `build`."""

    build: Annotated[BuildArgs, Default(words="none"), Aws("awsx.ecr.Image")]
    """An image that the deployment builds and pushes, instead of `image`."""


@strict
class SidecarArgs(_Image, ContainerArgs, total=False):
    """An additional container of the task."""

    firelens: Annotated[
        FirelensArgs,
        Default(words="none"),
        Aws("containerDefinitions.firelensConfiguration"),
        Example("firelens: { type: fluentbit }"),
    ]
    """Makes the sidecar the log router of the task. The containers whose log driver is `firelens` start after it. It
    runs as root, and writes its own output to CloudWatch Logs."""

    logs: Annotated[
        ContainerLogsArgs,
        Default(words="the task's; CloudWatch Logs for a log router"),
        Aws("containerDefinitions.logConfiguration"),
        Example("logs: { driver: none }"),
    ]
    """Destination of the output of the sidecar."""

    cpu: Annotated[int, Between(0, 196608), Default(0), Aws("containerDefinitions.cpu"), Example("cpu: 64")]
    """CPU units reserved for the container, at least 0 and less than the task's. 0 shares what is free."""

    memory: Annotated[
        int,
        Between(*limits.EC2_MEMORY, "MiB"),
        Default(words="the task's"),
        Aws("containerDefinitions.memory"),
        Example("memory: 128"),
    ]
    """MiB of memory at which ECS kills the container, at least 6."""

    essential: Annotated[bool, Default(False), Aws("containerDefinitions.essential"), Example("essential: true")]
    """Whether the run ends when this container ends."""

    mounts: Annotated[
        Mapping[str, str],
        Default({}, "none"),
        Aws("containerDefinitions.mountPoints"),
        Example("mounts: { data: /srv }     # a volume of the task"),
    ]
    """Volumes of the task by name, each with its absolute path in this container."""

    read_only_mounts: Annotated[
        Mapping[str, bool],
        Default({}, "the `read_only` of each volume"),
        Aws("mountPoints.readOnly"),
        Example("mounts: { data: /srv }\nreadOnlyMounts: { data: true }"),
    ]
    """Whether this container mounts a volume read-only, by volume. `false` lets it write to a volume that is read-only
    for the task's own container."""

    read_only_root: Annotated[
        bool,
        Default(words="`false`"),
        Aws("containerDefinitions.readonlyRootFilesystem"),
        Example("readOnlyRoot: true"),
    ]
    """Makes the root file system read-only."""

    aws: Annotated[
        ContainerAwsArgs,
        OfTaskDefinition(),
        Default({}, "none"),
        Aws("ContainerDefinition"),
        Example("aws: { container: { portMappings: [{ containerPort: 80 }] } }"),
    ]
    """Members of AWS's API that have no key, in AWS's own words."""
