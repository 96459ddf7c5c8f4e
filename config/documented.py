"""What the page of the configuration says beside the models: titles, AWS's words, examples."""

INTRODUCTION = """
<!-- Made by `make docs` from config/models: do not edit. -->
# Configuration

A stack's configuration is in `Pulumi.<stack>.yaml`, under keys that start with `scheduled-tasks:`; the tasks that all stacks share are in
`config/tasks/`, one `.yaml` file a task (or several under `tasks:`), with what they have in common in `config/tasks/defaults.yaml`.

Later layers win: built-in defaults < `config/tasks/defaults.yaml` < the task's file < the stack's `defaults` < the stack's entry under
`tasks`. Maps merge by key, lists replace, `null` removes. Keys are camelCase. Durations are a whole number and a unit: `45s`, `15m`,
`26h`, `7d`. Times are ISO 8601 with an offset or `Z`. In YAML's flow form (`{...}`), put expressions in quotes: `? *` means something
else there.

`python -m ops check --all` validates all of it without engine, AWS or network, and editors do by `config/schema.json`.
"""

SECTIONS = {
    "Stack": "A stack",
    "ClusterToCreate": "A cluster to create",
    "Network": "Network",
    "VpcToCreate": "A VPC to create",
    "VpcSettings": "Settings of a new VPC",
    "ByTags": "Found by tags",
    "Encryption": "Encryption",
    "Notify": "Notifications",
    "Monitoring": "Monitoring",
    "Iam": "Roles",
    "Task": "A task",
    "OneSchedule": "One of several schedules",
    "Build": "An image to build",
    "SecretOfConfig": "A secret of the configuration",
    "Permission": "A permission",
    "CapacityProvider": "An entry of a capacity provider strategy",
    "PlacementConstraint": "A placement constraint",
    "PlacementStrategy": "A placement strategy",
    "Retry": "Retries of a launch",
    "RetryRun": "Retries of a run",
    "Logs": "Logs",
    "Sidecar": "A sidecar",
    "HealthCheck": "A health check",
    "Volume": "A volume",
    "Ulimit": "A resource limit",
}
"""Models in the order of the page, with their titles."""

AWS_TERMS: dict[str, dict[str, str]] = {
    "Stack": {
        "cluster": "Target.Arn",
        "network": "NetworkConfiguration",
        "notify": "SNS topic",
        "monitoring": "EventBridge rules, CloudWatch alarms",
        "encryption": "KMS keys",
        "iam": "IAM roles",
        "tags": "tags of every resource",
        "enabled": "State of every schedule",
    },
    "ClusterToCreate": {
        "create": "ecs CreateCluster",
        "containerInsights": "settings: containerInsights",
        "capacityProviders": "capacityProviders",
        "defaultStrategy": "defaultCapacityProviderStrategy",
    },
    "Network": {
        "subnets": "awsvpcConfiguration.Subnets",
        "securityGroups": "awsvpcConfiguration.SecurityGroups",
        "assignPublicIp": "awsvpcConfiguration.AssignPublicIp",
        "vpc": "VPC of the subnets",
    },
    "VpcToCreate": {"create": "awsx.ec2.Vpc"},
    "VpcSettings": {"cidr": "CidrBlock", "natGateways": "NatGateways", "zones": "AvailabilityZones"},
    "ByTags": {"tags": "Filters: tag:key"},
    "Encryption": {
        "deadLetters": "sqs KmsMasterKeyId",
        "schedules": "scheduler KmsKeyArn",
        "secrets": "kms:Decrypt of execution roles",
    },
    "Notify": {"emails": "Subscription: email", "topicArn": "TopicArn", "kmsKey": "KmsMasterKeyId"},
    "Monitoring": {
        "outcomes": "events PutRule",
        "alarms": "PutMetricAlarm",
        "dashboard": "PutDashboard",
        "tracing": "tracingConfiguration",
    },
    "Iam": {"path": "Path", "permissionsBoundary": "PermissionsBoundary"},
    "Task": {
        "description": "Description",
        "schedule": "ScheduleExpression",
        "schedules": "several schedules",
        "timezone": "ScheduleExpressionTimezone",
        "flexibleWindow": "FlexibleTimeWindow.MaximumWindowInMinutes",
        "start": "StartDate",
        "end": "EndDate",
        "enabled": "State",
        "deleteAfterCompletion": "ActionAfterCompletion",
        "image": "containerDefinitions.image",
        "taskDefinition": "EcsParameters.TaskDefinitionArn",
        "container": "containerOverrides.name",
        "command": "containerDefinitions.command",
        "entryPoint": "containerDefinitions.entryPoint",
        "environment": "containerDefinitions.environment",
        "secrets": "containerDefinitions.secrets",
        "workingDirectory": "containerDefinitions.workingDirectory",
        "user": "containerDefinitions.user",
        "init": "linuxParameters.initProcessEnabled",
        "readOnlyRoot": "containerDefinitions.readonlyRootFilesystem",
        "ulimits": "containerDefinitions.ulimits",
        "dependsOn": "containerDefinitions.dependsOn",
        "sidecars": "containerDefinitions",
        "volumes": "volumes, mountPoints",
        "cpu": "cpu",
        "memory": "memory",
        "architecture": "runtimePlatform.cpuArchitecture",
        "operatingSystem": "runtimePlatform.operatingSystemFamily",
        "ephemeralStorage": "ephemeralStorage.sizeInGiB",
        "permissions": "policy of taskRoleArn",
        "managedPolicies": "policies of taskRoleArn",
        "taskRole": "taskRoleArn",
        "exec": "EnableExecuteCommand",
        "launch": "LaunchType or CapacityProviderStrategy",
        "networkMode": "networkMode",
        "placementConstraints": "PlacementConstraints",
        "placementStrategies": "PlacementStrategy",
        "platformVersion": "PlatformVersion",
        "count": "TaskCount",
        "retry": "RetryPolicy",
        "timeout": "TimeoutSeconds of a state",
        "overlap": "DynamoDB PutItem with a condition",
        "retryRun": "states",
        "expectSuccessWithin": "PutMetricAlarm, PutMetricFilter",
        "stopTimeout": "containerDefinitions.stopTimeout",
        "logs": "logConfiguration",
        "tags": "tags",
        "propagateTags": "PropagateTags",
    },
    "OneSchedule": {
        "expression": "ScheduleExpression",
        "description": "Description",
        "timezone": "ScheduleExpressionTimezone",
        "flexibleWindow": "FlexibleTimeWindow",
        "start": "StartDate",
        "end": "EndDate",
        "enabled": "State",
        "deleteAfterCompletion": "ActionAfterCompletion",
        "command": "Target.Input: containerOverrides.command",
        "environment": "Target.Input: containerOverrides.environment",
        "cpu": "Target.Input: cpu",
        "memory": "Target.Input: memory",
        "ephemeralStorage": "Target.Input: ephemeralStorage",
    },
    "Build": {"build": "awsx.ecr.Image context", "dockerfile": "dockerfile", "target": "target", "args": "args"},
    "SecretOfConfig": {"config": "ssm SecureString"},
    "Permission": {"actions": "Action", "resources": "Resource"},
    "CapacityProvider": {"provider": "capacityProvider", "weight": "weight", "base": "base"},
    "PlacementConstraint": {"type": "type", "expression": "expression"},
    "PlacementStrategy": {"type": "type", "field": "field"},
    "Retry": {"attempts": "MaximumRetryAttempts", "maxAge": "MaximumEventAgeInSeconds"},
    "RetryRun": {"attempts": "", "delay": "Seconds of a Wait state", "backoff": "", "exitCodes": "containers.exitCode"},
    "Logs": {"retentionDays": "retentionInDays", "mode": "options: mode", "kmsKey": "kmsKeyId"},
    "Sidecar": {
        "image": "image",
        "command": "command",
        "entryPoint": "entryPoint",
        "environment": "environment",
        "secrets": "secrets",
        "cpu": "cpu",
        "memory": "memory",
        "essential": "essential",
        "dependsOn": "dependsOn",
        "healthCheck": "healthCheck",
        "mounts": "mountPoints",
        "user": "user",
        "workingDirectory": "workingDirectory",
        "readOnlyRoot": "readonlyRootFilesystem",
        "stopTimeout": "stopTimeout",
    },
    "HealthCheck": {
        "command": "command",
        "interval": "interval",
        "timeout": "timeout",
        "retries": "retries",
        "startPeriod": "startPeriod",
    },
    "Volume": {
        "path": "mountPoints.containerPath",
        "efs": "efsVolumeConfiguration.fileSystemId",
        "accessPoint": "authorizationConfig.accessPointId",
        "rootDirectory": "efsVolumeConfiguration.rootDirectory",
        "readOnly": "mountPoints.readOnly",
    },
    "Ulimit": {"soft": "softLimit", "hard": "hardLimit"},
}
"""AWS's own words for each key; none where the key is this program's."""

OWN_KEYS = {"Stack": {"defaults", "catalogue", "tasks"}}
"""Keys that AWS has no word for."""

EXAMPLES = {
    "Stack": """
scheduled-tasks:cluster: main
scheduled-tasks:network: {vpc: {tags: {env: prod}}, subnets: private, securityGroups: [sg-0123456789abcdef0], assignPublicIp: auto}
scheduled-tasks:encryption: {deadLetters: "arn:aws:kms:eu-west-1:123456789012:key/11111111-1111-1111-1111-111111111111"}
scheduled-tasks:iam: {path: /teams/data/, permissionsBoundary: "arn:aws:iam::123456789012:policy/teams"}
scheduled-tasks:defaults: {timezone: Europe/Berlin, logs: {retentionDays: 90}}
scheduled-tasks:tags: {team: data, costCenter: "42"}
scheduled-tasks:enabled: true
scheduled-tasks:catalogue: [nightly-backup]
scheduled-tasks:tasks: {nightly-backup: {memory: 4096}, weekly-load-test: null}
""",
    "Notify": """
scheduled-tasks:notify: {emails: [ops@example.com]}
scheduled-tasks:monitoring: {outcomes: true, alarms: true, dashboard: true}
""",
    "ClusterToCreate": """
scheduled-tasks:cluster:
  create: true
  containerInsights: true
  capacityProviders: [FARGATE, FARGATE_SPOT]
  defaultStrategy: [{provider: FARGATE_SPOT, weight: 1}]
""",
    "Network": """
scheduled-tasks:network: {vpc: default, subnets: [subnet-0123456789abcdef0], securityGroups: [sg-0123456789abcdef0], assignPublicIp: false}
""",
    "VpcSettings": """
scheduled-tasks:network: {vpc: {create: {cidr: 10.20.0.0/16, natGateways: single, zones: 2}}}
""",
    "Task": """
description: Dump the orders database to S3
schedule: cron(0 3 * * ? *)
timezone: Europe/Berlin
flexibleWindow: 15m
image: public.ecr.aws/docker/library/postgres:17
command: [sh, -c, "pg_dump orders | upload"]
environment: {PGHOST: orders.db.internal}
secrets: {PGPASSWORD: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders-Ab12Cd", KEY: {config: encryptionKey}}
permissions: [{actions: ["s3:PutObject"], resources: ["arn:aws:s3:::orders-backups/*"]}]
cpu: 512
memory: 2048
retry: {attempts: 5, maxAge: 1h}
""",
    "RetryRun": """
timeout: 45m
overlap: forbid
retryRun: {attempts: 2, delay: 30s, backoff: 4, exitCodes: [75, 111]}
""",
    "OneSchedule": """
schedules:
  - {expression: "cron(0 8-18 ? * MON-FRI *)", command: [sync, --changed], environment: {FOR: <aws.scheduler.scheduled-time>}}
  - {expression: "cron(0 4 ? * SUN *)", command: [sync, --full], cpu: 1024, memory: 2048}
""",
    "Build": """
image: {build: ./jobs/backup, dockerfile: Dockerfile, target: run, args: {VERSION: "3"}}
""",
    "Permission": """
permissions: [{actions: ["s3:PutObject"], resources: ["arn:aws:s3:::orders-backups/*"]}]
""",
    "CapacityProvider": """
launch: [{provider: FARGATE, base: 1, weight: 1}, {provider: FARGATE_SPOT, weight: 4}]
""",
    "PlacementConstraint": """
placementConstraints: [{type: memberOf, expression: "attribute:ecs.instance-type =~ m6i.*"}]
""",
    "PlacementStrategy": """
placementStrategies: [{type: spread, field: "attribute:ecs.availability-zone"}]
""",
    "Sidecar": """
dependsOn: {proxy: HEALTHY}
sidecars:
  proxy:
    image: public.ecr.aws/docker/library/haproxy:3.1
    healthCheck: {command: [CMD-SHELL, "nc -z localhost 5432"], interval: 10s, timeout: 2s, retries: 5, startPeriod: 15s}
""",
    "Volume": """
volumes:
  data: {path: /mnt/data, efs: fs-0123456789abcdef0, accessPoint: fsap-0123456789abcdef0, readOnly: true}
  scratch: {path: /tmp}
""",
    "Ulimit": """
ulimits: {nofile: 65536, memlock: {soft: 1024, hard: 2048}}
""",
}
"""An example for the models that need one."""
