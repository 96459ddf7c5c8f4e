"""Runs the steps one after the other."""

from collections.abc import Sequence
from typing import Protocol

from .. import waiting
from ..aws.errors import explained
from .emulator import is_gap
from .step import AS_ASSUMED, DIFFERENT, GAP, NOT_TESTED, NotTestedError, Result, Scene, Step
from .steps import DELETION, STEPS


class Watcher(Protocol):
    """Shows what happens."""

    def begin(self, step: Step) -> None:
        """A step begins."""
        ...

    def end(self, result: Result) -> None:
        """A step has ended, or isn't tested."""
        ...


def run_steps(scene: Scene, watcher: Watcher, steps: Sequence[Step] = STEPS) -> list[Result]:
    """Run the steps, and then delete everything, also after an error or an interruption.

    A step that fails doesn't end the test: only the steps that need it aren't tested.

    Args:
        scene: The stack.
        watcher: Shows what happens.
        steps: The steps before the deletion.
    """
    results: list[Result] = []

    def add(result: Result) -> None:
        results.append(result)
        watcher.end(result)

    try:
        for step in steps:
            passed = {result.step.name for result in results if result.outcome == AS_ASSUMED}
            if missing := [need for need in step.needs if need not in passed]:
                add(Result(step, NOT_TESTED, f"It needs: {', '.join(missing)}.", 0))
                continue
            watcher.begin(step)
            add(result_of(scene, step))
    finally:
        watcher.begin(DELETION)
        add(result_of(scene, DELETION))
    return results


def result_of(scene: Scene, step: Step) -> Result:
    """Run one step. Raises errors that neither AWS nor a step explains."""
    started = waiting.now()
    try:
        outcome, seen = AS_ASSUMED, step.check(scene)
    except NotTestedError as error:
        outcome, seen = NOT_TESTED, str(error)
    except Exception as error:
        if (line := explained(error)) is None:
            raise
        outcome, seen = GAP if scene.in_emulator and is_gap(error) else DIFFERENT, line
    return Result(step, outcome, seen, waiting.now() - started)
