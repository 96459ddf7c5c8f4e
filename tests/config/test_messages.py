"""The message of each mistake names the key, what is wrong, and what to do."""

import pytest

from tests.config.conftest import Refused
from tests.config.random_tasks import MUTATIONS

MESSAGES = {
    "unknown key": ['memroy: unknown key. Did you mean "memory"?'],
    "wrong type": ['count: must be an integer, not "many". Number of runs that one launch starts.'],
    "no image": [
        "there is no shared task of this name. A task of the stack itself needs an image, a taskDefinition, or a call such as stop."
    ],
    "bad image": ['image: "a b" is not an image: it contains a space. Write repository/name:tag, without spaces.'],
    "two images": ["taskDefinition: a task has either image or taskDefinition. Remove one."],
    "cpu": ["cpu: 0 is not a size that Fargate offers. Use 256, 512, 1024, 2048, 4096, 8192, 16384 or 32768."],
    "memory": ["memory: Fargate does not offer 1 MiB with cpu 256. Use 512, 1024 or 2048. 1 GiB is 1024."],
    "architecture": ['architecture: "sparc" is not one of arm64 or x86_64.'],
    "operating system": [
        'operatingSystem: "BEOS" is not one of LINUX, WINDOWS_SERVER_2019_CORE, WINDOWS_SERVER_2019_FULL, WINDOWS_SERVER_2022_CORE, WINDOWS_SERVER_2022_FULL, WINDOWS_SERVER_2025_CORE, WINDOWS_SERVER_2025_FULL, WINDOWS_SERVER_2016_FULL, WINDOWS_SERVER_2004_CORE or WINDOWS_SERVER_20H2_CORE.'
    ],
    "arm Windows": [
        "cpu: 256 is not a size of Windows on Fargate. Use 1024, 2048 or 4096.",
        "architecture: Windows runs on x86_64 only. Write x86_64, or remove operatingSystem.",
    ],
    "launch": ['launch: "moon" is not one of fargate, fargateSpot, ec2, external, managedInstances or clusterDefault.'],
    "empty strategy": ["launch: has 0 entries. AWS accepts 1 to 6."],
    "mixed strategy": [
        "launch: a strategy has either Fargate's providers or those of Auto Scaling groups, not both kinds."
    ],
    "weights": ["launch: every weight is 0, so no run could start. Give one entry a weight above 0."],
    "provider": [
        'launch.0.provider: "fargate-x" is not a capacity provider. Write FARGATE, FARGATE_SPOT, or the name of a capacity provider of an Auto Scaling group.'
    ],
    "placement on Fargate": [
        "placementStrategies: is not for Fargate, which has no instances to select. Remove it, or write launch: ec2."
    ],
    "strategy": ["placementStrategies.0.field: is not for binpack. Write cpu or memory."],
    "constraint": [
        "placementConstraints.0.expression: is missing. Write which instances, such as attribute:ecs.instance-type =~ m6i.*"
    ],
    "network mode": ['networkMode: "pigeon" is not one of awsvpc, bridge, host, none or default.'],
    "bridge on Fargate": ["networkMode: Fargate supports only awsvpc, not bridge. Remove it, or write launch: ec2."],
    "awsvpc on EXTERNAL": ["networkMode: external instances do not support awsvpc. Write bridge, host or none."],
    "count": ["count: 11 is not allowed. Use 1 to 10."],
    "expression": [
        "schedule: day-of-month and day-of-week cannot both be set: one of them must be ?. Write cron(0 3 * * ? *).\n      cron(0 3 * * * *)\n               ^^^^^"
    ],
    "no schedule": ["schedule: is missing. Write rate(...), cron(...) or at(...), or none."],
    "twice": ['schedule.1: "rate(1 hour)" occurs twice: the task would start twice at the same time. Remove one.'],
    "zone": ['timezone: "Mars/Olympus" is not a time zone. Use a name of the IANA database, such as Europe/Berlin.'],
    "window": ['flexibleWindow: "25h" is not allowed. Use 1m to 1d (60 to 86400 seconds).'],
    "window in seconds": ['flexibleWindow: "90s" is not a multiple of 1 minute. AWS accepts whole minutes only.'],
    "end before start": [
        "start: 2027-01-01T00:00:00Z is not before end (2026-01-01T00:00:00Z), so the task would never run."
    ],
    "override of limits": ['schedules.0.flexibleWindow: "2d" is not allowed. Use 1m to 1d (60 to 86400 seconds).'],
    "override too long": [
        "schedules.0: overrides take up to 9055 characters of JSON. AWS accepts at most 8192. Put long text into the image or a parameter."
    ],
    "retry": ["retry.attempts: 186 is not allowed. Use 0 to 185."],
    "retry age": ['retry.maxAge: "25h" is not allowed. Use 1m to 1d (60 to 86400 seconds).'],
    "expected success": [
        'expectSuccessWithin: "8d" is not allowed. Use 1m to 7d (60 to 604800 seconds). CloudWatch alarms look back no further. If a task runs less often than weekly, let it ping a monitor that knows its schedule (notify.heartbeat).'
    ],
    "stop timeout": ['stopTimeout: "1s" is not allowed. Use 2s to 1d (2 to 86400 seconds).'],
    "timeout": ['timeout: "59s" is not allowed. Use 1m to 30d (60 to 2592000 seconds).'],
    "overlap": ['overlap: "skip" is not one of allow, forbid, queue or replace. Did you mean "forbid"?'],
    "retries without number": ["retryRun.attempts: is missing. Use 1 to 10."],
    "retries": ["retryRun.attempts: 11 is not allowed. Use 1 to 10."],
    "retry delay": ['retryRun.delay: "2d" is not allowed. Use 1s to 1d (1 to 86400 seconds).'],
    "no exit codes": ["retryRun.exitCodes: is empty, so no exit code would be retried. Remove it to retry all."],
    "exit code": ["retryRun.exitCodes.1: 0 is not allowed. Use 1 to 255."],
    "supervised count": [
        "count: 2 is not possible with timeout, overlap, lock, retryRun, parallel, except, only, expectDurationUnder, after or notifyAfter: Step Functions starts one ECS task at a time. Remove count, or remove these keys."
    ],
    "secret": [
        "secrets.PASSWORD: is not the ARN of a Secrets Manager secret or an SSM parameter (the value is not shown, as it might be the secret itself). Write arn:aws:secretsmanager:<region>:<account>:secret:<name>, arn:aws:ssm:<region>:<account>:parameter/<name>, or the name of a parameter, such as /prod/db/password."
    ],
    "reserved name": [
        "environment.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: is set by ECS itself (credentials, metadata). Choose another name."
    ],
    "name": [
        "environment.A=B: is not a name for an environment variable. Use one that is not empty and contains no =."
    ],
    "twice a variable": ["environment.X: is in both environment and secrets. Remove one."],
    "action": [
        'permissions.0.actions.0: "GetObject" is not an IAM action. Write service:Action, such as s3:PutObject.'
    ],
    "both roles": [
        "taskRole: a task has either an existing role or its own permissions and managedPolicies. Remove one of the two."
    ],
    "policy": [
        'managedPolicies.0: "ReadOnly" is not the ARN of a managed policy. Write arn:aws:iam::<account>:policy/<name>.'
    ],
    "long policy": [
        "permissions: make a policy of 11986 characters. AWS accepts 10240. Use wildcards, or managedPolicies."
    ],
    "retention": [
        "logs.retentionDays: 8 is not a retention period of CloudWatch Logs. Use 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653."
    ],
    "log key": [
        'logs.kmsKey: "alias/logs" is not the ARN of a KMS key (AWS resolves an alias only once). Write arn:aws:kms:<region>:<account>:key/<id>.'
    ],
    "log mode": ['logs.mode: "maybe" is not one of blocking or non-blocking.'],
    "tag": [
        "tags.aws:x: is not a tag key. Use 1 to 128 letters, digits, spaces and _ . : / = + - @, not starting with aws:."
    ],
    "sidecar without image": ["sidecars.proxy.image: is missing. Name a container image."],
    "sidecar main": ['sidecars.main: "main" is the name of the task\'s own container. Choose another.'],
    "never healthy": [
        "dependsOn.proxy: HEALTHY never becomes true, because that container has no healthCheck. Add one, or write START."
    ],
    "waits for the end of main": [
        "sidecars.after.dependsOn.main: COMPLETE waits for the end of main, which ends the run. Write START."
    ],
    "sidecars larger than the task": [
        "cpu: 256 is not more than the 256 reserved for sidecars: nothing is left for main. Raise it, or reserve less."
    ],
    "sidecars larger than a schedule's runs": [
        "schedules.0.memory: 1024 is not more than the 1024 reserved for sidecars: nothing is left for main. Raise it, or reserve less."
    ],
    "storage of a schedule's runs": [
        "schedules.0.ephemeralStorage: is for Fargate only. Instances use their own disk. Remove it."
    ],
    "Windows in a schedule's size": [
        "schedules.0.cpu: 256 is not a size of Windows on Fargate. Use 1024, 2048 or 4096."
    ],
    "reserved name in a schedule": [
        "schedules.0.environment.ECS_CONTAINER_METADATA_URI: is set by ECS itself (credentials, metadata). Choose another name."
    ],
    "name of a supervised run": ["environment.SCHEDULED_TASKS_RUN: identifies supervised runs. Choose another name."],
    "waits for nobody": ["dependsOn.nobody: there is no other container of this name."],
    "wait for each other": ["dependsOn: a and b wait for each other, so none of them would start."],
    "mount of nothing": ["sidecars.a.mounts.nothing: the task has no volume of this name."],
    "volume path": ['volumes.data.path: "data" is not an absolute path. Write it from the root, such as /data.'],
    "file system": ['volumes.data.efs: "data" is not a file system. Write its ID, such as fs-0123456789abcdef0.'],
    "access point without file system": [
        "volumes.data.accessPoint: is for an EFS file system. Name the file system under efs."
    ],
    "ulimit": [
        "ulimits.patience: is not a resource limit of ECS. Use core, cpu, data, fsize, locks, memlock, msgqueue, nice, nofile, nproc, rss, rtprio, rttime, sigpending or stack."
    ],
    "soft over hard": ["ulimits.nofile.soft: 2 is more than hard, 1."],
    "exec on a read-only root": ["exec: needs a writable root file system. Write readOnlyRoot: false, or remove exec."],
    "description": ["description: has 513 characters. AWS accepts at most 512."],
    "container of an image": [
        "container: names a container of an existing taskDefinition. The container of an image is always named main. Remove container."
    ],
    "platform": ['platformVersion: "newest" is not a platform version. Write LATEST, or a number such as 1.4.0.'],
    "user": ['user: "a b" is not a user. Write user, uid, user:group or uid:gid.'],
    "folder": ['workingDirectory: "here" is not an absolute path.'],
}
"""The problems of each mistake, by its name. Only the list of known keys is left out."""


def test_every_mistake_has_a_message():
    assert MESSAGES.keys() == MUTATIONS.keys()


@pytest.mark.parametrize("mutation", MESSAGES)
def test_message_of_a_mistake(refused: Refused, mutation: str):
    task = {"image": "a:1", "schedule": "rate(6 hours)", **MUTATIONS[mutation]}
    task = {key: value for key, value in task.items() if value is not None}
    found = refused(cluster="main", catalogue=False, tasks={"job": task})
    shown = [problem.removeprefix("tasks.job").lstrip(".: ").split(" Known keys: ")[0] for problem in found]
    assert shown == MESSAGES[mutation]
