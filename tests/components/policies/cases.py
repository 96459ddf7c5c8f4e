"""Requests to AWS in the stack `everything` of stacks.py, and whether its policies must allow them.

A request that must be denied differs in one place from one that must be allowed.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from typing import TypeAlias

from tests.components.policies.stacks import CREDENTIALS, FILE, KEY, OTHER_KEY, REGISTRY, S3_FILES, SECRET, SPLUNK
from tests.mocks import ACCOUNT, REGION

Context: TypeAlias = Mapping[str, str | list[str]]
ELSEWHERE, OTHER = "us-east-1", "999999999999"
"""Another Region, and another account."""


def arn(service: str, resource: str, region: str = REGION, account: str = ACCOUNT) -> str:
    return f"arn:aws:{service}:{region}:{account}:{resource}"


def role(path: str, account: str = ACCOUNT) -> str:
    return arn("iam", f"role/{path}", "", account)


@dataclass(frozen=True, slots=True)
class Case:
    """A request, and whether AWS must allow it."""

    to: str
    """Pulumi name of the role that makes the request or is assumed, or of the resource with the policy."""
    action: str
    resource: str
    allowed: bool
    context: Context = field(default_factory=dict[str, str | list[str]])
    service: str = ""
    """The AWS service that makes the request; empty for the role."""

    def __str__(self) -> str:
        verb = "may" if self.allowed else "may not"
        return f"{self.service or self.to} {verb} {self.action} {self.resource} {dict(self.context)}"


def allowed(to: str, actions: Iterable[str], resources: Iterable[str], context: Context | None = None) -> list[Case]:
    return [Case(to, action, resource, True, context or {}) for action, resource in product(actions, resources)]


def denied(to: str, actions: Iterable[str], resources: Iterable[str], context: Context | None = None) -> list[Case]:
    return [replace(case, allowed=False) for case in allowed(to, actions, resources, context)]


def serviced(service: str, cases: Iterable[Case]) -> list[Case]:
    """The same requests, made by an AWS service."""
    return [replace(case, service=service) for case in cases]


CLUSTER, OTHER_CLUSTER = arn("ecs", "cluster/main"), arn("ecs", "cluster/main2")
ON_CLUSTER: Context = {"ecs:cluster": CLUSTER}
TASK = arn("ecs", "task/main/0123456789abcdef0123456789abcdef")
BY_RUN_TASK: Context = {"ecs:CreateAction": "RunTask"}
TO_ECS: Context = {"iam:PassedToService": "ecs-tasks.amazonaws.com"}


def starts_runs(to: str) -> list[Case]:
    """The permissions that the scheduler role and the supervisor role have in common."""
    own = [arn("ecs", f"task-definition/{name}") for name in ("shop-dev__job:1", "shop-dev__job:12", "legacy:7")]
    passed = [role("shop-dev/runs/shop-dev-execution"), role("shop-dev/runs/shop-dev__secret__task"), role("reader")]
    passed.append(role("shop-dev/runs/shop-dev__reports__shared"))
    return [
        *allowed(to, ["ecs:RunTask"], own, ON_CLUSTER),
        *denied(to, ["ecs:RunTask"], own, {"ecs:cluster": OTHER_CLUSTER}),
        *denied(to, ["ecs:RunTask"], own, {"ecs:cluster": arn("ecs", "cluster/main", ELSEWHERE)}),
        *denied(to, ["ecs:RunTask"], own),
        *denied(
            to,
            ["ecs:RunTask"],
            [
                *(
                    arn("ecs", f"task-definition/{name}:1")
                    for name in ("shop-dev-eu__job", "shop-dev", "shop-prod__job")
                ),
                *(arn("ecs", f"task-definition/{name}") for name in ("legacy:6", "legacy2:7", "legacy-x:7")),
                arn("ecs", "task-definition/shop-dev__job:1", ELSEWHERE),
                arn("ecs", "task-definition/shop-dev__job:1", REGION, OTHER),
            ],
            ON_CLUSTER,
        ),
        *denied(to, ["ecs:StartTask"], [arn("ecs", "task-definition/shop-dev__job:1")], ON_CLUSTER),
        *denied(to, ["ecs:DeregisterTaskDefinition"], ["*"]),
        *denied(to, ["ecs:RegisterTaskDefinition", "ecs:DeleteTaskDefinitions"], own[:1]),
        *denied(to, ["ecs:CreateService", "ecs:UpdateService"], [arn("ecs", "service/main/web")], ON_CLUSTER),
        *allowed(to, ["ecs:TagResource"], [TASK], BY_RUN_TASK),
        *denied(to, ["ecs:TagResource"], [TASK]),
        *denied(to, ["ecs:TagResource"], [TASK], {"ecs:CreateAction": "StartTask"}),
        *denied(to, ["ecs:TagResource"], [arn("ecs", "task/main2/0a"), arn("ecs", "service/main/web")], BY_RUN_TASK),
        *denied(to, ["ecs:UntagResource", "ecs:ExecuteCommand"], [TASK]),
        *allowed(to, ["iam:PassRole"], [*passed, role("legacy")], TO_ECS),
        *denied(to, ["iam:PassRole"], passed, {"iam:PassedToService": "lambda.amazonaws.com"}),
        *denied(to, ["iam:PassRole"], passed, {"iam:PassedToService": "ec2.amazonaws.com"}),
        *denied(to, ["iam:PassRole"], passed),
        *denied(
            to,
            ["iam:PassRole"],
            [
                *(role(f"shop-dev/shop-dev-{name}") for name in ("scheduler", "supervisor")),
                *(role(name) for name in ("admin", "reader2", "shop-dev-eu/runs/x", "runs/x", "x/shop-dev/runs/x")),
                role("shop-dev/runs/shop-dev-execution", OTHER),
            ],
            TO_ECS,
        ),
        *denied(to, ["sts:AssumeRole"], [role("admin")]),
        *denied(to, ["iam:PutRolePolicy", "iam:AttachRolePolicy"], passed[:2]),
    ]


def scheduler_role() -> Iterator[Case]:
    to = "tasks-scheduler"
    queue, machine = arn("sqs", "shop-dev-dead-letters"), arn("states", "stateMachine:shop-dev__watched")
    yield from starts_runs(to)
    yield from allowed(to, ["sqs:SendMessage"], [queue])
    yield from denied(to, ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:PurgeQueue", "sqs:DeleteQueue"], [queue])
    others = [arn("sqs", name) for name in ("shop-dev-dead-letters2", "shop-dev-undelivered-events")]
    yield from denied(to, ["sqs:SendMessage"], [*others, arn("sqs", "shop-dev-dead-letters", ELSEWHERE)])
    yield from allowed(to, ["states:StartExecution"], [machine])
    yield from denied(to, ["states:StartSyncExecution", "states:DeleteStateMachine"], [machine])
    names = ("shop-dev", "shop-dev-eu__watched", "shop-prod__watched")
    yield from denied(to, ["states:StartExecution"], [arn("states", f"stateMachine:{name}") for name in names])
    yield from denied(to, ["states:StartExecution"], [arn("states", "stateMachine:shop-dev__watched", ELSEWHERE)])
    yield from allowed(to, ["kms:Decrypt", "kms:GenerateDataKey"], [KEY, OTHER_KEY])
    yield from denied(to, ["kms:Encrypt", "kms:ScheduleKeyDeletion", "kms:CreateGrant"], [KEY])
    yield from denied(to, ["kms:Decrypt"], [arn("kms", "key/33333333-1111-1111-1111-111111111111")])
    # The scheduler role starts runs; only a state machine ends them.
    yield from denied(to, ["ecs:StopTask", "ecs:DescribeTasks"], [TASK], ON_CLUSTER)
    yield from denied(to, ["dynamodb:PutItem"], [arn("dynamodb", "table/shop-dev-leases")])


def supervisor_role() -> Iterator[Case]:
    to = "tasks-supervisor"
    table, bus = arn("dynamodb", "table/shop-dev-leases"), arn("events", "event-bus/default")
    rule = arn("events", "rule/StepFunctionsGetEventsForECSTaskRule")
    yield from starts_runs(to)
    yield from allowed(to, ["ecs:DescribeTasks", "ecs:StopTask"], [TASK], ON_CLUSTER)
    yield from denied(to, ["ecs:DescribeTasks", "ecs:StopTask"], [TASK], {"ecs:cluster": OTHER_CLUSTER})
    yield from denied(to, ["ecs:DescribeTasks", "ecs:StopTask"], [arn("ecs", "task/main2/0a")], ON_CLUSTER)
    yield from allowed(to, ["ecs:ListTasks"], ["*"], ON_CLUSTER)
    yield from denied(to, ["ecs:ListTasks"], ["*"], {"ecs:cluster": OTHER_CLUSTER})
    # AWS: Step Functions developer guide, "Call Amazon ECS": the rule of runTask.sync.
    yield from allowed(to, ["events:PutRule", "events:PutTargets", "events:DescribeRule"], [rule])
    yield from denied(to, ["events:DeleteRule", "events:RemoveTargets", "events:DisableRule"], [rule])
    yield from denied(to, ["events:PutRule", "events:PutTargets"], [arn("events", "rule/shop-dev-failed")])
    # AWS: Step Functions developer guide, "IAM policies for AWS Step Functions", Synchronous.
    of_tasks = arn("states", "execution:shop-dev__job__index:nightly-0")
    yield from allowed(to, ["states:StartExecution"], [arn("states", "stateMachine:shop-dev__job__index")])
    yield from allowed(to, ["states:DescribeExecution", "states:StopExecution"], [of_tasks])
    yield from denied(to, ["states:RedriveExecution"], [of_tasks])
    others = ("shop-dev__job", "shop-dev-eu__job__index", "shop-prod__job__index")
    yield from denied(to, ["states:StartExecution"], [arn("states", f"stateMachine:{name}") for name in others])
    yield from denied(to, ["states:StopExecution"], [arn("states", f"execution:{name}:nightly") for name in others])
    sync = arn("events", "rule/StepFunctionsGetEventsForStepFunctionsExecutionRule")
    yield from allowed(to, ["events:PutRule", "events:PutTargets", "events:DescribeRule"], [sync])
    yield from denied(to, ["events:DeleteRule"], [sync])
    yield from allowed(to, ["dynamodb:PutItem", "dynamodb:DeleteItem", "dynamodb:UpdateItem"], [table])
    yield from denied(to, ["dynamodb:Scan", "dynamodb:GetItem", "dynamodb:DeleteTable", "dynamodb:Query"], [table])
    others = [arn("dynamodb", f"table/{name}") for name in ("shop-dev-leases2", "shop-dev-eu-leases", "orders")]
    yield from denied(to, ["dynamodb:PutItem", "dynamodb:DeleteItem", "dynamodb:UpdateItem"], others)
    yield from allowed(to, ["events:PutEvents"], [bus], {"events:source": ["scheduled-tasks"]})
    # A request has up to ten events. Each of their sources counts.
    yield from denied(to, ["events:PutEvents"], [bus], {"events:source": ["scheduled-tasks", "shop.orders"]})
    yield from denied(to, ["events:PutEvents"], [bus], {"events:source": ["shop.orders"]})
    yield from denied(to, ["events:PutEvents"], [bus])
    yield from denied(
        to, ["events:PutEvents"], [arn("events", "event-bus/orders")], {"events:source": ["scheduled-tasks"]}
    )
    # AWS: Step Functions developer guide, "Logging using CloudWatch Logs", "X-Ray and Step Functions".
    yield from allowed(to, ["logs:CreateLogDelivery", "logs:PutResourcePolicy", "xray:PutTraceSegments"], ["*"])
    streams = arn("logs", "log-group:/ecs/shop-dev:log-stream:a")
    yield from denied(to, ["logs:PutLogEvents", "logs:GetLogEvents"], [streams])
    yield from denied(to, ["states:StartExecution"], [arn("states", "stateMachine:shop-dev__watched")])
    yield from denied(to, ["sqs:SendMessage"], [arn("sqs", "shop-dev-dead-letters")])


STORED = arn("ssm", "parameter/ecs/shop-dev/secret/STORED")
PARAMETER = arn("ssm", "parameter/prod/token")


def execution_roles() -> Iterator[Case]:
    pull = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:BatchCheckLayerAvailability"]
    repositories = [
        arn("ecr", "repository/job"),
        arn("ecr", "repository/team/job", ELSEWHERE),
        arn("ecr", "repository/job", REGION, REGISTRY),
    ]
    streams = [arn("logs", f"log-group:/ecs/shop-dev{name}:log-stream:job/main/0a") for name in ("", "/job")]
    for to in ("tasks-execution", "secret-execution", "windows-execution"):
        yield from allowed(to, ["ecr:GetAuthorizationToken"], ["*"])
        yield from allowed(to, pull, repositories)
        yield from denied(to, pull, [arn("ecr", "repository/job", REGION, OTHER)])
        yield from denied(to, ["ecr:PutImage", "ecr:InitiateLayerUpload", "ecr:DeleteRepository"], repositories[:1])
        # AWS: Amazon ECR user guide, "IAM permissions required to sync an upstream registry with an Amazon ECR private
        # registry".
        imports = ["ecr:BatchImportUpstreamImage", "ecr:CreateRepository"]
        cached = [arn("ecr", "repository/docker-hub/library/nginx", REGION, owner) for owner in (ACCOUNT, REGISTRY)]
        yield from allowed(to, imports, cached)
        others = [arn("ecr", f"repository/{name}") for name in ("job", "docker-hub2/nginx", "docker-hub")]
        yield from denied(to, imports, [*others, arn("ecr", "repository/docker-hub/nginx", REGION, OTHER)])
        yield from denied(to, ["ecr:CreatePullThroughCacheRule"], ["*"])
        yield from allowed(to, ["logs:CreateLogStream", "logs:PutLogEvents"], streams)
        others = [arn("logs", f"log-group:/ecs/{name}:log-stream:a") for name in ("shop-dev-eu", "shop-de", "web")]
        yield from denied(to, ["logs:CreateLogStream", "logs:PutLogEvents"], others)
        yield from denied(to, ["logs:GetLogEvents", "logs:DeleteLogStream"], streams)
        yield from denied(to, ["ecs:RunTask"], [arn("ecs", "task-definition/shop-dev__job:1")], ON_CLUSTER)
        yield from denied(to, ["s3:GetObject"], ["arn:aws:s3:::in/a"])
    to = "secret-execution"
    yield from allowed(to, ["secretsmanager:GetSecretValue"], [SECRET, CREDENTIALS])
    yield from allowed(to, ["ssm:GetParameters"], [SPLUNK])
    # AWS: Amazon ECS developer guide, "Amazon ECS task execution IAM role", "Amazon S3 file storage permissions".
    yield from allowed(to, ["s3:GetObject"], [FILE])
    others = [f"{FILE}2", FILE.replace("jobs/", "web/"), FILE.replace("config/", "config2/")]
    yield from denied(to, ["s3:GetObject"], others)
    yield from denied(to, ["s3:PutObject"], [FILE])
    yield from allowed(to, ["s3:GetBucketLocation"], ["arn:aws:s3:::config"])
    yield from denied(to, ["s3:GetBucketLocation", "s3:ListBucket"], ["arn:aws:s3:::config2"])
    shared = [arn("logs", f"log-group:{name}:log-stream:a") for name in ("/shared/batch", "/shared/batch2", "/shared")]
    yield from allowed(to, ["logs:CreateLogStream", "logs:PutLogEvents"], shared[:1])
    yield from denied(to, ["logs:CreateLogStream", "logs:PutLogEvents"], shared[1:])
    yield from denied("tasks-execution", ["logs:CreateLogStream", "logs:PutLogEvents"], shared)
    yield from denied("tasks-execution", ["s3:GetObject"], [FILE])
    yield from denied(to, ["secretsmanager:GetSecretValue"], [SECRET[:-1], f"{SECRET}2", SECRET.replace("db-", "db2-")])
    yield from denied(to, ["secretsmanager:PutSecretValue", "secretsmanager:DeleteSecret"], [SECRET])
    yield from allowed(to, ["ssm:GetParameters"], [STORED, PARAMETER])
    yield from denied(to, ["ssm:GetParameters"], [f"{STORED}2", STORED.replace("secret/", "job/"), f"{PARAMETER}/a"])
    yield from denied(to, ["ssm:GetParametersByPath", "ssm:PutParameter", "ssm:DeleteParameter"], [STORED])
    yield from allowed(to, ["kms:Decrypt"], [KEY])
    yield from denied(to, ["kms:Decrypt"], [OTHER_KEY])
    yield from denied(to, ["kms:Encrypt", "kms:GenerateDataKey"], [KEY])
    # Tasks without secrets share a role that reads none.
    yield from denied("tasks-execution", ["secretsmanager:GetSecretValue"], [SECRET])
    yield from denied("tasks-execution", ["ssm:GetParameters"], [STORED, PARAMETER])
    yield from denied("tasks-execution", ["kms:Decrypt"], [KEY])


def task_role() -> Iterator[Case]:
    to = "secret-task"
    yield from allowed(to, ["s3:GetObject"], ["arn:aws:s3:::in/a", "arn:aws:s3:::in/a/b"])
    yield from denied(to, ["s3:GetObject"], ["arn:aws:s3:::in2/a", "arn:aws:s3:::out/a"])
    yield from denied(to, ["s3:PutObject", "s3:DeleteObject"], ["arn:aws:s3:::in/a"])
    # AWS: Amazon ECS developer guide, "ECS Exec permissions".
    channels = [f"ssmmessages:{verb}{kind}Channel" for verb in ("Create", "Open") for kind in ("Control", "Data")]
    yield from allowed(to, channels, ["*"])
    yield from denied(to, ["secretsmanager:GetSecretValue"], [SECRET])
    yield from denied(to, ["ssm:GetParameters"], [STORED])
    yield from denied(to, ["iam:PassRole"], [role("shop-dev/runs/shop-dev-execution")], TO_ECS)


def file_systems() -> Iterator[Case]:
    """AWS: Amazon EFS user guide, "Using IAM to control access to file systems"; Amazon S3 user guide, "How S3 Files
    works with IAM", "Prerequisites for S3 Files"."""
    to, efs = "files-task", "elasticfilesystem:Client"
    pages, cache = (arn("elasticfilesystem", f"file-system/fs-0{it}") for it in "ab")
    point: Context = {"elasticfilesystem:AccessPointArn": arn("elasticfilesystem", "access-point/fsap-0a")}
    other: Context = {"elasticfilesystem:AccessPointArn": arn("elasticfilesystem", "access-point/fsap-0b")}
    yield from allowed(to, [f"{efs}Mount"], [pages], point)
    yield from denied(to, [f"{efs}Mount"], [pages], other)
    yield from denied(to, [f"{efs}Mount"], [pages])
    yield from denied(to, [f"{efs}Write", f"{efs}RootAccess"], [pages], point)
    yield from allowed(to, [f"{efs}Mount", f"{efs}Write", f"{efs}RootAccess"], [cache])
    yield from denied(to, ["elasticfilesystem:DeleteFileSystem"], [cache])
    elsewhere = arn("elasticfilesystem", "file-system/fs-0b", ELSEWHERE)
    yield from denied(to, [f"{efs}Mount"], [f"{cache}1", elsewhere])
    photos = f"{S3_FILES}fs-0c"
    point = {"s3files:AccessPointArn": f"{photos}/access-point/fsap-0c"}
    yield from allowed(to, ["s3files:ClientMount", "s3files:ClientWrite"], [photos], point)
    yield from denied(to, ["s3files:ClientMount"], [photos])
    yield from denied(to, ["s3files:ClientRootAccess"], [photos], point)
    yield from allowed(to, ["s3:GetObject", "s3:GetObjectVersion"], ["arn:aws:s3:::photos/a"])
    yield from allowed(to, ["s3:ListBucket"], ["arn:aws:s3:::photos"])
    yield from denied(to, ["s3:PutObject", "s3:DeleteObject"], ["arn:aws:s3:::photos/a"])
    yield from denied(to, ["s3:GetObject"], ["arn:aws:s3:::photos2/a"])
    yield from allowed("windows-execution", ["kms:Decrypt"], [KEY])
    # AWS: Amazon ECS developer guide, "FSx for Windows File Server volumes": the execution role reads the credentials.
    yield from allowed("windows-execution", ["secretsmanager:GetSecretValue"], [SECRET.replace("db-", "files-")])
    yield from denied("windows-execution", ["secretsmanager:GetSecretValue"], [SECRET])


def shared_role() -> Iterator[Case]:
    to = "tasks-shared-reports"
    for prefix in ("daily/a", "weekly/"):
        yield from allowed(to, ["s3:ListBucket"], ["arn:aws:s3:::reports"], {"s3:prefix": prefix})
    yield from denied(to, ["s3:ListBucket"], ["arn:aws:s3:::reports"], {"s3:prefix": "audited/"})
    yield from denied(to, ["s3:ListBucket"], ["arn:aws:s3:::reports"])
    yield from allowed(to, ["s3:PutObject"], ["arn:aws:s3:::reports/daily/a"])
    yield from denied(to, ["s3:PutObject"], ["arn:aws:s3:::reports/audited/a"])
    yield from denied(to, ["s3:GetObject"], ["arn:aws:s3:::reports/daily/a"])


def notify_role() -> Iterator[Case]:
    to, invoke = "tasks-notify", ["events:InvokeApiDestination"]
    own = arn("events", "api-destination/shop-dev-notify-pagerduty-on-call/1")
    others = [arn("events", f"api-destination/{name}/1") for name in ("shop-dev-notify-pagerduty-on", "orders")]
    yield from allowed(to, invoke, [own])
    yield from denied(to, invoke, others)
    yield from denied(to, ["events:DescribeApiDestination", "events:DeleteApiDestination"], [own])
    yield from denied(to, ["events:PutEvents"], [arn("events", "event-bus/default")])


RUN_ROLES = (
    "tasks-execution", "secret-execution", "secret-task", "files-task", "windows-execution", "tasks-shared-reports",
)  # fmt: skip


def trust_policies() -> Iterator[Case]:
    assume = ["sts:AssumeRole"]
    trusted: dict[str, tuple[str, list[str], list[str]]] = {
        # AWS: EventBridge Scheduler user guide, "Confused deputy prevention": the ARN of the schedule group.
        "tasks-scheduler": (
            "scheduler.amazonaws.com",
            [arn("scheduler", "schedule-group/shop-dev")],
            [
                *(arn("scheduler", f"schedule-group/{name}") for name in ("shop-dev-eu", "default")),
                arn("scheduler", "schedule-group/shop-dev", ELSEWHERE),
            ],
        ),
        "tasks-supervisor": (
            "states.amazonaws.com",
            [arn("states", "stateMachine:shop-dev__watched")],
            [
                *(arn("states", f"stateMachine:{name}") for name in ("shop-dev-eu__watched", "orders")),
                arn("states", "stateMachine:shop-dev__watched", ELSEWHERE),
            ],
        ),
        # AWS: EventBridge user guide, "Cross-service confused deputy prevention", event buses: the ARN of the rule.
        "tasks-notify": (
            "events.amazonaws.com",
            [arn("events", "rule/shop-dev-notify-pagerduty-on-call-failed")],
            [
                *(arn("events", f"rule/{name}") for name in ("shop-dev-failed", "shop-dev-eu-notify-a", "orders")),
                arn("events", "rule/shop-dev-notify-pagerduty-on-call-failed", ELSEWHERE),
            ],
        ),
        # AWS: Amazon ECS developer guide, "Amazon ECS task IAM role": arn:aws:ecs:region:account:*.
        **{to: ("ecs-tasks.amazonaws.com", [TASK], [arn("ecs", "task/main/0a", ELSEWHERE)]) for to in RUN_ROLES},
    }
    services = {service for service, _, _ in trusted.values()} | {"lambda.amazonaws.com", "ec2.amazonaws.com"}
    for to, (service, sources, others) in trusted.items():
        own = role(f"shop-dev/{to}")
        for source in sources:
            context: Context = {"aws:SourceAccount": ACCOUNT, "aws:SourceArn": source}
            yield from serviced(service, allowed(to, assume, [own], context))
            for other in sorted(services - {service}):
                yield from serviced(other, denied(to, assume, [own], context))
            yield from serviced(service, denied(to, assume, [own], {**context, "aws:SourceAccount": OTHER}))
            yield from serviced(service, denied(to, assume, [own], {"aws:SourceArn": source}))
            yield from serviced(service, denied(to, assume, [own], {"aws:SourceAccount": ACCOUNT}))
        for source in others:
            context = {"aws:SourceAccount": ACCOUNT, "aws:SourceArn": source}
            yield from serviced(service, denied(to, assume, [own], context))


def resource_policies() -> Iterator[Case]:
    events, delivery = "events.amazonaws.com", "delivery.logs.amazonaws.com"
    rules = {
        "failed": ["shop-dev-failed", "shop-dev-failed-2", "shop-dev-failed-supervised", "shop-dev-broken-supervised"],
        "succeeded": ["shop-dev-succeeded", "shop-dev-succeeded-supervised"],
    }
    for outcome, names in rules.items():
        to, streams = f"tasks-{outcome}-policy", arn("logs", f"log-group:/aws/events/shop-dev/{outcome}:log-stream:a")
        other = streams.replace("shop-dev", "shop-dev-eu")
        for service in (events, delivery):
            sources: list[Context] = [{"aws:SourceArn": arn("events", f"rule/{name}")} for name in names]
            for source in sources:
                yield from serviced(service, allowed(to, ["logs:PutLogEvents"], [streams], source))
                yield from serviced(service, denied(to, ["logs:PutLogEvents"], [other], source))
            # EventBridge creates a stream without naming the rule. AWS: EventBridge user guide, "CloudWatch Logs
            # permissions", which has no condition.
            yield from serviced(service, allowed(to, ["logs:CreateLogStream"], [streams]))
            yield from serviced(service, denied(to, ["logs:PutLogEvents"], [streams]))
            stranger: Context = {"aws:SourceArn": arn("events", "rule/shop-dev-eu-failed")}
            yield from serviced(service, denied(to, ["logs:PutLogEvents"], [streams], stranger))
        yield from serviced("lambda.amazonaws.com", denied(to, ["logs:PutLogEvents"], [streams], sources[0]))
        yield from serviced(events, denied(to, ["logs:DeleteLogStream", "logs:GetLogEvents"], [streams], sources[0]))
    queue = arn("sqs", "shop-dev-undelivered-events")
    for name in (*rules["failed"], *rules["succeeded"], "shop-dev-notify-pagerduty-on-call-failed"):
        source = {"aws:SourceArn": arn("events", f"rule/{name}")}
        yield from serviced(events, allowed("tasks-undelivered-events", ["sqs:SendMessage"], [queue], source))
    source = {"aws:SourceArn": arn("events", "rule/shop-dev-failed")}
    for service in ("sns.amazonaws.com", "scheduler.amazonaws.com"):
        yield from serviced(service, denied("tasks-undelivered-events", ["sqs:SendMessage"], [queue], source))
    yield from serviced(events, denied("tasks-undelivered-events", ["sqs:ReceiveMessage"], [queue], source))
    yield from serviced(events, denied("tasks-undelivered-events", ["sqs:SendMessage"], [queue]))
    for name in ("shop-dev-eu-failed", "orders"):
        stranger = {"aws:SourceArn": arn("events", f"rule/{name}")}
        yield from serviced(events, denied("tasks-undelivered-events", ["sqs:SendMessage"], [queue], stranger))
    yield from topic_policy()


def topic_policy() -> Iterator[Case]:
    to, topic, publish = "tasks-failures-policy", arn("sns", "shop-dev-failures"), ["sns:Publish"]
    # AWS: EventBridge user guide, "Amazon SNS permissions": EventBridge sends no condition keys.
    yield from serviced("events.amazonaws.com", allowed(to, publish, [topic]))
    yield from serviced("events.amazonaws.com", denied(to, ["sns:Subscribe", "sns:DeleteTopic"], [topic]))
    for name in ("dropped", "target-errors", "dead-letters", "job/no-success"):
        alarm: Context = {"aws:SourceArn": arn("cloudwatch", f"alarm:shop-dev/{name}"), "aws:SourceAccount": ACCOUNT}
        yield from serviced("cloudwatch.amazonaws.com", allowed(to, publish, [topic], alarm))
        yield from serviced(
            "cloudwatch.amazonaws.com", denied(to, publish, [topic], {**alarm, "aws:SourceAccount": OTHER})
        )
    for name in ("shop-dev-eu/dropped", "shop-dev", "orders"):
        alarm = {"aws:SourceArn": arn("cloudwatch", f"alarm:{name}"), "aws:SourceAccount": ACCOUNT}
        yield from serviced("cloudwatch.amazonaws.com", denied(to, publish, [topic], alarm))
    for service in ("cloudwatch.amazonaws.com", "s3.amazonaws.com", "budgets.amazonaws.com"):
        yield from serviced(service, denied(to, publish, [topic]))


CASES = [
    *scheduler_role(),
    *supervisor_role(),
    *notify_role(),
    *execution_roles(),
    *task_role(),
    *file_systems(),
    *shared_role(),
    *trust_policies(),
    *resource_policies(),
]


def after() -> Iterator[Case]:
    """The rule of a task that starts after another one. AWS: Amazon EventBridge user guide, "Using identity-based
    policies", "Using dead-letter queues", and "Cross-service confused deputy prevention"."""
    to, events, start = "later-after", "events.amazonaws.com", ["states:StartExecution"]
    machine = arn("states", "stateMachine:shop-dev__later")
    yield from allowed(to, start, [machine])
    yield from denied(to, start, [arn("states", f"stateMachine:shop-dev__{name}") for name in ("job", "later2")])
    yield from denied(to, start, [arn("states", "stateMachine:shop-dev__later", ELSEWHERE)])
    yield from denied(to, ["states:StartSyncExecution", "states:DeleteStateMachine"], [machine])
    rule: Context = {"aws:SourceAccount": ACCOUNT, "aws:SourceArn": arn("events", "rule/shop-dev__later")}
    own, assume = [role("shop-dev/shop-dev__later__after")], ["sts:AssumeRole"]
    yield from serviced(events, allowed(to, assume, own, rule))
    yield from serviced("scheduler.amazonaws.com", denied(to, assume, own, rule))
    yield from serviced(events, denied(to, assume, own, {**rule, "aws:SourceAccount": OTHER}))
    yield from serviced(events, denied(to, assume, own, {"aws:SourceAccount": ACCOUNT}))
    for name in ("shop-dev__job", "shop-dev-failed", "orders"):
        other = {**rule, "aws:SourceArn": arn("events", f"rule/{name}")}
        yield from serviced(events, denied(to, assume, own, other))
    to, queue, send = "tasks-dead-letters-policy", [arn("sqs", "shop-dev-dead-letters")], ["sqs:SendMessage"]
    yield from serviced(events, allowed(to, send, queue, {"aws:SourceArn": arn("events", "rule/shop-dev__later")}))
    for name in ("shop-dev-eu__later", "shop-dev-failed", "orders"):
        yield from serviced(events, denied(to, send, queue, {"aws:SourceArn": arn("events", f"rule/{name}")}))
    yield from serviced(events, denied(to, send, queue))
    yield from serviced("sns.amazonaws.com", denied(to, send, queue, rule))
    yield from serviced(events, denied(to, ["sqs:ReceiveMessage"], queue, rule))


AFTER = [*after()]
"""Requests in the stack `after`: a task that starts after another one."""
LEARNED = [
    *allowed("tasks-scheduler", ["ecs:RunTask"], [arn("ecs", "task-definition/shop-dev__job:1")], ON_CLUSTER),
    *allowed("tasks-scheduler", ["states:StartExecution"], [arn("states", "stateMachine:shop-dev__watched")]),
    *denied("tasks-scheduler", ["states:StartExecution"], [arn("states", "stateMachine:shop-dev-eu__watched")]),
    *allowed("tasks-scheduler", ["iam:PassRole"], [role("reader")], TO_ECS),
    *denied("tasks-scheduler", ["iam:PassRole"], [role("reader")], {"iam:PassedToService": "ec2.amazonaws.com"}),
    *denied("tasks-scheduler", ["iam:PassRole"], [role("reader2"), role("writer"), role("reader", OTHER)], TO_ECS),
    *allowed("tasks-supervisor", ["ecs:RunTask"], [arn("ecs", "task-definition/shop-dev__watched:1")], ON_CLUSTER),
    *allowed("tasks-supervisor", ["iam:PassRole"], [role("writer")], TO_ECS),
    *denied("tasks-supervisor", ["iam:PassRole"], [role("writer")], {"iam:PassedToService": "ec2.amazonaws.com"}),
    *denied("tasks-supervisor", ["iam:PassRole"], [role("reader"), role("writer", OTHER)], TO_ECS),
    *allowed("tasks-execution", ["ecr:BatchGetImage"], [arn("ecr", "repository/tools", REGION, REGISTRY)]),
    *allowed("tasks-execution", ["ecr:BatchGetImage"], [arn("ecr", "repository/tools")]),
    *denied("tasks-execution", ["ecr:BatchGetImage"], [arn("ecr", "repository/tools", REGION, OTHER)]),
    *denied("tasks-execution", ["ecr:PutImage"], [arn("ecr", "repository/tools", REGION, REGISTRY)]),
]
"""Requests in the stack `learning`: what the group did not know before its tasks were created."""
