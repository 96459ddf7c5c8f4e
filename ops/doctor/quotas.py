"""Checks of service quotas."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from ..aws.call_targets import operation_of
from ..output import counted
from .called.machines import requests_of
from .finding import OK, STACK, UNKNOWN, WARNING, Finding, attempt
from .inventory import Inventory
from .vcpus import vcpu_findings
from .week_vcpus import week_vcpu_findings

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch.type_defs import MetricDataQueryTypeDef
    from mypy_boto3_service_quotas.type_defs import ServiceQuotaTypeDef

_FARGATE = "fargate"
_SERVICES = (_FARGATE, "scheduler")
"""Services, as Service Quotas names them, whose quotas limit runs."""
_RULES = "L-244521F2"
"""The quota of rules per event bus. AWS measures no usage of it. AWS: Amazon EventBridge user guide, quotas. The quotas
of API destinations and connections are ten times as high, and each of these has a rule."""
_MANUAL_SNAPSHOTS = {
    "rds:createDBSnapshot": ("ManualSnapshots", "DB instances"),
    "rds:createDBClusterSnapshot": ("ManualClusterSnapshots", "DB clusters"),
}
"""The quotas of manual snapshots by the operation that creates one. AWS: Amazon RDS API reference, AccountQuota."""
_NEAR = 0.8
"""The share of a quota from which to warn."""
_PERIOD = 300
"""Seconds per value of a metric."""
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
"""Metrics per call. AWS: Amazon CloudWatch API reference, GetMetricData."""


def quota_findings(inventory: Inventory) -> list[Finding]:
    """Check for quotas that are nearly used up. AWS measures the usage of some quotas only. Rules are counted."""
    found: list[Finding] = []
    for service in _SERVICES:
        found += attempt(STACK, f"the quotas of {service}", _quotas, inventory, service)
    found += attempt(STACK, "the quota of event rules", _rules, inventory)
    return found + attempt(STACK, "the quotas of manual snapshots", _snapshots, inventory)


def _read(inventory: Inventory, service: str) -> "list[ServiceQuotaTypeDef]":
    pages = (
        inventory.deployment.client("service-quotas").get_paginator("list_service_quotas").paginate(ServiceCode=service)
    )
    return [quota for page in pages for quota in page["Quotas"]]


def _rules(inventory: Inventory) -> Finding:
    """Compare the rules of the default event bus with their quota. AWS counts those of all stacks and services."""
    pages = inventory.deployment.client("events").get_paginator("list_rules").paginate()
    rules = sum(len(page["Rules"]) for page in pages)
    quota = next((each for each in _read(inventory, "events") if each["QuotaCode"] == _RULES and each["Value"]), None)
    if quota is None:
        return Finding(
            UNKNOWN,
            STACK,
            f"Service Quotas has no value of events, {_RULES}. The default event bus has {counted(rules, 'rule')}.",
        )
    used = f"The default event bus has {rules} of {quota['Value']:g} rules."
    if rules < _NEAR * quota["Value"]:
        return Finding(OK, STACK, used)
    return Finding(WARNING, STACK, used, f"Request an increase in Service Quotas: events, {_RULES}.")


def _snapshots(inventory: Inventory) -> Iterator[Finding]:
    """Compare the manual snapshots of the account with their quotas, if a call creates some. Makes one call."""
    called = [
        *(operation_of(each.schedule.target_arn) for each in inventory.schedules if each.schedule.is_call),
        *(request.operation for each in inventory.call_machines.values() for request in requests_of(each.definition)),
    ]
    wanted = {name: kind for operation, (name, kind) in _MANUAL_SNAPSHOTS.items() if operation in called}
    if not wanted:
        return
    quotas = inventory.deployment.aws.called_client("rds").describe_account_attributes()["AccountQuotas"]
    for quota in quotas:
        if (kind := wanted.get(quota["AccountQuotaName"])) is not None:
            used = f"The account has {quota['Used']} of {quota['Max']} manual snapshots of {kind} in this Region."
            if quota["Used"] < _NEAR * quota["Max"]:
                yield Finding(OK, STACK, used)
            else:
                fix = (
                    "Delete old snapshots, let `keep` delete those of tasks, or request an increase in Service Quotas."
                )
                yield Finding(WARNING, STACK, f"{used} Without a free one, new snapshots fail.", fix)


def _quotas(inventory: Inventory, service: str) -> Iterator[Finding]:
    every = _read(inventory, service)
    if service == _FARGATE:
        values = {quota["QuotaCode"]: quota["Value"] for quota in every}
        yield from vcpu_findings(inventory, values)
        # The schedules of one task don't tell what runs at the same time.
        if inventory.task is None:
            yield from week_vcpu_findings(inventory, values)
    quotas = [quota for quota in every if _is_measured(quota)]
    quotas = quotas[:_QUERIES]
    used = _used(inventory, quotas) if quotas else {}
    near = [quota for quota in quotas if used.get(quota["QuotaCode"], 0) >= _NEAR * quota["Value"]]
    for quota in near:
        most = f"{used[quota['QuotaCode']]:g} of {quota['Value']:g}{_rate(quota)}"
        message = f"{quota['QuotaName']}: {most} used in the last day."
        fix = f"Request an increase in Service Quotas: {service}, {quota['QuotaCode']}."
        yield Finding(WARNING, STACK, message, fix)
    if not near:
        yield Finding(OK, STACK, f"Quotas of {service} with usage metrics: {len(quotas)}. None is near its limit.")


def _statistic(quota: "ServiceQuotaTypeDef") -> str:
    return quota["UsageMetric"].get("MetricStatisticRecommendation", "Maximum")


def _is_measured(quota: "ServiceQuotaTypeDef") -> bool:
    """Tell if a metric measures the usage of a quota that isn't 0. The metric of a rate must have sums, which tell the
    mean rate."""
    if not quota["Value"] or not quota.get("UsageMetric", {}).get("MetricName"):
        return False
    return "Period" not in quota or (_statistic(quota) == "Sum" and quota["Period"]["PeriodUnit"] in _UNITS)


def _scale(quota: "ServiceQuotaTypeDef") -> float:
    """The factor from a metric's value to the usage. For a rate, the sum per period becomes a mean rate: short peaks
    don't show."""
    if "Period" not in quota:
        return 1
    return quota["Period"]["PeriodValue"] * _UNITS[quota["Period"]["PeriodUnit"]] / _PERIOD


def _rate(quota: "ServiceQuotaTypeDef") -> str:
    """Describe the period of a rate: ` per 1 second (mean of 5 minutes)`."""
    if "Period" not in quota:
        return ""
    period = quota["Period"]
    return f" per {period['PeriodValue']} {period['PeriodUnit'].lower()} (mean of 5 minutes)"


def _used(inventory: Inventory, quotas: "Sequence[ServiceQuotaTypeDef]") -> dict[str, float]:
    """Return the highest usage of each quota in the last day, by quota code. Makes one call."""
    queries: list[MetricDataQueryTypeDef] = [
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
    pages = (
        inventory.deployment.client("cloudwatch")
        .get_paginator("get_metric_data")
        .paginate(MetricDataQueries=queries, StartTime=inventory.now - timedelta(days=1), EndTime=inventory.now)
    )
    used: dict[str, float] = {}
    for result in (result for page in pages for result in page["MetricDataResults"]):
        quota = quotas[int(result["Id"][1:])]
        code, scale = quota["QuotaCode"], _scale(quota)
        used[code] = max([used.get(code, 0.0), *(value * scale for value in result["Values"])])
    return used
