"""A group that learns what its tasks need: tasks have the group itself as their `group`."""

import json
from collections.abc import Callable
from typing import Any, cast

import pytest

from components import InvalidArgumentsError, ScheduledTask, ScheduledTaskGroup
from components.testing import ACCOUNT, REGION, Recorded, run

ROLE = f"arn:aws:iam::{ACCOUNT}:role/team/reader"
OTHER_ROLE = f"arn:aws:iam::{ACCOUNT}:role/writer"
SHARED_IMAGE = f"111122223333.dkr.ecr.{REGION}.amazonaws.com/tools:1"
PLAIN: dict[str, Any] = {"image": "a:1", "schedule": "rate(1 day)"}


def deployed(
    *tasks: dict[str, Any], by_reference: bool = False, preview: bool = False, **group: Any
) -> tuple[Recorded, ScheduledTaskGroup]:
    made: list[ScheduledTaskGroup] = []

    def program() -> None:
        jobs = ScheduledTaskGroup("jobs", cluster="main", **group)
        made.append(jobs)
        for number, args in enumerate(tasks):
            known = {**PLAIN, **args, "group": jobs.reference if by_reference else jobs}
            ScheduledTask(f"job-{number}", cast("Any", known))

    return run(program, preview=preview), made[0]


def inputs(recorded: Recorded) -> dict[str, dict[str, Any]]:
    return {resource.urn.rsplit("::", 1)[1]: resource.inputs for resource in recorded.of_aws}


def statements(recorded: Recorded, name: str) -> dict[str, Any]:
    found = json.loads(recorded.named(name).inputs["policy"])["Statement"]
    return {statement["Sid"]: statement for statement in found}


def refused(*tasks: dict[str, Any], **options: Any) -> str:
    with pytest.raises(InvalidArgumentsError) as error:
        deployed(*tasks, **options)
    return str(error.value)


SUPERVISED = {"timeout": "1h"}


def test_the_first_supervised_task_adds_what_supervised_tasks_share():
    told, _ = deployed(PLAIN, SUPERVISED, SUPERVISED, supervised=True)
    found, group = deployed(PLAIN, SUPERVISED, SUPERVISED)
    before, after = inputs(told), inputs(found)
    assert after.keys() - before.keys() == {"jobs-scheduler-supervised-policy"}
    assert before.keys() - after.keys() == set()
    assert {resource.urn for resource in told.resources} <= {resource.urn for resource in found.resources}
    assert [name for name in before if before[name] != after[name]] == ["jobs-scheduler-policy"]
    assert statements(found, "jobs-scheduler-supervised-policy") == {
        "StartSupervisedRuns": statements(told, "jobs-scheduler-policy")["StartSupervisedRuns"]
    }
    assert group.resources.lease_table is not None
    assert len(group.resources.monitoring.rules) == 5


@pytest.mark.parametrize("preview", [False, True])
def test_a_schedule_waits_for_the_policy_that_it_needs(preview: bool):
    found, _ = deployed(SUPERVISED, {"task_role": ROLE}, preview=preview)
    [machine], [direct] = found.schedules("job-0"), found.schedules("job-1")
    assert found.named("jobs-scheduler-supervised-policy").urn in machine.dependencies
    assert found.named("jobs-scheduler-pass-reader-policy").urn in direct.dependencies


def test_the_outputs_of_the_group_follow():
    names: list[str] = []

    def program() -> None:
        group = ScheduledTaskGroup("jobs", cluster="main")
        group.supervisor_role_name.apply(names.append)
        ScheduledTask("job", cast("Any", {**PLAIN, "group": group, "overlap": "forbid"}))
        group.supervisor_role_name.apply(names.append)

    run(program)
    assert sorted(names) == ["", "shop-dev-jobs-supervisor"]


def test_a_group_without_supervised_tasks_creates_nothing_for_them():
    found, _ = deployed(PLAIN)
    told, _ = deployed(PLAIN, supervised=False)
    assert inputs(found).keys() == inputs(told).keys()
    # The log groups and the queue accept events of rules that can come later.
    changed = {name for name, value in inputs(found).items() if inputs(told)[name] != value}
    assert changed == {
        "jobs-failed-runs", "jobs-succeeded-runs", "jobs-failed-policy", "jobs-succeeded-policy",
        "jobs-undelivered-events",
    }  # fmt: skip


def test_a_group_without_supervised_tasks_refuses_them():
    message = refused(SUPERVISED, supervised=False)
    assert "timeout: needs a group with supervised tasks. Set supervised: true on the group, which then" in message


def test_with_a_reference_the_error_names_the_argument_and_the_reason():
    message = refused({**SUPERVISED, "task_role": ROLE, "image": SHARED_IMAGE}, by_reference=True)
    assert "Set supervised: true on the group, which then creates the role" in message
    assert (
        f"\"{ROLE}\" is not in the group's pass_role_arns. Add it there. The group's roles pass only these" in message
    )
    assert "Add the account to the group's registry_accounts." in message


@pytest.mark.parametrize("by_reference", [False, True])
def test_an_existing_task_definition_must_be_named(by_reference: bool):
    args = {"task_definition": "legacy", "schedule": "rate(1 day)"}

    def program() -> None:
        group = ScheduledTaskGroup("jobs", cluster="main")
        ScheduledTask("job", cast("Any", {**args, "group": group.reference if by_reference else group}))

    with pytest.raises(InvalidArgumentsError, match=r"group's task_definitions\. Add it there\. The group looks it up"):
        run(program)


def test_an_existing_role_is_passed_by_the_role_that_starts_the_task():
    found, _ = deployed({"task_role": ROLE}, {**SUPERVISED, "task_role": ROLE}, {"task_role": ROLE})
    for policy in ("jobs-scheduler-pass-reader-policy", "jobs-supervisor-pass-reader-policy"):
        [passed] = statements(found, policy).values()
        assert (passed["Action"], passed["Resource"]) == ("iam:PassRole", [ROLE])
        assert passed["Condition"] == {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
    assert len([name for name in inputs(found) if "-pass-" in name]) == 2


def test_named_roles_need_no_policy():
    found, _ = deployed({"task_role": ROLE}, {"task_role": OTHER_ROLE}, pass_role_arns=[ROLE])
    assert [name for name in inputs(found) if "-pass-" in name] == ["jobs-scheduler-pass-writer-policy"]


def test_a_role_of_another_account_is_refused():
    assert "pass_role_arns" in refused({"task_role": ROLE.replace(ACCOUNT, "999999999999")})


def test_the_registry_of_another_account_is_pulled_from():
    found, _ = deployed({"image": SHARED_IMAGE}, {"image": SHARED_IMAGE})
    [pull] = statements(found, "jobs-execution-pull-111122223333-policy").values()
    assert pull["Resource"] == ["arn:aws:ecr:*:111122223333:repository/*"]
    assert [name for name in inputs(found) if "-pull-" in name] == ["jobs-execution-pull-111122223333-policy"]
    assert found.named("jobs-execution-pull-111122223333-policy").urn in found.named("job-0-definition").dependencies


def test_tasks_with_the_reference_share_what_the_group_has_learned():
    def program() -> None:
        group = ScheduledTaskGroup("jobs", cluster="main")
        ScheduledTask("first", cast("Any", {**PLAIN, **SUPERVISED, "task_role": ROLE, "group": group}))
        ScheduledTask("second", cast("Any", {**PLAIN, **SUPERVISED, "task_role": ROLE, "group": group.reference}))

    assert len(run(program).schedules("second")) == 1


def test_a_role_without_room_is_refused_before_anything_is_created():
    many = [f"arn:aws:iam::{ACCOUNT}:role/jobs/a-role-with-a-long-name-{number:04}" for number in range(140)]
    message = refused({"task_role": ROLE}, pass_role_arns=many)
    assert (
        "task_role: needs one more policy of the group's scheduler role, which has no room for it. Add it to the"
        in message
    )
    assert "pass_role_arns, which can use managed policies." in message


def told_and_learned() -> list[Callable[[], Any]]:
    return [lambda: deployed(SUPERVISED, supervised=True), lambda: deployed(SUPERVISED)]


def test_names_in_aws_are_the_same_for_both():
    told, found = (
        {str(resource.inputs.get("name")) for resource in make()[0].of_aws if "Policy" not in resource.type}
        for make in told_and_learned()
    )
    assert told == found
