"""Shows a run until its end, and stops it if the user wants that."""

import sys
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from types import TracebackType

import typer

from components.monitoring.events import SUCCEEDED

from .. import waiting
from ..aws import errors
from ..aws.deployment import Deployment
from ..aws.logs import Line, Tail
from ..errors import INTERRUPTED, NO_RUN
from ..output import Screen, confirm, in_words, note, notes, print_json, results
from ..runs.following import RunState, follow
from ..runs.records import SKIPPED, Run
from ..runs.starting import Started
from .options import person

_REPEAT_SECONDS = 60
"""Seconds after which a state that doesn't change is shown again, if the output doesn't go to a terminal."""


class Display:
    """Shows a run: its log, and its state as a live line in a terminal, else as one line per change."""

    def __init__(self, screen: Screen):
        self._screen, self._state = screen, ""
        self._begin = self._shown = waiting.now()
        self._live = ExitStack()
        self._replace: Callable[[str], None] = note

    def __enter__(self) -> "Display":
        self._replace = self._live.enter_context(self._screen.progress("Starting"))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.close()

    def show(self, state: RunState) -> None:
        """Show the state."""
        now = waiting.now()
        elapsed = in_words(timedelta(seconds=now - self._begin))
        if self._screen.is_terminal:
            self._replace(f"{state.state} {elapsed}")
        elif state.state != self._state:
            note(state.state)
            self._shown = now
        elif now - self._shown >= _REPEAT_SECONDS:
            note(f"Still {state.state} after {elapsed}")
            self._shown = now
        self._state = state.state

    def write(self, line: Line) -> None:
        """Show a line of the log."""
        self._screen.say(line.text)


def exit_code_of(deployment: Deployment, started: Started, hint: str, *, as_json: bool) -> int:
    """Follow a run to its end, print it, and return the exit code of `run`."""
    screen, tail = notes if as_json else results, Tail(deployment.aws)
    try:
        ended = shown(started, tail, screen, hint)
    except KeyboardInterrupt:
        if not shall_stop():
            note(f"The run continues. To follow it, run: {hint}")
            return INTERRUPTED
        say_ended(_stopped(started, tail, screen, hint), as_json=as_json)
        return INTERRUPTED
    say_ended(ended, as_json=as_json)
    return 0 if ended.outcome == SUCCEEDED else ended.exit_code or NO_RUN


def shown(started: Started, tail: Tail, screen: Screen, hint: str) -> Run:
    """Follow a run to its end, with its state and its log on a screen."""
    try:
        with Display(screen) as display:
            return follow(started.followed, tail, started.places, display)
    except Exception:
        note(f"The run continues, but this command stops following it. To follow it again, run: {hint}")
        raise


def _stopped(started: Started, tail: Tail, screen: Screen, hint: str) -> Run:
    """Stop a run and wait for its end."""
    followed = started.followed
    try:
        followed.stop(f"Stopped by {person()} with scheduled-tasks run")
    except Exception as error:
        if errors.is_uncertain(error):
            note(f"It is not known if the run is stopping. To follow it, run: {hint}")
        else:
            note(f"The run could not be stopped and continues. To follow it, run: {hint}")
        raise
    note("Stopping the run.")
    try:
        with Display(screen) as display:
            ended = follow(followed, tail, started.places, display)
    except BaseException:
        note(f"The run is stopping, but this command doesn't wait for its end. To follow it, run: {hint}")
        if manual := followed.manual_clean_up():
            note(manual)
        raise
    followed.clean_up(note)
    return ended


def shall_stop() -> bool:
    """Ask in a terminal whether to stop the run."""
    if not sys.stdin.isatty():
        return False
    try:
        return confirm("\nStop the run?")
    except typer.Abort:
        return False


def say_ended(run: Run, *, as_json: bool) -> None:
    """Say how a run ended, and print it as JSON if asked for."""
    if run.outcome == SKIPPED:
        note(f"Skipped: {run.reason}")
    else:
        note(_ended_in_words(run))
    if as_json:
        print_json(run.as_data())


def _ended_in_words(run: Run) -> str:
    code = "without an exit code" if run.exit_code is None else f"with exit code {run.exit_code}"
    took = f" after {in_words(run.duration)}" if run.duration else ""
    return f"{run.outcome.capitalize()}{took} {code}" + (f": {run.reason}" if run.reason else ".")
