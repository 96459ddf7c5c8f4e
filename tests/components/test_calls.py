"""Ways to call the components: keyword arguments or a dictionary, the group itself or its reference."""

import inspect
from typing import Any, cast

import pulumi
import pytest

from components import InvalidArgumentsError, NetworkArgs, ScheduledTask, ScheduledTaskArgs, ScheduledTaskGroup, args
from components.keys.reference import keys_of
from components.testing import Recorded, run

TASK: ScheduledTaskArgs = {"image": "backup:1", "schedule": "rate(6 hours)", "timeout": "1h"}


def by_keyword() -> None:
    group = ScheduledTaskGroup("jobs", cluster="main", supervised=True)
    ScheduledTask("backup", group=group, image="backup:1", schedule="rate(6 hours)", timeout="1h")


def by_dictionary() -> None:
    group = ScheduledTaskGroup("jobs", {"cluster": "main", "supervised": True})
    ScheduledTask("backup", {**TASK, "group": group.reference})


def mixed() -> None:
    group = ScheduledTaskGroup("jobs", {"cluster": "main", "supervised": True})
    ScheduledTask("backup", {**TASK, "group": group})


def content(recorded: Recorded) -> list[tuple[str, dict[str, Any]]]:
    return [(resource.urn, resource.inputs) for resource in recorded.resources]


@pytest.mark.parametrize("preview", [False, True])
@pytest.mark.parametrize("program", [by_keyword, mixed])
def test_all_forms_of_a_call_deploy_the_same(program: Any, preview: bool):
    assert content(run(program, preview=preview)) == content(run(by_dictionary, preview=preview))


def test_options_come_with_keywords_too():
    def program() -> None:
        above = pulumi.ComponentResource("a:index:Above", "above")
        ScheduledTaskGroup("jobs", cluster="main", opts=pulumi.ResourceOptions(parent=above))

    found = {resource.name: resource for resource in run(program).resources}
    assert found["jobs"].parent == found["above"].urn


def test_a_group_needs_no_arguments():
    assert run(lambda: ScheduledTaskGroup("jobs")).named("jobs-schedules").inputs["name"] == "shop-dev-jobs"


def test_a_dictionary_and_keywords_at_once_are_refused():
    with pytest.raises(InvalidArgumentsError) as refused:
        run(lambda: cast("Any", ScheduledTask)("backup", TASK, timezone="UTC", memory=512))
    assert (
        str(refused.value)
        .splitlines()[1]
        .endswith(
            "the arguments are given twice: as a dictionary, and memory and timezone by keyword. Put all of them into the "
            "dictionary, or write all of them as keyword arguments."
        )
    )
    with pytest.raises(InvalidArgumentsError, match="cluster by keyword"):
        run(lambda: cast("Any", ScheduledTaskGroup)("jobs", {}, cluster="main"))


def test_an_unknown_keyword_has_the_error_of_an_unknown_key():
    with pytest.raises(InvalidArgumentsError, match=r'timezon: unknown key\. Did you mean "timezone"') as refused:
        run(lambda: cast("Any", ScheduledTask)("backup", image="a:1", schedule="rate(1 day)", timezon="UTC"))
    assert [problem.path for problem in refused.value.problems] == [("timezon",)]


@pytest.mark.parametrize("group", ["jobs", 1, {"prefix": 1}])
def test_something_else_as_a_group_is_refused(group: Any):
    with pytest.raises(InvalidArgumentsError, match="group"):
        run(lambda: cast("Any", ScheduledTask)("backup", {**TASK, "group": group}))


def test_arguments_that_are_no_dictionary_are_refused():
    with pytest.raises(InvalidArgumentsError, match="must be an object, not a string"):
        run(lambda: cast("Any", ScheduledTask)("backup", "image"))


@pytest.mark.parametrize(
    ("component", "shape"),
    [(ScheduledTask, args.ScheduledTaskArgs), (ScheduledTaskGroup, args.ScheduledTaskGroupArgs)],
)
def test_no_key_is_named_like_another_parameter(component: type, shape: type):
    own = {*inspect.signature(component).parameters, "self"} - {"keywords"}
    assert own == {"self", "name", "args", "opts"}
    assert keys_of(shape).keys() & own == set()


@pytest.mark.parametrize(("given", "assigned"), [(True, True), (False, False), ("true", True), ("false", False)])
def test_public_ip_addresses_may_be_a_boolean(given: Any, assigned: bool):
    def program() -> None:
        subnets = [pulumi.Output.from_input("subnet-0new")]
        network: NetworkArgs = {"subnet_ids": subnets, "vpc_id": "vpc-0new", "assign_public_ip": given}
        group = ScheduledTaskGroup("jobs", cluster="main", network=network)
        ScheduledTask("backup", group=group, image="backup:1", schedule="rate(6 hours)")

    [schedule] = run(program).task("backup").schedules
    assert schedule.target["ecsParameters"]["networkConfiguration"]["assignPublicIp"] is assigned
