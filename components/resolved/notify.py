"""Messages: who receives failures, recoveries and alarms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal, TypeAlias

from .. import args
from ..args import Severity
from ..keys.resolution import resolves

if TYPE_CHECKING:
    from pulumi import Input


RecipientKind: TypeAlias = Literal["webhook", "pagerduty", "slack", "teams", "heartbeat"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """The messages that a recipient receives."""

    tasks: tuple[str, ...]
    """Names of tasks, or starts of names with `*`. Empty for all tasks and the alarms of the group."""
    severities: tuple[Severity, ...]

    def covers(self, task: str) -> bool:
        """Whether it receives messages about a task."""
        return not self.tasks or any(
            task.startswith(name[:-1]) if name.endswith("*") else task == name for name in self.tasks
        )


@resolves(args.WebhookArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook(Recipient):
    """An HTTPS endpoint that receives JSON."""

    url: str
    header: str
    secret: Input[str]


@resolves(args.PagerDutyArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class PagerDuty(Recipient):
    """A PagerDuty service."""

    routing_key: Input[str]
    eu: bool


@resolves(args.SlackArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class Slack(Recipient):
    """A Slack channel."""

    token: Input[str]
    channel: str


@resolves(args.TeamsArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class Teams(Recipient):
    """A Microsoft Teams channel or chat."""

    url: Input[str]
    """With a query, which contains the signature."""


@resolves(args.HeartbeatArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat(Recipient):
    """A monitor that expects a request from each run of one task."""

    DERIVED: ClassVar[frozenset[str]] = frozenset({"severities"})

    severities: tuple[Severity, ...] = ("critical",)
    url: Input[str]
    start: str
    """End of the URL for the start of a run. Empty for none."""
    failure: str
    """End of the URL for a failed run. Empty for none."""


@resolves(args.NotifyArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class Notify:
    """Who receives messages about failures and alarms."""

    emails: tuple[str, ...]
    topic_arn: Input[str] | None
    kms_key: str | None
    recoveries: bool
    """Whether alarms that end send a message to the topic."""
    after: int | None
    """Failed runs in a row before messages are sent, for supervised tasks that don't set it."""
    webhook: Mapping[str, Webhook]
    pagerduty: Mapping[str, PagerDuty]
    slack: Mapping[str, Slack]
    teams: Mapping[str, Teams]
    heartbeat: Mapping[str, Heartbeat]

    @property
    def recipients(self) -> dict[tuple[RecipientKind, str], Recipient]:
        """The recipients that EventBridge sends requests to, by kind and name."""
        kinds: dict[RecipientKind, Mapping[str, Recipient]] = {
            "webhook": self.webhook,
            "pagerduty": self.pagerduty,
            "slack": self.slack,
            "teams": self.teams,
            "heartbeat": self.heartbeat,
        }
        return {(kind, name): found for kind, by_name in kinds.items() for name, found in sorted(by_name.items())}
