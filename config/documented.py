"""Parts of the configuration page that do not come from the keys: introduction, titles, examples."""

INTRODUCTION = """
<!-- `make docs` writes this page from the types in components/args/ and config/keys.py. Do not edit it. -->
# Configuration

| File | Content |
|---|---|
| `Pulumi.<stack>.yaml` | The configuration of a stack, under keys that start with `scheduled-tasks:` |
| `config/tasks/*.yaml` | The shared tasks: one per file, or several under `tasks:` |
| `config/tasks/defaults.yaml` | The keys that all shared tasks have in common |
| `Pulumi.yaml` | Keys for all stacks (`default` or `value`). A stack that sets the key replaces the whole value |

Later layers win: built-in defaults < `config/tasks/defaults.yaml` < the task's file < the stack's `defaults` < the stack's entry under
`tasks`. Objects merge by key, lists replace, `null` removes.

- Keys are camelCase. A duration is an integer and a unit: `45s`, `15m`, `26h`, `7d`. Times are ISO 8601 with an offset or `Z`.
- Quote strings that look like a number, a time or a boolean: `"0755"`, `"2026-12-01"`, `"12e03"`, `"no"`. YAML readers disagree about these,
  so they are refused without quotes. Integers such as `5432` need none.
- In YAML's flow form (`{...}`), quote expressions, because `? *` has another meaning there.

`scheduled-tasks check --all` validates all stacks without AWS or a network, and editors with `config/schema.json`. [Coverage](coverage.md) lists
the key of each member of the ECS API.
"""

SECTIONS = {
    "Stack": "A stack",
    "NewCluster": "A new cluster",
    "Network": "Network",
    "TaskNetwork": "Network of a task",
    "NewVpc": "A new VPC",
    "Vpc": "Settings of a new VPC",
    "ByTags": "Selection by tags",
    "Encryption": "Encryption",
    "Notify": "Notifications",
    "Webhook": "A webhook",
    "PagerDuty": "A PagerDuty service",
    "Slack": "A Slack channel",
    "Teams": "A Microsoft Teams channel",
    "Heartbeat": "A heartbeat",
    "ConfigSecret": "A secret of a recipient",
    "Monitoring": "Monitoring",
    "Iam": "Roles",
    "SharedRole": "A shared role",
    "Task": "A task",
    "Schedule": "One of several schedules",
    "Build": "An image to build",
    "StoredSecret": "A secret of the configuration",
    "Permission": "A permission",
    "ManagedInstances": "Managed Instances",
    "CapacityProvider": "An entry of a capacity provider strategy",
    "PlacementConstraint": "A placement constraint",
    "PlacementStrategy": "A placement strategy",
    "Retry": "Retries of a launch",
    "RetryRun": "Retries of a run",
    "Parallel": "Tasks of a run",
    "CatchUp": "Times to catch up",
    "Except": "Exceptions",
    "Logs": "Logs",
    "Sidecar": "A sidecar",
    "ContainerLogs": "Logs of a sidecar",
    "Firelens": "A log router",
    "Linux": "Linux settings of a container",
    "Capabilities": "Kernel capabilities",
    "Device": "A device",
    "Tmpfs": "A file system in memory",
    "Dns": "Name resolution",
    "Restart": "Restarts of a container",
    "HealthCheck": "A health check",
    "Volume": "A volume",
    "S3FilesVolume": "A volume of S3 Files",
    "FsxVolume": "A volume of FSx for Windows File Server",
    "DockerVolume": "A Docker volume",
    "Ulimit": "A resource limit",
    "TaskAws": "Members of AWS's API",
    "ContainerAws": "Members of AWS's API for a sidecar",
    "Call": "A call",
    "CallSchedule": "A schedule of a call",
    "Stop": "A resource to stop or start",
    "Snapshot": "A snapshot of a database",
    "Scale": "The size of a service or group",
    "Hours": "Office hours",
    "Sleep": "A resource of office hours",
    "Invoke": "A Lambda function",
    "Execute": "A state machine",
    "Submit": "Work of another service",
    "BatchJob": "A job of AWS Batch",
    "GlueJob": "A job of AWS Glue",
    "CodeBuild": "A build of AWS CodeBuild",
    "Send": "A message",
    "CallRetry": "Retries of a call",
}
"""The objects in the order of the page, with their titles."""

SAME_AS = {
    "Call": ("Task", "A call also has these keys of a task"),
    "CallSchedule": ("Schedule", "A schedule of a call also has these keys of a schedule of a task"),
    "Sidecar": ("Task", "A sidecar also has these keys of a task"),
    "ContainerLogs": ("Logs", "It also has these keys of the logs of a task"),
    "ContainerAws": ("TaskAws", "It also has this key of a task"),
}
"""The objects some of whose keys another object describes, with the start of the sentence that lists these keys."""

EXAMPLES = {
    "Task": """
description: Dump the orders database to S3
schedule: cron(0 3 * * ? *)
timezone: Europe/Berlin
flexibleWindow: 15m
image: public.ecr.aws/docker/library/postgres:17
command: [bash, -o, pipefail, -c, "pg_dump orders | upload"]
environment: {PGHOST: orders.db.internal}
secrets: {PGPASSWORD: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders-Ab12Cd", KEY: {config: encryptionKey}}
permissions: [{actions: ["s3:PutObject"], resources: ["arn:aws:s3:::orders-backups/*"]}]
cpu: 512
memory: 2048
retry: {attempts: 5, maxAge: 1h}
""",
    "Call": """
description: Stop the orders database at night
schedule: cron(0 20 ? * MON-FRI *)
timezone: Europe/Berlin
stop: {database: orders}
""",
    "RetryRun": """
timeout: 45m
overlap: forbid
retryRun: {attempts: 2, delay: 30s, backoff: 4, exitCodes: [75, 111]}
""",
    "Parallel": """
timeout: 1h
overlap: forbid
parallel: {tasks: 100, atOnce: 25}
""",
    "Except": """
timezone: Europe/Berlin
only: workdays
except: {holidays: [DE-BY], dates: ["2026-12-24/2027-01-01 Year-end freeze"], calendars: [closures.ics]}
""",
    "Schedule": """
schedules:
  - {name: changes, expression: "cron(0 8-18 ? * MON-FRI *)", command: [sync, --changed], environment: {FOR: <aws.scheduler.scheduled-time>}}
  - {name: full, expression: "cron(0 4 ? * SUN *)", command: [sync, --full], cpu: 1024, memory: 2048}
""",
    "Sidecar": """
dependsOn: {proxy: HEALTHY}
sidecars:
  proxy:
    image: public.ecr.aws/docker/library/haproxy:3.1
    healthCheck: {command: [CMD-SHELL, "nc -z localhost 5432"], interval: 10s, timeout: 2s, retries: 5, startPeriod: 15s}
""",
    "Firelens": """
logs: {driver: firelens, options: {Name: firehose, region: eu-west-1, delivery_stream: jobs}}
sidecars:
  router: {image: "public.ecr.aws/aws-observability/aws-for-fluent-bit:2.34.0", essential: true, firelens: {type: fluentbit}}
permissions: [{actions: ["firehose:PutRecordBatch"], resources: ["arn:aws:firehose:eu-west-1:123456789012:deliverystream/jobs"]}]
""",
}
"""Examples of objects with several keys. Each key has its own, beside its type."""
