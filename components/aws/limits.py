"""Limits of AWS and values that it accepts. A pair is the minimum and the maximum."""

from . import fargate

ARCHITECTURES = ("arm64", "x86_64")
OPERATING_SYSTEMS = (
    "LINUX",
    "WINDOWS_SERVER_2019_CORE",
    "WINDOWS_SERVER_2019_FULL",
    "WINDOWS_SERVER_2022_CORE",
    "WINDOWS_SERVER_2022_FULL",
)
"""AWS: Amazon ECS developer guide, "Fargate platform versions", and botocore ecs, OSFamily."""
LAUNCHES = ("fargate", "fargateSpot", "ec2", "external")
PROVIDERS = ("FARGATE", "FARGATE_SPOT")
NETWORK_MODES = ("awsvpc", "bridge", "host", "none")
CONDITIONS = ("START", "COMPLETE", "SUCCESS", "HEALTHY")
"""AWS: botocore ecs, ContainerCondition."""
CONSTRAINT_TYPES = ("distinctInstance", "memberOf")
STRATEGY_TYPES = ("random", "spread", "binpack")
PLACEMENT_CONSTRAINTS = (0, 10)
PLACEMENT_STRATEGIES = (0, 5)
"""AWS: botocore scheduler, PlacementConstraints and PlacementStrategies."""
ULIMITS = (
    "core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss", "rtprio",
    "rttime", "sigpending", "stack",
)  # fmt: skip
"""AWS: botocore ecs, UlimitName."""
CONTAINERS = 10
"""Containers per task definition. AWS: Amazon ECS developer guide, service quotas."""
LOG_MODES = ("blocking", "non-blocking")
SUBNET_KINDS = ("private", "public")
PUBLIC_IP = ("auto", "true", "false")
NAT_GATEWAYS = ("none", "single", "perZone")
VPC_ZONES = (1, 4)
RETENTION_DAYS = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
)  # fmt: skip
"""AWS: botocore logs, Days."""
RETRY_ATTEMPTS = (0, 185)
"""AWS: botocore scheduler, MaximumRetryAttempts."""
RETRY_AGE_SECONDS = (60, 86400)
"""AWS: botocore scheduler, MaximumEventAgeInSeconds."""
WINDOW_MINUTES = (1, 1440)
"""AWS: botocore scheduler, MaximumWindowInMinutes."""
TASK_COUNT = (1, 10)
"""AWS: botocore scheduler, TaskCount."""
SUBNETS = (1, 16)
"""AWS: botocore scheduler, Subnets."""
SECURITY_GROUPS = (1, 5)
"""AWS: botocore scheduler, SecurityGroups."""
STRATEGY_ENTRIES = (1, 6)
"""AWS: botocore scheduler, CapacityProviderStrategy."""
WEIGHT = (0, 1000)
BASE = (0, 100000)
EC2_CPU = (128, 196608)
"""AWS: botocore ecs, RegisterTaskDefinition, cpu."""
EC2_MEMORY = (6, 33554432)
"""MiB. AWS: botocore ecs, ContainerDefinition.memory: Docker needs at least 6 MiB; the maximum is 32 TiB."""
OVERLAPS = ("allow", "forbid", "replace")
RUN_TIMEOUT_SECONDS = (60, 30 * 24 * 3600)
"""The timeout of a supervised run. Step Functions allows a year; a scheduled task should not need more than a month."""
RUN_ATTEMPTS = (1, 10)
"""Further attempts of a run. A state machine has states per attempt, so more would make it hard to read."""
RUN_DELAY_SECONDS = (1, 24 * 3600)
RUN_BACKOFF = (1, 10)
EXIT_CODES = (1, 255)
STOP_TIMEOUT_SECONDS = (2, fargate.MAX_STOP_TIMEOUT_SECONDS)
HEALTH_INTERVAL_SECONDS = (5, 300)
HEALTH_TIMEOUT_SECONDS = (2, 60)
HEALTH_RETRIES = (1, 10)
HEALTH_START_SECONDS = (0, 300)
"""AWS: botocore ecs, HealthCheck."""
QUEUE_RETENTION_SECONDS = 14 * 24 * 3600
"""The longest time that SQS keeps a message. AWS: SQS API reference, CreateQueue, MessageRetentionPeriod."""
DESCRIPTION_LENGTH = 512
"""AWS: botocore scheduler, Description."""
TAGS = 50
OVERRIDES_LENGTH = 8192
"""Characters of RunTask's overrides, including JSON syntax. AWS: Amazon ECS API reference, RunTask."""
INLINE_POLICY_LENGTH = 10240
"""Characters of a role's inline policies, not counting white space. AWS: IAM user guide, "IAM and AWS STS quotas"."""
EXTRA_TAGS = 1
"""Tags that every task gets in addition to the configured ones: `scheduled-task`."""
