"""The text of `scheduled-tasks doctor`: problems first, equal causes once, no markup, and a summary as the last line."""

import re
from functools import partial
from itertools import pairwise

import pytest

from ops.aws import errors
from ops.aws.session import Aws
from ops.doctor.finding import (
    OK,
    PROBLEM,
    RESTORE,
    STACK,
    UNKNOWN,
    WARNING,
    Cause,
    Finding,
    own_schedule,
    resource,
)
from ops.doctor.groups import LEVELS, grouped
from ops.output import Screen
from tests.ops.cloud import REGION, Deployed
from tests.ops.conftest import Ops
from tests.ops.healthy_stack import HealthyStack
from tests.ops.session import share_session

TASKS = [f"more-{number:02}" for number in range(20)]


@pytest.fixture
def stack(deployed: Deployed, ops: Ops, monkeypatch: pytest.MonkeyPatch) -> HealthyStack:
    share_session(monkeypatch)
    return HealthyStack(deployed, ops)


def with_many_tasks(stack: HealthyStack) -> None:
    for name in TASKS:
        task = stack.deployed.task("etl", name)
        stack.deployed.schedule(task, stack.deployed.define(task))


def lines(stack: HealthyStack, *arguments: str) -> list[str]:
    return stack.ops("doctor", *arguments).stdout.splitlines()


def test_problems_come_first_and_a_summary_last(stack: HealthyStack):
    stack.definition().status = "INACTIVE"
    shown = lines(stack)
    levels = [level for line in shown for level in LEVELS if line.startswith(f"{level} ")]
    assert levels[:2] == [PROBLEM, WARNING]
    assert set(levels[2:]) == {OK}
    assert shown[0] == (
        "problem      etl: The task definition scheduled-tasks-test__etl:1 is INACTIVE. It can't start runs."
    )
    assert shown[1].startswith("             Fix: To register and pin a new revision")
    assert shown[-1] == "1 problem, 1 warning, 23 checks passed. To list the 6 of single tasks, pass --full."
    assert lines(stack, "--full")[-1] == "1 problem, 1 warning, 23 checks passed."


def test_a_healthy_stack_says_so(stack: HealthyStack):
    assert lines(stack, "etl")[-1] == "No problems, 20 checks passed."


def test_the_same_fault_of_many_tasks_is_one_finding_that_names_them(stack: HealthyStack):
    with_many_tasks(stack)
    for name in TASKS:
        stack.definition(name).status = "INACTIVE"
    stack.denied["ecs:RunTask"] = "implicitDeny"
    shown = lines(stack)
    problems = [line for line in shown if line.startswith("problem")]
    families = [f"scheduled-tasks-test__{name}:1" for name in sorted(["backup", "etl", *TASKS, "paused"])]
    assert problems == [
        f"problem      scheduled-tasks-test-scheduler may not ecs:RunTask on {', '.join(families)}.",
        "problem      The task definition is INACTIVE. It can't start runs.",
    ]
    assert shown[shown.index(problems[1]) + 1] == f"             Tasks: {', '.join(TASKS)}"
    assert shown[-1].startswith("21 problems, 1 warning, ")


def test_tasks_that_are_paused_for_the_same_reason_are_one_finding(stack: HealthyStack):
    for task, reason in (("etl", "moving"), ("backup", "moving")):
        assert stack.ops("pause", task, "--why", reason).exit_code == 0
    shown = lines(stack)
    [paused] = [line for line in shown if "by hand" in line]
    assert re.fullmatch(r"warning      The schedule is paused by hand \(by [^:]+: moving\)\.", paused)
    assert shown[shown.index(paused) + 1 :][:2] == [
        "             Tasks: backup, etl",
        "             Fix: To resume it, run: scheduled-tasks resume TASK",
    ]


def test_a_failure_of_many_checks_is_one_finding(stack: HealthyStack):
    stack.cloud.rules.insert(0, ("", partial(stack.refuse, "SimulatePrincipalPolicy")))
    shown = lines(stack, "etl")
    line = "alice may not x:SimulatePrincipalPolicy on y. Ask for the permission, or pass another --profile."
    denied = [line for line in shown if "alice" in line]
    assert denied == [f"{UNKNOWN}  arn:aws:sts::1:assumed-role/OnCall/{line}"]
    what = ", ".join(f"if scheduled-tasks-test-scheduler may {action}" for action in ("ecs:RunTask", "ecs:TagResource"))
    after = shown[shown.index(denied[0]) + 1]
    assert after.strip().startswith(f"Can't check: {what}")
    assert shown[-1].startswith("No problems, 3 not checked, ")


def test_on_a_terminal_lines_are_wrapped_and_names_are_never_cut(stack: HealthyStack, monkeypatch: pytest.MonkeyPatch):
    name = f"{'long-name-' * 8}x"
    found = [
        Finding(WARNING, name, f"{name} is paused."),
        Finding(OK, STACK, "Everything else is as it should be. " * 5),
    ]
    monkeypatch.setattr("ops.commands.doctor.run_checks", lambda *_: found)
    monkeypatch.setattr(Screen, "is_terminal", True)
    monkeypatch.setattr(Screen, "width", 60)
    shown = lines(stack)
    assert sum(name in line for line in shown) == 1
    assert all(len(line) <= 60 for line in shown if name not in line)
    assert len(shown) > 4


def test_findings_are_grouped_by_cause_and_fix():
    resumed = [
        Finding(WARNING, task, f"{task} stops.", f"Run: resume {task}", cause=Cause("It stops.")) for task in "ab"
    ]
    other = Finding(WARNING, "c", "c stops.", "Wait.", cause=Cause("It stops."))
    roles = [
        Finding(PROBLEM, STACK, f"No role {name}.", RESTORE, cause=Cause("No role.", "Roles", name)) for name in "yx"
    ]
    single = Finding(OK, "d", "All is well.")
    groups = grouped([single, *resumed, other, *roles])
    assert [(each.level, each.message, each.heading, list(each.names), each.fix) for each in groups] == [
        (PROBLEM, "No role.", "Roles", ["x", "y"], RESTORE),
        (WARNING, "It stops.", "Tasks", ["a", "b"], "Run: resume TASK"),
        (WARNING, "c stops.", "", [], "Wait."),
        (OK, "d: All is well.", "", [], ""),
    ]
    assert all(LEVELS.index(first.level) <= LEVELS.index(second.level) for first, second in pairwise(groups))


def test_a_task_whose_name_is_an_article_keeps_its_case():
    assert own_schedule("a").finding(WARNING, "a", "is paused.").message == "a is paused."
    assert resource("rule", "a").finding(WARNING, "a", "is disabled.").message == "The rule a is disabled."


@pytest.mark.parametrize(
    ("endpoint", "emulated"),
    [
        ("http://127.0.0.1:43991", True),
        ("http://[::1]:5000", True),
        ("http://localhost:4566", True),
        ("http://aws.localhost:4566", True),
        ("https://scheduler.eu-west-1.amazonaws.com", False),
        ("https://vpce-1.scheduler.eu-west-1.vpce.amazonaws.com", False),
        ("http://10.0.0.7:5000", False),
    ],
)
def test_an_endpoint_on_this_machine_is_an_emulator(endpoint: str, emulated: bool, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    assert Aws(region=REGION).emulated is emulated


def test_checks_that_an_emulator_cannot_answer_are_left_out(stack: HealthyStack, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Aws, "emulated", True)
    stack.cloud.calls.clear()
    result = stack.ops("doctor", "etl")
    assert not {"iam.SimulatePrincipalPolicy", "service-quotas.ListServiceQuotas"} & {*stack.cloud.calls}
    assert result.exit_code == 0
    message = "A local emulator answers in place of AWS, so this wasn't checked: the permissions and the quotas."
    assert result.stdout.splitlines()[0] == f"{UNKNOWN}  {message}"
    assert stack.problems("etl") == [(UNKNOWN, message, "")]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (
            "<!doctype html>\n<html lang=en>\n<title>500 Fault</title>\n<h1>Internal Server Error</h1>\n<p>It failed.\n",
            "Internal Server Error It failed.",
        ),
        ("<style>p { color: red }</style><p>Use &amp; retry<br/>now", "Use & retry now"),
        (
            "Value '<aws.scheduler.execution-id>' is 3 < 4 &amp; 5 > 4",
            "Value '<aws.scheduler.execution-id>' is 3 < 4 &amp; 5 > 4",
        ),
        ("<parameter> is missing", "<parameter> is missing"),
    ],
)
def test_messages_have_no_html(given: str, shown: str):
    from botocore.exceptions import ClientError

    error = ClientError({"Error": {"Code": "Teapot", "Message": given}}, "GetTea")
    assert errors.explained(error) == f"GetTea: Teapot: {shown}"
