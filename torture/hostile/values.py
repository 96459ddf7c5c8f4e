"""Values that are hostile: numbers, expressions, times, durations, endings of strings, and sizes."""

from collections.abc import Mapping

from .project import Case, in_stack, in_task

_ARN = "arn:aws:iam::123456789012"
NUMBERS = (
    "9" * 5000, "-" + "9" * 5000, "0x" + "f" * 5000, "0o" + "7" * 5000, "0b" + "1" * 5000, "1_000", "0_1", "1e999",
    "-1e999", "1e-5000", ".inf", "-.inf", ".nan", "+1", "-0", "08", "0755", "12:30:45", "1" + ":59" * 5000,
    "9" * 5000 + ".0", "0." + "3" * 5000, "9007199254740992", "9007199254740993.5", "1.", ".5", "true", "null", '""',
    '"' + "9" * 5000 + '"', '"' + "9" * 400 + 'm"', '"\u0661\u0665"', '"\u00b2"', '"1e400"', '"0x10"', "[]", "{}",
    "- -1", "99999999999999999999",
)  # fmt: skip
NUMBER_KEYS = (
    "cpu",
    "memory",
    "count",
    "ephemeralStorage",
    "retry: {attempts",
    "environment: {PORT",
    "ulimits: {nofile",
)
NINES = "9" * 240
EXPRESSIONS = (
    "rate(1000000000000000000000000000000 days)", f"rate({NINES} days)", f"rate({'9' * 5000} days)",
    "rate(99999999999 minutes)", "rate(0 days)", "rate(-1 days)", "rate(1.5 days)", "rate(\u0661 days)",
    "rate(1  day)", "rate(83950 days)", "rate(84000 days)", f"cron({NINES[:30]} 3 * * ? *)", "cron(0 3 ? * */9 *)",
    f"cron(0/{NINES[:200]} 3 * * ? *)", "cron(0 3 31 2 ? *)", "cron(0 3 ? * 2#9 *)", f"cron(0 3 ? * 2#{NINES[:99]} *)",
    "cron(0 3 * * ? 2199)", "cron(0 3 * * ? 1970)", "cron(0 3 * * ? 9999)", "cron(0 3 99W * ? *)",
    "cron(*/1 * * * ? */1)", f"cron({','.join('0' for _ in range(100))} 3 * * ? *)", "cron(0\\t3 * * ? *)",
    "cron(0 3 * * ? *\\n)", "cron(0\\u00a03 * * ? *)", "cron(0\\u20033 * * ? *)", "cron(\\u0660 3 * * ? *)",
    "cron(0 3 * * ?)", "cron()", "cron(((((((((()", "cron(0 3 * * ? *", "0 3 * * *", "@every " + NINES[:200] + "m",
    "at(0000-01-01T00:00:00)", "at(0001-01-01T00:00:00)", "at(1969-12-31T23:59:59)", "at(1970-01-01T00:00:00)",
    "at(2199-12-31T23:59:59)", "at(9999-12-31T23:59:59)", "at(10000-01-01T00:00:00)", "at(2026-06-30T23:59:60)",
    "at(2026-02-30T00:00:00)", "at(2026-01-01T24:00:00)", "at(\u0662\u0660\u0662\u0666-01-01T00:00:00)",
    "at(2026-01-01T00:00:00\\n)", "at(2026-01-01T00:00:00Z)", "at()", "rate()", "", " ", "\\u0000", "x" * 300,
    "RATE(1 DAY)", "rate(1 day)\\n", "\\uFEFFrate(1 day)",
)  # fmt: skip
ZONES = ("UTC", "Pacific/Kiritimati", "Etc/GMT+12")
"""Zones at the edges: UTC, UTC+14, UTC-12."""
TIMES = (
    "0000-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "1969-12-31T23:59:59Z",
    "1970-01-01T00:00:00Z", "2199-12-31T23:59:59Z", "2200-01-01T00:00:00Z", "9999-12-31T23:59:59Z",
    "9999-12-31T23:59:59-12:00", "9999-12-31T23:59:59+14:00", "10000-01-01T00:00:00Z", "2026-06-30T23:59:60Z",
    "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00+99:99", "2026-01-01T00:00:00", "2026-W01-1T00:00:00Z",
    "2026-01-01\\u000000:00:00Z", "2026-01-01T00:00:00Z\\n", "9" * 5000,
    "2026-01-01T00:00:00." + "9" * 5000 + "Z", "now",
)  # fmt: skip
DURATIONS = (
    "15m\\n", "15m\\u0000", "15m\\u2028", "\\u0661\\u0665m", "P" + "9" * 5000 + "D", "9" * 5000, "9" * 5000 + "s",
    "999999999d", "0s", "-1m", "1.5h", "1e3s", "PT" + "9" * 9 + "H", "1" + " minute" * 5000, "1m" * 5000, "m", "",
)  # fmt: skip
ENDINGS = ("\\n", "\\u0000", "\\r\\n", "\\u2028", " ", "\\e[31m", "\\u202e")
TASK_STRINGS: Mapping[str, str] = {
    "image": "image: {}busybox:1",
    "task definition": "taskDefinition: {}job:7",
    "task role": f"taskRole: {{}}{_ARN}:role/job",
    "timezone": "timezone: {}Europe/Berlin",
    "name": 'schedules: [{{name: {}full, expression: "rate(1 day)"}}]',
    "user": "user: {}app",
    "platform version": "platformVersion: {}1.4.0",
    "working directory": "workingDirectory: {}/srv",
    "mount": "volumes: {{data: {{path: {}/data}}}}",
    "file system": "volumes: {{data: {{path: /data, efs: {}fs-0123456789abcdef0}}}}",
    "managed policy": f"managedPolicies: [{{}}{_ARN}:policy/team]",
    "action": 'permissions: [{{actions: [{}"s3:GetObject"], resources: ["arn:aws:s3:::a/*"]}}]',
    "resource": 'permissions: [{{actions: ["s3:GetObject"], resources: [{}"arn:aws:s3:::a/*"]}}]',
    "secret": "secrets: {{PASSWORD: {}/prod/password}}",
    "tag": "tags: {{owner: {}alice}}",
    "description": "description: {}job",
    "launch": "launch: {}fargate",
    "variable": "environment: {{HOST: {}db}}",
    "command": "command: [{}sh]",
    "provider": "launch: [{{provider: {}FARGATE}}]",
    "placement": 'launch: ec2\nplacementConstraints: [{{type: memberOf, expression: {}"attribute:a == b"}}]',
}
STACK_STRINGS: Mapping[str, str] = {
    "cluster": "cluster: {}main",
    "VPC": "network: {{vpc: {}vpc-0123456789abcdef0}}",
    "subnet": "network: {{subnets: [{}subnet-0123456789abcdef0]}}",
    "security group": "network: {{securityGroups: [{}sg-0123456789abcdef0]}}",
    "block": "network: {{vpc: {{create: {{cidr: {}10.20.0.0/16}}}}}}",
    "path of roles": "iam: {{path: {}/teams/}}",
    "boundary": f"iam: {{{{permissionsBoundary: {{}}{_ARN}:policy/team}}}}",
    "email": "notify: {{emails: [{}ops@example.com]}}",
    "topic": 'notify: {{topicArn: {}"arn:aws:sns:eu-west-1:123456789012:ops"}}',
    "key": 'encryption: {{deadLetters: {}"arn:aws:kms:eu-west-1:123456789012:key/11111111-1111"}}',
    "cache": "pullThroughCaches: [{}docker-hub]",
    "tag of the stack": "tags: {{team: {}data}}",
}


def _endings(strings: Mapping[str, str]) -> dict[str, str]:
    """The YAML of each string with each ending, in double quotes."""
    made: dict[str, str] = {}
    for name, text in strings.items():
        before, _, after = text.partition("{}")
        value = after.lstrip('"')
        length = next((n for n, mark in enumerate(value) if mark in '",]}'), len(value))
        if after.startswith('"'):
            length = value.index('"')
            rest = value[length + 1 :]
        else:
            rest = value[length:]
        for ending in ENDINGS:
            made[f"{name} with {ending}"] = f'{before}"{value[:length]}{ending}"{rest}'.format()
    return made


def _many(entry: str, count: int, joined: str = ", ") -> str:
    return joined.join(entry.replace("#", str(n)) for n in range(count))


def _sizes() -> Mapping[str, str]:
    """YAML of tasks that is large. Writing it takes half a second."""
    return {
        "a command of 10 MB": f"command: [{'a' * 10**7}]",
        "a command of 3 MB": f"command: [{'a' * 3 * 10**6}]",
        "a command of 100,000 words": f"command: [{_many('a#', 100_000)}]",
        "a command as a string of 3 MB": f"command: {'a b ' * 750_000}",
        "200,000 variables": f"environment: {{{_many('V#: a', 200_000)}}}",
        "50,000 variables": f"environment: {{{_many('V#: a', 50_000)}}}",
        "50,000 invalid variables": f"environment: {{{_many('9-#: a', 50_000)}}}",
        "50,000 variables with keywords": f"environment: {{{_many('V#: <aws.scheduler.schedule-tim>', 50_000)}}}",
        "50,000 secrets": f"secrets: {{{_many('V#: /prod/a#', 50_000)}}}",
        "50,000 secrets of the configuration": f"secrets: {{{_many('V#: {config: a#}', 50_000)}}}",
        "50,000 tags": f"tags: {{{_many('t#: a', 50_000)}}}",
        "20,000 sidecars": f"sidecars: {{{_many('s#: {image: a}', 20_000)}}}",
        "20,000 sidecars in a circle": f"sidecars: {{{_many('s#: {image: a, dependsOn: {s1: START}}', 20_000)}}}",
        "20,000 volumes": f"volumes: {{{_many('v#: {path: /v#}', 20_000)}}}",
        "20,000 nested volumes": f"volumes: {{{_many('v#: {path: /v/#/a}', 20_000)}}}",
        "20,000 schedules": f"schedules: [{_many('{expression: rate(# days)}', 20_000)}]",
        "20,000 equal schedules": f"schedules: [{_many('{expression: rate(1 day)}', 20_000)}]",
        "20,000 expressions": f"schedule: [{_many('rate(# hours)', 20_000)}]",
        "20,000 permissions": f"permissions: [{_many('{actions: [s3:Get#], resources: [arn:aws:s3:::a#]}', 20_000)}]",
        "50,000 actions": f"permissions: [{{actions: [{_many('s3:Get#', 50_000)}], resources: ['*']}}]",
        "50,000 policies": f"managedPolicies: [{_many('arn:aws:iam::123456789012:policy/p#', 50_000)}]",
        "50,000 limits": f"ulimits: {{{_many('nofil#: 1', 50_000)}}}",
        "50,000 dependencies": f"dependsOn: {{{_many('s#: START', 50_000)}}}",
        "50,000 exit codes": f"retryRun: {{attempts: 1, exitCodes: [{_many('#', 50_000)}]}}",
        "50,000 constraints": "launch: ec2\nplacementConstraints: "
        f"[{_many('{type: memberOf, expression: a#}', 50_000)}]",
        "50,000 providers": f"launch: [{_many('{provider: p#}', 50_000)}]",
        "a description of 3 MB": f"description: {'a' * 3 * 10**6}",
        "an image of 3 MB": f"image: {'a/' * 1_500_000}",
        "a schedule of 3 MB": f"schedule: cron({'1,' * 1_500_000})",
        "a timezone of 3 MB": f"timezone: {'a/' * 1_500_000}",
        "a timeout of 3 MB": f"timeout: {'1m' * 1_500_000}",
        "a role of 3 MB": f"taskRole: arn:aws:iam::123456789012:role/{'a/' * 1_500_000}",
        "a secret of 3 MB": f"secrets: {{A: {'/a' * 1_500_000}}}",
        "a path of 3 MB": f"volumes: {{a: {{path: {'/a' * 1_500_000}}}}}",
        "a user of 3 MB": f"user: {'a' * 3 * 10**6}",
        "a wrong launch of 3 MB": f"launch: {'a' * 3 * 10**6}",
        "a key of secrets of 3 MB": f"secrets: {{{'a' * 3 * 10**6}: b}}",
        "a name of a variable of 3 MB": f"environment: {{? {'a' * 3 * 10**6}\n: b}}",
    }


def _stack_sizes() -> Mapping[str, str]:
    """YAML of stacks that is large."""
    return {
        "50,000 emails": f"notify: {{emails: [{_many('a#@example.com', 50_000)}]}}",
        "50,000 tags of the stack": f"tags: {{{_many('t#: a', 50_000)}}}",
        "50,000 subnets": f"network: {{subnets: [{_many('subnet-#', 50_000)}]}}",
        "50,000 tags of a VPC": f"network: {{vpc: {{tags: {{{_many('t#: a', 50_000)}}}}}}}",
        "50,000 keys of secrets": "encryption: {secrets: ["
        + _many("arn:aws:kms:eu-west-1:123456789012:key/11111111-1111-1111-1111-#", 50_000)
        + "]}",
        "50,000 caches": f"pullThroughCaches: [{_many('cache-#', 50_000)}]",
        "50,000 capacity providers": f"cluster: {{create: true, capacityProviders: [{_many('p#', 50_000)}]}}",
        "50,000 secret values": "a: b\n" + _many("  scheduled-tasks:s#: {secure: v1:a:b}", 50_000, "\n"),
        "a cluster of 3 MB": f"cluster: {'a' * 3 * 10**6}",
        "an email of 1 MB of dots": f"notify: {{emails: ['a@{'.' * 1_000_000} ']}}",
        "marks of keys in 1 MB": f'cluster: "{chr(92)}x02{(chr(92) + "x02") * 250_000}"',
        "an email of 3 MB": f"notify: {{emails: [{'a@' * 1_500_000}]}}",
        "a VPC of 3 MB": f"network: {{vpc: vpc-{'a' * 3 * 10**6}}}",
        "JSON in a string": f"tags: '{'[' * 100_000}'",
        "closed JSON in a string": f"tags: '{'[' * 900}{']' * 900}'",
        "an integer of JSON in a string": f"tags: '[{'9' * 5000}]'",
        "a defaults key of the wrong type": "defaults: [a]",
        "an entry of the wrong type": "tasks: {job: 5, nightly: [a], other: {image: [[[]]], schedule: {a: b}}}",
    }


def cases() -> list[Case]:
    """All cases."""
    numbers = {
        f"{name} as {key}": f"{key}: {name}" + ("}" if "{" in key else "") for key in NUMBER_KEYS for name in NUMBERS
    }
    expressions = {
        f"{text[:60]} in {zone}": f'schedule: "{text}"\ntimezone: {zone}' for text in EXPRESSIONS for zone in ZONES
    }
    times = {
        f"{key} {text[:60]} in {zone} with {recurs}": f'{key}: "{text}"\ntimezone: {zone}\nschedule: {recurs}'
        for key in ("start", "end")
        for text in TIMES
        for zone in ZONES
        for recurs in ("rate(1 day)", "cron(0 0 * * ? *)")
    }
    keys = ("timeout", "flexibleWindow", "stopTimeout", "expectSuccessWithin", "retry: {maxAge")
    durations = {
        f"{key} {text[:60]}": f'{key}: "{text}"' + ("}" if "{" in key else "") for key in keys for text in DURATIONS
    }
    return [
        *in_task("Numbers", numbers),
        *in_task("Expressions", expressions),
        *in_task("Times", times),
        *in_task("Durations", durations),
        *in_task("Endings of strings", _endings(TASK_STRINGS)),
        *in_stack("Endings of strings", _endings(STACK_STRINGS)),
        *in_task("Sizes", _sizes()),
        *in_stack("Sizes", _stack_sizes()),
    ]
