"""The requests to each kind of recipient: endpoint, secret, and body.

An API destination has one endpoint and method, and its connection adds the secret, which no template contains.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from ..aws.names import GroupNames
from ..resolved import Notify, PagerDuty, Recipient, Webhook
from .events import InputTransformer, literal
from .notices import Notice
from .templates import Body, transformer

if TYPE_CHECKING:
    from pulumi import Input

Kind: TypeAlias = Literal["webhook", "pagerduty"]
VERSION = 1
"""The version of the body that webhooks receive."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The API destination of a recipient, and the secret of its connection."""

    url: str
    per_second: int
    """The most requests per second."""
    secret: Input[str]
    header: str = ""
    """The header that contains the secret."""
    body_parameter: str = ""
    """Otherwise, the member of the body that contains it."""


def recipients(notify: Notify) -> dict[tuple[Kind, str], Recipient]:
    """The recipients that EventBridge sends requests to, by kind and name."""
    return {
        **{("webhook", name): found for name, found in sorted(notify.webhook.items())},
        **{("pagerduty", name): found for name, found in sorted(notify.pagerduty.items())},
    }


def endpoint(recipient: Recipient) -> Endpoint:
    """The endpoint of a recipient."""
    if isinstance(recipient, Webhook):
        return Endpoint(recipient.url, 20, recipient.secret, header=recipient.header)
    assert isinstance(recipient, PagerDuty)
    # PagerDuty developer documentation, "Events API v2 overview": 120 events per minute are always accepted. It has no
    # header for the key.
    host = "events.eu.pagerduty.com" if recipient.eu else "events.pagerduty.com"
    return Endpoint(f"https://{host}/v2/enqueue", 2, recipient.routing_key, body_parameter="routing_key")


def message(recipient: Recipient, names: GroupNames, notice: Notice) -> InputTransformer:
    """The body of the request about an event."""
    build = _pagerduty if isinstance(recipient, PagerDuty) else _webhook
    return transformer(build(literal(names.prefix), notice), notice.paths)


def _webhook(prefix: str, notice: Notice) -> Mapping[str, Body]:
    return {
        "version": VERSION,
        "status": notice.status,
        "severity": notice.severity,
        "group": prefix,
        "task": notice.task,
        "key": notice.key,
        "summary": notice.summary,
        "reason": notice.reason,
        **notice.facts,
        "console": notice.console,
    }


def _pagerduty(prefix: str, notice: Notice) -> Mapping[str, Body]:
    """An event of PagerDuty's Events API v2. AWS adds the routing key.

    PagerDuty developer documentation, "Send an alert event".
    """
    if notice.is_recovery:
        return {"event_action": "resolve", "dedup_key": notice.key}
    return {
        "event_action": "trigger",
        "dedup_key": notice.key,
        "client": "scheduled-tasks",
        "client_url": notice.console,
        "payload": {
            "summary": notice.summary,
            "source": prefix,
            "severity": notice.severity,
            "component": notice.task or prefix,
            "group": prefix,
            "class": notice.kind,
            "custom_details": {"reason": notice.reason, **notice.facts},
        },
    }
