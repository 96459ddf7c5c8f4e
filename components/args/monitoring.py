"""Arguments of monitoring and encryption."""

from collections.abc import Sequence
from typing import Annotated, Literal

from typing_extensions import TypedDict

from ..aws import patterns
from ..keys.annotations import Aws, Default, Example, Matches
from .strict import strict
from .values import KmsKeyArn

SuccessMetrics = Literal["perTask", "shared"]


@strict
class MonitoringArgs(TypedDict, total=False):
    """Monitoring of the group: outcome logs, alarms, dashboard and tracing."""

    outcomes: Annotated[bool, Default(True), Aws("EventBridge PutRule"), Example("outcomes: false")]
    """Records the end of each run, successful or failed, in outcome logs, and sends failures to the topic."""

    alarms: Annotated[bool, Default(True), Aws("PutMetricAlarm"), Example("alarms: false")]
    """Alarms on failed launches and dead-letter messages."""

    success_metrics: Annotated[
        SuccessMetrics, Default("perTask"), Aws("PutMetricFilter"), Example("successMetrics: shared")
    ]
    """How `expectSuccessWithin` counts successes. `perTask`: one metric filter for each task that sets it, of which AWS
    allows 100 per log group. `shared`: one metric filter for any number of tasks. AWS then charges for one metric for
    each task that succeeds, even if it doesn't set `expectSuccessWithin`. After a change, the alarm of a task fires
    until its next success."""

    dashboard: Annotated[bool, Default(False), Aws("PutDashboard"), Example("dashboard: true")]
    """A CloudWatch dashboard. AWS charges for each dashboard after the third in an account."""

    tracing: Annotated[bool, Default(False), Aws("tracingConfiguration"), Example("tracing: true")]
    """X-Ray traces of supervised runs, which AWS charges for."""


@strict
class EncryptionArgs(TypedDict, total=False):
    """KMS keys of the group, by ARN. The key of log groups is set under `logs`, and that of the topic under
    `notify`."""

    dead_letters: Annotated[
        KmsKeyArn,
        Default(words="SQS's own encryption"),
        Aws("SQS KmsMasterKeyId"),
        Example('deadLetters: "arn:aws:kms:eu-west-1:123456789012:key/11111111-1111-1111-1111-111111111111"'),
    ]
    """Key of the dead-letter queue. Its key policy must allow scheduler.amazonaws.com kms:GenerateDataKey and
    kms:Decrypt, and events.amazonaws.com too if a task has `after`."""

    undelivered_events: Annotated[
        KmsKeyArn,
        Default(words="SQS's own encryption"),
        Aws("SQS KmsMasterKeyId"),
        Example('undeliveredEvents: "arn:aws:kms:eu-west-1:123456789012:key/11111111-1111-1111-1111-111111111111"'),
    ]
    """Key of the queue of events that could not be delivered. Its key policy must allow events.amazonaws.com
    kms:GenerateDataKey and kms:Decrypt. Otherwise these events are lost."""

    schedules: Annotated[
        KmsKeyArn,
        Default(words="a key that AWS owns"),
        Aws("EventBridge Scheduler KmsKeyArn"),
        Example('schedules: "arn:aws:kms:eu-west-1:123456789012:key/11111111-1111-1111-1111-111111111111"'),
    ]
    """Key that encrypts what schedules send to their targets. Who deploys, and who reads or pauses schedules, needs
    kms:DescribeKey, kms:GenerateDataKey and kms:Decrypt."""

    secrets: Annotated[
        Sequence[
            Annotated[
                str, Matches(patterns.KMS_KEY_ARN, "the ARN of a KMS key", "arn:aws:kms:<region>:<account>:key/<id>")
            ]
        ],
        Default((), "none; secrets under AWS managed keys need none"),
        Aws("kms:Decrypt of execution roles"),
        Example('secrets: ["arn:aws:kms:eu-west-1:123456789012:key/11111111-1111-1111-1111-111111111111"]'),
    ]
    """Keys that the tasks' secrets are encrypted with. The execution roles that read secrets may decrypt with
    them."""
