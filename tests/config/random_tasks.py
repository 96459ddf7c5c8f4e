"""Random valid tasks as people write them, and mistakes that make one invalid.

Choices and bounds are those of the keys."""

from typing import Any

from hypothesis import strategies as st

from components.args import (
    HealthCheckArgs,
    LogsArgs,
    RetryArgs,
    RetryRunArgs,
    ScheduledTaskArgs,
)
from components.aws import fargate
from components.keys.annotations import Between, Duration, OneOf, Widest
from components.keys.reference import Type, keys_of
from components.resolved import FARGATE_PROVIDERS
from components.schedules import durations

WORD = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=8)
NAME = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=8)
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)
VARIABLE = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=6)
KEYWORD = st.sampled_from(["scheduled-time", "execution-id", "attempt-number", "schedule-arn"])
"""AWS: EventBridge Scheduler user guide, "Adding context attributes in EventBridge Scheduler"."""
VALUE = TEXT | KEYWORD.map(lambda name: f"at <aws.scheduler.{name}>")
COMMAND = st.lists(VALUE, max_size=3)
ENVIRONMENT = st.dictionaries(VARIABLE, VALUE, max_size=3)
EXPRESSION = st.one_of(
    st.integers(1, 500).map(lambda count: f"rate({count} hours)"),
    st.tuples(st.integers(0, 59), st.integers(0, 23)).map(lambda at: f"cron({at[0]} {at[1]} * * ? *)"),
)
SECRET_ARN = NAME.map(lambda name: f"arn:aws:secretsmanager:eu-west-1:123456789012:secret:{name}-Ab12Cd")
KEY = st.just("arn:aws:kms:eu-west-1:123456789012:key/11111111-1111-1111-1111-111111111111")


def optional(**keys: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=keys)


def value_of(shape: type, name: str) -> st.SearchStrategy[Any]:
    """An allowed value of a key with choices or bounds."""
    return value_of_type(keys_of(shape)[name].type)


def value_of_type(found: Type) -> st.SearchStrategy[Any]:
    if found.choices:
        return st.sampled_from(found.choices)
    if one_of := found.annotation(OneOf):
        return st.sampled_from(one_of.allowed)
    if bounds := found.annotation(Between) or found.annotation(Widest):
        return st.integers(bounds.least, bounds.most)
    duration = found.annotation(Duration)
    assert duration
    unit, suffix = (60, "m") if duration.whole_minutes else (1, "s")
    least, most = (durations.seconds(text) // unit for text in (duration.least, duration.most))
    return st.integers(least, most).map(lambda count: f"{count}{suffix}")


def strategies(providers: st.SearchStrategy[str]) -> st.SearchStrategy[list[dict[str, Any]]]:
    entry = st.fixed_dictionaries({"provider": providers, "weight": st.integers(1, 1000)})
    return st.lists(entry, min_size=1, max_size=2, unique_by=lambda found: found["provider"])


# Strategies are made once, because making them takes longer than drawing from them.

KIND = st.sampled_from(["fargate", "fargateSpot", "spot strategy", "windows", "ec2", "provider", "external"])
CPU, WINDOWS_CPU = st.sampled_from(tuple(fargate.MEMORY_BY_CPU)), st.sampled_from(fargate.WINDOWS_CPU)
MEMORY = {cpu: st.sampled_from(memories) for cpu, memories in fargate.MEMORY_BY_CPU.items()}
SPOT = strategies(st.sampled_from(FARGATE_PROVIDERS))
OWN_PROVIDERS = strategies(NAME.map(lambda name: f"on-{name}"))
LINUX_ON_FARGATE = optional(
    ephemeralStorage=value_of(ScheduledTaskArgs, "ephemeral_storage"),
    architecture=value_of(ScheduledTaskArgs, "architecture"),
)
# AWS: Amazon ECS developer guide, "Amazon ECS task definition differences for Fargate".
WINDOWS = st.sampled_from([f"WINDOWS_SERVER_{year}_{edition}" for year in (2019, 2022) for edition in ("CORE", "FULL")])
SIZE = optional(cpu=value_of(ScheduledTaskArgs, "cpu"), memory=st.integers(300, 100_000))
PLACEMENT = optional(
    placementConstraints=st.just([{"type": "memberOf", "expression": "attribute:ecs.os-type == linux"}]),
    placementStrategies=st.sampled_from([[{"type": "random"}], [{"type": "spread", "field": "instanceId"}]]),
)
NETWORK_MODE = optional(networkMode=st.sampled_from(["awsvpc", "bridge", "host", "none"]))
STOP_TIMEOUT = st.integers(2, 120).map(lambda count: f"{count}s")
"""AWS: botocore ecs, ContainerDefinition.stopTimeout: the valid values for Fargate."""
SIDECAR = optional(
    command=COMMAND,
    environment=ENVIRONMENT,
    # Two sidecars together reserve less than the smallest task has.
    cpu=st.integers(0, 60),
    memory=st.integers(6, 140),
    essential=st.booleans(),
    healthCheck=st.fixed_dictionaries(
        {"command": st.just(["CMD-SHELL", "true"])},
        optional={
            "interval": value_of(HealthCheckArgs, "interval"),
            "timeout": value_of(HealthCheckArgs, "timeout"),
            "retries": value_of(HealthCheckArgs, "retries"),
            "startPeriod": value_of(HealthCheckArgs, "start_period"),
        },
    ),
    stopTimeout=STOP_TIMEOUT,
)
PLAIN_VOLUME = st.just({})
SHARED_VOLUME = st.sampled_from(
    [{"efs": "fs-0a"}, {"efs": "fs-0a", "accessPoint": "fsap-0b"}, {"efs": "fs-0a", "rootDirectory": "/x"}]
)
VOLUMES = st.dictionaries(NAME, PLAIN_VOLUME, max_size=2)
VOLUMES_WITH_EFS = st.dictionaries(NAME, st.one_of(PLAIN_VOLUME, SHARED_VOLUME), max_size=2)
SIDECAR_NAMES = st.sets(NAME, max_size=2)
ONLY_LINUX = optional(
    user=WORD,
    init=st.booleans(),
    readOnlyRoot=st.booleans(),
    ulimits=st.just({"nofile": {"soft": 1024, "hard": 4096}}),
)
ZONE = st.sampled_from(["UTC", "Europe/Berlin"])
EXPRESSIONS = st.lists(EXPRESSION, min_size=1, max_size=3, unique=True)
OVERRIDDEN = optional(
    command=COMMAND,
    environment=ENVIRONMENT,
    enabled=st.booleans(),
    flexibleWindow=value_of(ScheduledTaskArgs, "flexible_window"),
)
RETRIES = st.fixed_dictionaries(
    {"attempts": value_of(RetryRunArgs, "attempts")},
    optional={
        "delay": value_of(RetryRunArgs, "delay"),
        "backoff": value_of(RetryRunArgs, "backoff"),
        "exitCodes": st.lists(value_of_type(keys_of(RetryRunArgs)["exit_codes"].type.inner), min_size=1, max_size=3),
    },
)
SUPERVISED = optional(
    timeout=value_of(ScheduledTaskArgs, "timeout"), overlap=value_of(ScheduledTaskArgs, "overlap"), retryRun=RETRIES
)
"""Supervised runs. With none of the keys, EventBridge Scheduler starts the runs directly."""
COMMON = optional(
    command=COMMAND,
    entryPoint=st.lists(TEXT, max_size=3),
    environment=ENVIRONMENT,
    description=TEXT,
    workingDirectory=WORD,
    permissions=st.just([{"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::bucket/*"]}]),
    retry=optional(attempts=value_of(RetryArgs, "attempts"), maxAge=value_of(RetryArgs, "max_age")),
    count=value_of(ScheduledTaskArgs, "count"),
    stopTimeout=STOP_TIMEOUT,
    logs=optional(retentionDays=value_of(LogsArgs, "retention_days"), mode=value_of(LogsArgs, "mode"), kmsKey=KEY),
    tags=st.dictionaries(NAME, WORD, max_size=3),
    propagateTags=st.booleans(),
)
SECRETS = st.dictionaries(VARIABLE.map(lambda name: f"S_{name}"), SECRET_ARN, max_size=2)


@st.composite
def capacities(draw: st.DrawFn) -> dict[str, Any]:
    """The launch type of a task, and the keys that are compatible with it."""
    kind = draw(KIND)
    if kind in ("fargate", "fargateSpot", "spot strategy"):
        launch, cpu = draw(SPOT) if kind == "spot strategy" else kind, draw(CPU)
        return {"launch": launch, "cpu": cpu, "memory": draw(MEMORY[cpu]), **draw(LINUX_ON_FARGATE)}
    if kind == "windows":
        family, cpu = draw(WINDOWS), draw(WINDOWS_CPU)
        return {"operatingSystem": family, "cpu": cpu, "memory": draw(MEMORY[cpu])}
    on_instances = {**draw(SIZE), **draw(PLACEMENT)}
    if kind == "external":
        return {"launch": "external", **on_instances}
    launch = "ec2" if kind == "ec2" else draw(OWN_PROVIDERS)
    return {"launch": launch, **on_instances, **draw(NETWORK_MODE)}


@st.composite
def containers(draw: st.DrawFn, *, efs: bool) -> dict[str, Any]:
    """Keys that only Linux supports."""
    kinds = draw(VOLUMES_WITH_EFS if efs else VOLUMES)
    volumes = {name: {"path": f"/mnt/{name}", **kind} for name, kind in kinds.items()}
    others = {f"side-{name}": _sidecar(draw, list(volumes)) for name in sorted(draw(SIDECAR_NAMES))}
    waits = {name: "HEALTHY" if "healthCheck" in other else "START" for name, other in others.items()}
    found = {"volumes": volumes, "sidecars": others, "dependsOn": waits}
    return {**{key: value for key, value in found.items() if value}, **draw(ONLY_LINUX)}


def _sidecar(draw: st.DrawFn, volumes: list[str]) -> dict[str, Any]:
    mounts = {name: f"/in/{name}" for name in volumes if draw(st.booleans())}
    return {"image": draw(WORD), **draw(SIDECAR), **({"mounts": mounts} if mounts else {})}


@st.composite
def when(draw: st.DrawFn) -> dict[str, Any]:
    if draw(st.booleans()):
        return {"schedule": draw(EXPRESSION), "timezone": draw(ZONE)}
    return {"schedules": [{"expression": expression, **draw(OVERRIDDEN)} for expression in draw(EXPRESSIONS)]}


@st.composite
def tasks(draw: st.DrawFn) -> dict[str, Any]:
    """A valid task."""
    capacity, common = draw(capacities()), draw(COMMON)
    linux = "operatingSystem" not in capacity
    if "workingDirectory" in common:
        common["workingDirectory"] = f"/{common['workingDirectory']}" if linux else "C:\\work"
    if not draw(st.integers(0, 9)):
        common = {**{key: value for key, value in common.items() if key != "count"}, **draw(SUPERVISED)}
    secrets = draw(SECRETS)
    inner = draw(containers(efs=capacity.get("launch") != "external")) if linux else {}
    return {
        "image": draw(WORD),
        **capacity,
        **inner,
        **common,
        **({"secrets": secrets} if secrets else {}),
        **draw(when()),
    }


MUTATIONS: dict[str, dict[str, Any]] = {
    "unknown key": {"memroy": 512},
    "wrong type": {"count": "many"},
    "no image": {"image": None},
    "bad image": {"image": "a b"},
    "two images": {"taskDefinition": "app:1"},
    "cpu": {"cpu": 0},
    "memory": {"memory": 1},
    "architecture": {"architecture": "sparc"},
    "operating system": {"operatingSystem": "BEOS"},
    "arm Windows": {"operatingSystem": "WINDOWS_SERVER_2022_CORE", "architecture": "arm64"},
    "launch": {"launch": "moon"},
    "empty strategy": {"launch": []},
    "mixed strategy": {"launch": [{"provider": "FARGATE"}, {"provider": "instances"}]},
    "weights": {"launch": [{"provider": "FARGATE", "weight": 0}]},
    "provider": {"launch": [{"provider": "fargate-x"}]},
    "placement on Fargate": {"launch": "fargate", "placementStrategies": [{"type": "random"}]},
    "strategy": {"launch": "ec2", "placementStrategies": [{"type": "binpack", "field": "luck"}]},
    "constraint": {"launch": "ec2", "placementConstraints": [{"type": "memberOf"}]},
    "network mode": {"networkMode": "pigeon"},
    "bridge on Fargate": {"launch": "fargate", "networkMode": "bridge"},
    "awsvpc on EXTERNAL": {"launch": "external", "networkMode": "awsvpc"},
    "count": {"count": 11},
    "expression": {"schedule": "cron(0 3 * * * *)", "schedules": None},
    "no schedule": {"schedule": None, "schedules": None},
    "twice": {"schedule": ["rate(1 hour)", "rate(1 hour)"], "schedules": None},
    "zone": {"timezone": "Mars/Olympus"},
    "window": {"flexibleWindow": "25h"},
    "window in seconds": {"flexibleWindow": "90s"},
    "end before start": {"start": "2027-01-01T00:00:00Z", "end": "2026-01-01T00:00:00Z"},
    "override of limits": {"schedule": None, "schedules": [{"expression": "rate(1 hour)", "flexibleWindow": "2d"}]},
    "override too long": {"schedule": None, "schedules": [{"expression": "rate(1 hour)", "command": ["x" * 9000]}]},
    "retry": {"retry": {"attempts": 186}},
    "retry age": {"retry": {"maxAge": "25h"}},
    "expected success": {"expectSuccessWithin": "8d"},
    "stop timeout": {"stopTimeout": "1s"},
    "timeout": {"timeout": "59s"},
    "overlap": {"overlap": "skip"},
    "retries without number": {"retryRun": {"delay": "1m"}},
    "retries": {"retryRun": {"attempts": 11}},
    "retry delay": {"retryRun": {"attempts": 1, "delay": "2d"}},
    "no exit codes": {"retryRun": {"attempts": 1, "exitCodes": []}},
    "exit code": {"retryRun": {"attempts": 1, "exitCodes": [75, 0]}},
    "supervised count": {"count": 2, "overlap": "forbid"},
    "secret": {"secrets": {"PASSWORD": "hunter2"}},
    "reserved name": {"environment": {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/x"}},
    "name": {"environment": {"A=B": "c"}},
    "twice a variable": {"environment": {"X": "1"}, "secrets": {"X": "arn:aws:ssm:eu-west-1:123456789012:parameter/x"}},
    "action": {"permissions": [{"actions": ["GetObject"], "resources": ["*"]}]},
    "both roles": {"permissions": [{"actions": ["s3:*"], "resources": ["*"]}], "taskRole": "arn:aws:iam::123456789012:role/x"},
    "policy": {"managedPolicies": ["ReadOnly"]},
    "long policy": {
        "permissions": [{"actions": ["s3:GetObject"], "resources": [f"arn:aws:s3:::{'x' * 60}/{n}" for n in range(150)]}]
    },
    "retention": {"logs": {"retentionDays": 8}},
    "log key": {"logs": {"kmsKey": "alias/logs"}},
    "log mode": {"logs": {"mode": "maybe"}},
    "tag": {"tags": {"aws:x": "y"}},
    "sidecar without image": {"sidecars": {"proxy": {"cpu": 1}}},
    "sidecar main": {"sidecars": {"main": {"image": "a"}}},
    "never healthy": {"sidecars": {"proxy": {"image": "a"}}, "dependsOn": {"proxy": "HEALTHY"}},
    "waits for the end of main": {"sidecars": {"after": {"image": "a:1", "dependsOn": {"main": "COMPLETE"}}}},
    "sidecars larger than the task": {
        "cpu": 256,
        "sidecars": {name: {"image": "a:1", "cpu": 128} for name in ("a", "b")},
    },
    "sidecars larger than a schedule's runs": {
        "schedule": None,
        "cpu": 512,
        "memory": 2048,
        "sidecars": {"a": {"image": "a:1", "memory": 1024}},
        "schedules": [{"expression": "rate(1 day)", "cpu": 256, "memory": 1024}],
    },
    "storage of a schedule's runs": {
        "schedule": None,
        "launch": "ec2",
        "schedules": [{"expression": "rate(1 day)", "ephemeralStorage": 50}],
    },
    "Windows in a schedule's size": {
        "schedule": None,
        "launch": "fargate",
        "operatingSystem": "WINDOWS_SERVER_2022_CORE",
        "cpu": 1024,
        "memory": 2048,
        "schedules": [{"expression": "rate(1 day)", "cpu": 256, "memory": 2048}],
    },
    "reserved name in a schedule": {
        "schedule": None,
        "schedules": [{"expression": "rate(1 day)", "environment": {"ECS_CONTAINER_METADATA_URI": "x"}}],
    },
    "name of a supervised run": {"environment": {"SCHEDULED_TASKS_RUN": "x"}},
    "waits for nobody": {"dependsOn": {"nobody": "START"}},
    "wait for each other": {"sidecars": {"a": {"image": "a", "dependsOn": {"b": "START"}}, "b": {"image": "b", "dependsOn": {"a": "START"}}}},
    "mount of nothing": {"sidecars": {"a": {"image": "a", "mounts": {"nothing": "/x"}}}, "volumes": None},
    "volume path": {"volumes": {"data": {"path": "data"}}},
    "file system": {"volumes": {"data": {"path": "/data", "efs": "data"}}},
    "access point without file system": {"volumes": {"data": {"path": "/data", "accessPoint": "fsap-0a"}}},
    "ulimit": {"ulimits": {"patience": 3}},
    "soft over hard": {"ulimits": {"nofile": {"soft": 2, "hard": 1}}},
    "exec on a read-only root": {"exec": True, "readOnlyRoot": True, "operatingSystem": None},
    "description": {"description": "x" * 513},
    "container of an image": {"container": "app"},
    "platform": {"platformVersion": "newest"},
    "user": {"user": "a b"},
    "folder": {"workingDirectory": "here"},
}  # fmt: skip
