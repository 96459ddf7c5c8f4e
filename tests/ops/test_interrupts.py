"""Signals in the commands for dead letters: nothing is lost, and messages are visible again at once."""

import itertools
import json
import signal
import threading
from collections.abc import Callable, Generator
from typing import Any

import pytest
import typer
from moto.sqs.models import sqs_backends
from typer.testing import Result

from ops import interrupts
from ops.commands import confirming
from ops.dead_letters import queue
from ops.interrupts import Postponed, terminable
from tests.ops.cloud import ACCOUNT, REGION, Deployed
from tests.ops.conftest import Ops
from tests.ops.test_dead_letters import messages, send, starts, time_passes

SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
COMMANDS = {
    "list": ["dead-letters", "list"],
    "delete": ["dead-letters", "delete", "--all", "--yes"],
    "redrive": ["dead-letters", "redrive", "--all"],
}


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "WAIT_SECONDS", 0)


@pytest.fixture(autouse=True)
def handled() -> Generator[None]:
    """Handle signals as Python does by default. `nohup`, and `&` in a script, let the tests ignore some of them."""
    before = {number: signal.getsignal(number) for number in SIGNALS}
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def send_signal(
    deployed: Deployed, number: signal.Signals, at: int, of: str = "", *, after: bool = False
) -> Callable[[], str]:
    """Send a signal before a call takes effect, or after it. Returns a function that tells the call."""
    calls: list[str] = []

    def count(operation: str) -> None:
        if operation.startswith(of):
            calls.append(operation)
            if len(calls) == at:
                signal.raise_signal(number)

    def arrives(operation: str) -> bool:
        count(operation)
        return False

    if after:
        deployed.cloud.lost = arrives
    else:
        deployed.cloud.rules.append((of, lambda _: count(deployed.cloud.calls[-1])))
    return lambda: calls[at - 1] if len(calls) >= at else ""


def hidden(deployed: Deployed) -> set[str]:
    found: Any = sqs_backends[ACCOUNT][REGION].queues[deployed.names.dead_letter_queue]
    return {message.id for message in found._messages if not message.visible}


def interrupted(ops: Ops, *arguments: str) -> Result:
    result = ops(*arguments, "--stack", "test")
    assert result.exit_code == 130, result.output
    lines = [line for line in result.stderr.splitlines() if line and not line.startswith("Using stack ")]
    assert len(lines) <= 1, result.stderr
    return result


@pytest.mark.thorough
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("number", "after"), [(signal.SIGINT, False), (signal.SIGTERM, False), (signal.SIGHUP, True), (signal.SIGINT, True)]
)
@pytest.mark.timeout(240)
def test_an_interrupted_command_loses_nothing_and_releases_the_messages(
    deployed: Deployed, ops: Ops, command: str, number: signal.Signals, after: bool
):
    tried = set[str]()
    before = [signal.getsignal(each) for each in SIGNALS]
    for at in range(1, 100):
        sent = [send(deployed), send(deployed)]
        came = send_signal(deployed, number, at, after=after)
        result = ops(*COMMANDS[command], "--stack", "test")
        deployed.cloud.recover()
        assert [signal.getsignal(each) for each in SIGNALS] == before
        if not (call := came()):
            assert result.exit_code == 0
            break
        tried.add(call)
        assert result.exit_code == 130, result.output
        assert result.stderr.count("\n") <= 1, result.stderr
        if call.startswith(("sqs.", "ecs.")) and "GetQueueUrl" not in call:
            assert result.stderr.startswith("Interrupted"), f"{call}: {result.stderr}"
        left = set(messages(deployed))
        if command == "list":
            assert left == set(sent), call
        if command == "redrive":
            assert all(id_ in left or starts(deployed.cloud, id_) == 1 for id_ in sent), call
        assert hidden(deployed) == set(), call
        time_passes(deployed)
        assert ops("dead-letters", "delete", "--all", "--yes").exit_code == 0
        deployed.cloud.forget_tasks()
    expected = {"list": set[str](), "delete": {"sqs.DeleteMessage"}, "redrive": {"ecs.RunTask", "sqs.DeleteMessage"}}
    assert {"sqs.ReceiveMessage", "sqs.ChangeMessageVisibilityBatch", *expected[command]} <= tried


RELEASE = "sqs.ChangeMessageVisibilityBatch"


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(("first", "second"), list(itertools.product(SIGNALS, SIGNALS)))
def test_a_second_signal_ends_the_release_at_once(
    deployed: Deployed, ops: Ops, command: str, first: signal.Signals, second: signal.Signals
):
    sent = {send(deployed)}
    send_signal(deployed, first, 1, "sqs.ReceiveMessage")
    send_signal(deployed, second, 1, RELEASE)
    result = interrupted(ops, *COMMANDS[command])
    assert result.stderr == ("Interrupted. All messages are kept. They are visible again after 60 s at the latest.\n")
    assert hidden(deployed) == sent


def test_a_release_that_takes_too_long_ends(deployed: Deployed, ops: Ops, monkeypatch: pytest.MonkeyPatch):
    waits: list[float] = []

    class AtOnce(threading.Timer):
        def start(self) -> None:
            waits.append(self.interval)
            self.function(*self.args, **self.kwargs)

    monkeypatch.setattr(interrupts, "Timer", AtOnce)
    sent = {send(deployed)}
    send_signal(deployed, signal.SIGINT, 1, RELEASE)
    interrupted(ops, "dead-letters", "list")
    assert (waits, hidden(deployed)) == ([10], sent)


def test_an_ignored_signal_stays_ignored():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with terminable(), Postponed() as postponed:
            signal.raise_signal(signal.SIGHUP)
            assert not postponed.came
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize("number", SIGNALS)
def test_an_interrupted_redrive_reports_what_it_started(deployed: Deployed, ops: Ops, number: signal.Signals):
    sent = {send(deployed), send(deployed)}
    send_signal(deployed, number, 2, "ecs.RunTask")
    result = interrupted(ops, "dead-letters", "redrive", "--all", "--json")
    [redriven] = json.loads(result.stdout)["redriven"]
    assert {redriven["message"], *messages(deployed)} == sent
    assert result.stderr.startswith("Interrupted at etl ")
    assert "If its run has started, nothing else starts. All other messages are kept." in result.stderr


def test_an_interrupted_deletion_reports_what_it_deleted(deployed: Deployed, ops: Ops):
    for _ in range(2):
        send(deployed)
    send_signal(deployed, signal.SIGTERM, 2, "sqs.DeleteMessage")
    result = interrupted(ops, "dead-letters", "delete", "--all", "--yes", "--json")
    assert len(json.loads(result.stdout)["deleted"]) == len(messages(deployed)) == 1
    assert result.stderr == "Interrupted. Deleted 1 message, and possibly one more.\n"


@pytest.mark.parametrize(("error", "exit_code"), [(KeyboardInterrupt, 130), (EOFError, 1)])
def test_an_interrupted_question_deletes_nothing(
    deployed: Deployed, ops: Ops, monkeypatch: pytest.MonkeyPatch, error: type[BaseException], exit_code: int
):
    id_ = send(deployed)

    def ask(_: str) -> bool:
        # As `click.confirm` does.
        try:
            raise error
        except BaseException:
            raise typer.Abort from None

    monkeypatch.setattr(confirming, "_is_terminal", lambda: True)
    monkeypatch.setattr(confirming, "confirm", ask)
    result = ops("dead-letters", "delete", "--all")
    assert result.exit_code == exit_code
    assert "Nothing was deleted." in result.stderr
    assert list(messages(deployed)) == [id_]
