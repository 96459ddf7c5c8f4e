"""What is refused says where, what, and what to write instead."""

import pytest

from tests.config.conftest import Refused
from tests.config.random_tasks import MUTATIONS

MESSAGES = {
    "unknown key": ['memroy: unknown key. Did you mean "memory"?'],
    "wrong type": ['count: must be a whole number, not "many".'],
    "no image": [": there is no such task in the catalogue. A task of the stack's own needs an image."],
    "bad image": ['image: "a b" is not an image. Write repository/name:tag, without spaces.'],
    "two images": [
        "taskDefinition: a task has either image or taskDefinition, not both. Remove one; null drops what a lower layer sets."
    ],
    "cpu": ["cpu: 0 is not a size that Fargate offers. Use 256, 512, 1024, 2048, 4096, 8192, 16384 or 32768."],
    "memory": ["memory: Fargate does not offer 1 MiB with cpu 256. With it, use 512, 1024, 2048."],
    "architecture": ['architecture: "sparc" is not one of arm64 or x86_64.'],
    "operating system": [
        'operatingSystem: "BEOS" is not one of LINUX, WINDOWS_SERVER_2019_CORE, WINDOWS_SERVER_2019_FULL, WINDOWS_SERVER_2022_CORE or WINDOWS_SERVER_2022_FULL.'
    ],
    "arm Windows": [
        "cpu: Fargate runs Windows with cpu 1024, 2048 or 4096 only.",
        "architecture: Windows runs on x86_64 only. Write x86_64, or remove operatingSystem.",
    ],
    "launch": ['launch: "moon" is not one of fargate, fargateSpot, ec2 or external.'],
    "empty strategy": ["launch: has 0 entries. AWS takes 1 to 6."],
    "mixed strategy": [
        "launch: Fargate's providers and those over Auto Scaling groups do not go together in one strategy."
    ],
    "weights": ["launch: every weight is 0, so nothing could run. Give one entry a weight above 0."],
    "provider": [
        'launch.0.provider: "fargate-x" is not a capacity provider. Write FARGATE, FARGATE_SPOT, or the name of one over an Auto Scaling group.'
    ],
    "placement on Fargate": [
        "placementStrategies: Fargate has no instances to choose among. Remove it, or write launch: ec2."
    ],
    "strategy": ["placementStrategies.0.field: binpack goes by cpu or memory."],
    "constraint": [
        "placementConstraints.0.expression: is missing: which instances, such as attribute:ecs.instance-type =~ m6i.*"
    ],
    "network mode": ['networkMode: "pigeon" is not one of awsvpc, bridge, host or none.'],
    "bridge on Fargate": ["networkMode: Fargate has awsvpc only, not bridge. Remove it, or write launch: ec2."],
    "awsvpc on EXTERNAL": ["networkMode: EXTERNAL instances have no awsvpc. Write bridge, host or none."],
    "count": ["count: 11 is not allowed. Use 1 to 10."],
    "expression": [
        "schedule: day-of-month and day-of-week cannot both be set: one of them must be ?. Write cron(0 3 * * ? *).\n      cron(0 3 * * * *)\n               ^^^^^"
    ],
    "no schedule": ["schedule: is missing. Write rate(...), cron(...) or at(...)."],
    "twice": ['schedule.1: "rate(1 hour)" is there twice: the task would start twice at the same time. Remove one.'],
    "zone": ['timezone: "Mars/Olympus" is not a time zone. Use a name of the IANA database, such as Europe/Berlin.'],
    "window": ['flexibleWindow: "25h" is not allowed. Use 1m to 1d (60 to 86400 seconds).'],
    "window in seconds": ['flexibleWindow: "90s" is not in whole minutes, which is all that AWS takes.'],
    "end before start": [
        'start: "2027-01-01T00:00:00Z" is not before end ("2026-01-01T00:00:00Z"): the task would never run.'
    ],
    "override of limits": ['schedules.0.flexibleWindow: "2d" is not allowed. Use 1m to 1d (60 to 86400 seconds).'],
    "override too long": [
        "schedules.0: what its runs do otherwise takes 9055 characters of JSON. AWS takes at most 8192: put long text into the image or a parameter."
    ],
    "retry": ["retry.attempts: 186 is not allowed. Use 0 to 185."],
    "retry age": ['retry.maxAge: "25h" is not allowed. Use 1m to 1d (60 to 86400 seconds).'],
    "expected success": [
        'expectSuccessWithin: "8d" is not allowed. Use 1m to 7d, the range of a CloudWatch alarm. If a task runs less often than weekly, let it report to an external monitor, or check its outcome manually.'
    ],
    "stop timeout": ['stopTimeout: "121s" is not allowed. Use 2s to 2m (2 to 120 seconds).'],
    "secret": [
        "secrets.PASSWORD: is not the ARN of a Secrets Manager secret or an SSM parameter (the value is not shown: it might be the secret). Write arn:aws:secretsmanager:<region>:<account>:secret:<name> or arn:aws:ssm:<region>:<account>:parameter/<name>."
    ],
    "reserved name": [
        "environment.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: is set by ECS itself (credentials, metadata). Choose another name."
    ],
    "name": ["environment.A=B: is not a name for an environment variable: it must not be empty or hold =."],
    "twice a variable": ["environment.X: is in environment and in secrets. Keep one."],
    "action": [
        'permissions.0.actions.0: "GetObject" is not an IAM action. Write service:Action, such as s3:PutObject.'
    ],
    "both roles": ["taskRole: a task has either a role made elsewhere or permissions of its own, not both."],
    "policy": ['managedPolicies.0: "ReadOnly" is not the ARN of a managed policy.'],
    "long policy": ["permissions: they make a policy of 11986 characters. AWS takes 10240: use wildcards"],
    "retention": [
        "logs.retentionDays: 8 is not a retention that CloudWatch Logs has. Use 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653."
    ],
    "log key": [
        'logs.kmsKey: "alias/logs" is not the ARN of a KMS key (an alias would be followed once only). Write arn:aws:kms:<region>:<account>:key/<id>.'
    ],
    "log mode": ['logs.mode: "maybe" is not one of blocking or non-blocking.'],
    "tag": [
        "tags.aws:x: is not a tag key: use 1 to 128 letters, digits, spaces and _ . : / = + - @, not starting with aws:."
    ],
    "sidecar without image": ["sidecars.proxy.image: is missing."],
    "sidecar main": ['sidecars.main: "main" is the name of the task\'s own container. Choose another.'],
    "never healthy": [
        "dependsOn.proxy: HEALTHY never comes true: that container has no healthCheck. Give it one, or write START."
    ],
    "waits for the end of main": [
        "sidecars.after.dependsOn.main: COMPLETE waits for the end of an essential container, which ends the run."
    ],
    "sidecars larger than the task": [
        "cpu: 256 is not more than the 256 set apart for sidecars: nothing is left for main."
    ],
    "sidecars larger than a schedule's runs": [
        "schedules.0.memory: 1024 is not more than the 1024 set apart for sidecars"
    ],
    "storage of a schedule's runs": ["schedules.0.ephemeralStorage: is Fargate's."],
    "Windows in a schedule's size": ["schedules.0.cpu: Fargate runs Windows with cpu 1024, 2048 or 4096 only."],
    "reserved name in a schedule": ["schedules.0.environment.ECS_CONTAINER_METADATA_URI: is set by ECS itself"],
    "name of a supervised run": ["environment.SCHEDULED_TASKS_RUN: is what supervised runs are found again by."],
    "waits for nobody": ["dependsOn.nobody: there is no such other container."],
    "wait for each other": ["dependsOn: a and b wait for each other: none would ever start."],
    "mount of nothing": ["sidecars.a.mounts.nothing: the task has no such volume."],
    "volume path": ['volumes.data.path: "data" is not an absolute path.'],
    "file system": ['volumes.data.efs: "data" is not a file system. Write its id, such as fs-0123456789abcdef0.'],
    "access point without file system": ["volumes.data.accessPoint: belongs to an EFS file system: name it under efs."],
    "ulimit": [
        "ulimits.patience: is not a limit that ECS knows: core, cpu, data, fsize, locks, memlock, msgqueue, nice, nofile, nproc, rss, rtprio, rttime, sigpending or stack."
    ],
    "soft over hard": ["ulimits.nofile.soft: 2 is more than hard, 1."],
    "exec on a read-only root": [
        "exec: needs a root file system that can be written, for its agent: write readOnlyRoot: false, or drop exec."
    ],
    "timeout": ['timeout: "59s" is not allowed. Use 1m to 30d (60 to 2592000 seconds).'],
    "overlap": ['overlap: "skip" is not one of allow, forbid or replace.'],
    "retries without number": [
        "retryRun.attempts: is missing: how often is a run that failed tried again? Write 1 to 10."
    ],
    "retries": ["retryRun.attempts: 11 is not allowed. Use 1 to 10."],
    "retry delay": ['retryRun.delay: "2d" is not allowed. Use 1s to 1d (1 to 86400 seconds).'],
    "no exit codes": ["retryRun.exitCodes: is empty: no exit code would be tried again. Leave it out for all of them."],
    "exit code": ["retryRun.exitCodes.1: 0 is not an exit code of a failure. Use 1 to 255."],
    "supervised count": [
        "count: 2 is not possible with timeout, overlap or retryRun: Step Functions starts one task at a time."
    ],
    "description": ["description: has 513 characters. AWS takes at most 512."],
    "container of an image": ["container: names a container of a taskDefinition. That of an image is always main."],
    "platform": ['platformVersion: "newest" is not a platform version. Write LATEST, or a number such as 1.4.0.'],
    "user": ['user: "a b" is not a user. Write user, uid, user:group or uid:gid.'],
    "folder": ['workingDirectory: "here" is not an absolute path.'],
}


def test_every_mutation_has_its_message():
    assert MESSAGES.keys() == MUTATIONS.keys()


@pytest.mark.parametrize("mutation", MESSAGES)
def test_a_mistake_has_its_message(refused: Refused, mutation: str):
    task = {"image": "a:1", "schedule": "rate(6 hours)", **MUTATIONS[mutation]}
    task = {key: value for key, value in task.items() if value is not None}
    found = refused(cluster="main", catalogue=False, tasks={"job": task})
    assert len(found) == len(MESSAGES[mutation])
    for problem, expected in zip(found, MESSAGES[mutation], strict=True):
        assert problem.removeprefix("tasks.job").removeprefix(".").startswith(expected)
