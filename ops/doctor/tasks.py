"""What concerns one task: its schedule, its task definition, its state machine, its lease."""

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from components.schedules import ExpressionError, durations, parse
from components.supervised.lease import EXPIRES, KEY

from ..aws.machines import RUNNING, execution_status
from ..aws.schedules import unanchored
from .case import Case, Patient
from .finding import OK, PROBLEM, UNKNOWN, WARNING, Finding, attempt

Data = Mapping[str, Any]

_BATCH = 100
"""Keys of one call (AWS: Amazon DynamoDB API reference, BatchGetItem)."""
_DELAYS = (0, 0.2, 0.5, 1, 2)
"""Seconds before each attempt to read leases."""


def schedule_findings(case: Case, patient: Patient) -> Iterator[Finding]:
    """Whether the schedule is enabled, when it runs next, and whether a launch that is given up is kept."""
    schedule = patient.schedule
    if not schedule.enabled:
        pause = case.record.pause_of(schedule.name, schedule.modified)
        words = f"{schedule.name} is paused by hand {pause.words}" if pause else f"{schedule.name} is paused"
        fix = f"ops resume {patient.task}" if pause else "enabled: true in its configuration, and pulumi up."
        yield Finding(WARNING, patient.task, words, fix)
    else:
        yield _next_run(case, patient)
    if "DeadLetterConfig" not in schedule.target:
        yield Finding(WARNING, patient.task, f"{schedule.name} keeps no dead letters", "pulumi up --refresh")


def _next_run(case: Case, patient: Patient) -> Finding:
    schedule = patient.schedule
    try:
        parse(schedule.expression)
    except ExpressionError:
        return Finding(
            UNKNOWN, patient.task, f"{schedule.name}: when it runs: {schedule.expression} is not understood."
        )
    run = next(islice(schedule.runs(case.now), 1), None)
    if run is None:
        words = f"{schedule.name} is enabled, and never runs again: its time, or its end, has passed"
        return Finding(WARNING, patient.task, words, "Give it another `schedule` or `end`, or remove it.")
    if interval := unanchored(schedule.expression, schedule.start):
        within = durations.in_words(round(interval.total_seconds()))
        words = f"{schedule.name} is enabled; next run within {within}: AWS does not tell what its rate counts from"
        return Finding(OK, patient.task, words)
    return Finding(OK, patient.task, f"{schedule.name} is enabled; next run {run:%a %Y-%m-%d %H:%M %Z}")


def definition_findings(patient: Patient) -> Iterator[Finding]:
    """Whether runs can be started from the task definition."""
    if patient.definition is None or patient.launch is None:
        return
    revision = f"{patient.definition['family']}:{patient.definition['revision']}"
    if patient.definition.get("status", "ACTIVE") != "ACTIVE":
        words = f"the task definition {revision} is {patient.definition['status']}: it starts no runs"
        yield Finding(PROBLEM, patient.task, words, "pulumi up --refresh registers and pins another.")
    elif not re.search(r":\d+$", patient.launch.task_definition_arn):
        words = f"no revision is pinned: a run takes whatever is newest then, {revision} now"
        yield Finding(WARNING, patient.task, words, "pulumi up --refresh pins one.")
    else:
        yield Finding(OK, patient.task, f"the task definition {revision} is active")


def machine_findings(patient: Patient) -> Iterator[Finding]:
    """Whether the state machine of a supervised task is there and starts runs."""
    machine = patient.machine
    if machine is None:
        return
    name = machine.arn.rsplit(":", 1)[-1]
    if machine.status != "ACTIVE" or machine.launch is None:
        words = f"the state machine {name} is {machine.status}"
        if machine.launch is None:
            words = f"can't tell what the state machine {name} runs. {machine.unknown}"
        yield Finding(PROBLEM, patient.task, words, "pulumi up --refresh makes it again.")
    else:
        yield Finding(OK, patient.task, f"the state machine {name} is active")


def lease_findings(case: Case) -> list[Finding]:
    """Who holds the leases of supervised tasks; one call for a hundred, and one for each that is held."""
    tasks: dict[str, dict[str, Patient]] = {}
    for patient in case.patients:
        if patient.machine and patient.machine.lease_table:
            tasks.setdefault(patient.machine.lease_table, {})[patient.task] = patient
    found: list[Finding] = []
    for table, patients in tasks.items():
        found += attempt("", f"the leases in {table}", _leases, case, table, patients)
    return found


def _leases(case: Case, table: str, patients: Mapping[str, Patient]) -> Iterator[Finding]:
    names = list(patients)
    for start in range(0, len(names), _BATCH):
        batch = names[start : start + _BATCH]
        held, unread = _read_leases(case, table, batch)
        for task in batch:
            if task in unread:
                yield Finding(UNKNOWN, task, "who holds its lease: DynamoDB did not answer for it. Try again.")
            else:
                yield from attempt(task, "its lease", _lease, case, patients[task], held.get(task))


def _read_leases(case: Case, table: str, tasks: Sequence[str]) -> tuple[dict[str, Data], set[str]]:
    """The leases by task, and the tasks that DynamoDB has left out, time and again: it does so where it is throttled
    (AWS: Amazon DynamoDB API reference, BatchGetItem)."""
    keys: Sequence[Data] = [{KEY: {"S": task}} for task in tasks]
    rows: list[Data] = []
    for delay in _DELAYS:
        time.sleep(delay)
        request = {table: {"Keys": keys, "ConsistentRead": True}}
        answer = case.deployment.client("dynamodb").batch_get_item(RequestItems=request)
        rows += answer["Responses"].get(table, ())
        keys = answer.get("UnprocessedKeys", {}).get(table, {}).get("Keys", ())
        if not keys:
            break
    return {row[KEY]["S"]: row for row in rows}, {key[KEY]["S"] for key in keys}


def _lease(case: Case, patient: Patient, row: Data | None) -> Finding:
    end = datetime.fromtimestamp(int(row[EXPIRES]["N"]), UTC) if row else case.now
    if row is None or end <= case.now:
        return Finding(OK, patient.task, "nobody holds its lease")
    assert patient.machine is not None
    holder = row["holder"]["S"]
    until = f"until {end:%Y-%m-%d %H:%M} UTC at most"
    status = execution_status(case.deployment, patient.machine.arn, holder) or "not known any more"
    if status == RUNNING:
        return Finding(OK, patient.task, f"its lease is held by {holder}, which is running, {until}")
    return Finding(
        WARNING,
        patient.task,
        f"its lease is held by {holder}, which is {status}, {until}: runs that may not overlap wait for that",
        "Make sure that no ECS task of it is running (ops status). Then wait, or free it: aws dynamodb delete-item "
        f'--table-name {patient.machine.lease_table} --key \'{{"{KEY}": {{"S": "{patient.task}"}}}}\'',
    )
