"""The YAML around the example of a key, for the configuration page. Tests validate each example."""

from components.keys.reference import Key

PLACES = {
    "Stack": ("scheduled-tasks:", "scheduled-tasks:{}"),
    "NewCluster": ("cluster.", "scheduled-tasks:cluster:\n  {}"),
    "Network": ("network.", "scheduled-tasks:network:\n  {}"),
    "NewVpc": ("network.vpc.", "scheduled-tasks:network:\n  vpc: {}"),
    "Vpc": ("network.vpc.create.", "scheduled-tasks:network:\n  vpc: { create: {} }"),
    "ByTags": ("network.vpc.", "scheduled-tasks:network:\n  vpc: {}"),
    "Encryption": ("encryption.", "scheduled-tasks:encryption:\n  {}"),
    "Notify": ("notify.", "scheduled-tasks:notify:\n  {}"),
    "Webhook": ("notify.webhook.NAME.", "scheduled-tasks:notify:\n  webhook:\n    incidents:\n      {}"),
    "PagerDuty": ("notify.pagerduty.NAME.", "scheduled-tasks:notify:\n  pagerduty:\n    on-call:\n      {}"),
    "Slack": ("notify.slack.NAME.", "scheduled-tasks:notify:\n  slack:\n    alerts:\n      {}"),
    "Teams": ("notify.teams.NAME.", "scheduled-tasks:notify:\n  teams:\n    alerts:\n      {}"),
    "Heartbeat": ("notify.heartbeat.NAME.", "scheduled-tasks:notify:\n  heartbeat:\n    backup:\n      {}"),
    "ConfigSecret": (
        "notify.webhook.NAME.secret.",
        "scheduled-tasks:notify:\n  webhook:\n    incidents:\n      url: https://a.example/runs\n      secret: {}",
    ),
    "Monitoring": ("monitoring.", "scheduled-tasks:monitoring:\n  {}"),
    "SharedRole": ("sharedRoles.NAME.", "scheduled-tasks:sharedRoles:\n  reports: {}"),
    "Iam": ("iam.", "scheduled-tasks:iam:\n  {}"),
    "Task": ("", "{}"),
    "TaskNetwork": ("tasks.NAME.network.", "network:\n  {}"),
    "Schedule": ("schedules[].", "schedules:\n  - {}"),
    "Build": ("image.", "image:\n  {}"),
    "StoredSecret": ("secrets.NAME.", "secrets:\n  DB_PASSWORD: {}"),
    "Permission": ("permissions[].", "permissions:\n  - {}"),
    "ManagedInstances": ("launch.", "launch: {}"),
    "CapacityProvider": ("launch[].", "launch: [{}]"),
    "PlacementConstraint": ("placementConstraints[].", "placementConstraints:\n  - {}"),
    "PlacementStrategy": ("placementStrategies[].", "placementStrategies:\n  - {}"),
    "Retry": ("retry.", "retry:\n  {}"),
    "CatchUp": ("catchUp.", "catchUp:\n  {}"),
    "Except": ("except.", "except:\n  {}"),
    "RetryRun": ("retryRun.", "retryRun:\n  {}"),
    "Parallel": ("parallel.", "parallel:\n  {}"),
    "Logs": ("logs.", "logs:\n  {}"),
    "Sidecar": ("sidecars.NAME.", "sidecars:\n  proxy:\n    image: proxy:1\n    {}"),
    "ContainerLogs": ("sidecars.NAME.logs.", "sidecars:\n  proxy: { image: proxy:1, logs: { {} } }"),
    "Firelens": (
        "sidecars.NAME.firelens.",
        "logs: { driver: firelens }\nsidecars:\n  router: { image: router:1, firelens: {} }",
    ),
    "Linux": ("linux.", "launch: ec2\nlinux:\n  {}"),
    "Capabilities": ("linux.capabilities.", "linux:\n  {}"),
    "Device": ("linux.devices[].", "launch: ec2\nlinux:\n  {}"),
    "Tmpfs": ("linux.tmpfs.PATH.", "linux:\n  {}"),
    "Dns": ("dns.", "launch: ec2\nnetworkMode: bridge\ndns: { {} }"),
    "Restart": ("restart.", "restart:\n  {}"),
    "HealthCheck": ("healthCheck.", "healthCheck: {}"),
    "Volume": ("volumes.NAME.", "volumes:\n  data: {}"),
    "S3FilesVolume": ("volumes.NAME.s3Files.", "volumes:\n  data: { path: /data, s3Files: {} }"),
    "FsxVolume": ("volumes.NAME.fsx.", "volumes:\n  data: { path: 'C:\\data', fsx: {} }"),
    "DockerVolume": ("volumes.NAME.docker.", "launch: ec2\nvolumes:\n  data: { path: /data, docker: {} }"),
    "Ulimit": ("ulimits.NAME.", "ulimits:\n  memlock: {}"),
    "TaskAws": ("aws.", "{}"),
    "ContainerAws": ("sidecars.NAME.aws.", "sidecars:\n  proxy:\n    image: proxy:1\n    {}"),
    "Call": ("tasks.NAME.", "{}"),
    "CallSchedule": ("tasks.NAME.schedules[].", "stop: { database: orders }\nschedules:\n  - {}"),
    "Stop": ("stop.", "stop:\n  {}"),
    "Snapshot": ("snapshot.", "snapshot:\n  {}"),
    "Scale": ("scale.", "scale:\n  {}"),
    "Hours": ("hours.", "hours:\n  {}"),
    "Sleep": ("hours.sleeps[].", 'hours:\n  open: "MON-FRI 07:30-19:00"\n  sleeps:\n    - {}'),
    "Invoke": ("invoke.", "invoke:\n  {}"),
    "Execute": ("execute.", "execute:\n  {}"),
    "Submit": ("submit.", "submit:\n  {}"),
    "BatchJob": ("submit.batch.", "submit:\n  batch:\n    {}"),
    "GlueJob": ("submit.glue.", "submit:\n  glue:\n    {}"),
    "CodeBuild": ("submit.build.", "submit:\n  build:\n    {}"),
    "Send": ("send.", "send:\n  {}"),
    "CallRetry": ("tasks.NAME.retry.", "stop: { database: orders }\nretry:\n  {}"),
}
"""The path of an object's keys in headings, and the YAML around an example."""

_SPLUNK = (
    "driver: splunk, options: { splunk-url: 'https://splunk.internal:8088' }, "
    "secretOptions: { splunk-token: /prod/splunk/token }"
)
WHOLE = {
    "Call.schedules": (
        "stop: { database: orders }\nschedules:\n"
        '  - { name: evening, expression: "cron(0 20 ? * MON-FRI *)", timezone: Europe/Berlin }'
    ),
    "Call.schedule": "stop: { database: orders }\nschedule: cron(0 20 ? * MON-FRI *)",
    **{
        f"Call.{key}": f"stop: {{ database: orders }}\n{example}"
        for key, example in (
            ("role", 'role: "arn:aws:iam::123456789012:role/jobs/stop-databases"'),
            ("retry", "retry: { attempts: 5, maxAge: 1h }"),
            ("tags", "tags: { owner: alice }"),
        )
    },
    **{
        f"{shape}.{key}": f"scheduled-tasks:notify:\n  {kind}:\n    on-call:\n      {required}\n      {example}"
        for shape, kind, required in (
            ("Webhook", "webhook", "url: https://hooks.example.com/runs\n      secret: { config: hookToken }"),
            ("PagerDuty", "pagerduty", "routingKey: { config: pagerdutyKey }"),
            ("Teams", "teams", "url: { config: teamsUrl }"),
            ("Slack", "slack", "token: { config: slackToken }\n      channel: C0123456789"),
        )
        for key, example in (
            ("tasks", 'tasks: [nightly-backup, "orders-*"]'),
            ("severities", "severities: [critical]"),
        )
    },
    "Volume.host": "launch: ec2\nvolumes:\n  data: { path: /data, host: /mnt/cache }",
    "Volume.docker": "launch: ec2\nvolumes:\n  data: { path: /data, docker: { scope: shared } }",
    "Sidecar.read_only_mounts": "volumes: { data: { path: /data } }\nsidecars:\n"
    "  proxy: { image: proxy:1, mounts: { data: /srv }, readOnlyMounts: { data: true } }",
    "Sidecar.image": "sidecars:\n  proxy: { image: proxy:1 }",
    "Sidecar.depends_on": "sidecars:\n  proxy: { image: proxy:1, dependsOn: { migrate: SUCCESS } }\n"
    "  migrate: { image: migrate:1 }",
    "Sidecar.registry_credentials": "sidecars:\n  proxy:\n    image: registry.example.com/team/proxy:7\n"
    '    registryCredentials: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:registry-Ab12Cd"',
    "Sidecar.firelens": "logs: { driver: firelens }\nsidecars:\n"
    "  router: { image: router:1, firelens: { type: fluentbit } }",
    **{
        f"Sidecar.{key}": f"launch: ec2\n{more}sidecars:\n  proxy: {{ image: proxy:1, {example} }}"
        for key, more, example in (
            ("privileged", "", "privileged: true"),
            ("security_options", "", "securityOptions: [no-new-privileges]"),
            ("gpus", "", "gpus: 1"),
            ("memory_reservation", "", "memoryReservation: 256"),
            ("hostname", "networkMode: bridge\n", "hostname: proxy"),
            ("disable_networking", "networkMode: bridge\n", "disableNetworking: true"),
            ("dns", "networkMode: bridge\n", "dns: { servers: [10.0.0.2] }"),
            ("extra_hosts", "networkMode: bridge\n", "extraHosts: { db.internal: 10.0.0.5 }"),
        )
    },
    **{
        f"ContainerLogs.{key}": f"sidecars:\n  proxy:\n    image: proxy:1\n    logs: {{ {example} }}"
        for key, example in (
            ("options", _SPLUNK),
            ("secret_options", _SPLUNK),
            ("max_buffer_size", "mode: non-blocking, maxBufferSize: 25m"),
        )
    },
}
"""Examples of keys whose own example does not fit into its object."""


def example(shape: str, key: Key) -> str:
    """Return the example of a key as YAML of a stack or of a task.

    Args:
        shape: The name of the object, such as `Network`.
        key: The key.
    """
    if whole := WHOLE.get(f"{shape}.{key.name}"):
        return whole
    around = PLACES[shape][1]
    last = around.split("\n")[-1]
    indent = " " * (len(last) - len(last.lstrip(" -")))
    return around.replace("{}", key.example.replace("\n", f"\n{indent}"), 1)
