"""Container settings as options of Docker and Podman. https://docs.docker.com/reference/cli/docker/container/run/"""

from typing import Any

from components.checks import checked_task
from ops.runs.definition import definition_of
from ops.runs.local_container import container_of


def test_settings_of_the_host_apply_locally():
    values: dict[str, Any] = {
        "image": "job:1",
        "schedule": "rate(1 day)",
        "launch": "ec2",
        "memory_reservation": 64,
        "linux": {
            "capabilities": {"add": ["SYS_PTRACE"], "drop": ["ALL"]},
            "shared_memory": 64,
            "tmpfs": {"/tmp": {"size": 8, "options": ["noexec"]}},
        },
        "privileged": True,
        "pseudo_terminal": True,
        "disable_networking": True,
        "docker_labels": {"a": "b"},
        "system_controls": {"net.a": "1"},
        "environment_files": ["arn:aws:s3:::config/a.env"],
    }
    task, problems = checked_task("job", values)
    assert problems == []
    container = container_of(definition_of(task, image="job:1", secrets={}), {})
    assert list(container.options) == [
        "--cpus", "0.25", "--cap-add", "SYS_PTRACE", "--cap-drop", "ALL", "--shm-size", "64m", "--tmpfs",
        "/tmp:size=8m,noexec", "--privileged", "--tty", "--network", "none", "--label", "a=b", "--sysctl", "net.a=1", "--platform", "linux/amd64",
    ]  # fmt: skip
    assert container.omitted == ["environment file arn:aws:s3:::config/a.env"]
