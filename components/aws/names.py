"""Physical names of AWS resources, derived from the names of the project, the stack, and the task.

Names fit AWS's limits for any input and never change between deployments. A name that has to be shortened, or in which
characters have to be replaced, ends in a hash of the full name, so that two resources never get the same name.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from .arn import Arn

TASK_NAME = r"^[A-Za-z0-9](?:[A-Za-z0-9]|[-_](?!_))*$"
"""Task names start with a letter or digit, followed by letters, digits, `-`, and single `_`."""
TASK_NAME_LENGTH = 100
SCHEDULE_NAME_LENGTH = 24
"""Characters of a schedule's own name. The name in AWS has room for a part of the task's name."""
SCHEDULE_PREFIX_LENGTH = 64 - len("__") - SCHEDULE_NAME_LENGTH - len("-") - 8
"""Characters at the start of a long task name that the names of all its schedules share."""
MOST_SCHEDULES = 200
"""The most schedules of a task that versions up to 0.1.0 named by position."""
GROUP_TAG = "scheduled-tasks"
"""The tag of a schedule group whose value is the group's prefix. It identifies deployed groups in AWS."""
CLUSTERS_TAG = f"{GROUP_TAG}/clusters"
"""The tag of a schedule group with the names of its clusters, separated by spaces, if its tasks run on several."""
TASK_TAG = "scheduled-task"
"""Tag with the task's name, so that you can tell cost apart by task."""

CallMachine: TypeAlias = Literal["hours", "keep"]
"""A state machine that does the work of a call: office hours, or a snapshot that keeps some of the earlier ones."""
CALL_MACHINES: tuple[CallMachine, ...] = get_args(CallMachine)
CALL_MACHINE_ENDS = tuple(f"__{kind}" for kind in CALL_MACHINES)
"""The ends of the names of the state machines of calls."""
HOURS_END = "__hours"
"""The end of the names of the state machines of office hours."""
INDEX_END = "__index"
"""The end of the names of state machines that run one task of a run with `parallel`."""

LONGEST_CLUSTER = str(Arn("aws-us-gov", "ecs", "us-gov-west-1", "123456789012", f"cluster/{'x' * 255}"))
"""Stands for the cluster when resources are counted: its ARN can be an output, but their number must be known."""

_HASH_LENGTH = 8
_ALARM_NAME_LENGTH = 255
_UNSAFE_BUT_DOTS = "[^A-Za-z0-9_.-]"
_AMBIGUOUS = "[^A-Za-z0-9_-]|_(?=_|$)"
"""Characters that are replaced in a prefix that ends in `__`."""


def family_of(task_definition: str) -> str:
    """The family of a task definition, from its ARN, `family`, or `family:revision`."""
    arn = Arn.parse_if_arn(task_definition)
    return arn.family if arn else task_definition.split(":")[0]


def fit(name: str, limit: int, unsafe: str = "[^A-Za-z0-9_-]") -> str:
    """The name, if it has at most `limit` characters and none of them matches `unsafe`.

    Otherwise, unsafe characters are replaced by `-`, and the name is cut to the limit and ends in a hash of the full
    name.
    """
    safe = re.sub(unsafe, "-", name)
    if safe == name and len(name) <= limit:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:_HASH_LENGTH]
    return f"{safe[: limit - _HASH_LENGTH - 1]}-{digest}"


def schedule_group_tags(prefix: str, clusters: Iterable[str]) -> dict[str, str]:
    """Tags by which the commands find a group and, if its tasks run on several clusters (names or ARNs), its runs."""
    names = sorted({cluster.rsplit("/", 1)[-1] for cluster in clusters})
    return {GROUP_TAG: prefix, **({CLUSTERS_TAG: " ".join(names)} if names else {})}


@dataclass(frozen=True, slots=True)
class GroupNames:
    """Names of a group's resources, from its prefix (`<project>-<stack>` for the group of this program)."""

    prefix: str
    iam_parent: str = "/"
    """The parent of the group's IAM path."""

    @property
    def schedule_group(self) -> str:
        """At most 64 characters of `[0-9a-zA-Z-_.]` (AWS: botocore scheduler, ScheduleGroupName)."""
        return fit(self.prefix, 64, _UNSAFE_BUT_DOTS)

    @property
    def family_prefix(self) -> str:
        """The prefix of this group's task definition families, and of no other group's.

        It ends in `__`, which occurs nowhere else in it, so that the prefix of stack `dev` never covers stack
        `dev-eu`. If the group's prefix contains `__` or ends in `_`, these characters are replaced.
        """
        return f"{fit(self.prefix, 120, _AMBIGUOUS)}__"

    def family(self, task: str) -> str:
        """At most 255 letters, digits, `-` and `_` (AWS: RegisterTaskDefinition, family)."""
        return f"{self.family_prefix}{fit(task, 120)}"

    @property
    def state_machine_prefix(self) -> str:
        """The prefix of this group's state machines, and of no other group's.

        It is shorter than `family_prefix`, so that a name of 80 characters has room for the task.
        """
        return f"{fit(self.prefix, 40, _AMBIGUOUS)}__"

    def state_machine(self, task: str) -> str:
        """At most 80 letters, digits, `-` and `_` (AWS: Step Functions CreateStateMachine, name)."""
        return f"{self.state_machine_prefix}{fit(task, 38)}"

    def index_machine(self, task: str) -> str:
        """The state machine of one task of a run with `parallel`. No task has that name, see `call_machine`."""
        return f"{self.state_machine_prefix}{fit(task, 38 - len(INDEX_END))}{INDEX_END}"

    def call_machine(self, task: str, kind: CallMachine) -> str:
        """The state machine of a call: like `state_machine`. No task has that name, because `__` is not in the names of
        tasks."""
        end = f"__{kind}"
        return f"{self.state_machine_prefix}{fit(task, 38 - len(end))}{end}"

    @property
    def lease_table(self) -> str:
        """At most 255 letters, digits, `-`, `_` and `.` (AWS: DynamoDB CreateTable, TableName)."""
        return fit(f"{self.prefix}-leases", 255, _UNSAFE_BUT_DOTS)

    @property
    def supervisor_log_group(self) -> str:
        """Under /aws/vendedlogs/, because the resource policy for other log groups has a size limit.

        Its ARN has at most 256 characters. AWS: Step Functions developer guide, "Logging using CloudWatch Logs";
        botocore stepfunctions, CloudWatchLogsLogGroup.
        """
        return f"/aws/vendedlogs/states/{fit(self.prefix, 174, _UNSAFE_BUT_DOTS)}"

    @property
    def log_group(self) -> str:
        """At most 512 characters of `[.-_/#A-Za-z0-9]` (AWS: botocore logs, LogGroupName)."""
        return f"/ecs/{fit(self.prefix, 300, _UNSAFE_BUT_DOTS)}"

    def task_log_group(self, task: str) -> str:
        """The log group of a task that has its own log retention."""
        return f"{self.log_group}/{fit(task, 200)}"

    def parameter(self, task: str, variable: str) -> str:
        """The SSM parameter of a task's secret: at most 1011 characters and 15 levels, not starting with /aws or /ssm.

        AWS: SSM PutParameter, Name.
        """
        return f"/ecs/{fit(self.prefix, 200, _UNSAFE_BUT_DOTS)}/{fit(task, 120)}/{fit(variable, 200, _UNSAFE_BUT_DOTS)}"

    def repository(self, task: str) -> str:
        """The ECR repository of an image that is built for a task: 2 to 256 lowercase letters, digits, and separators,
        without consecutive separators (AWS: ECR CreateRepository, repositoryName)."""
        return f"{_repository_part(self.prefix)}/{_repository_part(task)}"

    def sidecar_repository(self, task: str, sidecar: str) -> str:
        """Like `repository`, for the image of a sidecar. It is below that of the task, which has no `/` in its name."""
        return f"{self.repository(task)}/{_repository_part(sidecar, 50)}"

    @property
    def dead_letter_queue(self) -> str:
        """At most 80 letters, digits, `-` and `_` (AWS: SQS CreateQueue, QueueName)."""
        return fit(f"{self.prefix}-dead-letters", 80)

    @property
    def event_dead_letter_queue(self) -> str:
        """Like `dead_letter_queue`, for events that could not be delivered."""
        return fit(f"{self.prefix}-undelivered-events", 80)

    def outcome_log_group(self, outcome: str) -> str:
        """Under /aws/events/, as EventBridge requires (AWS: EventBridge user guide, targets)."""
        return f"/aws/events/{fit(self.prefix, 300, _UNSAFE_BUT_DOTS)}/{outcome}"

    def rule(self, outcome: str, position: int) -> str:
        """At most 64 characters of `[.-_A-Za-z0-9]` (AWS: botocore events, RuleName)."""
        return fit(f"{self.prefix}-{outcome}" + (f"-{position + 1}" if position else ""), 64, _UNSAFE_BUT_DOTS)

    def supervised_rule(self, outcome: str) -> str:
        """Like `rule`, for outcomes that state machines report."""
        return self.rule(f"{outcome}-supervised", 0)

    def call_rule(self, task: str, outcome: str) -> str:
        """Like `rule`, for the work that a call starts."""
        return self.rule(f"{self.call_rule_start(outcome)}{task}", 0)

    @staticmethod
    def call_rule_start(outcome: str) -> str:
        """The part of the names of all rules on calls between the prefix and the name of the call."""
        return f"{outcome}-call-"

    def call_rules(self, outcome: str) -> str:
        """All names of rules on calls, as a pattern."""
        start = re.sub(_UNSAFE_BUT_DOTS, "-", f"{self.prefix}-{self.call_rule_start(outcome)}")
        return f"{start[: 64 - _HASH_LENGTH - 1]}*"

    def after_rule(self, task: str) -> str:
        """The rule that starts a task after another one: at most 64 characters, like `rule`.

        It starts like the names of the group's state machines: no other rule has `__` in its name. The rest follows
        from the name of the schedule, which commands know even if it is shortened.
        """
        return self.state_machine_prefix + fit(schedule(task, 0), 64 - len(self.state_machine_prefix))

    @property
    def notify_prefix(self) -> str:
        """The start of the names of all rules, connections and API destinations of the group's recipients."""
        return re.sub(_UNSAFE_BUT_DOTS, "-", f"{self.prefix}-notify-")[: 64 - _HASH_LENGTH - 1]

    def notification(self, what: str) -> str:
        """A rule, a connection or an API destination of a recipient: at most 64 characters of `[.-_A-Za-z0-9]`.

        AWS: botocore events, RuleName, ConnectionName and ApiDestinationName.
        """
        return fit(f"{self.prefix}-notify-{what}", 64, _UNSAFE_BUT_DOTS)

    @property
    def topic(self) -> str:
        """At most 256 letters, digits, `-` and `_` (AWS: SNS CreateTopic, Name)."""
        return fit(f"{self.prefix}-failures", 256)

    @property
    def alarm_prefix(self) -> str:
        """The start of the names of this group's alarms, and of no other group's.

        The topic lets alarms publish by this prefix. It leaves 111 characters for the longest end,
        `<task>/no-success`.
        """
        return f"{fit(self.prefix, _ALARM_NAME_LENGTH - TASK_NAME_LENGTH - 12, _UNSAFE_BUT_DOTS)}/"

    def alarm(self, what: str) -> str:
        """At most 255 characters (AWS: botocore cloudwatch, AlarmName)."""
        prefix = self.alarm_prefix
        return prefix + fit(what, _ALARM_NAME_LENGTH - len(prefix), r"[^A-Za-z0-9_./-]")

    def task_alarm(self, task: str) -> str:
        """The alarm for missing successes of a task."""
        return self.alarm(f"{task}/no-success")

    def duration_alarm(self, task: str) -> str:
        """The alarm for runs of a task that take too long."""
        return self.alarm(f"{task}/too-long")

    @property
    def security_group(self) -> str:
        """At most 255 characters, not starting with `sg-` (AWS: EC2 CreateSecurityGroup, GroupName)."""
        return f"ecs-{fit(self.prefix, 250)}"

    def task_security_group(self, task: str) -> str:
        """The security group of a task in another VPC: like `security_group`."""
        return f"ecs-{fit(f'{self.family_prefix}{task}', 250)}"

    @property
    def cluster(self) -> str:
        """At most 255 letters, digits, `-` and `_` (AWS: ECS CreateCluster, clusterName)."""
        return fit(self.prefix, 255)

    @property
    def iam_path(self) -> str:
        """The path of this group's roles: at most 512 characters between slashes (AWS: IAM CreateRole, Path)."""
        return f"{self.iam_parent}{fit(self.prefix, 200, _UNSAFE_BUT_DOTS)}/"

    def shorter_iam_path(self, characters: int) -> str:
        """Like `iam_path`, with fewer characters for the group's own part, if that leaves enough of it."""
        own = len(self.iam_path) - len(self.iam_parent) - 1 - characters
        return (
            f"{self.iam_parent}{fit(self.prefix, own, _UNSAFE_BUT_DOTS)}/" if own > 2 * _HASH_LENGTH else self.iam_path
        )

    @property
    def run_role_path(self) -> str:
        """The path of roles that runs assume, and no others. The scheduler role can pass only these."""
        return f"{self.iam_path}runs/"

    def role(self, purpose: str) -> str:
        """A role of the group: at most 64 characters of `[\\w+=,.@-]` (AWS: botocore iam, roleNameType)."""
        return fit(f"{self.prefix}-{purpose}", 64)

    @property
    def task_role_prefix(self) -> str:
        """The start of the names of all roles of single tasks."""
        return self.family_prefix[: 64 - _HASH_LENGTH - 1]

    def task_role(self, task: str, purpose: str) -> str:
        """A role of one task. `__` distinguishes it from the group's own roles."""
        return fit(f"{self.family_prefix}{task}__{purpose}", 64)

    def shared_role(self, name: str) -> str:
        """A role that several tasks share."""
        return fit(f"{self.family_prefix}{name}__shared", 64)


def managed_policy(role: str, number: int) -> str:
    """A managed policy of a role: at most 128 characters of `[\\w+=,.@-]` (AWS: botocore iam, policyNameType)."""
    return f"{role}-{number}"


def event_target(name: str) -> str:
    """The ID of a rule's target: at most 64 characters of `[.-_A-Za-z0-9]` (AWS: botocore events, TargetId)."""
    return fit(name, 64, _UNSAFE_BUT_DOTS)


def success_metric_name(prefix: str, task: str) -> str:
    """The metric of a task's successes: at most 255 ASCII characters without `:`, `*` and `$`.

    AWS: botocore logs and cloudwatch, MetricName.
    """
    return fit(f"{prefix}/{task}/succeeded", 255, r"[^ -~]|[:*$]")


def shared_success_metric_name(prefix: str) -> str:
    """The metric of the successes of all tasks, like `success_metric_name`."""
    return fit(f"{prefix}/succeeded", 255, r"[^ -~]|[:*$]")


def _repository_part(name: str, most: int = 100) -> str:
    safe = re.sub(r"[._-]{2,}|[^a-z0-9._-]+", "-", name.lower()).strip("._-") or "x"
    if safe == name and len(name) <= most:
        return name
    return f"{safe[: most - 10]}-{hashlib.sha256(name.encode()).hexdigest()[:_HASH_LENGTH]}"


def schedule(task: str, position: int) -> str:
    """The name of a schedule by its place among the task's schedules, counted from 0: at most 64 characters.

    A task's only schedule has the first of these names, which is that of the task. The others are of schedules that
    versions up to 0.1.0 deployed. AWS: botocore scheduler, Name.
    """
    return fit(task if position == 0 else f"{task}__{position + 1}", 64)


def named_schedule(task: str, own: str) -> str:
    """The name of one of several schedules, from its own name: at most 64 characters (AWS: botocore scheduler, Name).

    Only the task's part is shortened, so that the task can be found by the name.
    """
    return f"{fit(task, 62 - len(own))}__{own}"


def task_of_schedule(name: str) -> str:
    """The name of a schedule's task; the task's part of the name if that was shortened."""
    task, separator, _ = name.rpartition("__")
    return task if separator else name


def is_schedule_of(name: str, task: str) -> bool:
    """Whether a schedule of this name belongs to a task."""
    return name == named_schedule(task, name.rpartition("__")[2]) or is_by_position(name, task)


def is_by_position(name: str, task: str) -> bool:
    """Whether a name is one by position (`schedule`) of a task."""
    if len(name) < 64:
        return re.sub(r"__[1-9][0-9]*$", "", name) == task
    # A shortened name ends in a hash, which does not tell the task.
    return any(name == schedule(task, position) for position in range(MOST_SCHEDULES))
