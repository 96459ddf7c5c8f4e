"""AWS played in this process by moto, for tests and for the page that shows the commands."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import pytest
from moto import mock_aws
from moto.core.botocore_stubber import BotocoreStubber
from moto.moto_api import state_manager

from sandbox import aws_models
from sandbox.moto_fixes import apply_fixes
from tests.ops.cloud import REGION, Cloud

apply_fixes()
# Each command has a session of its own.
aws_models.share_loader()


@contextmanager
def played_cloud(patch: pytest.MonkeyPatch) -> Generator[Cloud]:
    """AWS with nothing in it, in which nobody waits."""
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL"):
        patch.delenv(name, raising=False)
    patch.setenv("AWS_DEFAULT_REGION", REGION)
    patch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")  # they take half a second
    patch.setattr("time.sleep", lambda _: None)
    original, found = BotocoreStubber.__call__, Cloud()

    def call(self: BotocoreStubber, event_name: str, request: Any, **_: Any) -> Any:
        return found.called(self, original, event_name, request)

    with mock_aws():
        patch.setattr(BotocoreStubber, "__call__", call)
        yield found
    state_manager.unset_transition("ecs::task")
