"""Programs on the mocks, isolated from each other."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, cast
from unittest import mock

import pulumi
from pulumi.runtime import mocks, settings
from pulumi.runtime.config import set_all_config
from pulumi.runtime.stack import run_pulumi_func

from .lookups import Answers, Outputs
from .monitor import Monitor
from .recorded import Recorded


class _AtOnce(ThreadPoolExecutor):
    """The mocks answer immediately, so that resources are registered in the order of the program."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Call a function."""
        done = Future[Any]()
        try:
            answer = fn(*args, **kwargs)
            # A monitor may also answer later.
            if isinstance(answer, Future):
                return cast("Future[Any]", answer)
            done.set_result(answer)
        except BaseException as error:
            done.set_exception(error)
        return done


def run(
    program: Callable[[], object],
    *,
    preview: bool = False,
    project: str = "shop",
    stack: str = "dev",
    config: Mapping[str, str] | None = None,
    answers: Answers | None = None,
    outputs: Outputs | None = None,
) -> Recorded:
    """Run a program to its end, with all of its outputs resolved.

    Each run has its own stack, so that tests do not influence each other.

    Args:
        program: The program, as a function.
        preview: Whether it runs as in `pulumi preview`.
        project: The name of the project.
        stack: The name of the stack.
        config: The configuration of the stack, such as `{"aws:region": "eu-west-1"}`.
        answers: Answers of look-ups that replace those in `LOOKUPS`, by token.
        outputs: Outputs of resources, by type.

    Raises:
        Exception: The error of the program, such as `InvalidArgumentsError`.
    """
    recorded = Recorded()
    monitor = Monitor(recorded, answers, outputs)
    run_against(monitor, program, recorded, preview=preview, project=project, stack=stack, config=config)
    if recorded.error:
        raise recorded.error
    return recorded


def run_against(
    monitor: mocks.MockMonitor,
    program: Callable[[], object],
    recorded: Recorded,
    *,
    preview: bool = False,
    project: str = "shop",
    stack: str = "dev",
    config: Mapping[str, str] | None = None,
    loop: asyncio.AbstractEventLoop | None = None,
) -> None:
    """Run a program to its end against a resource monitor, and record its warnings and its error."""

    def isolated() -> None:
        running = loop or asyncio.new_event_loop()
        asyncio.set_event_loop(running)
        running.set_default_executor(_AtOnce())
        set_all_config(dict(config or {}), [])
        mocks.set_mocks(monitor.mocks, project=project, stack=stack, preview=preview, monitor=monitor)
        settings.get_engine()
        # A program that failed leaves pending outputs behind, for which the next program would wait.
        pending = cast("Any", settings.SETTINGS).outputs
        pending.clear()
        try:
            with mock.patch.object(pulumi.log, "warn", lambda message, *_, **__: recorded.warnings.append(message)):  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
                running.run_until_complete(run_pulumi_func(lambda: (program(), None)[1]))
        except Exception as error:
            recorded.error = error
        finally:
            pending.clear()
            running.close()

    contextvars.Context().run(isolated)
