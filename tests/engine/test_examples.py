"""Each example, deployed into the sandbox: created, then nothing to change, also after a refresh."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.engine import Sandbox
from sandbox.projects import example_project, examples

from .conftest import client

pytestmark = pytest.mark.engine

NOT_TO_BE_PLAYED = {"built-image-new-vpc"}
"""What awsx makes: see tests/components/test_examples.py."""


@pytest.fixture
def example(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Sandbox]:
    sandbox = Sandbox(tmp_path / "home", example_project(request.param, tmp_path / "project"))
    yield sandbox
    sandbox.discard()


@pytest.mark.parametrize("example", sorted(set(examples()) - NOT_TO_BE_PLAYED), indirect=True)
def test_an_example_is_deployed_and_stays_as_it_is(example: Sandbox):
    if "taskDefinition: reports" in (example.project / "Pulumi.local.yaml").read_text():
        example.start()
        client(example, "ecs").register_task_definition(
            family="reports",
            networkMode="awsvpc",
            requiresCompatibilities=["FARGATE"],
            cpu="256",
            memory="512",
            containerDefinitions=[{"name": "app", "image": "app:1"}],
        )
    assert example.up().error == ""
    assert example.up().steps == []
    refreshed = example.preview(refresh=True)
    assert (refreshed.error, refreshed.steps) == ("", [])
