"""What AWS takes: numbers and words that values are checked against."""

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
"""AWS: Amazon ECS developer guide, service quotas: containers of a task definition."""
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
"""AWS: botocore ecs, ContainerDefinition.memory: Docker takes no less than 6 MiB; at most 32 TiB."""
OVERLAPS = ("allow", "forbid", "replace")
RUN_TIMEOUT_SECONDS = (60, 30 * 24 * 3600)
"""Of a supervised run. Step Functions waits for up to a year; a month is more than a scheduled task should take."""
RUN_ATTEMPTS = (1, 10)
"""Further attempts of a run. More would make a state machine hard to read, and a night long."""
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
"""The longest that SQS keeps a message: whoever comes back from two weeks' leave still finds it."""
DESCRIPTION_LENGTH = 512
"""AWS: botocore scheduler, Description."""
TAGS = 50
OVERRIDES_LENGTH = 8192
"""Characters of RunTask's overrides, JSON syntax included. AWS: Amazon ECS API reference, RunTask."""
INLINE_POLICY_LENGTH = 10240
"""Characters of a role's inline policies, without white space. AWS: IAM user guide, "IAM and AWS STS quotas"."""
EXTRA_TAGS = 1
"""Tags that each task has besides those given: `scheduled-task`."""
