"""Limits of AWS and values that it accepts. A pair is the minimum and the maximum."""

ULIMITS = (
    "core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss", "rtprio",
    "rttime", "sigpending", "stack",
)  # fmt: skip
"""AWS: botocore ecs, UlimitName."""
CONTAINERS = 10
"""Containers per task definition. AWS: Amazon ECS developer guide, service quotas."""
PORTS = (1, 65535)
SUBNETS = (1, 16)
"""AWS: botocore scheduler, Subnets."""
EC2_CPU = (128, 196608)
"""AWS: botocore ecs, RegisterTaskDefinition, cpu."""
EC2_MEMORY = (6, 33554432)
"""MiB. AWS: botocore ecs, ContainerDefinition.memory: Docker needs at least 6 MiB; the maximum is 32 TiB."""
QUEUE_RETENTION_SECONDS = 14 * 24 * 3600
"""The longest time that SQS keeps a message. AWS: SQS API reference, CreateQueue, MessageRetentionPeriod."""
TAGS = 50
TAG_VALUE_LENGTH = 256
"""AWS: botocore scheduler, TagValue; Tagging AWS resources user guide, "Tag usage limits and requirements"."""
OVERRIDES_LENGTH = 8192
"""Characters of RunTask's overrides, including JSON syntax. AWS: Amazon ECS API reference, RunTask."""
INLINE_POLICY_LENGTH = 10240
"""Characters of all inline policies of a role, not counting white space. AWS: IAM user guide, "IAM and AWS STS
quotas"."""
MANAGED_POLICY_LENGTH = 6144
"""Characters of a managed policy, not counting white space. AWS: IAM user guide, "IAM and AWS STS quotas"."""
MANAGED_POLICIES = 10
"""Managed policies per role, by default. AWS: IAM user guide, "IAM and AWS STS quotas"."""
MOST_MANAGED_POLICIES = 25
"""Managed policies per role after a quota increase. AWS: IAM user guide, "IAM and AWS STS quotas"."""
EXTRA_TAGS = 1
"""Tags that every task gets in addition to the configured ones: `scheduled-task`."""
EVENT_PATTERN_LENGTH = 2048
"""Characters of an event pattern, by default. AWS: EventBridge user guide, "Amazon EventBridge quotas"; Service Quotas
L-664C5505, up to 4,096 on request."""
CONNECTION_VALUE = (1, 512)
"""Characters of a header or of a parameter in a query that a connection adds. AWS: botocore events,
AuthHeaderParametersSensitive, QueryStringValueSensitive."""
ENDPOINT_LENGTH = 2048
"""AWS: botocore events, HttpsEndpoint."""
INPUT_TEMPLATE_LENGTH = 8192
"""Characters of the input template of a rule's target. AWS: botocore events, TransformerInput."""
PREFIX_LENGTH = 256
"""Characters of a group's prefix, which is the value of a tag. AWS: botocore scheduler, TagValue."""
PARAMETER_LENGTH = (4096, 8192)
"""Bytes of a parameter's value: at most in the standard tier, and at most in the advanced tier. AWS: Systems Manager
user guide, "Managing parameter tiers"."""
PARAMETER_DESCRIPTION_LENGTH = 1024
"""AWS: botocore ssm, ParameterDescription."""
METRIC_FILTERS = 100
"""Metric filters per log group. AWS: CloudWatch Logs API reference, PutMetricFilter."""
TASK_DEFINITION_BYTES = 65_536
"""AWS: Amazon ECS developer guide, "Amazon ECS service quotas"."""
QUEUE_POLICY_BYTES = 8192
"""AWS: Amazon SQS developer guide, "Amazon SQS policy quotas"."""
STATE_MACHINE_ROLE_ARN = 256
"""Characters. AWS: botocore stepfunctions, Arn."""
PARALLEL_AT_ONCE = 40
"""Concurrent iterations of an inline Map state. AWS: Step Functions developer guide, "Using Map state in Inline mode in
Step Functions workflows"."""
HISTORY_EVENTS = 25_000
"""Events in the history of an execution. AWS: Step Functions developer guide, "Step Functions service quotas"."""
STATE_BYTES = 262_144
"""Bytes of the input or output of a state. AWS: Step Functions developer guide, "Step Functions service quotas"."""
PARALLEL_TASKS = 250
"""Tasks per run of `parallel`: as many as fit into the history of an execution that has first waited as long as it can
for the queue and the lock. A test computes it."""
