"""All checks, one after the other."""

from collections.abc import Callable, Iterable
from datetime import datetime

from ..aws.deployment import Deployment
from .case import Case, Patient, read_case
from .finding import Finding, attempt
from .outcomes import outcome_findings
from .places import cluster_findings, image_findings, log_findings, network_findings
from .roles import permission_findings, trust_findings
from .tasks import definition_findings, lease_findings, machine_findings, schedule_findings
from .watch import group_findings, queue_findings, quota_findings

SHARED: tuple[tuple[str, Callable[[Case], Iterable[Finding]]], ...] = (
    ("the schedule group", group_findings),
    ("roles", trust_findings),
    ("permissions", permission_findings),
    ("the cluster", cluster_findings),
    ("the network", network_findings),
    ("log groups", log_findings),
    ("images", image_findings),
    ("dead letters", queue_findings),
    ("outcomes", outcome_findings),
    ("quotas", quota_findings),
    ("leases", lease_findings),
)
"""What is asked of AWS once for all tasks. Those that ask for several things make an attempt of each."""


def examine(deployment: Deployment, task: str | None, now: datetime, tell: Callable[[str], None]) -> list[Finding]:
    """What keeps a task, or any of the stack, from running; the stack's own findings first, then task by task.

    Raises OpsError where there is no such task. What AWS does not let be looked at is a finding.
    """
    tell("schedules and task definitions")
    case, found = read_case(deployment, task, now)
    for patient in case.patients:
        found += _own(case, patient)
    for what, check in SHARED:
        tell(what)
        found += attempt("", what, check, case)
    return sorted(dict.fromkeys(found), key=lambda finding: finding.subject)


def _own(case: Case, patient: Patient) -> list[Finding]:
    return [*schedule_findings(case, patient), *definition_findings(patient), *machine_findings(patient)]
