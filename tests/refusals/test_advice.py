"""Advice that can be followed: after the change that a message names, the problem is gone."""

from typing import Any

import pytest

from .refused import assert_one, in_task

WINDOWS = {"operatingSystem": "WINDOWS_SERVER_2022_CORE", "cpu": 1024, "memory": 2048}
SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:app-AbCdEf"


def sidecar(**values: Any) -> dict[str, Any]:
    return {"sidecars": {"proxy": {"image": "proxy:1", **values}}}


FOLLOWED: dict[str, tuple[dict[str, Any], str, dict[str, Any]]] = {
    "main has no health check": (sidecar(dependsOn={"main": "HEALTHY"}), "or write START.", sidecar(dependsOn={"main": "START"})),
    "the end of main": (sidecar(dependsOn={"main": "SUCCESS"}), "Write START.", sidecar(dependsOn={"main": "START"})),
    "a health check for a sidecar": (
        {**sidecar(), "dependsOn": {"proxy": "HEALTHY"}}, "healthCheck. Add one",
        {**sidecar(healthCheck={"command": ["CMD", "true"]}), "dependsOn": {"proxy": "HEALTHY"}},
    ),
    "essential": (
        {**sidecar(essential=True), "dependsOn": {"proxy": "SUCCESS"}}, "essential: false",
        {**sidecar(essential=False), "dependsOn": {"proxy": "SUCCESS"}},
    ),
    "ulimit": ({"ulimits": {"core": 1}}, "launch: ec2", {"ulimits": {"core": 1}, "launch": "ec2"}),
    "network mode": ({"networkMode": "host"}, "launch: ec2", {"networkMode": "host", "launch": "ec2"}),
    "network mode of Windows": (
        {**WINDOWS, "launch": "ec2", "networkMode": "host"}, "Write awsvpc or default.", {**WINDOWS, "launch": "ec2", "networkMode": "default"},
    ),
    "platform version": ({"platformVersion": "1.3.0", "exec": True}, "Write LATEST or 1.4.0.", {"platformVersion": "1.4.0", "exec": True}),
    "edition of Windows": (
        {**WINDOWS, "operatingSystem": "WINDOWS_SERVER_2025_CORE"}, "launch: ec2",
        {**WINDOWS, "operatingSystem": "WINDOWS_SERVER_2025_CORE", "launch": "ec2"},
    ),
    "exec on a read-only root": (
        {"exec": True, "volumes": {"a": {"path": "/a"}}}, "readOnlyRoot: false",
        {"exec": True, "volumes": {"a": {"path": "/a"}}, "readOnlyRoot": False},
    ),
    "colons": ({"secrets": {"X": f"{SECRET}:a"}}, f"Write {SECRET}:a::", {"secrets": {"X": f"{SECRET}:a::"}}),
    "image": ({"image": "Org/App:1"}, "Write org/app:1.", {"image": "org/app:1"}),
    "mount path": ({"volumes": {"a": {"path": "/a:ro"}}}, "Write /a, and make", {"volumes": {"a": {"path": "/a", "readOnly": True}}}),
    "one variable in two places": (
        {"environment": {"X": "x"}, "secrets": {"X": "/x"}}, "Remove one.", {"secrets": {"X": "/x"}},
    ),
    "cpu": ({"cpu": 0.5}, "Write 512", {"cpu": 512, "memory": 1024}),
    "command": ({"command": "python sync.py"}, "Write [python, sync.py].", {"command": ["python", "sync.py"]}),
}  # fmt: skip


@pytest.mark.parametrize(("wrong", "advice", "followed"), FOLLOWED.values(), ids=FOLLOWED)
def test_advice_can_be_followed(wrong: dict[str, Any], advice: str, followed: dict[str, Any]):
    [problem] = in_task(wrong)
    assert advice in problem
    # The schedule is wrong, so that there is a problem to find.
    assert_one(in_task({**followed, "schedule": "never"}), "tasks.job.schedule", "")
