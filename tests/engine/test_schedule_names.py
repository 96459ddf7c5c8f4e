"""Names of schedules on the real engine: an upgrade, and changes of a task's list of schedules."""

from typing import Any

import pytest

from components import schedule_resources
from components.aws import names
from components.resolved import Task
from components.task.schedule_names import ScheduleNames
from sandbox.engine import Sandbox
from sandbox.events import Outcome
from torture.small_stack import STACK

from .conftest import client
from .test_sandbox import changed

pytestmark = [pytest.mark.engine, pytest.mark.thorough]

GROUP = "scheduled-tasks-local"
A, B, NEW = "rate(6 hours)", "cron(0 3 * * ? *)", "rate(1 day)"


def deploy(box: Sandbox, *schedules: dict[str, Any] | str, supervised: bool = False) -> Outcome:
    """Deploy one task with a list of schedules."""
    entries = [{"expression": each} if isinstance(each, str) else each for each in schedules]
    more = ", timeout: 1h" if supervised else ""
    text = STACK.replace("schedule: rate(1 day)", f"schedules: {entries!r}{more}")
    (box.project / "Pulumi.local.yaml").write_text(text)
    found = box.up()
    assert found.error == ""
    return found


def in_aws(box: Sandbox) -> dict[str, tuple[str, Any]]:
    """The expression and the time of creation of each schedule."""
    scheduler = client(box, "scheduler")
    every = [each["Name"] for each in scheduler.list_schedules(GroupName=GROUP)["Schedules"]]
    found = {name: scheduler.get_schedule(GroupName=GROUP, Name=name) for name in every}
    return {name: (each["ScheduleExpression"], each["CreationDate"]) for name, each in found.items()}


def by_position(task: Task) -> tuple[ScheduleNames, ...]:
    """The names of version 0.1.0."""
    return tuple(
        ScheduleNames("", names.schedule(task.name, at), f"{task.name}-schedule" + (f"-{at + 1}" if at else ""), ())
        for at in range(len(task.schedules))
    )


@pytest.fixture
def upgraded(box: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """A stack with two schedules that an earlier version deployed, and this version deployed again."""
    with monkeypatch.context() as earlier:
        earlier.setattr(schedule_resources, "schedule_names", by_position)
        deploy(box, A, B)
    before = in_aws(box)
    assert {name: expression for name, (expression, _) in before.items()} == {"backup": A, "backup__2": B}
    upgrade = deploy(box, A, B)
    assert (upgrade.changes.get("create", 0), upgrade.changes.get("delete", 0), changed(upgrade.steps)) == (0, 0, set())
    assert in_aws(box) == before
    return box


def test_an_upgrade_and_a_schedule_in_front_change_no_other(upgraded: Sandbox):
    box = upgraded
    before = in_aws(box)
    shown = [each["name"] for each in box.up().outputs["tasks"]["backup"]["schedules"]]
    assert shown == ["backup", "backup__2"], "the output has the names in AWS"

    found = deploy(box, NEW, A, B)
    assert changed(found.steps) == {"backup-schedule-rate-fa665d95"}
    after = in_aws(box)
    assert {name: after[name] for name in before} == before
    assert (after.keys() - before.keys(), found.changes.get("create")) == ({"backup__rate-fa665d95"}, 1)

    assert changed(deploy(box, B, {"expression": A}, NEW).steps) == set(), "the order has no meaning"
    assert changed(deploy(box, B, {"expression": A, "name": "sync"}, NEW).steps) == set(), "a name is not a change"
    assert changed(deploy(box, B, {"expression": "rate(7 hours)", "name": "sync"}).steps) == {
        "backup-schedule-sync",
        "backup-schedule-rate-fa665d95",
    }
    assert in_aws(box) == {"backup": ("rate(7 hours)", before["backup"][1]), "backup__2": before["backup__2"]}


def test_the_last_of_several_schedules_stays(upgraded: Sandbox):
    before = in_aws(upgraded)
    assert deploy(upgraded, B).changes.get("create", 0) == 0
    assert in_aws(upgraded) == {"backup__2": before["backup__2"]}
    deploy(upgraded, NEW)
    assert in_aws(upgraded) == {"backup__2": (NEW, before["backup__2"][1])}, "the only schedule changes in place"


def test_a_supervised_task_keeps_its_schedules(box: Sandbox):
    deploy(box, A, supervised=True)
    before = in_aws(box)
    deploy(box, A, B, supervised=True)
    after = in_aws(box)
    assert after["backup"] == before["backup"]
    assert len(after) == 2
