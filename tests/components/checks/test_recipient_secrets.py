"""Secrets of recipients that EventBridge or the recipient does not accept."""

from typing import Any

import pulumi
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from components import ScheduledTaskGroup
from components.aws import limits
from components.checks.errors import InvalidArgumentsError
from components.checks.recipient_secrets import SECRETS, problem_of_secret
from components.resolved import RecipientKind
from components.testing import run
from sandbox.validation import problems

WORKFLOW = "https://a.example/workflows/1/triggers/manual/paths/invoke"
ACCEPTED: dict[RecipientKind, str] = {
    "webhook": "Bearer t0k3n",
    "pagerduty": "r3FPuDvNOTEDyQYCc7trBkymIFcy2NkE",
    "slack": "xoxb-1-2-a",
    "teams": f"{WORKFLOW}?api-version=1&sig=C1Kv-Q_8",
    "heartbeat": "https://a.example/ping/1",
}
REFUSED: list[tuple[RecipientKind, str, str]] = [
    ("webhook", "", "a header of 0 characters. EventBridge accepts 1 to 512"),
    ("webhook", "C" * 513, "a header of 513 characters"),
    ("webhook", "CANARY\n", "line breaks"),
    ("webhook", "user:CANARY", "colons"),
    ("slack", "C" * 506, "a header of 513 characters"),
    ("slack", "xoxb-CANARY\n", "line breaks"),
    ("pagerduty", "", "empty"),
    ("pagerduty", "CANARY\n", "line breaks"),
    ("heartbeat", "http://a.example/CANARY", "HTTPS"),
    ("heartbeat", "https://a.example/CANARY?a=b", "query"),
    ("heartbeat", "https://a.example/CANARY\n", "HTTPS"),
    ("heartbeat", f"https://a.example/{'C' * 2048}", "HTTPS"),
    ("teams", f"{WORKFLOW}?api-version=CANARY", "`sig`"),
    ("teams", "http://a.example/x?sig=CANARY", "HTTPS"),
    ("teams", f"{WORKFLOW}?sig=CANARY#a", "`sig`"),
    ("teams", f"{WORKFLOW}?sig=CANARY&sv=", "`sig`"),
    ("teams", f"{WORKFLOW}?sig={'C' * 513}", "`sig`"),
]


@pytest.mark.parametrize(("kind", "value"), ACCEPTED.items(), ids=ACCEPTED)
def test_a_secret_is_accepted(kind: RecipientKind, value: str):
    assert problem_of_secret(kind, value) is None


@pytest.mark.parametrize(("kind", "value", "words"), REFUSED)
def test_a_secret_is_refused_and_not_shown(kind: RecipientKind, value: str, words: str):
    found = problem_of_secret(kind, value)
    assert found is not None
    assert words in found
    assert "CANARY" not in found
    assert "CCC" not in found


def test_limits_are_those_of_aws():
    """AWS: botocore events, AuthHeaderParametersSensitive, QueryStringValueSensitive, HttpsEndpoint."""
    assert limits.CONNECTION_VALUE == (1, 512)
    assert limits.ENDPOINT_LENGTH == 2048


@given(st.text(alphabet=st.characters(max_codepoint=0x180), max_size=20))
@example("a" * 512)
@example("a" * 513)
@example(" ")
@example("\t")
@example("é")
def test_eventbridge_accepts_each_accepted_header(value: str):
    if problem_of_secret("webhook", value) is None:
        key = {"ApiKeyName": "Authorization", "ApiKeyValue": value}
        request = {
            "Name": "a",
            "AuthorizationType": "API_KEY",
            "AuthParameters": {"ApiKeyAuthParameters": key},
        }
        assert problems("events", "CreateConnection", request) == []


REST: dict[RecipientKind, dict[str, Any]] = {
    "webhook": {"url": "https://a.example/runs"},
    "pagerduty": {},
    "slack": {"channel": "C0123456789"},
    "teams": {},
    "heartbeat": {"tasks": ["backup"]},
}


def group(kind: RecipientKind, value: pulumi.Input[str]) -> None:
    recipient = {**REST[kind], SECRETS[kind]: value}
    ScheduledTaskGroup("main", {"notify": {kind: {"on-call": recipient}}})  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("kind", REST)
def test_a_component_refuses_a_known_secret(kind: RecipientKind):
    place = rf"notify\.{kind}\.on-call\.{SECRETS[kind]}: the value \(not shown\)"
    with pytest.raises(InvalidArgumentsError, match=place):
        run(lambda: group(kind, "CANARY \n"))


@pytest.mark.parametrize("kind", REST)
def test_a_component_stops_at_a_secret_that_only_the_engine_knows(kind: RecipientKind):
    place = rf'ScheduledTaskGroup "main".*\n.*notify\.{kind}\.on-call\.{SECRETS[kind]}: the value \(not shown\)'
    with pytest.raises(InvalidArgumentsError, match=place) as raised:
        run(lambda: group(kind, pulumi.Output.secret("CANARY \n")))
    assert "CANARY" not in str(raised.value)
