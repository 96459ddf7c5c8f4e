"""Images, containers, variables and volumes that AWS refuses."""

from typing import Any

import pulumi
import pytest

from .refused import Case, assert_at, assert_one, in_task, in_task_arguments

SECRET = "arn:aws:ssm:eu-west-1:123456789012:parameter/token"
SECRET_ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:app-AbCdEf"
WINDOWS = {"operatingSystem": "WINDOWS_SERVER_2022_CORE", "cpu": 1024, "memory": 2048}
EXISTING: dict[str, Any] = {"image": None, "taskDefinition": "legacy:3"}


def sidecar(**values: Any) -> dict[str, Any]:
    return {"sidecars": {"proxy": {"image": "proxy:1", **values}}}


def health(**values: Any) -> dict[str, Any]:
    return sidecar(healthCheck={"command": ["CMD", "true"], **values})


def volume(**values: Any) -> dict[str, Any]:
    return {"volumes": {"data": {"path": "/data", **values}}}


CASES: dict[str, Case] = {
    "build and task definition": ({"image": {"build": "."}, "taskDefinition": "legacy"}, "taskDefinition", "image"),
    "nothing to run": ({"image": None, "taskDefinition": None, "command": ["a"]}, "", "image"),
    "folder of a build": ({"image": {"build": " "}}, "image.build", "Dockerfile"),
    "image": ({"image": "job: 1"}, "image", '"job: 1"'),
    "image by its URL": ({"image": "https://quay.io/org/job:1"}, "image", "https://"),
    "image in upper case": ({"image": "Org/Job:1"}, "image", "org/job:1"),
    "image with two tags": ({"image": "job:1:2"}, "image", "two tags"),
    "image with a short digest": ({"image": "job@sha256:0a"}, "image", "64"),
    "image that is too long": ({"image": "a" * 256}, "image", "a" * 256),
    "container of a task definition": ({**EXISTING, "container": "a b"}, "container", '"a b"'),
    "container of an image": ({"container": "app"}, "container", "main"),
    "9 sidecars and main are all": ({"sidecars": {f"s{number}": {"image": "a:1"} for number in range(10)}}, "sidecars", "10"),
    "name of a sidecar": ({"sidecars": {"a.b": {"image": "a:1"}}}, "sidecars.a.b", '"a.b"'),
    "sidecar named main": ({"sidecars": {"main": {"image": "a:1"}}}, "sidecars.main", '"main"'),
    "image of a sidecar": (sidecar(image="a b"), "sidecars.proxy.image", '"a b"'),
    "user of a sidecar": (sidecar(user="a b"), "sidecars.proxy.user", '"a b"'),
    "folder of a sidecar": (sidecar(workingDirectory="app"), "sidecars.proxy.workingDirectory", '"app"'),
    "variable of a sidecar": (sidecar(environment={"AWS_EXECUTION_ENV": "x"}), "sidecars.proxy.environment.AWS_EXECUTION_ENV", "ECS"),
    "variable and secret of a sidecar": (sidecar(environment={"X": "x"}, secrets={"X": SECRET}), "sidecars.proxy.environment.X", "secrets"),
    "secret of a sidecar": (sidecar(secrets={"X": "s3cr3t"}), "sidecars.proxy.secrets.X", "ARN"),
    "JSON key of a sidecar's secret": (sidecar(secrets={"X": f"{SECRET_ARN}:password"}), "sidecars.proxy.secrets.X", f"{SECRET_ARN}:password::"),
    "image of a sidecar in upper case": (sidecar(image="Proxy"), "sidecars.proxy.image", "proxy"),
    "stop timeout of a sidecar": (sidecar(stopTimeout="1s"), "sidecars.proxy.stopTimeout", '"1s"'),
    "cpu of a sidecar": (sidecar(cpu=-1), "sidecars.proxy.cpu", "-1"),
    "memory of a sidecar": (sidecar(memory=5), "sidecars.proxy.memory", "5"),
    "memory of all sidecars": (sidecar(memory=512), "memory", "512"),
    "cpu of all sidecars": ({**sidecar(cpu=512), "cpu": 512, "memory": 1024}, "cpu", "512"),
    "health check without CMD": (health(command=["curl", "localhost"]), "sidecars.proxy.healthCheck.command", "CMD-SHELL"),
    "health check of nothing": (health(command=["CMD"]), "sidecars.proxy.healthCheck.command", "CMD-SHELL"),
    "interval": (health(interval="4s"), "sidecars.proxy.healthCheck.interval", '"4s"'),
    "long interval": (health(interval="301s"), "sidecars.proxy.healthCheck.interval", '"301s"'),
    "timeout of a health check": (health(timeout="61s"), "sidecars.proxy.healthCheck.timeout", '"61s"'),
    "start period": (health(startPeriod="301s"), "sidecars.proxy.healthCheck.startPeriod", '"301s"'),
    "retries of a health check": (health(retries=11), "sidecars.proxy.healthCheck.retries", "11"),
    "mount": ({**sidecar(mounts={"data": "in"}), **volume()}, "sidecars.proxy.mounts.data", '"in"'),
    "mount of no volume": ({**sidecar(mounts={"date": "/in"}), **volume()}, "sidecars.proxy.mounts.date", '"data"'),
    "condition": ({**sidecar(), "dependsOn": {"proxy": "STARTED"}}, "dependsOn.proxy", '"STARTED"'),
    "waits for an unknown one": ({**sidecar(), "dependsOn": {"prxy": "START"}}, "dependsOn.prxy", '"proxy"'),
    "waits for main, which waits": ({**sidecar(dependsOn={"main": "START"}), "dependsOn": {"proxy": "START"}}, "dependsOn", "main and proxy"),
    "success of an essential one": ({**sidecar(essential=True), "dependsOn": {"proxy": "SUCCESS"}}, "dependsOn.proxy", "SUCCESS"),
    "healthy without a check": ({**sidecar(), "dependsOn": {"proxy": "HEALTHY"}}, "dependsOn.proxy", "HEALTHY"),
    "name of a volume": ({"volumes": {"a b": {"path": "/a"}}}, "volumes.a b", ""),
    "volume nowhere": ({"volumes": {"data": {}}}, "volumes.data.path", ""),
    "volume at a relative path": (volume(path="data"), "volumes.data.path", '"data"'),
    "two volumes in one place": ({"volumes": {"a": {"path": "/x"}, "b": {"path": "/x"}}}, "volumes.b.path", '"/x"'),
    "two volumes in one place, written differently": ({"volumes": {"a": {"path": "/x"}, "b": {"path": "/x/"}}}, "volumes.b.path", '"/x/"'),
    "volume at the root": (volume(path="/"), "volumes.data.path", "root"),
    "volume with a mode": (volume(path="/data:ro"), "volumes.data.path", "Write /data"),
    "two mounts in one place": ({**sidecar(mounts={"a": "/x", "b": "/x/"}), "volumes": {"a": {"path": "/a"}, "b": {"path": "/b"}}}, "sidecars.proxy.mounts.b", '"/x/"'),
    "mount at the root": ({**sidecar(mounts={"data": "/"}), **volume()}, "sidecars.proxy.mounts.data", "root"),
    "relative folder of a file system": (volume(efs="fs-0a", rootDirectory="jobs"), "volumes.data.rootDirectory", "/jobs"),
    "file system": (volume(efs="fs-xyz"), "volumes.data.efs", '"fs-xyz"'),
    "access point": (volume(efs="fs-0a", accessPoint="fsap-xyz"), "volumes.data.accessPoint", '"fsap-xyz"'),
    "access point and folder": (volume(efs="fs-0a", accessPoint="fsap-0b", rootDirectory="/x"), "volumes.data.rootDirectory", ""),
    "folder without a file system": (volume(rootDirectory="/x"), "volumes.data.rootDirectory", "EFS"),
    "access point without a file system": (volume(accessPoint="fsap-0b"), "volumes.data.accessPoint", "EFS"),
    "file system on Windows": ({**WINDOWS, **volume(efs="fs-0a", path="C:\\data")}, "volumes.data.efs", "Windows"),
    "path of Linux on Windows": ({**WINDOWS, **volume(path="/data")}, "volumes.data.path", '"/data"'),
    "file system on EXTERNAL": ({"launch": "external", **volume(efs="fs-0a")}, "volumes.data.efs", "external"),
    "ulimit on Fargate": ({"ulimits": {"core": 1}}, "ulimits.core", "nofile"),
    "no such ulimit": ({"launch": "ec2", "ulimits": {"files": 1}}, "ulimits.files", "nofile"),
    "soft over hard": ({"ulimits": {"nofile": {"soft": 3, "hard": 2}}}, "ulimits.nofile.soft", "3"),
    "unlimited over hard": ({"launch": "ec2", "ulimits": {"core": {"soft": -1, "hard": 2}}}, "ulimits.core.soft", "-1"),
    "negative limit": ({"launch": "ec2", "ulimits": {"core": {"soft": -2, "hard": 2}}}, "ulimits.core.soft", "-2"),
    "unlimited files": ({"ulimits": {"nofile": {"soft": 1024, "hard": -1}}}, "ulimits.nofile.hard", "unlimited"),
    "read-only root on Windows": ({**WINDOWS, "readOnlyRoot": True}, "readOnlyRoot", "Linux"),
    "init on Windows": ({**WINDOWS, "init": True}, "init", "Linux"),
    "ulimits on Windows": ({**WINDOWS, "launch": "ec2", "ulimits": {"core": 1}}, "ulimits", "Linux"),
    "user on Windows": ({**WINDOWS, "user": "app"}, "user", "Linux"),
    "user of a sidecar on Windows": ({**WINDOWS, **sidecar(user="app")}, "sidecars.proxy.user", "Linux"),
    "read-only root of a sidecar on Windows": ({**WINDOWS, **sidecar(readOnlyRoot=True)}, "sidecars.proxy.readOnlyRoot", "Linux"),
    "folder of Windows on Linux": ({"workingDirectory": "C:\\app"}, "workingDirectory", "C:"),
    "exec on a read-only root": ({"exec": True, "readOnlyRoot": True}, "exec", "readOnlyRoot"),
    "user": ({"user": "a:b:c"}, "user", '"a:b:c"'),
    "folder": ({"workingDirectory": "app"}, "workingDirectory", '"app"'),
    "stop timeout": ({"stopTimeout": "121s"}, "stopTimeout", '"121s"'),
    "variable without a name": ({"environment": {"": "x"}}, "environment.", ""),
    "variable with =": ({"environment": {"A=B": "x"}}, "environment.A=B", "="),
    "variable of ECS": ({"environment": {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "x"}}, "environment.AWS_CONTAINER_CREDENTIALS_FULL_URI", "ECS"),
    "agent of ECS": ({"environment": {"ECS_AGENT_URI": "x"}}, "environment.ECS_AGENT_URI", "ECS"),
    "secret with the name of ECS": ({"secrets": {"ECS_CONTAINER_METADATA_URI_V4": SECRET}}, "secrets.ECS_CONTAINER_METADATA_URI_V4", "ECS"),
    "variable of supervised runs": ({"environment": {"SCHEDULED_TASKS_RUN": "x"}}, "environment.SCHEDULED_TASKS_RUN", "supervised"),
    "variable and secret": ({"environment": {"X": "x"}, "secrets": {"X": SECRET}}, "environment.X", "secrets"),
    "JSON key without its colons": ({"secrets": {"X": f"{SECRET_ARN}:password"}}, "secrets.X", f"Write {SECRET_ARN}:password::"),
    "JSON key of a parameter": ({"secrets": {"X": f"{SECRET}:password::"}}, "secrets.X", "Parameters have no JSON keys"),
    "parameter with two slashes": ({"secrets": {"X": "arn:aws:ssm:eu-west-1:123456789012:parameter//token"}}, "secrets.X", SECRET),
    "stage and version of a secret": ({"secrets": {"X": f"{SECRET_ARN}:a:AWSCURRENT:{'0' * 32}"}}, "secrets.X", "both"),
    "secret of another service": ({"secrets": {"X": "arn:aws:s3:::bucket"}}, "secrets.X", "ARN"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_containers_that_aws_refuses(case: Case):
    values, path, part = case
    assert_one(in_task(values), f"tasks.job.{path}" if path else "tasks.job", part)


def test_a_task_definition_by_a_tag():
    assert_at(
        in_task({"image": None, "taskDefinition": "legacy:latest"}), "tasks.job.taskDefinition", '"legacy:latest"'
    )


def test_a_sidecar_that_waits_for_itself():
    problems = in_task(sidecar(dependsOn={"proxy": "START"}))
    assert_at(problems, "tasks.job.sidecars.proxy.dependsOn.proxy", "")


def test_a_value_that_could_be_a_secret_is_not_shown():
    [problem] = in_task({"secrets": {"X": "s3cr3t"}})
    assert "s3cr3t" not in problem


OF_A_DEFINITION: dict[str, Any] = {
    "entryPoint": ["a"], "secrets": {"A": SECRET}, "workingDirectory": "/a", "user": "app", "init": True,
    "readOnlyRoot": True, "ulimits": {"nofile": 1}, "dependsOn": {}, "sidecars": {}, "volumes": {},
    "architecture": "arm64", "operatingSystem": "LINUX",
    "permissions": [{"actions": ["s3:GetObject"], "resources": ["*"]}],
    "managedPolicies": ["arn:aws:iam::aws:policy/ReadOnlyAccess"], "stopTimeout": "30s", "logs": {"retentionDays": 7},
    "networkMode": "awsvpc", "pidMode": "task", "linux": {}, "dockerLabels": {"a": "b"}, "restart": {},
    "registryCredentials": SECRET_ARN, "systemControls": {"net.core.somaxconn": "1"}, "startTimeout": "30s",
    "interactive": True,
}  # fmt: skip
"""Keys that an existing task definition holds itself, and that RunTask can't override.

AWS: botocore ecs, TaskOverride, ContainerOverride and RunTaskRequest have none of them.
"""


@pytest.mark.parametrize(("key", "value"), OF_A_DEFINITION.items(), ids=OF_A_DEFINITION)
def test_a_key_that_belongs_to_an_existing_task_definition(key: str, value: Any):
    assert_at(in_task({**EXISTING, key: value}), f"tasks.job.{key}", "")


def test_a_component_without_anything_to_run():
    assert_one(in_task_arguments({"image": None}), "image", "")


@pytest.mark.parametrize("other", ["image", "task_definition"])
def test_a_build_and_something_else(other: str):
    values = {"image": None, "build": {"context": "."}, other: "a"}
    assert_one(in_task_arguments(values), "build" if other == "image" else "task_definition", "build")


def test_a_stored_secret_that_is_a_reference_too():
    values = {"secrets": {"X": SECRET}, "secret_values": lambda: {"X": pulumi.Output.secret("x")}}
    assert_one(in_task_arguments(values), "secret_values.X", "secrets")


def test_a_stored_secret_that_is_plain_text_is_refused_and_not_shown():
    [problem] = in_task_arguments({"secret_values": {"PASSWORD": "s3cr3t"}})
    assert problem.startswith("secret_values.PASSWORD: ")
    assert "s3cr3t" not in problem
