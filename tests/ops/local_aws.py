"""AWS emulated by moto in this process, for tests and for the pages that show command output."""

from collections.abc import Generator
from contextlib import contextmanager
from functools import cache
from typing import Any

import pytest
from botocore import useragent
from moto import backend_index, mock_aws
from moto.core.botocore_stubber import BotocoreStubber
from moto.moto_api import state_manager

from sandbox import aws_models
from sandbox.moto_fixes import apply_fixes
from tests.ops.cloud import REGION, Cloud

apply_fixes()
# Each command creates a session, which would load the models again.
aws_models.share_loader()
# moto compares the URL of each call with the patterns of 200 services, in their order.
USED = (
    "scheduler",
    "ecs",
    "events",
    "logs",
    "sqs",
    "sns",
    "iam",
    "sts",
    "ec2",
    "cloudwatch",
    "dynamodb",
    "stepfunctions",
)
backend_index.backend_url_patterns.sort(key=lambda pattern: pattern[0] not in USED)
# botocore builds the user agent of each call twice, from the same twenty parts.
agents: Any = useragent
agents.sanitize_user_agent_string_component = cache(useragent.sanitize_user_agent_string_component)


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
