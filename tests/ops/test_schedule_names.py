"""The schedules of a task are found by their content if an earlier version named them by position."""

import json
from pathlib import Path
from typing import Any

import pytest

from components.aws import names
from components.resolver import resolve_task
from ops.aws.deployment import find
from ops.aws.schedules import Schedule, chosen_schedule, schedules_of
from ops.aws.session import Aws
from ops.errors import OpsError
from ops.project import project_at
from ops.state.deployed_names import configured_schedules
from tests.ops.cloud import Deployed
from tests.ops.conftest import Ops
from tests.ops.session import share_session

A, B, C = "rate(6 hours)", "cron(0 3 * * ? *)", "cron(0 4 * * ? *)"
ROW = "    twice: {{ image: 'etl:1', cpu: 256, memory: 512, schedules: {} }}\n"


@pytest.fixture
def stack(deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> Deployed:
    share_session(monkeypatch)
    return deployed


@pytest.fixture(autouse=True)
def original(project: Any) -> str:
    return Path("Pulumi.test.yaml").read_text()


def configure(original: str, *schedules: str | dict[str, Any]) -> None:
    entries = [{"expression": each} if isinstance(each, str) else each for each in schedules]
    Path("Pulumi.test.yaml").write_text(original + ROW.format(json.dumps(entries)))


def deploy(stack: Deployed, original: str, *schedules: str | dict[str, Any], by_position: bool) -> None:
    configure(original, *schedules)
    task = project_at(Path()).load("test").tasks["twice"]
    stack.schedule(task, stack.define(task), by_position=by_position)


def drift(ops: Ops) -> list[str]:
    found = json.loads(ops("status", "--stack", "test", "--json", "--full").stdout)
    return next(row["drift"] for row in found["tasks"] if row["task"] == "twice")


@pytest.mark.parametrize("by_position", [True, False])
@pytest.mark.parametrize("now", [[A, B], [B, A], [{"expression": B, "name": "x"}, A]], ids=str)
def test_a_deployed_schedule_is_no_difference_wherever_it_is_in_the_list(
    stack: Deployed, ops: Ops, original: str, by_position: bool, now: list[Any]
):
    deploy(stack, original, A, B, by_position=by_position)
    configure(original, *now)
    assert drift(ops) == []


@pytest.mark.parametrize("by_position", [True, False])
def test_a_schedule_in_front_is_the_only_difference(stack: Deployed, ops: Ops, original: str, by_position: bool):
    deploy(stack, original, A, B, by_position=by_position)
    configure(original, C, A, B)
    [found] = drift(ops)
    assert found == "twice__cron-6a80770b is not deployed"


def test_another_expression_by_position_is_a_difference(stack: Deployed, ops: Ops, original: str):
    deploy(stack, original, A, B, by_position=True)
    configure(original, C, B)
    assert drift(ops) == ["schedule: AWS rate(6 hours), config cron(0 4 * * ? *)"]


def test_a_schedule_that_is_not_in_the_configuration_is_named(stack: Deployed, ops: Ops, original: str):
    deploy(stack, original, A, B, C, by_position=False)
    configure(original, A, C)
    assert drift(ops) == ["twice__cron-90764a90 is not in the configuration"]


def read(name: str, expression: str) -> Schedule:
    return Schedule(name, f"arn:{name}", expression, "UTC", True, {})


def test_without_reading_them_schedules_are_matched_by_position():
    task = resolve_task("job", {"image": "a:1", "schedules": [{"expression": B}, {"expression": A}]})

    def found(*known: Schedule) -> dict[str, str]:
        deployed = ["job__2", "job"]
        matched = configured_schedules({"job": task}, deployed, {each.name: each for each in known})
        return {name: schedule.expression for name, (_, schedule) in matched.items()}

    assert found() == {"job": B, "job__2": A}
    assert found(read("job", A), read("job__2", B)) == {"job": A, "job__2": B}
    assert found(read("job", A)) == {"job": A, "job__2": B}
    assert found(read("job", C), read("job__2", B)) == {"job": A, "job__2": B}


def test_a_long_task_name_is_found():
    name = "x" * 90
    schedules = [{"expression": A, "name": "a"}, {"expression": B, "name": "b" * 24}]
    task = resolve_task(name, {"image": "a:1", "schedules": schedules})
    earlier, other = [names.schedule(name, 0), names.schedule(name, 1)], names.schedule("y" * 90, 0)
    known = {earlier[0]: read(earlier[0], B), earlier[1]: read(earlier[1], A), other: read(other, A)}
    matched = configured_schedules({name: task}, list(known), known)
    assert {full: schedule.expression for full, (_, schedule) in matched.items()} == dict(
        zip(earlier, (B, A), strict=True)
    )
    exact = [names.named_schedule(name, "a"), names.named_schedule(name, "b" * 24)]
    assert list(configured_schedules({name: task}, exact, {})) == exact


def test_a_schedule_can_be_chosen_by_its_own_name(stack: Deployed, ops: Ops, original: str):
    deploy(stack, original, {"expression": A, "name": "sync"}, {"expression": B, "name": "full"}, by_position=False)
    found = find(Aws())
    assert [each.name for each in schedules_of(found, "twice")] == ["twice__full", "twice__sync"]
    for name in ("sync", "twice__sync"):
        assert chosen_schedule(found, "twice", name).expression == A
    with pytest.raises(OpsError, match=r"Its schedules: twice__full and twice__sync."):
        chosen_schedule(found, "twice", "syn")
    result = ops("pause", "twice", "--why", "x")
    assert result.exit_code == 0
    assert "twice__full" in result.output
    assert [each.enabled for each in schedules_of(found, "twice")] == [False, False]
