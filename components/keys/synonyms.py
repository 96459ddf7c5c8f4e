"""Keys by what they mean: what users of AWS, Kubernetes and Docker Compose write, and the key to write instead.

Data only. The order of preference is: a synonym of this table, then the nearest spelling.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..aws.spelling import snake_case
from ..problems import key


@dataclass(frozen=True, slots=True)
class Meant:
    """The key that a word stands for."""

    key: str
    """Key in snake_case at the same level. With `level`, a key of that level. Empty if there is no such key."""
    how: str = ""
    """How to write the value, or why there is no such key, as sentences."""
    level: str = ""
    """Another level that the key belongs to: the name of its TypedDict in YAML, without `Args`."""


def _each(words: str, key: str, how: str = "", level: str = "") -> dict[str, Meant]:
    return {word: Meant(key, how, level) for word in words.split()}


_ARRAY = "Write a list: [program, argument]."
_OVERRIDES: dict[str, Meant] = {
    # Kubernetes: `command` is the entry point and `args` the command. Compose: `env_file`.
    **_each("args arguments cmd arg", "command", _ARRAY),
    **_each("env envs envvars env_vars environment_variables environ variables vars", "environment"),
    **_each("mem memory_limit mem_limit memory_mib memory_mb ram", "memory"),
    **_each("vcpu vcpus cpus cpu_units", "cpu", "1024 is one vCPU."),
}
_CONTAINER: dict[str, Meant] = {
    **_OVERRIDES,
    **_each("entrypoint", "entry_point", _ARRAY),
    **_each("secret secret_arns ssm parameters", "secrets"),
    **_each("workdir working_dir cwd", "working_directory"),
    **_each("readonly_root_filesystem read_only read_only_root_filesystem", "read_only_root"),
    **_each("run_as_user uid", "user"),
    **_each("stop_grace_period termination_grace_period_seconds termination_grace_period", "stop_timeout"),
    **_each("depends", "depends_on"),
    **_each(
        "links credential_specs volumes_from",
        "aws",
        "Write it under container, as the API of Amazon ECS spells it: {container: {links: [proxy]}}.",
    ),
    **_each(
        "ports port_mappings expose",
        "",
        "A run accepts no connections from outside, and its containers reach each other without ports. Remove it.",
    ),
    **_each("environment_file env_file env_files env_from envfrom", "environment_files", "Write ARNs of S3 objects."),
    **_each("repository_credentials image_pull_secrets credentials_parameter", "registry_credentials"),
    **_each("linux_parameters", "linux"),
    **_each("cap_add cap_drop capabilities", "linux", "Write {capabilities: {add: [...], drop: [...]}}."),
    **_each("shm_size shared_memory shared_memory_size", "linux", "Write {sharedMemory: 64}."),
    **_each("tmpfs", "linux", "Write {tmpfs: {/tmp: {size: 64}}}."),
    **_each("devices", "linux", "Write {devices: [{host: /dev/fuse}]}."),
    **_each("security_opt docker_security_options security_context", "security_options"),
    **_each("gpu resource_requirements", "gpus", "Write the number of GPUs."),
    **_each("sysctls sysctl", "system_controls"),
    **_each("dns_servers", "dns", "Write {servers: [10.0.0.2]}."),
    **_each("dns_search dns_search_domains", "dns", "Write {searchDomains: [corp.internal]}."),
    **_each("add_host host_aliases", "extra_hosts"),
    **_each("tty", "pseudo_terminal"),
    **_each("stdin_open stdin", "interactive"),
    **_each("mem_reservation", "memory_reservation"),
    **_each("restart_policy", "restart", "Write {attemptPeriod: 1m}."),
}
_LOGS = _each("log logging log_configuration log_options log_driver", "logs")
_TIMING: dict[str, Meant] = {
    **_each("tz time_zone zone schedule_expression_timezone", "timezone"),
    **_each("flexible_time_window maximum_window_in_minutes jitter window", "flexible_window", "Write 15m."),
    **_each("start_date not_before from", "start"),
    **_each("end_date not_after until", "end"),
    **_each("suspend suspended disabled paused", "enabled", "Write enabled: false to pause."),
    **_each("state active", "enabled", "Write a boolean."),
    **_each("action_after_completion delete_after", "delete_after_completion", "Write a boolean."),
}
_OF_ALL = "It is for all tasks together: a key of the stack in YAML, an argument of the group in a program."
_OF_NETWORK = f"It is under {key('network')}."

SYNONYMS: Mapping[str, Mapping[str, Meant]] = {
    "Task": {
        **_CONTAINER,
        **_TIMING,
        **_LOGS,
        **_each("cron crontab expression schedule_expression rate every when at", "schedule"),
        **_each("cluster_name cluster_arn", "cluster"),
        **_each("network_configuration awsvpc_configuration vpc", "network"),
        **_each("subnets subnet_ids", "subnets", _OF_NETWORK, "Network"),
        **_each("security_groups security_group_ids", "security_groups", _OF_NETWORK, "Network"),
        **_each("assign_public_ip public_ip", "assign_public_ip", _OF_NETWORK, "Network"),
        **_each("notify notifications emails email topic_arn sns", "notify", _OF_ALL, "Stack"),
        **_each("role task_role_arn role_arn iam_role service_account service_account_name", "task_role"),
        **_each("execution_role_arn task_execution_role", "execution_role"),
        **_each("policies policy iam_policy policy_statements statements", "permissions"),
        **_each("managed_policy_arns policy_arns managed_policy", "managed_policies"),
        **_each("runtime_platform", "architecture", f"Its other part is {key('operating_system')}."),
        **_each("cpu_architecture arch platform", "architecture", "Write x86_64 or arm64."),
        **_each("operating_system_family os os_family", "operating_system"),
        **_each("resources limits", "cpu", "The other size is memory."),
        **_each(
            "capacity_provider_strategy capacity_provider_strategies capacity_provider capacity_providers",
            "launch",
            "Write a list of {provider, weight, base}.",
        ),
        **_each("launch_type compatibility requires_compatibilities", "launch"),
        **_each("spot", "launch", "Write launch: fargateSpot."),
        **_each("task_definition_arn family", "task_definition"),
        **_each("container_name", "container"),
        **_each(
            "container_definitions containers",
            "sidecars",
            "The main container is the task itself: image, command, environment.",
        ),
        **_each("init_containers", "sidecars", f"Let the task wait for them: {key('depends_on')}: {{name: SUCCESS}}."),
        **_each("init_process_enabled", "init"),
        **_each("enable_execute_command execute_command", "exec"),
        **_each("concurrency_policy concurrency", "overlap"),
        **_each("max_duration expected_duration sla", "expect_duration_under", "Write a duration, such as 1h."),
        **_each("catchup backfill misfire run_missed", "catch_up", "Write last or all."),
        **_each("exceptions except_dates exclude excluded skip", "except_", 'Write {dates: ["2026-12-24"]}.'),
        **_each("holidays public_holidays", "except_", "Write {holidays: [DE-BY]}."),
        **_each("days workdays weekdays business_days", "only", "Write only: workdays."),
        **_each("active_deadline_seconds time_limit max_runtime deadline", "timeout", "Write a duration, such as 2h."),
        **_each("backoff_limit retries max_retries", "retry_run", "Write {attempts: 3}."),
        **_each("array array_properties array_size completions parallelism", "parallel", "Write {tasks: 100}."),
        **_each("retry_policy maximum_retry_attempts", "retry", "It is for failed launches. Write {attempts: 5}."),
        **_each(
            "maximum_event_age_in_seconds starting_deadline_seconds max_age",
            "retry",
            f"Write {{{key('max_age')}: 1h}}.",
        ),
        **_each("task_count desired_count replicas instances", "count"),
        **_each("storage disk ephemeral_storage_gib size_in_gib", "ephemeral_storage", "Write GiB, 21 to 200."),
        **_each("volume_mounts mount_points mounts efs_volume_configuration", "volumes"),
        **_each("placement_strategy", "placement_strategies"),
        **_each("labels", "tags"),
        **_each(
            "proxy_configuration enable_fault_injection fault_injection",
            "aws",
            "Write it under taskDefinition, as the API of Amazon ECS spells it: "
            "{taskDefinition: {enableFaultInjection: true}}.",
        ),
        **_each(
            "log_retention retention retention_in_days retention_days",
            "logs",
            f"Write {{{key('retention_days')}: 30}}.",
        ),
        **_each("healthcheck liveness_probe readiness_probe", "health_check"),
    },
    "Schedule": {
        **_OVERRIDES,
        **_TIMING,
        **_each("cron crontab schedule schedule_expression rate every when at", "expression"),
    },
    "Sidecar": {
        **_CONTAINER,
        **_each("healthcheck liveness_probe readiness_probe", "health_check"),
        **_each("volumes volume_mounts mount_points", "mounts", "Write {volume: path}."),
    },
    "Volume": {
        **_each("mount_path container_path target destination mount", "path"),
        **_each("file_system_id file_system efs_volume_configuration efs_id", "efs"),
        **_each("access_point_id", "access_point"),
        **_each("readonly ro", "read_only"),
        **_each("host_path source", "host"),
        **_each("docker_volume_configuration driver", "docker"),
        **_each("fsx_windows_file_server_volume_configuration", "fsx"),
        **_each("s3files s3 s3files_volume_configuration", "s3_files"),
        **_each("root_dir root source_path", "root_directory"),
    },
    "HealthCheck": {**_each("test cmd", "command", "Write [CMD-SHELL, line].")},
    "Ulimit": {**_each("soft_limit", "soft"), **_each("hard_limit", "hard")},
    "Logs": {
        **_each("retention retention_in_days days log_retention", "retention_days"),
        **_each("kms_key_id kms_key_arn", "kms_key"),
    },
    "Retry": {
        **_each("maximum_retry_attempts max_attempts retries limit", "attempts"),
        **_each("maximum_event_age_in_seconds max_event_age", "max_age", "Write a duration, such as 1h."),
    },
    "Except": {
        **_each("date days", "dates", "Write a list."),
        **_each("holiday countries country", "holidays", "Write a list of codes, such as [DE-BY]."),
        **_each("calendar file files ics", "calendars", "Write a list of names of .ics files in config/tasks."),
    },
    "Parallel": {
        **_each("size completions count task_count", "tasks"),
        **_each("parallelism max_concurrency concurrency", "at_once"),
    },
    "RetryRun": {
        **_each("max_attempts retries limit count", "attempts"),
        **_each("interval interval_seconds wait", "delay"),
        **_each("backoff_rate factor", "backoff"),
    },
    "Permission": {
        **_each("action", "actions", "Write a list."),
        **_each("resource", "resources", "Write a list."),
        **_each("conditions", "condition"),
        **_each(
            "sid not_action not_actions not_resource not_resources",
            "",
            f"There is no key for it. Put the statement into a policy, under {key('managed_policies')}.",
        ),
    },
    "CapacityProvider": {**_each("capacity_provider name", "provider")},
    "Stack": {
        **_each("cluster_name cluster_arn", "cluster"),
        **_each("vpc vpc_id subnets subnet_ids security_groups security_group_ids assign_public_ip", "network"),
        **_each("network_configuration awsvpc_configuration", "network"),
        **_each("email emails topic topic_arn sns notifications alerts", "notify", "Write {emails: [...]}."),
        **_each("alarms dashboard outcomes tracing", "monitoring"),
        **_each("kms kms_key", "encryption"),
        **_each("permissions_boundary", "iam", f"Write {{{key('permissions_boundary')}: arn}}."),
        **_each("catalog shared_tasks shared", "catalogue"),
        **_each("jobs cronjobs cron_jobs services", "tasks"),
        **_each("task_defaults logs", "defaults"),
        **_each("suspend paused disabled", "enabled", "Write enabled: false to pause."),
    },
    "Network": {
        **_each("vpc_id", "vpc"),
        **_each("subnet subnet_ids", "subnets"),
        **_each("security_group sg security_group_ids", "security_groups"),
        **_each("public_ip", "assign_public_ip"),
    },
    "Vpc": {
        **_each("azs availability_zones", "zones"),
        **_each("cidr_block", "cidr"),
        **_each("nat nat_gateway", "nat_gateways"),
    },
    "Notify": {
        **_each("email recipients addresses", "emails", "Write a list."),
        **_each("topic sns sns_topic sns_topic_arn", "topic_arn"),
    },
}
"""For each TypedDict in YAML, without `Args`: what users write, in snake_case, and the key that it stands for."""

_LEVELS = {"ScheduledTask": "Task", "ScheduledTaskGroup": "Stack"}
"""TypedDicts of the components with the keys of another level."""
CHOICES: Mapping[str, Mapping[str, str]] = {
    "architecture": {"amd64": "x86_64", "x64": "x86_64", "aarch64": "arm64", "graviton": "arm64"},
    "launch": {"spot": "fargateSpot", "fargate_spot": "fargateSpot", "anywhere": "external"},
    "overlap": {"skip": "forbid", "wait": "queue", "buffer_one": "queue", "cancel": "replace", "concurrent": "allow"},
    "network_mode": {"nat": "default"},
    "nat_gateways": {"one": "single", "all": "perZone", "per_az": "perZone", "one_per_az": "perZone"},
    "condition": {
        "service_started": "START",
        "service_healthy": "HEALTHY",
        "service_completed_successfully": "SUCCESS",
    },
}
"""For each key with fixed values: other words for them, in lowercase. `condition` is for `depends_on`."""


def meant_key(shape_name: str, written: str) -> Meant | None:
    """The key that a word stands for at a level; None if the table has none.

    Args:
        shape_name: Name of the TypedDict of the level, with or without `Args`.
        written: The word as it is written, in any spelling.
    """
    level = shape_name.removesuffix("Args")
    words = snake_case(written[:1].lower() + written[1:]).replace("-", "_")
    return SYNONYMS.get(_LEVELS.get(level, level), {}).get(words)


def meant_choice(key: str, written: str) -> str | None:
    """The allowed value that a word stands for; None if the table has none."""
    return CHOICES.get(key, {}).get(written.lower().replace("-", "_"))
