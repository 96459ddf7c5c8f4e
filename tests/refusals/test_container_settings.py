"""Container settings that the launch type, the operating system or the network mode does not support.

AWS: Amazon ECS developer guide, "Amazon ECS task definition differences for Fargate"; botocore ecs,
ContainerDefinition, LinuxParameters, RegisterTaskDefinition.
"""

from typing import Any

import pytest

from .refused import Case, assert_one, in_group_arguments, in_task, in_task_arguments

WINDOWS = {"operatingSystem": "WINDOWS_SERVER_2022_CORE", "cpu": 1024, "memory": 2048}
ON_EC2 = {"launch": "ec2"}
BRIDGE = {**ON_EC2, "networkMode": "bridge"}
SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:a-Ab12Cd"
FILE = "arn:aws:s3:::config/a.env"
ROUTER: dict[str, Any] = {"router": {"image": "r:1", "firelens": {"type": "fluentbit"}}}
FIRELENS: dict[str, Any] = {"logs": {"driver": "firelens"}}
SPLUNK: dict[str, Any] = {"driver": "splunk", "options": {"splunk-url": "https://a", "splunk-token": "b"}}


def sidecar(**values: Any) -> dict[str, Any]:
    return {"sidecars": {"proxy": {"image": "proxy:1", **values}}}


def linux(**values: Any) -> dict[str, Any]:
    return {"linux": values}


CASES: dict[str, Case] = {
    "networking on Fargate": ({"disableNetworking": True}, "disableNetworking", "Fargate"),
    "networking on Windows": ({**WINDOWS, "launch": "ec2", "disableNetworking": True}, "disableNetworking", "Linux"),
    "privileged on Fargate": ({"privileged": True}, "privileged", "Fargate"),
    "security options on Fargate": ({"securityOptions": ["no-new-privileges"]}, "securityOptions", "Fargate"),
    "GPU on Fargate": ({"gpus": 1}, "gpus", "Fargate"),
    "no GPU": ({**ON_EC2, "gpus": 0}, "gpus", "1 to 16"),
    "DNS on Fargate": ({"dns": {"servers": ["10.0.0.2"]}}, "dns", "Fargate"),
    "hosts on Fargate": ({"extraHosts": {"a": "10.0.0.2"}}, "extraHosts", "Fargate"),
    "host name on Fargate": ({"hostname": "a"}, "hostname", "awsvpc"),
    "devices on Fargate": (linux(devices=[{"host": "/dev/fuse"}]), "linux.devices", "Fargate"),
    "shared memory on Fargate": (linux(sharedMemory=64), "linux.sharedMemory", "Fargate"),
    "swap on Fargate": (linux(maxSwap=0), "linux.maxSwap", "Fargate"),
    "capability on Fargate": (linux(capabilities={"add": ["NET_ADMIN"]}), "linux.capabilities.add[0]", "SYS_PTRACE"),
    "no such capability": ({**ON_EC2, **linux(capabilities={"add": ["CAP_SYS_PTRACE"]})}, "linux.capabilities.add[0]", "SYS_PTRACE"),
    "stop timeout on Fargate": ({"stopTimeout": "121s"}, "stopTimeout", "2s to 2m"),
    "start timeout on Fargate": ({"startTimeout": "5m"}, "startTimeout", "2s to 2m"),
    "PID of the host on Fargate": ({"pidMode": "host"}, "pidMode", "task"),
    "IPC on Fargate": ({"ipcMode": "task"}, "ipcMode", "Fargate"),
    "of a sidecar on Fargate": (sidecar(privileged=True), "sidecars.proxy.privileged", "Fargate"),
    "capability of a sidecar": (sidecar(linux={"capabilities": {"add": ["ALL"]}}), "sidecars.proxy.linux.capabilities.add[0]", "ALL"),
    "DNS in awsvpc": ({**ON_EC2, "dns": {"servers": ["10.0.0.2"]}}, "dns", "awsvpc"),
    "host name in awsvpc": ({**ON_EC2, "hostname": "a"}, "hostname", "awsvpc"),
    "hosts in awsvpc": ({**ON_EC2, "extraHosts": {"a": "10.0.0.2"}}, "extraHosts", "awsvpc"),
    "address of a host": ({**BRIDGE, "extraHosts": {"a": "b"}}, "extraHosts.a", '"b"'),
    "linux on Windows": ({**WINDOWS, **linux(capabilities={"drop": ["ALL"]})}, "linux", "Linux"),
    "files on Windows": ({**WINDOWS, "environmentFiles": [FILE]}, "environmentFiles", "Linux"),
    "kernel of Windows": ({**WINDOWS, "systemControls": {"net.core.somaxconn": 1}}, "systemControls", "Linux"),
    "labels of SELinux on Windows": ({**WINDOWS, **ON_EC2, "securityOptions": ["label:a"]}, "securityOptions[0]", "label:a"),
    "PID on Windows": ({**WINDOWS, "pidMode": "task"}, "pidMode", "Linux"),
    "restart on Windows on Fargate": ({**WINDOWS, "restart": {}}, "restart", "Windows"),
    "swappiness alone": ({**ON_EC2, **linux(swappiness=5)}, "linux.swappiness", "maxSwap"),
    "added and removed": ({**ON_EC2, **linux(capabilities={"add": ["KILL"], "drop": ["KILL"]})}, "linux.capabilities", "KILL"),
    "tmpfs nowhere": (linux(tmpfs={"tmp": {"size": 1}}), "linux.tmpfs.tmp", '"tmp"'),
    "tmpfs without a size": (linux(tmpfs={"/tmp": {}}), "linux.tmpfs./tmp.size", ""),
    "tmpfs of nothing": (linux(tmpfs={"/tmp": {"size": 0}}), "linux.tmpfs./tmp.size", "0"),
    "device at a relative path": ({**ON_EC2, **linux(devices=[{"host": "fuse"}])}, "linux.devices[0].host", '"fuse"'),
    "kernel parameter": ({"systemControls": {"vm.swappiness": 1}}, "systemControls.vm.swappiness", "net.*"),
    "network of the host": ({**ON_EC2, "networkMode": "host", "systemControls": {"net.core.somaxconn": 1}}, "systemControls.net.core.somaxconn", "host"),
    "IPC of the host": ({**ON_EC2, "ipcMode": "host", "systemControls": {"kernel.msgmax": 1}}, "systemControls.kernel.msgmax", "host"),
    "reservation over memory": ({"memoryReservation": 513}, "memoryReservation", "513"),
    "reservation of a sidecar": (sidecar(memory=64, memoryReservation=64), "sidecars.proxy.memoryReservation", "64"),
    "no memory at all": ({**ON_EC2, "memoryReservation": 512, **sidecar()}, "sidecars.proxy", "memoryReservation"),
    "success starts again": ({"restart": {"ignoredExitCodes": [1]}}, "restart.ignoredExitCodes", "Add 0"),
    "waits for a sidecar that restarts": ({**sidecar(restart={}), "dependsOn": {"proxy": "SUCCESS"}}, "sidecars.proxy.restart", "[0]"),
    "restart too soon": ({"restart": {"attemptPeriod": "59s"}}, "restart.attemptPeriod", '"59s"'),
    "credentials of a built image": ({"image": {"build": "."}, "registryCredentials": SECRET}, "registryCredentials", "ECR"),
    "credentials by name": ({"registryCredentials": "registry"}, "registryCredentials", '"registry"'),
    "file of another name": ({"environmentFiles": ["arn:aws:s3:::config/a.txt"]}, "environmentFiles[0]", ".env"),
    "too many files": ({"environmentFiles": [f"arn:aws:s3:::config/{n}.env" for n in range(11)]}, "environmentFiles", "10"),
    "sidecar without an image": ({"sidecars": {"proxy": {}}}, "sidecars.proxy.image", "missing"),
    "folder of a sidecar's build": ({"sidecars": {"proxy": {"image": {"build": " "}}}}, "sidecars.proxy.image.build", "Dockerfile"),
    "driver on Fargate": ({"logs": {"driver": "fluentd"}}, "logs.driver", "splunk"),
    "driver of a sidecar on Fargate": (sidecar(logs={"driver": "journald"}), "sidecars.proxy.logs.driver", "splunk"),
    "no such driver": ({"logs": {"driver": "logentries"}}, "logs.driver", "splunk"),
    "options of awslogs": ({"logs": {"options": {"tag": "a"}}}, "logs.options", "awslogs"),
    "two ways to find messages": ({"logs": {"multilinePattern": "a", "datetimeFormat": "%H"}}, "logs.datetimeFormat", "multilinePattern"),
    "group of another driver": ({"logs": {**SPLUNK, "group": "/a"}}, "logs.group", "splunk"),
    "options of no driver": ({"logs": {"driver": "none", "mode": "blocking"}}, "logs.mode", "none"),
    "mode as an option": ({"logs": {**SPLUNK, "options": {**SPLUNK["options"], "mode": "blocking"}}}, "logs.options.mode", "mode"),
    "option and secret": ({"logs": {**SPLUNK, "secretOptions": {"splunk-token": "/a"}}}, "logs.options.splunk-token", "secretOptions"),
    "no token": ({"logs": {"driver": "splunk", "options": {"splunk-url": "https://a"}}}, "logs.options", "splunk-token"),
    "no address": ({**ON_EC2, "logs": {"driver": "gelf"}}, "logs.options", "gelf-address"),
    "buffer without an effect": ({"logs": {"maxBufferSize": "1m"}}, "logs.maxBufferSize", "non-blocking"),
    "no router": (FIRELENS, "logs.driver", "router"),
    "no router for a sidecar": (sidecar(logs={"driver": "firelens"}), "sidecars.proxy.logs.driver", "router"),
    "router for nobody": ({"sidecars": ROUTER}, "sidecars.router.firelens", "firelens"),
    "two routers": ({**FIRELENS, "sidecars": {**ROUTER, "s": ROUTER["router"]}}, "sidecars.s.firelens", "one"),
    "router from S3 on Fargate": ({**FIRELENS, "sidecars": {"r": {"image": "r:1", "firelens": {"type": "fluentd", "config": "arn:aws:s3:::config/b.conf"}}}}, "sidecars.r.firelens.config", "S3"),
    "router of a user": ({**FIRELENS, "sidecars": {"r": {**ROUTER["router"], "user": "fluent"}}}, "sidecars.r.user", "0"),
    "end of the router": ({**FIRELENS, "sidecars": ROUTER, "dependsOn": {"router": "SUCCESS"}}, "dependsOn.router", "START"),
    "router that waits": ({**FIRELENS, "sidecars": {"router": {**ROUTER["router"], "dependsOn": {"main": "START"}}}}, "dependsOn", "main and router"),
    "router on Windows": ({**WINDOWS, **FIRELENS, "sidecars": ROUTER}, "sidecars.router.firelens", "Linux"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_settings_that_aws_refuses(case: Case):
    values, path, part = case
    assert_one(in_task(values), f"tasks.job.{path}".replace("[", ".").replace("]", ""), part)


def test_both_an_image_and_a_build_of_a_sidecar():
    values = {"sidecars": {"proxy": {"image": "a:1", "build": {"context": "."}}}}
    assert_one(in_task_arguments(values), "sidecars.proxy.build", "image")


def test_log_driver_of_a_group():
    assert_one(in_group_arguments({"logs": {"driver": "none"}}), "logs.driver", "tasks")
