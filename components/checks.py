"""What AWS would refuse, or what cannot work, found before anything is created.

Pure: arguments in, problems out. Values that other resources produce (outputs) cannot be known yet and are
passed over. A value of the wrong type is passed over too: that is the shape's business.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from . import durations, fargate, names
from .problems import Name, Problem, listed, nearest
from .schedules import At, Cron, Expression, ExpressionError, known_timezone, nearest_timezones, next_runs, parse

if TYPE_CHECKING:
    from typing_extensions import TypeIs

Args = Mapping[str, Any]

EPOCH = datetime(1969, 1, 1, tzinfo=UTC)
"""Before every year that an expression can name."""
ARCHITECTURES = ("arm64", "x86_64")
LAUNCHES = ("fargate", "fargateSpot")
PROVIDERS = ("FARGATE", "FARGATE_SPOT")
LOG_MODES = ("blocking", "non-blocking")
SUBNET_KINDS = ("private", "public")
PUBLIC_IP = ("auto", "true", "false")
RETENTION_DAYS = (
    1,
    3,
    5,
    7,
    14,
    30,
    60,
    90,
    120,
    150,
    180,
    365,
    400,
    545,
    731,
    1096,
    1827,
    2192,
    2557,
    2922,
    3288,
    3653,
)
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
STOP_TIMEOUT_SECONDS = (2, fargate.MAX_STOP_TIMEOUT_SECONDS)
DESCRIPTION_LENGTH = 512
"""AWS: botocore scheduler, Description."""
TAGS = 50

_DEFINITION_KEYS = [
    "command",
    "entry_point",
    "environment",
    "secrets",
    "cpu",
    "memory",
    "architecture",
    "ephemeral_storage",
    "permissions",
    "managed_policies",
    "task_role",
    "stop_timeout",
    "logs",
]
"""Keys that say what a task definition holds, and so belong to an image and not to a definition made
elsewhere."""

_SECRET_ARN = re.compile(
    r"arn:aws[a-z-]*:(?:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:|ssm:[a-z0-9-]+:[0-9]{12}:parameter/)[^\s]+"
)
_ROLE_ARN = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:role/[^\s]+")
_POLICY_ARN = re.compile(r"arn:aws[a-z-]*:iam::(?:aws|[0-9]{12}):policy/.+")
_DEFINITION = re.compile(
    r"(?:arn:aws[a-z-]*:ecs:[a-z0-9-]+:[0-9]{12}:task-definition/)?(?P<family>[A-Za-z0-9_-]{1,255})(?::(?P<revision>[0-9]+))?"
)
_CLUSTER = re.compile(r"(?:arn:aws[a-z-]*:ecs:[a-z0-9-]+:[0-9]{12}:cluster/)?[A-Za-z0-9_-]{1,255}")
_IMAGE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/:@-]{0,254}")
_VPC = re.compile(r"default|vpc-[0-9a-f]+")
_SUBNET = re.compile(r"subnet-[0-9a-f]+")
_SECURITY_GROUP = re.compile(r"sg-[0-9a-f]+")
_PLATFORM = re.compile(r"LATEST|[0-9]+\.[0-9]+\.[0-9]+")
_ACCOUNT = re.compile(r"[0-9]{12}")
_ACTION = re.compile(r"\*|[a-z0-9-]+:[A-Za-z0-9*?]+")
_TAG = re.compile(r"[\w\s.:/=+\-@]*")


def task_problems(name: str, args: Args) -> list[Problem]:
    """All that is wrong with one scheduled task, paths seen from the task."""
    problems = list(_name_problems(name))
    for check in _TASK_CHECKS:
        problems.extend(check(args))
    return problems


def group_problems(args: Args) -> list[Problem]:
    """All that is wrong with what a group's tasks share, paths seen from the group."""
    return [problem for check in _GROUP_CHECKS for problem in check(args)]


def parsed_schedules(args: Args) -> list[tuple[tuple[str | int, ...], str]]:
    """The expressions of a task in order, each with the path that leads to it."""
    found: list[tuple[tuple[str | int, ...], str]] = []
    if isinstance(args.get("schedule"), str):
        found.append((("schedule",), args["schedule"]))
    for position, schedule in enumerate(_items(args, "schedules")):
        if isinstance(schedule, Mapping) and isinstance(expression := cast("Args", schedule).get("expression"), str):
            found.append((("schedules", position, "expression"), expression))
    return found


def instant(text: str) -> datetime:
    """An ISO 8601 instant in UTC. Raises ValueError, with what is allowed, for other text or one without an
    offset."""
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f'"{text}" is not a time. Write ISO 8601 with an offset: 2026-12-01T00:00:00Z.') from None
    if when.tzinfo is None:
        raise ValueError(f'"{text}" has no offset. Write one, or Z for UTC: {text}Z.')
    return when.astimezone(UTC)


def limits(args: Args) -> tuple[datetime | None, datetime | None]:
    """A task's start and end, where it has them."""
    start, end = (instant(text) if (text := args.get(key)) else None for key in ("start", "end"))
    return start, end


# Names


def _name_problems(name: str) -> Iterator[Problem]:
    if len(name) > names.TASK_NAME_LENGTH or not re.fullmatch(names.TASK_NAME, name, re.ASCII):
        yield Problem(
            (),
            f'"{name}" is not a name for a task: AWS would refuse it, or it would be ambiguous. Use up to '
            f'{names.TASK_NAME_LENGTH} letters, digits, "-" and single "_", starting with a letter or digit.',
        )


# What runs


def _what_runs(args: Args) -> Iterator[Problem]:
    if "image" in args and "task_definition" in args:
        yield Problem(
            ("task_definition",),
            "a task has either image or taskDefinition, not both. Remove one; null drops what a lower layer sets.",
        )
    elif "task_definition" in args:
        for key in _DEFINITION_KEYS:
            if key in args:
                yield Problem(
                    (key,),
                    "belongs to the task definition, which is made elsewhere: change it there, or use image.",
                )
    elif "image" not in args:
        yield Problem(("image",), "is missing. Name a container image, or an existing taskDefinition.")
    yield from _pattern(args, "image", _IMAGE, "an image", "repository/name:tag, without spaces")
    yield from _pattern(args, "task_definition", _DEFINITION, "a task definition", "family, family:revision or an ARN")


def _environment(args: Args) -> Iterator[Problem]:
    environment, secrets = _map(args, "environment"), _map(args, "secrets")
    for key in sorted({*environment, *secrets}):
        if not key or "=" in key or "\0" in key:
            where = "environment" if key in environment else "secrets"
            yield Problem(
                (where, Name(key)),
                "is not a name for an environment variable: it must not be empty or hold =.",
            )
    for key in sorted(environment.keys() & secrets.keys()):
        yield Problem(("environment", Name(key)), "is in environment and in secrets. Keep one.")
    for key, value in secrets.items():
        if isinstance(value, str) and not _SECRET_ARN.fullmatch(value):
            yield Problem(
                ("secrets", Name(key)),
                "is not the ARN of a Secrets Manager secret or an SSM parameter (the value is not shown: it might be "
                "the secret). Write arn:aws:secretsmanager:<region>:<account>:secret:<name> or "
                "arn:aws:ssm:<region>:<account>:parameter/<name>.",
            )


def _roles(args: Args) -> Iterator[Problem]:
    if "task_role" in args and ("permissions" in args or "managed_policies" in args):
        yield Problem(("task_role",), "a task has either a role made elsewhere or permissions of its own, not both.")
    yield from _pattern(args, "task_role", _ROLE_ARN, "the ARN of a role", "arn:aws:iam::<account>:role/<name>")
    for position, policy in enumerate(_items(args, "managed_policies")):
        if isinstance(policy, str) and not _POLICY_ARN.fullmatch(policy):
            yield Problem(("managed_policies", position), f'"{policy}" is not the ARN of a managed policy.')
    for position, statement in enumerate(_items(args, "permissions")):
        if isinstance(statement, Mapping):
            for problem in _statement_problems(cast("Args", statement)):
                yield problem.within("permissions", position)


def _statement_problems(statement: Args) -> Iterator[Problem]:
    for key in ("actions", "resources"):
        if key in statement and not _items(statement, key):
            yield Problem((key,), "is empty. Name at least one.")
    for position, action in enumerate(_items(statement, "actions")):
        if isinstance(action, str) and not _ACTION.fullmatch(action):
            yield Problem(
                ("actions", position),
                f'"{action}" is not an IAM action. Write service:Action, such as s3:PutObject.',
            )
    for position, resource in enumerate(_items(statement, "resources")):
        if isinstance(resource, str) and resource != "*" and not resource.startswith("arn:"):
            yield Problem(("resources", position), f'"{resource}" is not an ARN.')


# How big


def _size(args: Args) -> Iterator[Problem]:
    cpu, memory = args.get("cpu", fargate.DEFAULT_CPU), args.get("memory", fargate.DEFAULT_MEMORY)
    if _whole(cpu) and cpu not in fargate.MEMORY_BY_CPU:
        yield Problem(("cpu",), f"{cpu} is not a size that Fargate offers. Use {listed(fargate.MEMORY_BY_CPU)}.")
    elif _whole(cpu) and _whole(memory) and memory not in fargate.MEMORY_BY_CPU[cpu]:
        fitting = fargate.cpu_for(memory)
        hint = f" With {memory} MiB, cpu can be {listed(fitting)}." if fitting else ""
        allowed = fargate.memories_in_words(cpu)
        yield Problem(("memory",), f"Fargate does not offer {memory} MiB with cpu {cpu}. With it, use {allowed}.{hint}")
    yield from _range(args, "ephemeral_storage", fargate.EPHEMERAL_STORAGE_GIB, " GiB")
    yield from _range(args, "count", TASK_COUNT)
    yield from _choice(args, "architecture", ARCHITECTURES)
    yield from _duration(args, "stop_timeout", STOP_TIMEOUT_SECONDS)


def _capacity(args: Args) -> Iterator[Problem]:
    if "launch" in args and "capacity_providers" in args:
        yield Problem(("launch",), "a task has either launch or a capacity provider strategy, not both.")
    yield from _choice(args, "launch", LAUNCHES)
    yield from _pattern(args, "platform_version", _PLATFORM, "a platform version", "LATEST, or a number such as 1.4.0")
    if "capacity_providers" in args:
        yield from _strategy_problems(_items(args, "capacity_providers"))


def _strategy_problems(entries: Sequence[object]) -> Iterator[Problem]:
    yield from _length(entries, ("capacity_providers",), STRATEGY_ENTRIES, "entries")
    strategy: list[Args] = [cast("Args", entry) if isinstance(entry, Mapping) else {} for entry in entries]
    for position, entry in enumerate(strategy):
        for check in (
            _choice(entry, "provider", PROVIDERS),
            _range(entry, "weight", WEIGHT),
            _range(entry, "base", BASE),
        ):
            for problem in check:
                yield problem.within("capacity_providers", position)
    if strategy and all(entry.get("weight", 1) == 0 for entry in strategy):
        yield Problem(
            ("capacity_providers",),
            "every weight is 0, so nothing could run. Give one entry a weight above 0.",
        )
    if sum(1 for entry in strategy if entry.get("base")) > 1:
        yield Problem(("capacity_providers",), "more than one entry has a base. Keep one.")


# When


def _schedules(args: Args) -> Iterator[Problem]:
    if "schedule" in args and "schedules" in args:
        yield Problem(("schedule",), "a task has either one schedule or a list of them, not both.")
    elif "schedule" not in args and not args.get("schedules"):
        yield Problem(("schedule",), "is missing. Write rate(...), cron(...) or at(...).")
    seen: set[str] = set()
    for path, text in parsed_schedules(args):
        yield from _expression(path, text, args.get("timezone", "UTC"))
        if text in seen:
            yield Problem(path, f'"{text}" is there twice: the task would start twice at the same time. Remove one.')
        seen.add(text)


def _expression(path: tuple[str | int, ...], text: str, timezone: object) -> Iterator[Problem]:
    try:
        expression = parse(text)
    except ExpressionError as error:
        yield Problem(path, str(error))
        return
    if isinstance(expression, Cron) and next(next_runs(expression, "UTC", EPOCH), None) is None:
        yield Problem(path, f'"{text}" never runs: no year has such a day.')
    zone = timezone if isinstance(timezone, str) and known_timezone(timezone) else "UTC"
    if isinstance(expression, At) and next(next_runs(expression, zone, EPOCH), None) is None:
        yield Problem(path, f'"{text}" never runs: {timezone} sets its clock forward over that time.')


def _timing(args: Args) -> Iterator[Problem]:
    timezone = args.get("timezone", "UTC")
    if isinstance(timezone, str) and not known_timezone(timezone):
        near = nearest_timezones(timezone)
        hint = f" Did you mean {listed(near)}?" if near else ""
        yield Problem(
            ("timezone",),
            f'"{timezone}" is not a time zone. Use a name of the IANA database, such as Europe/Berlin.{hint}',
        )
    yield from _duration(args, "flexible_window", (WINDOW_MINUTES[0] * 60, WINDOW_MINUTES[1] * 60))
    window = args.get("flexible_window")
    if isinstance(window, str) and re.fullmatch(durations.PATTERN, window) and durations.seconds(window) % 60:
        yield Problem(("flexible_window",), f'"{window}" is not in whole minutes, which is all that AWS takes.')
    yield from _start_and_end(args)


def _start_and_end(args: Args) -> Iterator[Problem]:
    instants: dict[str, datetime] = {}
    for key in ("start", "end"):
        if isinstance(text := args.get(key), str):
            try:
                instants[key] = instant(text)
            except ValueError as error:
                yield Problem((key,), str(error))
    if len(instants) == 2 and instants["start"] >= instants["end"]:
        yield Problem(("start",), f'"{args["start"]}" is not before end ("{args["end"]}"): the task would never run.')
    expressions = [parsed for _, text in parsed_schedules(args) if (parsed := _parsed(text))]
    if expressions and all(isinstance(expression, At) for expression in expressions):
        for key in sorted({"start", "end"} & args.keys()):
            yield Problem((key,), "AWS ignores it for a one-time schedule. Remove it; a lower layer's goes with null.")


def _parsed(text: str) -> Expression | None:
    try:
        return parse(text)
    except ExpressionError:
        return None


def _retry(args: Args) -> Iterator[Problem]:
    retry = _map(args, "retry")
    for check in (_range(retry, "attempts", RETRY_ATTEMPTS), _duration(retry, "max_age", RETRY_AGE_SECONDS)):
        for problem in check:
            yield problem.within("retry")


# What they share


def _description(args: Args) -> Iterator[Problem]:
    description = args.get("description")
    if isinstance(description, str) and len(description) > DESCRIPTION_LENGTH:
        yield Problem(("description",), f"has {len(description)} characters. AWS takes at most {DESCRIPTION_LENGTH}.")


def _logs(args: Args) -> Iterator[Problem]:
    logs = _map(args, "logs")
    days = logs.get("retention_days")
    if _whole(days) and days not in RETENTION_DAYS:
        yield Problem(
            ("logs", "retention_days"),
            f"{days} is not a retention that CloudWatch Logs has. Use {listed(RETENTION_DAYS)}.",
        )
    for problem in _choice(logs, "mode", LOG_MODES):
        yield problem.within("logs")


def _tags(args: Args) -> Iterator[Problem]:
    """AWS: Amazon ECS developer guide, "Tagging your Amazon ECS resources", restrictions."""
    tags = _map(args, "tags")
    if len(tags) > TAGS:
        yield Problem(("tags",), f"there are {len(tags)}. AWS takes at most {TAGS}.")
    for key, value in tags.items():
        if not 1 <= len(key) <= 128 or not _TAG.fullmatch(key) or key.lower().startswith("aws:"):
            yield Problem(
                ("tags", Name(key)),
                "is not a tag key: use 1 to 128 letters, digits, spaces and _ . : / = + - @, not starting with aws:.",
            )
        if isinstance(value, str) and (len(value) > 256 or not _TAG.fullmatch(value)):
            yield Problem(
                ("tags", Name(key)),
                "its value is not a tag value: use at most 256 letters, digits, spaces and _ . : / = + - @.",
            )


def _cluster(args: Args) -> Iterator[Problem]:
    if "cluster" in args and "create_cluster" in args:
        yield Problem(("cluster",), "a group has either a cluster or creates one, not both.")
    yield from _pattern(args, "cluster", _CLUSTER, "a cluster", "its name (letters, digits, - and _) or its ARN")
    for position, provider in enumerate(_items(_map(args, "create_cluster"), "capacity_providers")):
        if isinstance(provider, str) and provider not in PROVIDERS:
            yield Problem(("create_cluster", "capacity_providers", position), _not_among(provider, PROVIDERS))


def _network(args: Args) -> Iterator[Problem]:
    network = _map(args, "network")
    for check in _NETWORK_CHECKS:
        for problem in check(network):
            yield problem.within("network")


def _vpc_and_subnets(network: Args) -> Iterator[Problem]:
    if "vpc" in network and "vpc_tags" in network:
        yield Problem(("vpc_tags",), "a VPC is found by id or by tags, not both.")
    ways = [key for key in ("subnets", "subnet_ids", "subnet_tags") if key in network]
    if len(ways) > 1:
        yield Problem((ways[1],), f"subnets are named in one way only; {ways[0]} is there already.")
    yield from _pattern(network, "vpc", _VPC, "a VPC", "default, or an id such as vpc-0123456789abcdef0")
    yield from _choice(network, "subnets", SUBNET_KINDS)
    yield from _choice(network, "assign_public_ip", PUBLIC_IP)
    for key in ("vpc_tags", "subnet_tags"):
        if key in network and not network[key]:
            yield Problem((key,), "is empty, and would find everything. Name at least one tag.")


def _identifiers(network: Args) -> Iterator[Problem]:
    lists = (
        ("subnet_ids", _SUBNET, SUBNETS, "subnets", "subnet-0123456789abcdef0"),
        ("security_group_ids", _SECURITY_GROUP, SECURITY_GROUPS, "security groups", "sg-0123456789abcdef0"),
    )
    for key, pattern, bounds, noun, example in lists:
        if key not in network:
            continue
        yield from _length(_items(network, key), (key,), bounds, noun)
        for position, identifier in enumerate(_items(network, key)):
            if isinstance(identifier, str) and not pattern.fullmatch(identifier):
                yield Problem((key, position), f'"{identifier}" is not an id like {example}.')


def _not_to_be_looked_up(network: Args) -> Iterator[Problem]:
    """Subnets that other resources produce cannot be looked up, so what would be learnt from them has to be
    said."""
    subnets = _items(network, "subnet_ids")
    if not subnets or all(isinstance(subnet, str) for subnet in subnets):
        return
    if network.get("assign_public_ip", "auto") == "auto":
        yield Problem(
            ("assign_public_ip",),
            "must be true or false: the subnets are made by the same program and cannot be looked at.",
        )
    if "security_group_ids" not in network and "vpc_id" not in network:
        yield Problem(
            ("vpc_id",),
            "is missing: without it, no security group can be made for subnets of the same program.",
        )


def _references(args: Args) -> Iterator[Problem]:
    lists = (
        ("task_definitions", _DEFINITION, "a task definition: write family, family:revision or an ARN"),
        ("pass_role_arns", _ROLE_ARN, "the ARN of a role"),
        ("registry_accounts", _ACCOUNT, "an AWS account: write its 12 digits"),
    )
    for key, pattern, noun in lists:
        for position, value in enumerate(_items(args, key)):
            if isinstance(value, str) and not pattern.fullmatch(value):
                yield Problem((key, position), f'"{value}" is not {noun}.')


# The kinds of checks


def _choice(args: Args, key: str, allowed: Sequence[str]) -> Iterator[Problem]:
    if isinstance(value := args.get(key), str) and value not in allowed:
        yield Problem((key,), _not_among(value, allowed))


def _not_among(value: str, allowed: Sequence[str]) -> str:
    return f'"{value}" is not one of {listed(allowed)}.{nearest(value, allowed)}'


def _range(args: Args, key: str, bounds: tuple[int, int], unit: str = "") -> Iterator[Problem]:
    if _whole(value := args.get(key)) and not bounds[0] <= value <= bounds[1]:
        yield Problem((key,), f"{value} is not allowed. Use {bounds[0]} to {bounds[1]}{unit}.")


def _length(items: Sequence[object], path: tuple[str, ...], bounds: tuple[int, int], noun: str) -> Iterator[Problem]:
    if not bounds[0] <= len(items) <= bounds[1]:
        yield Problem(path, f"has {len(items)} {noun}. AWS takes {bounds[0]} to {bounds[1]}.")


def _duration(args: Args, key: str, bounds: tuple[int, int]) -> Iterator[Problem]:
    if not isinstance(text := args.get(key), str):
        return
    try:
        count = durations.seconds(text)
    except ValueError as error:
        yield Problem((key,), str(error))
        return
    if not bounds[0] <= count <= bounds[1]:
        least, most = (durations.in_words(bound) for bound in bounds)
        yield Problem((key,), f'"{text}" is not allowed. Use {least} to {most} ({bounds[0]} to {bounds[1]} seconds).')


def _pattern(args: Args, key: str, pattern: re.Pattern[str], noun: str, allowed: str) -> Iterator[Problem]:
    if isinstance(value := args.get(key), str) and not pattern.fullmatch(value):
        yield Problem((key,), f'"{value}" is not {noun}. Write {allowed}.')


def _whole(value: object) -> TypeIs[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _map(args: Args, key: str) -> Args:
    value = args.get(key)
    return cast("Args", value) if isinstance(value, Mapping) else {}


def _items(args: Args, key: str) -> Sequence[object]:
    value = args.get(key)
    return cast("Sequence[object]", value) if isinstance(value, Sequence) and not isinstance(value, str) else ()


_Check = Callable[[Args], Iterator[Problem]]
_TASK_CHECKS: tuple[_Check, ...] = (
    _what_runs, _environment, _roles, _size, _capacity, _schedules, _timing, _retry, _description, _logs, _tags,
)  # fmt: skip
_NETWORK_CHECKS: tuple[_Check, ...] = (_vpc_and_subnets, _identifiers, _not_to_be_looked_up)
_GROUP_CHECKS: tuple[_Check, ...] = (_cluster, _network, _logs, _references, _tags)
