"""The trial of poisoned dead-letter messages, and its section of docs/reliability.md."""

import json
from collections.abc import Iterator

from typer.testing import CliRunner, Result

from ops.__main__ import app
from ops.terminal_text import printable

from ..trials import Part, Say, Section, Trial
from .cases import Case, cases
from .stack import Stack, stack

ID_LENGTH = 8


def run(*words: str) -> Result:
    """Run a command."""
    return CliRunner().invoke(app, ["dead-letters", *words])


def problems(deployed: Stack, case: Case) -> Iterator[str]:
    """Try a poisoned message together with a good one. Yields what went wrong."""
    deployed.clear()
    bad, good, started = deployed.send(case), deployed.send_good(), deployed.started()
    yield from _listed(bad, good)
    yield from _shown(bad)
    result = run("redrive", "--all")
    yield from _ended("redrive", result)
    left = deployed.messages()
    if good in left:
        yield f"The good message was not redriven: {result.output[-200:]}"
    if deployed.started() - started != 1 + (bad not in left and case.queue == "launches"):
        yield "A message was deleted without its run, or a run started twice."
    if bad in left:
        yield from _ended("delete", run("delete", bad, "--yes"))
        if bad in deployed.messages():
            yield "The message can't be deleted."


def _listed(*ids: str) -> Iterator[str]:
    text, data = run("list"), run("list", "--json")
    yield from _ended("list", text)
    yield from _ended("list --json", data)
    if text.exit_code or data.exit_code:
        yield "list fails."
        return
    if not all(id_[:ID_LENGTH] in text.stdout for id_ in ids):
        yield "list omits a message."
    if {message["id"] for message in json.loads(data.stdout)} != set(ids):
        yield "list --json omits a message."


def _shown(id_: str) -> Iterator[str]:
    for options in ((), ("--json",)):
        result = run("show", id_, *options)
        yield from _ended("show", result)
        if options and json.loads(result.stdout)["id"] != id_:
            yield "show --json shows another message."


def _ended(what: str, result: Result) -> Iterator[str]:
    if result.exception and not isinstance(result.exception, SystemExit):
        yield f"{what}: {type(result.exception).__name__}: {str(result.exception)[:200]}"
    if printable(result.output) != result.output:
        yield f"{what} prints control characters."


def _measure(count: int, seed: int, say: Say) -> Part:
    del seed
    survived = 0
    with stack() as deployed:
        chosen = cases(deployed.place)[:count]
        for case in chosen:
            found = list(problems(deployed, case))
            survived += not found
            for problem in found:
                say(f"{case.name}: {problem}")
    rest = "" if survived == len(chosen) else "See the output of the trial."
    return Part([Trial("Poisoned messages", len(chosen), survived, rest)])


_TEXT = """\
A dead-letter queue has a good message and one with odd attributes, a huge or deeply nested body, or a request for other
accounts, clusters and roles. `redrive --all` must start the good one and nothing twice, and no message may be lost.
"""
_AFTER = """\
Anyone with `sqs:SendMessage` can name a schedule of the stack. A redrive then starts what the schedule starts.
"""
SECTION = Section("Poisoned dead letters", _TEXT, _measure, 1000, _AFTER)
