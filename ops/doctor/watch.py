"""What keeps schedules, and what limits runs: the group, queues, quotas."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from .case import Case
from .finding import OK, PROBLEM, WARNING, Finding, attempt

Data = Mapping[str, Any]

_COUNTED = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
_REFRESH = "pulumi up --refresh makes it again."
_SERVICES = ("fargate", "scheduler")
"""Services in Service Quotas whose quotas limit runs."""
_NEAR = 0.8
"""Of a quota, from which on it is warned."""
_PERIOD = 300
"""Seconds of one value of a metric."""
_UNITS = {
    "MICROSECOND": 1e-6,
    "MILLISECOND": 1e-3,
    "SECOND": 1,
    "MINUTE": 60,
    "HOUR": 3600,
    "DAY": 86400,
    "WEEK": 604800,
}
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
        if quota.get("UsageMetric", {}).get("MetricName") and quota["Value"] > 0 and _scale(quota) is not None
    ][:_QUERIES]
    used = _used(case, quotas) if quotas else {}
    near = [quota for quota in quotas if used.get(quota["QuotaCode"], 0) >= _NEAR * quota["Value"]]
    for quota in near:
        most = f"{used[quota['QuotaCode']]:g} of {quota['Value']:g}{_each(quota)}"
        words = f"{quota['QuotaName']}: {most} were used in the last day"
        yield Finding(WARNING, "", words, f"Ask for more: Service Quotas, {service}, {quota['QuotaCode']}.")
    if not near:
        yield Finding(OK, "", f"quotas of {service} that AWS measures: {len(quotas)}, of which none is near its limit")


def _statistic(quota: Data) -> str:
    return quota["UsageMetric"].get("MetricStatisticRecommendation", "Maximum")


def _seconds(quota: Data) -> float:
    """The time that a quota is for, such as a second of a rate of calls; 0 where it limits what there is at once."""
    period = quota.get("Period", {})
    return period.get("PeriodValue", 0) * _UNITS.get(period.get("PeriodUnit", ""), 0)


def _scale(quota: Data) -> float | None:
    """What makes a quota's use of one value of its metric; None where the metric does not tell it.

    The metric of a rate has a sum for each of its periods, and so tells the mean rate: short peaks are not seen.
    """
    if "Period" not in quota:
        return 1
    return _seconds(quota) / _PERIOD if _statistic(quota) == "Sum" and _seconds(quota) else None


def _each(quota: Data) -> str:
    """`a second` and its like, for a rate."""
    period = quota.get("Period")
    return f" in {period['PeriodValue']} {period['PeriodUnit'].lower()}, as a mean of 5 minutes," if period else ""


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
                "Period": _PERIOD,
                "Stat": _statistic(quota),
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
        quota = quotas[int(result["Id"][1:])]
        code, scale = quota["QuotaCode"], _scale(quota) or 1
        used[code] = max([used.get(code, 0.0), *(value * scale for value in result["Values"])])
    return used
