"""A group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from .. import args
from ..args import ScheduledTaskGroupArgs
from ..keys.resolution import resolves
from .call_tasks import CallTask
from .capacity import Cluster
from .logs import Logs
from .monitoring import Encryption, Monitoring
from .network import Network
from .notify import Notify, Recipient, RecipientKind
from .permissions import SharedRole
from .task import Task

if TYPE_CHECKING:
    from pulumi import Input


@resolves(args.ScheduledTaskGroupArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Settings that the scheduled tasks of one stack share."""

    DERIVED: ClassVar[frozenset[str]] = frozenset({"calls", "network", "tasks"})

    args: ScheduledTaskGroupArgs
    """The arguments that it is made from."""
    prefix: str | None
    """None for `<project>-<stack>-<name of the group>`."""
    cluster: Input[str]
    clusters: tuple[str, ...]
    """Further existing clusters that tasks may run on."""
    create_cluster: Cluster | None
    network: Network
    logs: Logs
    notify: Notify | None
    monitoring: Monitoring
    containers: Mapping[str, str]
    """For each of `task_definitions`, the container whose exit code decides the outcome."""
    supervised: bool
    parallel: bool
    encryption: Encryption
    iam_path: str
    permissions_boundary: str | None
    scheduler_role: Input[str] | None
    """None for a new role."""
    supervisor_role: Input[str] | None
    """None for a new role."""
    execution_role: Input[str] | None
    """None for a new role, and one for each task with secrets."""
    task_definitions: tuple[str, ...]
    pass_role_arns: tuple[str, ...]
    shared_roles: Mapping[str, SharedRole]
    registry_accounts: tuple[str, ...]
    pull_through_caches: tuple[str, ...]
    enabled: bool
    tags: Mapping[str, str]
    tasks: Mapping[str, Task] | None = None
    """All tasks of the group by name, if they are known before it is created. They are then checked together with it,
    against everything that is looked up."""

    calls: Mapping[str, CallTask] = field(default_factory=dict[str, CallTask])
    """The calls of the group by name, if they are known before it is created. It then watches the work that they
    start."""

    @property
    def retention_days(self) -> int:
        """Days that its log groups keep log events."""
        return self.logs.retention_days or args.DEFAULT_RETENTION_DAYS

    @property
    def recipients(self) -> Mapping[tuple[RecipientKind, str], Recipient]:
        """The recipients that EventBridge sends requests to, by kind and name."""
        return self.notify.recipients if self.notify else {}

    @property
    def runs_containers(self) -> bool:
        """Whether it has what containers need, such as a cluster and a log group. Calls need none of it."""
        return self.tasks is None or bool(self.tasks)

    @property
    def may_supervise(self) -> bool:
        """Whether its rules allow for supervised tasks: `supervised` is true, or neither it nor the tasks are known."""
        return self.supervised or (self.tasks is None and "supervised" not in self.args)

    @property
    def counts_failures(self) -> bool:
        """Whether supervised tasks count failed runs in a row before they send messages."""
        default = self.notify.after if self.notify else None
        if self.tasks is None:
            return default is not None and self.may_supervise
        return any(task.is_supervised and (task.notify_after or default) for task in self.tasks.values())

    @property
    def new_cluster_providers(self) -> tuple[str, ...]:
        """The capacity providers of the cluster that it creates; empty for an existing cluster."""
        return self.create_cluster.capacity_providers if self.create_cluster else ()
