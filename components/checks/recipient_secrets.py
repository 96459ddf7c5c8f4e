"""Secrets of recipients: in the form that EventBridge and the recipient accept. No message shows a value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl

from ..aws import limits, patterns
from ..problems import Name, Problem
from ..resolved import Group
from ..resolved.notify import RecipientKind
from .check import reads

SECRETS: Mapping[RecipientKind, str] = {
    "webhook": "secret",
    "pagerduty": "routing_key",
    "slack": "token",
    "teams": "url",
    "heartbeat": "url",
}
"""The argument of each kind of recipient that is secret."""

_STORE_AGAIN = "Store it again without them: pulumi config set --secret asks for the value."


@reads("notify")
def secrets_of_recipients(group: Group) -> Iterator[Problem]:
    """Secrets that are known before the deployment. The others are checked when Pulumi knows them."""
    for (kind, name), recipient in group.recipients.items():
        value: object = getattr(recipient, SECRETS[kind])
        if isinstance(value, str) and (message := problem_of_secret(kind, value)):
            yield Problem(("notify", kind, Name(name), SECRETS[kind]), message)


def problem_of_secret(kind: RecipientKind, value: str) -> str | None:
    """Why EventBridge or the recipient does not accept a secret; None if they do.

    Args:
        kind: The kind of the recipient.
        value: The secret.
    """
    if kind == "heartbeat":
        return _heartbeat(value)
    if kind == "teams":
        return _workflow(value)
    if kind == "pagerduty":
        return (
            None
            if re.fullmatch(r"\S+", value)
            else f"the value (not shown) is empty or has spaces or line breaks. {_STORE_AGAIN}"
        )
    return _header(f"Bearer {value}" if kind == "slack" else value)


def _header(value: str) -> str | None:
    """AWS: botocore events, AuthHeaderParametersSensitive."""
    least, most = limits.CONNECTION_VALUE
    if not least <= len(value) <= most:
        return (
            f"the value (not shown) makes a header of {len(value)} characters. EventBridge accepts {least} to {most}."
        )
    if not re.fullmatch(patterns.HEADER_VALUE, value):
        return f"the value (not shown) contains colons, line breaks or other control characters. {_STORE_AGAIN}"
    return None


def _heartbeat(url: str) -> str | None:
    if not _is_endpoint(url):
        return (
            "the value (not shown) is not an HTTPS URL without user name, query and fragment. Copy it from the monitor."
        )
    return None


def _workflow(url: str) -> str | None:
    """The URL of a workflow: its query is the secret of the connection."""
    start, _, query = url.partition("?")
    found = parse_qsl(query, keep_blank_values=True)
    least, most = limits.CONNECTION_VALUE
    is_signed = "sig" in dict(found) and all(least <= len(it) <= most and "#" not in it for _, it in found)
    if not _is_endpoint(start) or not is_signed:
        return (
            "the value (not shown) is not an HTTPS URL with a query that contains `sig`. Copy it from the trigger of "
            "the workflow, which anyone must be able to trigger."
        )
    return None


def _is_endpoint(url: str) -> bool:
    return len(url) <= limits.ENDPOINT_LENGTH and re.fullmatch(patterns.HTTPS_URL, url) is not None
