"""Faults of AWS: some trials of the matrix, and faults of commands that the trials must find."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from ops.aws import pages, session
from ops.command_line import app
from ops.commands import options
from ops.dead_letters.queue import Queue
from torture.faults import chosen, trial
from torture.faults.kinds import faults_of, pages_of
from torture.faults.trial import ALWAYS, COMMANDS, FIRST, SECOND, Case, Trials, trials

ROOT = Path(__file__).parents[2]
SAMPLE = 20
"""Trials in the suite: about 3 seconds of CPU."""


@pytest.fixture(scope="module")
def made() -> Iterator[Trials]:
    with trials() as found:
        yield found


@pytest.mark.thorough
def test_some_trials_survive(made: Trials):
    cases = chosen(list(made.cases()), SAMPLE, seed=20)
    assert {str(case): found for case in cases if (found := made.problem(case))} == {}


@pytest.mark.parametrize(
    "case",
    [
        Case("run", "ecs.RunTask", "lost answer", ALWAYS),
        Case("run", "ecs.DescribeTasks", "never ends", ALWAYS),
        Case("run of a supervised task", "sfn.StartExecution", "HTML", FIRST),
        Case("pause", "scheduler.UpdateSchedule", "lost answer", ALWAYS),
        Case("dead-letters redrive", "sqs.DeleteMessage", "lost answer", ALWAYS),
        Case("dead-letters redrive", "ecs.RunTask", "truncated body", ALWAYS),
        Case("dead-letters delete", "sqs.ReceiveMessage", "lost answer", FIRST),
        Case("dead-letters list", "sqs.ReceiveMessage", "lost answer", FIRST),
        Case("dead-letters redrive", "sqs.ReceiveMessage", "lost answer", FIRST),
        Case("doctor", "eventbridge.ListTargetsByRule", "empty page with a token", FIRST),
        Case("dead-letters delete", "sqs.ReceiveMessage", "expired credentials", SECOND),
        Case("status", "cloudwatch-logs.GetQueryResults", "never ends", ALWAYS),
        Case("doctor", "iam.SimulatePrincipalPolicy", "tokens in a circle", ALWAYS),
    ],
    ids=str,
)
def test_a_dangerous_fault_is_survived(made: Trials, case: Case):
    assert made.problem(case) == ""


def test_the_matrix_has_each_command_with_each_of_its_calls(made: Trials):
    cases = list(made.cases())
    assert {case.command for case in cases} == set(COMMANDS)
    assert len(cases) > 4_000
    assert {"ecs.RunTask", "sqs.DeleteMessage", "iam.GetRole"} <= {case.operation for case in cases}
    assert all(outcome.result and outcome.result.exit_code == 0 for outcome in made.expected.values())


def test_the_trials_have_each_command_that_calls_aws():
    """A command that can call AWS has the options of the connection."""
    commands = dict(_commands(get_command(app)))
    calling = {words for words, command in commands.items() if any(each.name == "profile" for each in command.params)}
    tried = {words for words in commands for line in COMMANDS.values() if line[: len(words)] == words}
    # `cost --refresh` reads public prices and changes nothing in the account. The tests of `import` spoil its calls.
    # `smoke` deploys, which Pulumi does.
    assert tried == calling - {("cost",), ("import", "aws"), ("import", "cut-over"), ("smoke",)}
    assert any("--local" in line and "--secrets" in line for line in COMMANDS.values())


def _commands(group: Any, *words: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _commands(command, *words, name)
        else:
            yield (*words, name), command


def test_only_the_options_of_the_connection_lead_to_aws():
    connecting = sorted(file.name for file in (ROOT / "ops").rglob("*.py") if re.search(r"\bAws\(", file.read_text()))
    # A smoke test connects to the place that it has recorded, to delete what it left there.
    assert connecting == ["cleaning.py", "cost.py", "options.py"]


def test_lists_and_polls_have_faults_of_their_own():
    assert pages_of("iam.SimulatePrincipalPolicy") == ("Marker", "EvaluationResults")
    assert pages_of("sqs.ReceiveMessage") is None
    assert faults_of("ecs.DescribeTasks").keys() - faults_of("sqs.ReceiveMessage").keys() == {"never ends"}


# Faults of commands


def test_a_page_in_place_of_an_answer_would_be_found(made: Trials, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(session, "check_body", lambda **_: None)
    found = made.problem(Case("pause", "scheduler.TagResource", "HTML", ALWAYS))
    assert found == "exit code 0, but the schedule and its record are ('DISABLED', False)"
    found = made.problem(Case("dead-letters delete", "sqs.DeleteMessage", "HTML", ALWAYS))
    assert found == "exit code 0, but 2 messages are left"


def test_a_list_without_end_would_be_found(made: Trials, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pages.Tokens, "check", lambda *_, **__: None)
    monkeypatch.setattr(trial, "_CALLS", 200)
    assert made.problem(Case("doctor", "scheduler.ListSchedules", "tokens in a circle", ALWAYS)) == "a hang"


def test_a_traceback_would_be_found(made: Trials, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(options.errors, "explained", lambda _: None)
    found = made.problem(Case("logs", "scheduler.ListSchedules", "500", ALWAYS))
    assert found.startswith("a traceback: ")


def test_a_lost_message_would_be_found(made: Trials, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Queue, "hold", Queue.delete)
    case = Case("dead-letters redrive", "ecs.RunTask", "access denied", ALWAYS)
    assert made.problem(case) == "a message of etl is lost"
