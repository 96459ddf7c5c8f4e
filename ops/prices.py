"""AWS's prices for the resources of a scheduled task, with the source and date of each price.

Prices are for us-east-1, in US dollars, without free tiers, Savings Plans and taxes. Other Regions usually cost 10 to
30 % more. No price comes from AWS's own price list. Check that list before you base a decision on them.
"""

from dataclasses import dataclass

AS_OF = "November 2026"
REGION = "us-east-1"


@dataclass(frozen=True, slots=True)
class Price:
    """One price."""

    what: str
    usd: float
    unit: str
    """The unit that the price is for."""
    source: str
    """The page that states the price, and the date of that page."""


_VANTAGE = "vantage.sh, Fargate pricing (undated)"
_FACTUAL = "factualminds.com, CloudWatch pricing, June 2026"
_SPOT = "tomgregory.com, Fargate Spot comparison (67% discount, AWS states up to 70%, and the price varies)"

FARGATE_CPU = Price(
    "Fargate, Linux x86_64: CPU", 0.04048, "vCPU-hour", "AWS's example on the Fargate page, September 2026"
)
FARGATE_MEMORY = Price("Fargate, Linux x86_64: memory", 0.004445, "GB-hour", "factualminds.com, June 2026")
ARM_CPU = Price("Fargate, Linux arm64: CPU", 0.03238, "vCPU-hour", _VANTAGE)
ARM_MEMORY = Price("Fargate, Linux arm64: memory", 0.00356, "GB-hour", _VANTAGE)
WINDOWS_CPU = Price("Fargate, Windows: CPU, including 0.046 for the license", 0.13748, "vCPU-hour", _VANTAGE)
WINDOWS_MEMORY = Price("Fargate, Windows: memory", 0.01005, "GB-hour", _VANTAGE)
STORAGE = Price("Fargate: ephemeral storage above 20 GB", 0.000111, "GB-hour", _VANTAGE)
SPOT = Price("Fargate Spot: CPU and memory, as a fraction of the on-demand price", 0.33, "Fraction", _SPOT)
SCHEDULER = Price("EventBridge Scheduler", 1.00, "Million launches", "cloudburn.io, March 2026")
TRANSITIONS = Price("Step Functions, Standard", 0.025, "Thousand transitions", "AWS's Step Functions page, older copy")
LOGS = Price("CloudWatch Logs: ingestion", 0.50, "GB", _FACTUAL)
ALARM = Price("CloudWatch alarm, per metric", 0.10, "Month", "c3x.dev (undated)")
METRIC = Price("CloudWatch custom metric", 0.30, "Month", "signoz.io, CloudWatch pricing, February 2026")
DASHBOARD = Price("CloudWatch dashboard", 3.00, "Month", _FACTUAL)

TABLE = (
    FARGATE_CPU, FARGATE_MEMORY, ARM_CPU, ARM_MEMORY, WINDOWS_CPU, WINDOWS_MEMORY, STORAGE, SPOT,
    SCHEDULER, TRANSITIONS, LOGS, ALARM, METRIC, DASHBOARD,
)  # fmt: skip
