import re

from hypothesis import given
from hypothesis import strategies as st

from components.aws.names import TASK_NAME, GroupNames, event_target, schedule, success_metric_name

PARTS = st.from_regex(r"[A-Za-z0-9_.-]{1,100}", fullmatch=True)
TASKS = st.from_regex(TASK_NAME, fullmatch=True).filter(lambda name: len(name) <= 100)


@given(PARTS, PARTS, TASKS)
def test_names_fit_the_limits_of_aws_for_any_input(project: str, stack: str, task: str):
    names = GroupNames(f"{project}-{stack}")
    limits = {
        names.schedule_group: r"[0-9a-zA-Z._-]{1,64}",
        schedule(task, 0): r"[0-9a-zA-Z._-]{1,64}",
        schedule(task, 99): r"[0-9a-zA-Z._-]{1,64}",
        names.family(task): r"[A-Za-z0-9_-]{1,255}",
        names.log_group: r"[./_#A-Za-z0-9-]{1,512}",
        names.task_log_group(task): r"[./_#A-Za-z0-9-]{1,512}",
        names.dead_letter_queue: r"[A-Za-z0-9_-]{1,80}",
        # AWS: Step Functions API reference, CreateStateMachine, name.
        names.state_machine(task): r"[A-Za-z0-9_-]{1,80}",
        names.index_machine(task): r"[A-Za-z0-9_-]{1,73}__index",
        names.security_group: r"(?!sg-)[A-Za-z0-9_-]{1,255}",
        names.cluster: r"[A-Za-z0-9_-]{1,255}",
        names.role("scheduler"): r"[\w+=,.@-]{1,64}",
        names.task_role(task, "execution"): r"[\w+=,.@-]{1,64}",
        names.run_role_path: r"/([!-.0-~]+/)+",
    }
    for name, pattern in limits.items():
        assert re.fullmatch(pattern, name, re.ASCII), name


@given(PARTS, PARTS, PARTS, TASKS, TASKS)
def test_a_stack_never_covers_the_families_of_another(project: str, one: str, other: str, task: str, second: str):
    if one == other:
        return
    first, last = GroupNames(f"{project}-{one}"), GroupNames(f"{project}-{other}")
    assert not last.family(second).startswith(first.family_prefix)
    assert first.family(task) != last.family(second)


@given(TASKS, TASKS)
def test_two_tasks_never_share_a_name(one: str, other: str):
    names = GroupNames("shop-dev")
    if one != other:
        assert names.family(one) != names.family(other)
        assert names.index_machine(one) != names.index_machine(other)
        assert names.index_machine(one) not in (names.state_machine(one), names.state_machine(other))
        assert {schedule(one, 0), schedule(one, 1)}.isdisjoint({schedule(other, 0), schedule(other, 1)})
        assert names.task_role(one, "task") != names.task_role(other, "task")


ANY_PREFIX = st.one_of(
    st.text(min_size=1, max_size=300),
    st.sampled_from(["My Shop", "shop:dev", "shop/dev", "shop-dev", "shop", "Größe", "x" * 250, "x" * 251, "x " * 125]),
)


@given(ANY_PREFIX, TASKS)
def test_alarms_of_a_group_have_one_prefix_and_valid_names(prefix: str, task: str):
    names = GroupNames(prefix)
    for alarm in (names.alarm("dead-letters"), names.alarm("lost-dead-letters"), names.task_alarm(task)):
        assert alarm.startswith(names.alarm_prefix)
        # AWS: botocore cloudwatch, AlarmName: 1 to 255 characters. The end tells people which alarm it is.
        assert re.fullmatch(r"[A-Za-z0-9_./-]{1,255}", alarm)
        assert alarm.endswith(("letters", "/no-success"))


@given(ANY_PREFIX, ANY_PREFIX)
def test_the_alarms_of_two_groups_differ(one: str, other: str):
    if one != other:
        first, last = GroupNames(one), GroupNames(other)
        assert not last.alarm("dropped").startswith(first.alarm_prefix)


@given(st.text(max_size=256), TASKS, TASKS)
def test_each_task_has_a_metric_name_that_cloudwatch_accepts(prefix: str, one: str, other: str):
    """botocore logs, MetricName: [^:*$]*, at most 255; botocore cloudwatch, PutMetricData: ASCII characters only."""
    names = [success_metric_name(prefix, task) for task in (one, other)]
    for name in names:
        assert re.fullmatch(r"[^:*$]{1,255}", name)
        assert name.isascii()
        assert name.isprintable()
    assert one == other or names[0] != names[1]


@given(st.from_regex(r"[A-Za-z0-9_.-]{1,100}", fullmatch=True))
def test_the_target_of_a_rule_has_an_id_that_eventbridge_accepts(group: str):
    """botocore events, TargetId: [.-_A-Za-z0-9]+, at most 64."""
    ids = {
        event_target(f"{group}-{outcome}-runs-{what}")
        for outcome in ("failed", "succeeded")
        for what in ("log", "topic")
    }
    assert len(ids) == 4
    assert all(re.fullmatch(r"[.\-_A-Za-z0-9]{1,64}", found) for found in ids)


def test_names_do_not_change():
    assert event_target("tasks-failed-runs-2-log") == "tasks-failed-runs-2-log"
    assert success_metric_name("My Shop", "backup") == "My Shop/backup/succeeded"
    names = GroupNames("scheduled-tasks-dev")
    assert names.family("nightly-backup") == "scheduled-tasks-dev__nightly-backup"
    assert names.log_group == "/ecs/scheduled-tasks-dev"
    assert names.schedule_group == "scheduled-tasks-dev"
    assert schedule("nightly-backup", 0) == "nightly-backup"
    assert names.alarm("dropped") == "scheduled-tasks-dev/dropped"
    assert names.task_alarm("nightly-backup") == "scheduled-tasks-dev/nightly-backup/no-success"
    assert names.duration_alarm("nightly-backup") == "scheduled-tasks-dev/nightly-backup/too-long"
    assert GroupNames("x" * 143).task_alarm("y" * 100) == f"{'x' * 143}/{'y' * 100}/no-success"
    assert GroupNames("shop-dev_").family_prefix.startswith("shop-dev--")
    assert GroupNames("shop-dev__eu").family_prefix != GroupNames("shop-dev").family_prefix
