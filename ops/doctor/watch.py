"""What tells of failures, and what limits runs: queues, rules, quotas."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from components.events import BROKEN, FAILED, SUCCEEDED

from .case import Case
from .finding import OK, PROBLEM, WARNING, Finding, attempt

Data = Mapping[str, Any]

_COUNTED = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
_REFRESH = "pulumi up --refresh makes it again."
_SERVICES = ("fargate", "scheduler")
"""Services in Service Quotas whose quotas limit runs."""
_NEAR = 0.8
"""Of a quota, from which on it is warned."""
_QUERIES = 500
"""Metrics of one call (AWS: Amazon CloudWatch API reference, GetMetricData)."""


def group_findings(case: Case) -> Iterator[Finding]:
    """Whether the schedule group is there to stay."""
    name = case.deployment.name
    state = case.deployment.client("scheduler").get_schedule_group(Name=name)["State"]
    if state == "ACTIVE":
        yield Finding(OK, "", f"the schedule group {name} is active")
    else:
        yield Finding(PROBLEM, "", f"the schedule group {name} is {state}, with all its schedules", "pulumi up")


def queue_findings(case: Case) -> list[Finding]:
    """Whether dead letters can be kept, and whether there are some."""
    names = case.deployment.names
    targets = (patient.schedule.target.get("DeadLetterConfig", {}) for patient in case.patients)
    arns = sorted({target["Arn"] for target in targets if "Arn" in target})
    found: list[Finding] = []
    for arn in arns:
        found += attempt("", f"the queue {arn.split(':')[5]}", _queue, case, arn, "launches")
    events = case.deployment.resource("sqs", names.event_dead_letter_queue)
    return found + attempt("", f"the queue {names.event_dead_letter_queue}", _event_queue, case, events)


def _queue(case: Case, arn: str, what: str) -> Finding:
    *_, account_id, name = arn.split(":")
    sqs = case.deployment.client("sqs")
    try:
        url = sqs.get_queue_url(QueueName=name, QueueOwnerAWSAccountId=account_id)["QueueUrl"]
    except sqs.exceptions.QueueDoesNotExist:
        return Finding(PROBLEM, "", f"the queue {name} is not there: a launch that is given up is lost", _REFRESH)
    counts = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=list(_COUNTED))["Attributes"]
    if count := sum(int(counts.get(key, 0)) for key in _COUNTED):
        return Finding(WARNING, "", f"{what} that wait in {name}: {count}", "ops dead-letters list")
    return Finding(OK, "", f"the queue {name} is there, and empty")


def _event_queue(case: Case, arn: str) -> list[Finding]:
    found = _queue(case, arn, "events")
    # Where outcomes are not watched, there is none.
    return [] if found.level == PROBLEM else [found]


def rule_findings(case: Case) -> list[Finding]:
    """Whether the ends of runs reach a log, and a person: two calls for each rule."""
    names = case.deployment.names
    rules = [(names.rule(outcome, 0), outcome) for outcome in (FAILED, SUCCEEDED)]
    if case.machines:
        rules += [(names.supervised_rule(outcome), outcome) for outcome in (FAILED, SUCCEEDED)]
        rules.append((names.supervised_rule(BROKEN), "ended without an outcome"))
    found: list[Finding] = []
    for name, outcome in rules:
        found += attempt("", f"the rule {name}", _rule, case, name, outcome)
    return found


def _rule(case: Case, name: str, outcome: str) -> Finding:
    events = case.deployment.client("events")
    try:
        state = events.describe_rule(Name=name)["State"]
    except events.exceptions.ResourceNotFoundException:
        words = f"the rule {name} is not there: nobody is told of runs that {outcome}"
        return Finding(WARNING, "", words, "Unless `monitoring.outcomes` is false on purpose: pulumi up --refresh")
    if state != "ENABLED":
        fix = f"aws events enable-rule --name {name}"
        return Finding(PROBLEM, "", f"the rule {name} is {state}: nobody is told of runs that {outcome}", fix)
    targets = events.list_targets_by_rule(Rule=name)["Targets"]
    if not targets:
        return Finding(PROBLEM, "", f"the rule {name} has no target", _REFRESH)
    return Finding(OK, "", f"the rule {name} is enabled")


def quota_findings(case: Case) -> list[Finding]:
    """Quotas that are nearly used up, of those that AWS measures the use of."""
    found: list[Finding] = []
    for service in _SERVICES:
        found += attempt("", f"the quotas of {service}", _quotas, case, service)
    return found


def _quotas(case: Case, service: str) -> Iterator[Finding]:
    quotas = [
        quota
        for quota in case.deployment.aws.pages("service-quotas", "list_service_quotas", "Quotas", ServiceCode=service)
        if quota.get("UsageMetric", {}).get("MetricName") and quota["Value"] > 0
    ][:_QUERIES]
    used = _used(case, quotas) if quotas else {}
    near = [quota for quota in quotas if used.get(quota["QuotaCode"], 0) >= _NEAR * quota["Value"]]
    for quota in near:
        words = f"{quota['QuotaName']}: {used[quota['QuotaCode']]:g} of {quota['Value']:g} were used in the last day"
        yield Finding(WARNING, "", words, f"Ask for more: Service Quotas, {service}, {quota['QuotaCode']}.")
    if not near:
        yield Finding(OK, "", f"quotas of {service} that AWS measures: {len(quotas)}, of which none is near its limit")


def _used(case: Case, quotas: list[Data]) -> dict[str, float]:
    """The most that was used of each quota within a day, by its code; one call."""
    queries = [
        {
            "Id": f"q{number}",
            "MetricStat": {
                "Metric": {
                    "Namespace": quota["UsageMetric"]["MetricNamespace"],
                    "MetricName": quota["UsageMetric"]["MetricName"],
                    "Dimensions": [
                        {"Name": name, "Value": value}
                        for name, value in quota["UsageMetric"].get("MetricDimensions", {}).items()
                    ],
                },
                "Period": 300,
                "Stat": quota["UsageMetric"].get("MetricStatisticRecommendation", "Maximum"),
            },
        }
        for number, quota in enumerate(quotas)
    ]
    results = case.deployment.aws.pages(
        "cloudwatch",
        "get_metric_data",
        "MetricDataResults",
        MetricDataQueries=queries,
        StartTime=case.now - timedelta(days=1),
        EndTime=case.now,
    )
    used: dict[str, float] = {}
    for result in results:
        code = quotas[int(result["Id"][1:])]["QuotaCode"]
        used[code] = max([used.get(code, 0.0), *result["Values"]])
    return used
