"""AWS emulated by moto in this process, for tests and for the pages that show command output."""

import pickle
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache, partial
from typing import Any

import pytest
from botocore import useragent
from botocore.hooks import EventAliaser, HierarchicalEmitter
from moto import backend_index, mock_aws
from moto.backends import get_backend
from moto.core.botocore_stubber import BotocoreStubber
from moto.moto_api import state_manager

from sandbox import aws_models
from sandbox.moto_fixes import apply_fixes
from tests.ops.cloud import ACCOUNT, REGION, Cloud

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
# Each session compares the names of events with the old names of 250 services. They are the same in all sessions.
aliaser: Any = EventAliaser
current_name: Any = cache(partial(aliaser._alias_event_name, EventAliaser(HierarchicalEmitter())))
aliaser._alias_event_name = lambda _, name: current_name(name)


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


def _stores() -> list[Any]:
    """Return moto's stores of the services whose content can be copied. Queues have locks."""
    find: Any = get_backend
    return [find(service)[ACCOUNT][REGION] for service in ("ec2", "ecs", "logs", "scheduler")]


def saved() -> bytes:
    """Copy the content of the emulated account, without its queues."""
    return pickle.dumps(_stores())


def restore(content: bytes) -> None:
    """Replace the content of the emulated account."""
    for store, copied in zip(_stores(), pickle.loads(content), strict=True):
        # Resources refer to the copied store, and moto keeps the other one. Both share one content.
        store.__dict__ = copied.__dict__
