"""AWS emulated by moto in this process, for tests and for the pages that show command output."""

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
# Each command creates a session, which would load the models again.
aws_models.share_loader()


@contextmanager
def emulated_aws(patch: pytest.MonkeyPatch) -> Generator[Cloud]:
    """Emulate an empty AWS account. Sleeps return at once."""
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_REGION"):
        patch.delenv(name, raising=False)
    patch.setenv("AWS_DEFAULT_REGION", REGION)
    patch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")  # half a second faster
    patch.setattr("time.sleep", lambda _: None)
    original, found = BotocoreStubber.__call__, Cloud()

    def call(self: BotocoreStubber, event_name: str, request: Any, **_: Any) -> Any:
        return found.called(self, original, event_name, request)

    with mock_aws():
        patch.setattr(BotocoreStubber, "__call__", call)
        yield found
    state_manager.unset_transition("ecs::task")
