"""Connections, API destinations and rules for the recipients that EventBridge sends requests to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, cast

import pulumi
from pulumi_aws import cloudwatch, iam

from ..args import GroupReference, RecipientReference
from ..aws import policies
from ..aws.names import event_target
from ..calls.model import Call
from ..checks.errors import refuse
from ..checks.recipient_secrets import SECRETS, problem_of_secret
from ..component_types import GROUP_TYPE
from ..infrastructure.roles import role_with_policy
from ..problems import Name, Problem
from ..resolved import Heartbeat, PagerDuty, Recipient, RecipientKind, Slack, Teams, Webhook
from ..scope import Scope
from .call_notices import call_notices
from .messages import Secret, endpoint_of, endpoints, message, query_parameters, secret
from .notices import Notice, Origin, direct_notices, supervised_notices

NOT_A_SECRET = ("X-Sender", "scheduled-tasks")
"""The header of a connection whose secret is elsewhere. Every connection needs an authorization."""
RETRY_SECONDS = 3600
"""How long EventBridge tries to deliver a message. After that, the queue of undelivered events keeps it."""

RETRIES = 185
"""The most that EventBridge supports. AWS: botocore events, RetryPolicy."""

_Notices = Callable[[Origin, Recipient], dict[str, Notice]]


@dataclass(frozen=True, slots=True)
class Recipients:
    """The resources of all recipients."""

    role: iam.Role
    rules: Mapping[str, cloudwatch.EventRule]
    """The rules by their names in Pulumi."""
    create_supervised_rules: Callable[[], dict[str, cloudwatch.EventRule]]
    deliveries: Sequence[Delivery]
    references: Sequence[RecipientReference]
    """The recipients for the group's reference."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """How messages to a recipient are delivered."""

    name: str
    """`<kind>-<name>`."""
    recipient: Recipient
    api_destination_arns: Mapping[str, pulumi.Output[str]]
    """By endpoint."""
    role_arn: pulumi.Input[str]
    """The role that may send to the API destination."""
    queue_arn: str
    """The queue for messages that could not be delivered."""


def create_recipients(
    scope: Scope,
    found: Mapping[tuple[RecipientKind, str], Recipient],
    origin: Origin,
    *,
    cluster_arn: pulumi.Output[str],
    queue_arn: str,
) -> Recipients:
    """The resources of recipients.

    Args:
        scope: The scope of the resources.
        found: The recipients by kind and name; at least one.
        origin: The group. Its cluster stands for the group's, which can be an output.
        cluster_arn: The cluster that runs start on.
        queue_arn: The queue for messages that could not be delivered.
    """
    destinations = {
        f"{kind}-{name}": _create_destinations(scope, f"{kind}-{name}", _checked(scope, kind, name, recipient))
        for (kind, name), recipient in found.items()
    }
    role = role_with_policy(
        scope,
        "notify",
        physical_name=scope.names.role("notify"),
        path=scope.names.iam_path,
        description="Sends messages about scheduled tasks to API destinations",
        trust=policies.event_trust(
            account_id=scope.account.account_id,
            rules_arn=scope.account.arn("events", f"rule/{scope.names.notify_prefix}*"),
        ),
        policy_name="send-messages",
        policy=pulumi.Output.all(*(each.arn for some in destinations.values() for each in some.values())).apply(
            policies.invoke_policy
        ),
    )
    deliveries = [
        Delivery(name, recipient, {end: it.arn for end, it in destinations[name].items()}, role.arn, queue_arn)
        for name, recipient in zip(destinations, found.values(), strict=True)
    ]

    def create_rules(notices: _Notices) -> dict[str, cloudwatch.EventRule]:
        created: dict[str, cloudwatch.EventRule] = {}
        for delivery in deliveries:
            for end, stand_in in notices(origin, delivery.recipient).items():
                endpoint = endpoint_of(delivery.recipient, stand_in.status)
                if endpoint is None:
                    continue
                notice = cluster_arn.apply(partial(_known, origin, delivery.recipient, notices, end))
                name = f"{scope.name}-notify-{delivery.name}-{end}"
                created[name] = _create_rule(scope, delivery, name, end, endpoint, notice)
        return created

    rules = create_rules(direct_notices)
    return Recipients(
        role.role,
        rules,
        partial(create_rules, supervised_notices),
        deliveries,
        [_reference(kind, name, recipient) for (kind, name), recipient in found.items()],
    )


def create_call_notices(
    scope: Scope, deliveries: Sequence[Delivery], task: str, call: pulumi.Output[Call], typical: Call, *, end: str
) -> dict[str, cloudwatch.EventRule]:
    """The rules for recipients about the work of a call, by their names in Pulumi.

    Args:
        scope: The scope of the rules.
        deliveries: The recipients of the group.
        task: The name of the call.
        call: The call.
        typical: The same call with a name in the place of each value that another resource produces.
        end: The end of the names of the rules in Pulumi.
    """
    created: dict[str, cloudwatch.EventRule] = {}
    for delivery in deliveries:
        notices = call_notices(scope.names, scope.account, delivery.recipient, task, typical)
        for outcome, stand_in in notices.items():
            endpoint = endpoint_of(delivery.recipient, stand_in.status)
            if endpoint is not None:
                notice = call.apply(partial(_of_call, scope, delivery.recipient, task, outcome))
                name = f"{scope.name}-notify-{delivery.name}-{outcome}-call{end}"
                own = f"{outcome}-call-{task}"
                created[name] = _create_rule(scope, delivery, name, own, endpoint, notice)
    return created


def _of_call(scope: Scope, recipient: Recipient, task: str, outcome: str, call: Call) -> Notice:
    """A notice, once the call is known."""
    return call_notices(scope.names, scope.account, recipient, task, call)[outcome]


def _reference(kind: RecipientKind, name: str, recipient: Recipient) -> RecipientReference:
    return {
        "kind": kind,
        "name": name,
        "tasks": list(recipient.tasks),
        "severities": list(recipient.severities),
        "channel": recipient.channel if isinstance(recipient, Slack) else "",
        "start": recipient.start if isinstance(recipient, Heartbeat) else "",
        "failure": recipient.failure if isinstance(recipient, Heartbeat) else "",
    }


def referred_deliveries(group: GroupReference, queue_arn: str) -> list[Delivery]:
    """How messages to the recipients of a group are delivered, from the group's reference."""
    arns = pulumi.Output.from_input(group.get("api_destination_arns", {}))
    found: list[Delivery] = []
    for each in group.get("recipients", ()):
        recipient = _referred(each)
        name = f"{each['kind']}-{each['name']}"
        own = {end: arns.apply(partial(_item, _key(name, end))) for end in endpoints(recipient)}
        found.append(Delivery(name, recipient, own, group.get("notify_role_arn", ""), queue_arn))
    return found


def arns_by_key(deliveries: Sequence[Delivery]) -> pulumi.Output[Mapping[str, str]]:
    """The API destinations of all recipients, for the group's reference."""
    return pulumi.Output.all(
        **{_key(each.name, end): arn for each in deliveries for end, arn in each.api_destination_arns.items()}
    )


def _key(delivery: str, endpoint: str) -> str:
    return f"{delivery}/{endpoint}"


def _item(name: str, known: Mapping[str, str]) -> str:
    return known[name]


_ELSEWHERE = "https://not.known.example"
"""In place of a URL or a secret, which only the group's API destinations and connections have."""


def _referred(given: RecipientReference) -> Recipient:
    """A recipient as a call knows it: without its URL and its secret."""
    tasks, severities = tuple(given["tasks"]), tuple(given["severities"])
    if given["kind"] == "slack":
        return Slack(tasks=tasks, severities=severities, token=_ELSEWHERE, channel=given["channel"])
    if given["kind"] == "teams":
        return Teams(tasks=tasks, severities=severities, url=f"{_ELSEWHERE}?sig=none")
    if given["kind"] == "pagerduty":
        return PagerDuty(tasks=tasks, severities=severities, routing_key=_ELSEWHERE, eu=False)
    if given["kind"] == "webhook":
        return Webhook(tasks=tasks, severities=severities, url=_ELSEWHERE, header="", secret=_ELSEWHERE)
    return Heartbeat(tasks=tasks, url=_ELSEWHERE, start=given["start"], failure=given["failure"])


def _known(origin: Origin, recipient: Recipient, notices: _Notices, end: str, cluster_arn: str) -> Notice:
    """A notice, once the cluster is known."""
    return notices(replace(origin, cluster_arn=cluster_arn), recipient)[end]


def _checked(scope: Scope, kind: RecipientKind, name: str, recipient: Recipient) -> Recipient:
    """The recipient, whose secret stops the deployment if EventBridge or the recipient doesn't accept it."""
    argument = SECRETS[kind]

    def refused(value: str) -> str:
        message = problem_of_secret(kind, value)
        place = ("notify", kind, Name(name), argument)
        refuse(f'{GROUP_TYPE} "{scope.name}"', [Problem(place, message)] if message else [])
        return value

    value: pulumi.Input[str] = getattr(recipient, argument)
    if isinstance(value, str):
        # It has been checked before.
        return recipient
    return replace(recipient, **{argument: pulumi.Output.from_input(value).apply(refused)})


def _create_destinations(scope: Scope, name: str, recipient: Recipient) -> dict[str, cloudwatch.EventApiDestination]:
    """The connection of a recipient, and its API destinations by endpoint."""
    connection = cloudwatch.EventConnection(
        f"{scope.name}-notify-{name}",
        name=scope.names.notification(name),
        description=f"Secret for messages of {scope.names.prefix}",
        authorization_type="API_KEY",
        auth_parameters=cast("Any", _auth_parameters(secret(recipient))),
        opts=scope.opts,
    )
    created: dict[str, cloudwatch.EventApiDestination] = {}
    for end, to in endpoints(recipient).items():
        own = f"{name}-{end}" if end else name
        created[end] = cloudwatch.EventApiDestination(
            f"{scope.name}-notify-{own}",
            name=scope.names.notification(own),
            description=f"Messages of {scope.names.prefix}",
            connection_arn=connection.arn,
            invocation_endpoint=pulumi.Output.secret(to.url) if isinstance(recipient, Heartbeat) else to.url,
            http_method="POST",
            invocation_rate_limit_per_second=to.per_second,
            opts=scope.opts,
        )
    return created


def _auth_parameters(found: Secret | None) -> Mapping[str, object]:
    if found is None:
        header, value = NOT_A_SECRET
        return {"api_key": {"key": header, "value": value}}
    hidden = pulumi.Output.secret(found.value)
    if found.header:
        return {"api_key": {"key": found.header, "value": hidden}}
    header, value = NOT_A_SECRET
    if found.is_query:
        strings = hidden.apply(query_parameters)
        return {"api_key": {"key": header, "value": value}, "invocation_http_parameters": {"query_strings": strings}}
    body = {"key": found.body_parameter, "value": hidden, "is_value_secret": True}
    return {"api_key": {"key": header, "value": value}, "invocation_http_parameters": {"bodies": [body]}}


def _create_rule(
    scope: Scope, delivery: Delivery, name: str, end: str, endpoint: str, notice: pulumi.Output[Notice]
) -> cloudwatch.EventRule:
    """The rule of a notice, and its target. `end` is the end of the rule's name in AWS."""
    rule = cloudwatch.EventRule(
        name,
        name=scope.names.notification(f"{delivery.name}-{end}"),
        description=f"Messages of {scope.names.prefix} to {delivery.name}: {end}",
        event_pattern=notice.apply(lambda it: it.pattern),
        # The provider keeps the state of a rule that somebody disabled, unless it is set.
        state="ENABLED",
        tags=scope.tags,
        opts=scope.opts,
    )
    cloudwatch.EventTarget(
        name,
        rule=rule.name,
        target_id=event_target(delivery.name),
        arn=delivery.api_destination_arns[endpoint],
        role_arn=delivery.role_arn,
        dead_letter_config={"arn": delivery.queue_arn},
        retry_policy={"maximum_event_age_in_seconds": RETRY_SECONDS, "maximum_retry_attempts": RETRIES},
        input_transformer=cast("Any", notice.apply(lambda it: message(delivery.recipient, scope.names, it))),
        opts=scope.opts,
    )
    return rule
