"""The requests to each kind of recipient: endpoint, secret, and body.

An API destination has one endpoint and method, and its connection adds the secret, which no template contains.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qsl

from ..aws.names import GroupNames
from ..resolved import Heartbeat, PagerDuty, Recipient, Slack, Teams, Webhook
from .events import InputTransformer, literal
from .notices import Notice, Status
from .templates import Body, transformer

if TYPE_CHECKING:
    from pulumi import Input

VERSION = 1
"""The version of the body that webhooks receive."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An API destination of a recipient."""

    url: Input[str]
    per_second: int
    """The most requests per second."""


@dataclass(frozen=True, slots=True)
class Secret:
    """The secret of a recipient's connection."""

    value: Input[str]
    header: str = ""
    """The header that contains the secret."""
    body_parameter: str = ""
    """Otherwise, the member of the body that contains it."""
    is_query: bool = False
    """Whether it is the query of the URL, instead."""


DEFAULT, START, FAILURE = "", "start", "failure"
"""The endpoints of a recipient: most have only one."""


def secret(recipient: Recipient) -> Secret | None:
    """The secret that EventBridge adds to the requests to a recipient. None if its URL contains it."""
    if isinstance(recipient, Webhook):
        return Secret(recipient.secret, header=recipient.header)
    if isinstance(recipient, PagerDuty):
        # It has no header for the key.
        return Secret(recipient.routing_key, body_parameter="routing_key")
    if isinstance(recipient, Slack):
        return Secret(_with(recipient.token, lambda known: f"Bearer {known}"), header="Authorization")
    if isinstance(recipient, Teams):
        return Secret(_with(recipient.url, lambda known: _parts(known)[1]), is_query=True)
    return None


def endpoints(recipient: Recipient) -> dict[str, Endpoint]:
    """The endpoints of a recipient."""
    if isinstance(recipient, Webhook):
        return {DEFAULT: Endpoint(recipient.url, 20)}
    if isinstance(recipient, PagerDuty):
        # PagerDuty developer documentation, "Events API v2 overview": 120 events per minute are always accepted.
        host = "events.eu.pagerduty.com" if recipient.eu else "events.pagerduty.com"
        return {DEFAULT: Endpoint(f"https://{host}/v2/enqueue", 2)}
    if isinstance(recipient, Slack):
        # Slack developer documentation, "Rate limits", posting messages: one message per second and channel.
        return {DEFAULT: Endpoint("https://slack.com/api/chat.postMessage", 1)}
    if isinstance(recipient, Teams):
        # Microsoft Teams developer documentation, "Rate limiting for connectors": two requests per second for a while.
        return {DEFAULT: Endpoint(_with(recipient.url, lambda known: _parts(known)[0]), 1)}
    assert isinstance(recipient, Heartbeat)
    return {name: Endpoint(_joined(recipient.url, end), 5) for name, end in _ends(recipient).items()}


def _ends(monitor: Heartbeat) -> dict[str, str]:
    """The ends of a monitor's URLs, by endpoint."""
    further = {START: monitor.start, FAILURE: monitor.failure}
    return {DEFAULT: "", **{name: end for name, end in further.items() if end}}


def _joined(url: Input[str], end: str) -> Input[str]:
    """A URL with another end."""
    return _with(url, lambda known: known.removesuffix("/") + end)


def _with(value: Input[str], change: Callable[[str], str]) -> Input[str]:
    """A changed value, which may be known to the engine only."""
    return change(value) if isinstance(value, str) else cast("Any", value).apply(change)


def _parts(url: str) -> tuple[str, str]:
    """The URL of a workflow without its query, and the query."""
    start, _, query = url.partition("?")
    return start, query


def query_parameters(query: str) -> list[dict[str, object]]:
    """The parameters of a query as those of a connection. EventBridge adds them to each request.

    AWS: Amazon EventBridge API reference, ConnectionQueryStringParameter.
    """
    return [{"key": name, "value": value, "is_value_secret": True} for name, value in parse_qsl(query)]


def endpoint_of(recipient: Recipient, status: Status) -> str | None:
    """The endpoint that receives notices with a status. None for none."""
    if not isinstance(recipient, Heartbeat):
        # A channel would get a message for each success. Only a task that counts its failures knows of one before.
        unwanted = ("started", "succeeded") if isinstance(recipient, Slack | Teams) else ("started",)
        return None if status in unwanted else DEFAULT
    wanted = {"started": START, "failed": FAILURE}.get(status, DEFAULT)
    return wanted if wanted in _ends(recipient) else None


def requests_per_success(recipient: Recipient, task: str) -> int:
    """The requests to a recipient about a run of a task that succeeds on its first attempt."""
    if "critical" not in recipient.severities or not recipient.covers(task):
        return 0
    statuses: tuple[Status, ...] = ("started", "succeeded")
    return sum(endpoint_of(recipient, status) is not None for status in statuses)


def message(recipient: Recipient, names: GroupNames, notice: Notice) -> InputTransformer:
    """The body of the request about an event."""
    if isinstance(recipient, Slack):
        return transformer(_slack(recipient.channel, notice), notice.paths)
    if isinstance(recipient, Teams):
        return transformer(_teams(notice), notice.paths)
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


def _slack(channel: str, notice: Notice) -> Mapping[str, Body]:
    """The arguments of Slack's chat.postMessage. Free text is a block of its own.

    Slack developer documentation, "chat.postMessage" and "Section block".
    """
    commands = notice.facts.get("commands")
    lines = [str(command) for command in commands.values()] if isinstance(commands, Mapping) else []
    texts = (notice.summary, notice.reason, *notice.details)
    blocks: list[Body] = [_section("plain_text", text) for text in texts]
    if description := notice.facts.get("description"):
        blocks.append(_section("plain_text", description))
    if lines:
        blocks.append(_section("mrkdwn", "\n".join(["```", *lines, "```"])))
    blocks.append(_section("mrkdwn", notice.console))
    return {"channel": channel, "text": notice.summary, "unfurl_links": False, "blocks": blocks}


def _teams(notice: Notice) -> Mapping[str, Body]:
    """The message with an Adaptive Card that a Teams workflow posts. Free text is a block of its own.

    Microsoft Teams developer documentation, "Send Adaptive Cards using an Incoming Webhook"; Adaptive Cards
    documentation, "TextBlock" and "Action.OpenUrl".
    """
    texts = (notice.reason, *notice.details)
    blocks: list[Body] = [{**_text_block(notice.summary), "weight": "Bolder"}, *map(_text_block, texts)]
    if description := notice.facts.get("description"):
        blocks.append(_text_block(description))
    commands = notice.facts.get("commands")
    if isinstance(commands, Mapping):
        blocks += [{**_text_block(command), "fontType": "Monospace"} for command in commands.values()]
    card: Mapping[str, Body] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.2",
        "body": blocks,
        "actions": [{"type": "Action.OpenUrl", "title": "Console", "url": notice.console}],
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [attachment]}


def _text_block(text: Body) -> Mapping[str, Body]:
    return {"type": "TextBlock", "text": text, "wrap": True}


def _section(kind: str, text: Body) -> Mapping[str, Body]:
    return {"type": "section", "text": {"type": kind, "text": text}}
