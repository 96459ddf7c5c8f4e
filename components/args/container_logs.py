"""Arguments of the log drivers of containers."""

from collections.abc import Mapping
from typing import Annotated, Literal, Required

from typing_extensions import TypedDict

from ..aws import patterns
from ..keys.annotations import Aws, Default, Example, Input, Matches, NotEmpty, Text
from .strict import strict
from .values import SecretArn

LogMode = Literal["blocking", "non-blocking"]
LogDriver = Literal["awslogs", "firelens", "splunk", "fluentd", "gelf", "syslog", "journald", "json-file", "none"]
"""AWS: botocore ecs, LogDriver. `firelens` is awsfirelens, and `none` is a container without a log configuration."""
RouterType = Literal["fluentbit", "fluentd"]
"""AWS: botocore ecs, FirelensConfigurationType."""


@strict
class ContainerLogsArgs(TypedDict, total=False):
    """Destination of the output of a container."""

    driver: Annotated[
        LogDriver, Default("awslogs"), Aws("containerDefinitions.logConfiguration.logDriver"), Example("driver: none")
    ]
    """Log driver. `awslogs` writes to CloudWatch Logs, and `firelens` to the sidecar with `firelens`. Fargate supports
    these two and `splunk`. With `none`, Fargate discards the output, and instances use the driver of their Docker
    daemon. The commands of this product read only logs in CloudWatch Logs."""

    options: Annotated[
        Mapping[str, Text],
        Default({}, "none"),
        Aws("containerDefinitions.logConfiguration.options"),
        Example(
            "driver: splunk\noptions: { splunk-url: 'https://splunk.internal:8088' }\n"
            "secretOptions: { splunk-token: /prod/splunk/token }"
        ),
    ]
    """Options of the driver, under the driver's own names. For `awslogs`, use the other keys. Anybody who can describe
    the task definition can read them."""

    secret_options: Annotated[
        Mapping[str, Input[SecretArn]],
        Default({}, "none"),
        Aws("containerDefinitions.logConfiguration.secretOptions"),
        Example(
            "driver: splunk\noptions: { splunk-url: 'https://splunk.internal:8088' }\n"
            "secretOptions: { splunk-token: /prod/splunk/token }"
        ),
    ]
    """Options of the driver whose values ECS reads when the container starts: ARNs of Secrets Manager secrets or SSM
    parameters, or names of parameters."""

    mode: Annotated[
        LogMode,
        Default(words="`blocking` with awslogs; AWS's with other drivers"),
        Aws("containerDefinitions.logConfiguration.options: mode"),
        Example("mode: non-blocking"),
    ]
    """`blocking` loses no line, but a run waits while the destination is unreachable. `non-blocking` never waits, but
    loses lines when the buffer is full."""

    max_buffer_size: Annotated[
        str,
        Matches(patterns.BUFFER_SIZE, "a size", "a number with k, m or g, such as 25m"),
        Default(words="AWS's 10m"),
        Aws("containerDefinitions.logConfiguration.options: max-buffer-size"),
        Example("mode: non-blocking\nmaxBufferSize: 25m"),
    ]
    """Buffer of the mode `non-blocking`, such as `25m`."""

    multiline_pattern: Annotated[
        str,
        NotEmpty("is empty. Write the pattern of the first line of a message."),
        Default(words="none: each line is a log event"),
        Aws("containerDefinitions.logConfiguration.options: awslogs-multiline-pattern"),
        Example("multilinePattern: '^(INFO|WARN|ERROR)'"),
    ]
    """Regular expression that matches the first line of each message, for `awslogs`. The lines up to the next match
    are one log event."""

    datetime_format: Annotated[
        str,
        NotEmpty("is empty. Write a format of strftime, such as %Y-%m-%d %H:%M:%S."),
        Default(words="none: each line is a log event"),
        Aws("containerDefinitions.logConfiguration.options: awslogs-datetime-format"),
        Example("datetimeFormat: '%Y-%m-%d %H:%M:%S'"),
    ]
    """Format of the time with which each message starts, as in strftime, for `awslogs`. Set either this or
    `multiline_pattern`."""

    group: Annotated[
        Input[
            Annotated[
                str,
                Matches(
                    patterns.LOG_GROUP,
                    "the name of a log group",
                    "1 to 512 letters, digits and . - _ / #, not starting with aws/",
                ),
            ]
        ],
        Default(words="the stack's or the task's own"),
        Aws("containerDefinitions.logConfiguration.options: awslogs-group"),
        Example("group: /shared/batch"),
    ]
    """Name of an existing log group in the same account and Region, for `awslogs`. The task gets its own execution
    role, which may write to it. Its retention and encryption stay as they are."""


@strict
class FirelensArgs(TypedDict, total=False):
    """A log router, to which the containers with the log driver `firelens` write. A task has at most one."""

    type: Required[
        Annotated[RouterType, Aws("containerDefinitions.firelensConfiguration.type"), Example("{ type: fluentbit }")]
    ]
    """`fluentbit` or `fluentd`."""

    config: Annotated[
        str,
        Matches(
            patterns.ROUTER_CONFIG,
            "a configuration file",
            "its absolute path in the image, or arn:aws:s3:::<bucket>/<key>",
        ),
        Default(words="none"),
        Aws("containerDefinitions.firelensConfiguration.options: config-file-value"),
        Example("{ type: fluentbit, config: /fluent-bit/extra.conf }"),
    ]
    """Additional configuration file: an absolute path in the image, or the ARN of an S3 object, which Fargate does not
    support. The execution role may then read the object."""

    metadata: Annotated[
        bool,
        Default(True),
        Aws("containerDefinitions.firelensConfiguration.options: enable-ecs-log-metadata"),
        Example("{ type: fluentbit, metadata: false }"),
    ]
    """Adds the cluster, the task definition and the ARN of the run to each log event."""
