"""The mocks that users get, without what takes time on every program."""

import os
from collections.abc import Callable, Coroutine, Mapping
from typing import Any
from unittest import mock

from pulumi.runtime import mocks
from pulumi.runtime import resource as runtime
from pulumi.runtime.proto import source_pb2

from components import testing
from components.testing import ACCOUNT, REGION, Answers, Monitor, Outputs, Recorded, Resource, not_found, route_table

__all__ = [
    "ACCOUNT", "REGION", "Answers", "Monitor", "Outputs", "Recorded", "Resource", "not_found", "route_table",
]  # fmt: skip

# An Output that is formatted as a string by mistake fails the test.
os.environ["PULUMI_ERROR_OUTPUT_STRING"] = "true"


UNMONITORED: dict[str, Any] = {"monitoring": {"outcomes": False, "alarms": False}}
"""Settings of a group for tests of other subjects. Outcomes and alarms are half of the resources of a group."""
_ANSWERS: Answers = {"aws:ec2/getSubnets:getSubnets": lambda _: {"ids": ["subnet-0b", "subnet-0a"]}}
"""The account has only these subnets."""


def finished(answer: Coroutine[Any, Any, Any]) -> Any:
    """The result of a coroutine that waits for nothing. The mocks would run an event loop for it."""
    try:
        answer.send(None)
    except StopIteration as end:
        return end.value
    raise AssertionError("the mocks' answer waits for something")


def run(
    program: Callable[[], object],
    *,
    preview: bool,
    project: str = "shop",
    stack: str = "dev",
    config: Mapping[str, str] | None = None,
    answers: Answers | None = None,
    outputs: Outputs | None = None,
) -> Recorded:
    """Run a program to its end, with all of its outputs resolved. An error is recorded.

    `outputs` are the outputs of resources, by type. URNs are unique, as the engine requires.
    """
    recorded = Recorded()
    monitor = Monitor(recorded, {**_ANSWERS, **(answers or {})}, outputs)
    run_against(monitor, program, recorded, preview=preview, project=project, stack=stack, config=config)
    urns = [resource.urn for resource in recorded.resources]
    assert len(urns) == len(set(urns)), "two resources have one URN"
    return recorded


def run_against(
    monitor: mocks.MockMonitor,
    program: Callable[[], object],
    recorded: Recorded,
    **options: Any,
) -> None:
    """Run a program to its end against a resource monitor, and record its warnings and its error."""
    with (
        # Only the engine needs the source positions of resources, which take a fifth of the time.
        mock.patch.object(runtime, "_get_stack_trace", source_pb2.StackTrace),
        mock.patch.object(mocks, "_sync_await", finished),
    ):
        testing.run_against(monitor, program, recorded, **options)
