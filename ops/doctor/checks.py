"""Runs all checks."""

from collections.abc import Callable, Iterable
from datetime import datetime

from components.problems import listed

from ..aws.deployment import Deployment
from .called.findings import called_findings
from .closed import closed_findings
from .clusters import cluster_findings
from .containers import container_findings
from .finding import STACK, UNKNOWN, Finding, attempt
from .images import image_findings
from .inventory import CheckedSchedule, Inventory, read_inventory
from .leases import lease_findings
from .log_groups import log_group_findings
from .outcomes import outcome_findings
from .queues import queue_findings
from .quotas import quota_findings
from .recipients import recipient_findings
from .roles import permission_findings, trust_findings
from .schedules import call_findings, definition_findings, group_findings, machine_findings, schedule_findings
from .secrets import secret_findings
from .subnets import network_findings

SHARED_CHECKS: tuple[tuple[str, Callable[[Inventory], Iterable[Finding]]], ...] = (
    ("the schedule group", group_findings),
    ("the roles", trust_findings),
    ("the permissions", permission_findings),
    ("the called resources", called_findings),
    ("the cluster", cluster_findings),
    ("the network", network_findings),
    ("the log groups", log_group_findings),
    ("the images", image_findings),
    ("the containers", container_findings),
    ("the secrets", secret_findings),
    ("the dead-letter queues", queue_findings),
    ("the outcomes", outcome_findings),
    ("the recipients", recipient_findings),
    ("the quotas", quota_findings),
    ("the leases", lease_findings),
    ("the closed resources", closed_findings),
)
"""Checks that run once for all tasks. A check of several things attempts each separately."""
NOT_EMULATED = (permission_findings, quota_findings)
"""Checks that need AWS: local emulators don't simulate policies and have no quotas."""


def run_checks(
    deployment: Deployment, task: str | None, now: datetime, report_progress: Callable[[str], None]
) -> list[Finding]:
    """Check one task or all tasks of a stack. Returns the findings of the stack, then those of each task.

    Raises OpsError if there is no such task. A call that AWS denies becomes a finding.
    """
    report_progress("the schedules and task definitions")
    inventory, found = read_inventory(deployment, task, now)
    for each in inventory.schedules:
        found += _schedule_checks(inventory, each)
    emulated = deployment.aws.emulated
    if emulated:
        names = listed((what for what, check in SHARED_CHECKS if check in NOT_EMULATED), "and")
        message = f"A local emulator answers in place of AWS, so this wasn't checked: {names}."
        found.append(Finding(UNKNOWN, STACK, message))
    for what, check in SHARED_CHECKS:
        if emulated and check in NOT_EMULATED:
            continue
        report_progress(what)
        found += attempt(STACK, what, check, inventory)
    return sorted(dict.fromkeys(found), key=lambda finding: finding.task)


def _schedule_checks(inventory: Inventory, each: CheckedSchedule) -> list[Finding]:
    return [
        *schedule_findings(inventory, each),
        *call_findings(each),
        *definition_findings(each),
        *machine_findings(each),
    ]
