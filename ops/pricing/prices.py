"""AWS's prices for the resources of a scheduled task, with the source and date of each price.

The shipped prices are for us-east-1, in US dollars, without free tiers, Savings Plans and taxes. Other Regions usually
cost 10 to 30 % more. None of them comes from AWS's own price list, which `ops.pricing.price_list` reads.
"""

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Price:
    """One price."""

    what: str
    usd: float
    unit: str
    """The unit that the price is for."""
    source: str
    """The page or list that states the price, and its date."""


@dataclass(frozen=True, slots=True)
class Prices:
    """All prices, for one Region."""

    region: str
    as_of: str
    fargate_cpu: Price
    fargate_memory: Price
    arm_cpu: Price
    arm_memory: Price
    windows_cpu: Price
    windows_memory: Price
    storage: Price
    spot: Price
    scheduler: Price
    transitions: Price
    logs: Price
    alarm: Price
    metric: Price
    dashboard: Price
    message: Price

    @property
    def by_name(self) -> dict[str, Price]:
        """The prices by the name of their field."""
        found = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: price for name, price in found.items() if isinstance(price, Price)}

    @property
    def in_words(self) -> str:
        """The Region and the date, for a sentence."""
        return f"prices for {self.region} as of {self.as_of}"


_VANTAGE = "vantage.sh, Fargate pricing (undated)"
_FACTUAL = "factualminds.com, CloudWatch pricing, June 2026"
_SPOT = "tomgregory.com, Fargate Spot comparison (67% discount, AWS states up to 70%, and the price varies)"

SHIPPED = Prices(
    region="us-east-1",
    as_of="November 2026",
    fargate_cpu=Price(
        "Fargate, Linux x86_64: CPU", 0.04048, "vCPU-hour", "AWS's example on the Fargate page, September 2026"
    ),
    fargate_memory=Price("Fargate, Linux x86_64: memory", 0.004445, "GB-hour", "factualminds.com, June 2026"),
    arm_cpu=Price("Fargate, Linux arm64: CPU", 0.03238, "vCPU-hour", _VANTAGE),
    arm_memory=Price("Fargate, Linux arm64: memory", 0.00356, "GB-hour", _VANTAGE),
    windows_cpu=Price("Fargate, Windows: CPU, including 0.046 for the license", 0.13748, "vCPU-hour", _VANTAGE),
    windows_memory=Price("Fargate, Windows: memory", 0.01005, "GB-hour", _VANTAGE),
    storage=Price("Fargate: ephemeral storage above 20 GB", 0.000111, "GB-hour", _VANTAGE),
    spot=Price("Fargate Spot: CPU and memory, as a fraction of the on-demand price", 0.33, "Fraction", _SPOT),
    scheduler=Price("EventBridge Scheduler", 1.00, "Million launches", "cloudburn.io, March 2026"),
    transitions=Price(
        "Step Functions, Standard", 0.025, "Thousand transitions", "AWS's Step Functions page, older copy"
    ),
    logs=Price("CloudWatch Logs: ingestion", 0.50, "GB", _FACTUAL),
    alarm=Price("CloudWatch alarm, per metric", 0.10, "Month", "c3x.dev (undated)"),
    metric=Price("CloudWatch custom metric", 0.30, "Month", "signoz.io, CloudWatch pricing, February 2026"),
    dashboard=Price("CloudWatch dashboard", 3.00, "Month", _FACTUAL),
    message=Price(
        "EventBridge API destinations, including their secrets",
        0.20,
        "Million requests",
        "Public summaries of AWS's EventBridge page, 2026; secrets: AWS's EventBridge user guide, connections",
    ),
)
