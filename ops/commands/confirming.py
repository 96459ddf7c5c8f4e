"""Asks before a command does what can't be undone."""

import sys

import typer

from ..errors import OpsError
from ..output import confirm, note


def require_yes(question: str, *, to: str, unchanged: str) -> None:
    """Ask a question, and continue only after a yes.

    Args:
        question: The question.
        to: The purpose of `--yes`: `delete`.
        unchanged: The message after another answer: `Nothing was deleted.`

    Raises:
        OpsError: The answer is no, or nobody can answer.
        KeyboardInterrupt: Ctrl-C.
    """
    if not _is_terminal():
        raise OpsError(f"Can't ask for confirmation because stdin isn't a terminal. Pass --yes to {to}.")
    try:
        confirmed = confirm(question)
    except typer.Abort as error:
        if isinstance(error.__context__, EOFError):
            raise OpsError(unchanged) from None
        note(f"Interrupted. {unchanged}")
        raise KeyboardInterrupt from None
    if not confirmed:
        raise OpsError(unchanged)


def _is_terminal() -> bool:
    return sys.stdin.isatty()
