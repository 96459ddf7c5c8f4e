"""Names in AWS, made from the names of the project, the stack and the task.

They fit AWS's limits whatever their parts are, stay the same from one deployment to the next, and two
different things never get one name: what has to be shortened or respelled carries a hash of the whole.
"""

import hashlib
import re
from dataclasses import dataclass

from .arn import Arn

TASK_NAME = r"^[A-Za-z0-9](?:[A-Za-z0-9]|[-_](?!_))*$"
"""Names of tasks: they start with a letter or digit and go on with letters, digits, `-` and single `_`."""
TASK_NAME_LENGTH = 100
GROUP_TAG = "scheduled-tasks"
"""Tag of the schedule group that carries its prefix: by it, what is deployed is found from AWS alone."""

_HASH_LENGTH = 8
_UNSAFE_BUT_DOTS = "[^A-Za-z0-9_.-]"
_AMBIGUOUS = "[^A-Za-z0-9_-]|_(?=_|$)"
"""What is not in a prefix that `__` ends."""


def family_of(task_definition: str) -> str:
    """The family of a task definition, from its ARN, `family`, or `family:revision`."""
    arn = Arn.parse_if_arn(task_definition)
    return arn.family if arn else task_definition.split(":")[0]


def fit(name: str, limit: int, unsafe: str = "[^A-Za-z0-9_-]") -> str:
    """`name` where it is at most `limit` characters, none of which match the pattern `unsafe`; else a
    stand-in for it.

    The stand-in has unsafe characters replaced by `-`, is cut to the limit and ends in a hash of the whole
    name.
    """
    safe = re.sub(unsafe, "-", name)
    if safe == name and len(name) <= limit:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:_HASH_LENGTH]
    return f"{safe[: limit - _HASH_LENGTH - 1]}-{digest}"


@dataclass(frozen=True, slots=True)
class GroupNames:
    """Names of what a group holds, from its prefix (`<project>-<stack>` for the program's own group)."""

    prefix: str
    iam_parent: str = "/"
    """The path that the group's own IAM path is under."""

    @property
    def schedule_group(self) -> str:
        """At most 64 characters of `[0-9a-zA-Z-_.]` (AWS: botocore scheduler, ScheduleGroupName)."""
        return fit(self.prefix, 64, _UNSAFE_BUT_DOTS)

    @property
    def family_prefix(self) -> str:
        """What the families of this group start with, and those of no other group.

        `__` ends the prefix and stands nowhere else in it, so that stack `dev` never covers stack `dev-eu`: a
        prefix that has `__` in it or ends in `_` is respelled.
        """
        return f"{fit(self.prefix, 120, _AMBIGUOUS)}__"

    def family(self, task: str) -> str:
        """At most 255 letters, digits, `-` and `_` (AWS: RegisterTaskDefinition, family)."""
        return f"{self.family_prefix}{fit(task, 120)}"

    @property
    def state_machine_prefix(self) -> str:
        """What the state machines of this group are named by, and those of no other group: as `family_prefix`, but
        short enough for a name of a task to follow."""
        return f"{fit(self.prefix, 40, _AMBIGUOUS)}__"

    def state_machine(self, task: str) -> str:
        """At most 80 letters, digits, `-` and `_` (AWS: Step Functions CreateStateMachine, name)."""
        return f"{self.state_machine_prefix}{fit(task, 38)}"

    @property
    def lease_table(self) -> str:
        """At most 255 letters, digits, `-`, `_` and `.` (AWS: DynamoDB CreateTable, TableName)."""
        return fit(f"{self.prefix}-leases", 255, _UNSAFE_BUT_DOTS)

    @property
    def supervisor_log_group(self) -> str:
        """Under /aws/vendedlogs/, as there are limits to the policy that other names are written into (AWS: Step
        Functions developer guide, "Logging using CloudWatch Logs")."""
        return f"/aws/vendedlogs/states/{fit(self.prefix, 300, _UNSAFE_BUT_DOTS)}"

    @property
    def log_group(self) -> str:
        """At most 512 characters of `[.-_/#A-Za-z0-9]` (AWS: botocore logs, LogGroupName)."""
        return f"/ecs/{fit(self.prefix, 300, _UNSAFE_BUT_DOTS)}"

    def task_log_group(self, task: str) -> str:
        """The log group of a task that keeps its logs for another time than the group."""
        return f"{self.log_group}/{fit(task, 200)}"

    def parameter(self, task: str, variable: str) -> str:
        """The SSM parameter of a secret that is stored for a task: at most 1011 characters, with up to 15 levels,
        not beginning with /aws or /ssm (AWS: SSM PutParameter, Name)."""
        return f"/ecs/{fit(self.prefix, 200, _UNSAFE_BUT_DOTS)}/{fit(task, 120)}/{fit(variable, 200, _UNSAFE_BUT_DOTS)}"

    def repository(self, task: str) -> str:
        """The ECR repository of an image that is built for a task: 2 to 256 small letters, digits and
        separators, never two of those in a row (AWS: ECR CreateRepository, repositoryName)."""
        return f"{_repository_part(self.prefix)}/{_repository_part(task)}"

    @property
    def dead_letter_queue(self) -> str:
        """At most 80 letters, digits, `-` and `_` (AWS: SQS CreateQueue, QueueName)."""
        return fit(f"{self.prefix}-dead-letters", 80)

    @property
    def event_dead_letter_queue(self) -> str:
        """As `dead_letter_queue`, for events that could not be delivered."""
        return fit(f"{self.prefix}-undelivered-events", 80)

    def outcome_log_group(self, outcome: str) -> str:
        """EventBridge writes to log groups under /aws/events/ (AWS: EventBridge user guide, targets)."""
        return f"/aws/events/{fit(self.prefix, 300, _UNSAFE_BUT_DOTS)}/{outcome}"

    def rule(self, outcome: str, position: int) -> str:
        """At most 64 characters of `[.-_A-Za-z0-9]` (AWS: botocore events, RuleName)."""
        return fit(f"{self.prefix}-{outcome}" + (f"-{position + 1}" if position else ""), 64, _UNSAFE_BUT_DOTS)

    def supervised_rule(self, outcome: str) -> str:
        """As `rule`, for outcomes that state machines report."""
        return self.rule(f"{outcome}-supervised", 0)

    @property
    def topic(self) -> str:
        """At most 256 letters, digits, `-` and `_` (AWS: SNS CreateTopic, Name)."""
        return fit(f"{self.prefix}-failures", 256)

    def alarm(self, what: str) -> str:
        """At most 255 characters (AWS: botocore cloudwatch, AlarmName)."""
        return fit(f"{self.prefix}/{what}", 255, r"[^A-Za-z0-9_./-]")

    @property
    def security_group(self) -> str:
        """At most 255 characters, not starting with `sg-` (AWS: EC2 CreateSecurityGroup, GroupName)."""
        return f"ecs-{fit(self.prefix, 250)}"

    @property
    def cluster(self) -> str:
        """At most 255 letters, digits, `-` and `_` (AWS: ECS CreateCluster, clusterName)."""
        return fit(self.prefix, 255)

    @property
    def iam_path(self) -> str:
        """The path of this group's roles: at most 512 characters between slashes (AWS: IAM CreateRole, Path)."""
        return f"{self.iam_parent}{fit(self.prefix, 200, _UNSAFE_BUT_DOTS)}/"

    @property
    def run_role_path(self) -> str:
        """The path of the roles that runs take on, and no others: the scheduler role may pass just these."""
        return f"{self.iam_path}runs/"

    def role(self, purpose: str) -> str:
        """A role of the group: at most 64 characters of `[\\w+=,.@-]` (AWS: botocore iam, roleNameType)."""
        return fit(f"{self.prefix}-{purpose}", 64)

    def task_role(self, task: str, purpose: str) -> str:
        """A role of one task; `__` keeps it apart from the group's own roles."""
        return fit(f"{self.family_prefix}{task}__{purpose}", 64)


def _repository_part(name: str) -> str:
    safe = re.sub(r"[._-]{2,}|[^a-z0-9._-]+", "-", name.lower()).strip("._-") or "x"
    if safe == name and len(name) <= 100:
        return name
    return f"{safe[:90]}-{hashlib.sha256(name.encode()).hexdigest()[:_HASH_LENGTH]}"


def schedule(task: str, position: int) -> str:
    """A schedule's name within its schedule group: at most 64 characters (AWS: botocore scheduler, Name).

    `position` counts a task's schedules from 0. The first is named as the task, so that it keeps its name
    when others join it.
    """
    return fit(task if position == 0 else f"{task}__{position + 1}", 64)
