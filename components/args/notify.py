"""Arguments of messages: who receives failures, recoveries and alarms."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, Required

from typing_extensions import TypedDict

from ..aws import patterns
from ..keys.annotations import Aws, Between, Characters, Default, Example, Input, Items, Matches
from .strict import strict
from .values import KmsKeyArn

Severity = Literal["critical", "warning"]

_Secret = Input[Annotated[str, Characters(512)]]
"""AWS: botocore events, AuthHeaderParametersSensitive."""


@strict
class RecipientArgs(TypedDict, total=False):
    """The messages that a recipient receives."""

    tasks: Annotated[
        Sequence[
            Annotated[str, Matches(patterns.TASK_FILTER, "the name of a task, or the start of one with a * at its end")]
        ],
        Items(0, 20, "names"),
        Default((), "all tasks, and the alarms of the group"),
        Aws("EventBridge event pattern"),
        Example('tasks: [nightly-backup, "orders-*"]'),
    ]
    """Tasks whose messages it receives, by name, or by the start of the name with `*`. The alarms of the group go only
    to recipients without `tasks`."""

    severities: Annotated[
        Sequence[Severity],
        Items(1, 2, "severities"),
        Default(("critical", "warning"), "both"),
        Aws("EventBridge event pattern"),
        Example("severities: [critical]"),
    ]
    """`critical`: failed runs, missing successes, and launches that failed. `warning`: launches that are throttled, or
    that AWS refused and that are being retried."""


@strict
class WebhookArgs(RecipientArgs, total=False):
    """An HTTPS endpoint that receives JSON."""

    url: Required[
        Annotated[
            str,
            Matches(
                patterns.HTTPS_URL,
                "an HTTPS URL without user name, query and fragment",
                "https://<host>/<path>, and put the secret part under `secret`",
                shown=False,
            ),
            Aws("CreateApiDestination InvocationEndpoint"),
            Example("url: https://hooks.example.com/runs\nsecret: { config: hookToken }"),
        ]
    ]
    """URL of the endpoint. It must answer within 5 seconds. Everybody who may call events:DescribeApiDestination can
    read it, so a secret belongs under `secret`."""

    header: Annotated[
        str,
        Matches(patterns.HEADER, "the name of an HTTP header"),
        Default("Authorization"),
        Aws("ApiKeyAuthParameters.ApiKeyName"),
        Example("url: https://hooks.example.com/runs\nheader: X-Token\nsecret: { config: hookToken }"),
    ]
    """HTTP header that contains the secret."""

    secret: Required[
        Annotated[
            _Secret,
            Aws("ApiKeyAuthParameters.ApiKeyValue"),
            Example("url: https://hooks.example.com/runs\nsecret: { config: hookToken }"),
        ]
    ]
    """Value of the header, such as `Bearer ...`, of at most 512 characters. EventBridge keeps it in Secrets Manager."""


@strict
class PagerDutyArgs(RecipientArgs, total=False):
    """A PagerDuty service that receives events of the Events API v2."""

    routing_key: Required[
        Annotated[
            _Secret,
            Aws("InvocationHttpParameters.BodyParameters"),
            Example("routingKey: { config: pagerdutyKey }"),
        ]
    ]
    """Integration key of the service. EventBridge keeps it in Secrets Manager."""

    eu: Annotated[
        bool,
        Default(False),
        Aws("CreateApiDestination InvocationEndpoint"),
        Example("routingKey: { config: pagerdutyKey }\neu: true"),
    ]
    """Whether the account is in PagerDuty's EU service region."""


@strict
class SlackArgs(RecipientArgs, total=False):
    """A Slack channel that a Slack app posts to."""

    token: Required[
        Annotated[
            _Secret,
            Aws("ApiKeyAuthParameters.ApiKeyValue"),
            Example("token: { config: slackToken }\nchannel: C0123456789"),
        ]
    ]
    """Bot token of the app (`xoxb-...`), which needs the scope `chat:write`. EventBridge keeps it in Secrets
    Manager."""

    channel: Required[
        Annotated[
            str,
            Matches(patterns.SLACK_CHANNEL, "the ID of a Slack channel", "C0123456789, as in the channel details"),
            Aws("InputTemplate"),
            Example("token: { config: slackToken }\nchannel: C0123456789"),
        ]
    ]
    """ID of the channel. Invite the app to it."""


@strict
class TeamsArgs(RecipientArgs, total=False):
    """A Microsoft Teams channel or chat that a workflow posts to."""

    url: Required[
        Annotated[
            Input[Annotated[str, Characters(2048)]],
            Aws("InvocationHttpParameters.QueryStringParameters"),
            Example("url: { config: teamsUrl }"),
        ]
    ]
    """URL of a workflow with the trigger "When a Teams webhook request is received", which anyone can trigger.
    EventBridge keeps its query, which contains the signature, in Secrets Manager. Everybody who may call
    events:DescribeApiDestination can read the rest."""


@strict
class HeartbeatArgs(TypedDict, total=False):
    """A monitor that expects a request from each run of one task, such as Healthchecks or Cronitor."""

    tasks: Required[
        Annotated[
            Sequence[Annotated[str, Matches(patterns.TASK, "the name of a task")]],
            Items(1, 1, "names"),
            Aws("EventBridge event pattern"),
            Example("tasks: [nightly-backup]\nurl: { config: backupPing }"),
        ]
    ]
    """The task, or a call whose work a service reports, as a list with one name. A monitor has its own URL for each
    task."""

    url: Required[
        Annotated[
            Input[Annotated[str, Characters(1024)]],
            Aws("CreateApiDestination InvocationEndpoint"),
            Example("tasks: [nightly-backup]\nurl: { config: backupPing }"),
        ]
    ]
    """HTTPS URL that receives a request for each success. It is secret in Pulumi. Everybody who may call
    events:DescribeApiDestination can read it."""

    start: Annotated[
        str,
        Matches(patterns.URL_END, "the end of a URL", "/start, ?state=run, or an empty string for no request"),
        Default("/start"),
        Aws("CreateApiDestination InvocationEndpoint"),
        Example("tasks: [nightly-backup]\nurl: { config: backupPing }\nstart: '?state=run'"),
    ]
    """End of the URL for the start of a run, added to `url`. Empty for monitors that have no such URL."""

    failure: Annotated[
        str,
        Matches(patterns.URL_END, "the end of a URL", "/fail, ?state=fail, or an empty string for no request"),
        Default("/fail"),
        Aws("CreateApiDestination InvocationEndpoint"),
        Example("tasks: [nightly-backup]\nurl: { config: backupPing }\nfailure: '?state=fail'"),
    ]
    """End of the URL for a failed run, added to `url`. Empty for monitors that have no such URL."""


@strict
class NotifyArgs(TypedDict, total=False):
    """Who receives messages about failures and alarms: an SNS topic, which the group creates unless `topic_arn`
    is set."""

    emails: Annotated[
        Sequence[Annotated[str, Matches(patterns.EMAIL, "an email address")]],
        Default((), "none"),
        Aws("Subscription: email"),
        Example("emails: [ops@example.com]"),
    ]
    """Email addresses to subscribe. Each recipient must confirm the subscription."""

    topic_arn: Annotated[
        Input[
            Annotated[str, Matches(patterns.TOPIC_ARN, "the ARN of a topic", "arn:aws:sns:<region>:<account>:<name>")]
        ],
        Default(words="a new topic"),
        Aws("TopicArn"),
        Example('topicArn: "arn:aws:sns:eu-west-1:123456789012:alerts"'),
    ]
    """ARN of an existing topic. Its policy must allow events.amazonaws.com and cloudwatch.amazonaws.com to
    publish."""

    kms_key: Annotated[
        KmsKeyArn,
        Default(words="none"),
        Aws("KmsMasterKeyId"),
        Example(
            "emails: [ops@example.com]\n"
            'kmsKey: "arn:aws:kms:eu-west-1:123456789012:key/11111111-1111-1111-1111-111111111111"'
        ),
    ]
    """ARN of a KMS key that encrypts the new topic. Its key policy must allow both services kms:GenerateDataKey* and
    kms:Decrypt, and events.amazonaws.com without a condition on aws:SourceAccount or aws:SourceArn."""

    recoveries: Annotated[
        bool,
        Default(False),
        Aws("PutMetricAlarm OKActions"),
        Example("emails: [ops@example.com]\nrecoveries: true"),
    ]
    """Whether the topic also gets a message when an alarm ends: for a task with `expectSuccessWithin`, when it succeeds
    again. Each new alarm then sends one when it gets its first data. Other recipients always get these messages."""

    after: Annotated[
        int,
        Between(1, 100),
        Default(words="messages about each failure"),
        Aws("DynamoDB UpdateItem, EventBridge PutRule"),
        Example("emails: [ops@example.com]\nafter: 3"),
    ]
    """`notifyAfter` of supervised tasks that don't set it themselves. Other tasks send messages about each failure."""

    webhook: Annotated[
        Mapping[str, WebhookArgs],
        Default({}, "none"),
        Aws("EventBridge API destinations"),
        Example("webhook:\n  incidents: { url: 'https://hooks.example.com/runs', secret: { config: hookToken } }"),
    ]
    """HTTPS endpoints that receive failures, recoveries and alarms as JSON, by name."""

    pagerduty: Annotated[
        Mapping[str, PagerDutyArgs],
        Default({}, "none"),
        Aws("EventBridge API destinations"),
        Example("pagerduty:\n  on-call: { routingKey: { config: pagerdutyKey } }"),
    ]
    """PagerDuty services, by name. A failed run opens an alert per task, and the next success resolves it."""

    slack: Annotated[
        Mapping[str, SlackArgs],
        Default({}, "none"),
        Aws("EventBridge API destinations"),
        Example("slack:\n  alerts: { token: { config: slackToken }, channel: C0123456789 }"),
    ]
    """Slack channels that receive failures, and alarms when they start and end, by name."""

    teams: Annotated[
        Mapping[str, TeamsArgs],
        Default({}, "none"),
        Aws("EventBridge API destinations"),
        Example("teams:\n  alerts: { url: { config: teamsUrl } }"),
    ]
    """Microsoft Teams channels and chats that receive failures, and alarms when they start and end, by name."""

    heartbeat: Annotated[
        Mapping[str, HeartbeatArgs],
        Default({}, "none"),
        Aws("EventBridge API destinations"),
        Example("heartbeat:\n  backup: { tasks: [nightly-backup], url: { config: backupPing } }"),
    ]
    """Monitors that expect a request from each run of a task, by name: one when it starts, and one when it succeeds or
    fails."""
