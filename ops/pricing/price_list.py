"""AWS's Price List: the prices of a Region, and the file that keeps them in a project.

AWS: AWS Billing user guide, "Using the AWS Price List Query API": GetProducts returns each product as JSON text. It has
the usage type, and the on-demand terms with one dimension per tier.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from components.json_values import Json, as_json, is_object, mapping, value_at

from ..aws.session import Aws
from ..errors import OpsError
from .prices import SHIPPED, Price, Prices

FILE = "prices.json"
"""The file in the folder of the project. `cost --refresh-prices` writes it; commit it."""


@dataclass(frozen=True, slots=True)
class Listed:
    """The place of a price in the Price List.

    Args:
        service: The service code.
        usage_types: The ends of its usage types. A Region's usage types start with a prefix such as `EUW1-`. The
            price is their sum.
        units: How many of the listed units are in one unit of ours.
    """

    service: str
    usage_types: tuple[str, ...]
    units: int = 1


_ECS, _CLOUDWATCH = "AmazonECS", "AmazonCloudWatch"
LISTED: Mapping[str, Listed] = {
    "fargate_cpu": Listed(_ECS, ("Fargate-vCPU-Hours:perCPU",)),
    "fargate_memory": Listed(_ECS, ("Fargate-GB-Hours",)),
    "arm_cpu": Listed(_ECS, ("Fargate-ARM-vCPU-Hours:perCPU",)),
    "arm_memory": Listed(_ECS, ("Fargate-ARM-GB-Hours",)),
    "windows_cpu": Listed(_ECS, ("Fargate-Windows-vCPU-Hours:perCPU", "Fargate-Windows-OS-Hours:perCPU")),
    "windows_memory": Listed(_ECS, ("Fargate-Windows-GB-Hours",)),
    "storage": Listed(_ECS, ("Fargate-EphemeralStorage-GB-Hours",)),
    "transitions": Listed("AmazonStates", ("StateTransition",), units=1000),
    "logs": Listed(_CLOUDWATCH, ("DataProcessing-Bytes",)),
    "alarm": Listed(_CLOUDWATCH, ("CW:AlarmMonitorUsage",)),
    "metric": Listed(_CLOUDWATCH, ("CW:MetricMonitorUsage",)),
}
"""The prices that are read. The others stay as shipped: the list has no price of Spot, and no source that we know names
the usage types of Scheduler, of API destinations and of dashboards."""


def endpoint_region(region: str) -> str:
    """The Region whose endpoint has the prices of a Region (AWS: AWS General Reference, "AWS Price List endpoints")."""
    return "cn-northwest-1" if region.startswith("cn-") else "us-east-1"


def read(aws: Aws, region: str, today: date) -> tuple[Prices, list[str]]:
    """Read the prices of a Region.

    Args:
        aws: The connection to the Region of `endpoint_region`.
        region: The Region.
        today: The date of the result.

    Returns:
        The prices, and what the list doesn't have: these prices are the shipped ones.
    """
    products: dict[str, list[Json]] = {}
    for service in dict.fromkeys(listed.service for listed in LISTED.values()):
        filters = [{"Type": "TERM_MATCH", "Field": "regionCode", "Value": region}]
        pages = aws.pages("pricing", "get_products", "PriceList", ServiceCode=service, Filters=filters)
        products[service] = [_product(text) for text in pages]
    found: dict[str, Price] = {}
    missing: list[str] = []
    for name, listed in LISTED.items():
        shipped = SHIPPED.by_name[name]
        amounts = [_price(products[listed.service], usage_type) for usage_type in listed.usage_types]
        known = [amount for amount in amounts if amount is not None]
        if len(known) < len(amounts):
            missing.append(shipped.what)
            continue
        source = f"AWS Price List, {listed.service}, {' + '.join(listed.usage_types)}, {today}"
        found[name] = replace(shipped, usd=round(sum(known) * listed.units, 10), source=source)
    return replace(SHIPPED, region=region, as_of=str(today), **found), missing


def _product(text: Any) -> Json:
    try:
        return as_json(json.loads(text))
    except (TypeError, ValueError):
        raise OpsError("AWS's Price List sent a product that isn't JSON. Try again later.") from None


def _price(products: Iterable[Json], usage_type: str) -> float | None:
    """The on-demand price of a usage type in its first tier that isn't free; None if there is none.

    Several products can have the usage type, for example one per class of a log group. Then the highest price counts,
    because an estimate that is too low would hide cost.
    """
    usual = [product for product in products if _is_of(product, usage_type)]
    return max((price for product in usual for price in _first_tiers(product)), default=None)


def _is_of(product: Json, usage_type: str) -> bool:
    written = value_at(product, "product", "attributes", "usagetype")
    return isinstance(written, str) and (written == usage_type or written.partition("-")[2] == usage_type)


def _first_tiers(product: Json) -> Iterator[float]:
    for term in mapping(value_at(product, "terms", "OnDemand")).values():
        tiers = sorted(
            (_number(value_at(dimension, "beginRange")), usd)
            for dimension in mapping(value_at(term, "priceDimensions")).values()
            if (usd := _number(value_at(dimension, "pricePerUnit", "USD"))) > 0
        )
        yield from (usd for _, usd in tiers[:1])


def _number(value: Json) -> float:
    try:
        return float(str(value))
    except ValueError:
        return 0


def write_prices(prices: Prices, folder: Path) -> Path:
    """Write the prices into a project."""
    file = folder / FILE
    content = {name: value for name, value in asdict(prices).items() if name in LISTED}
    data = {"region": prices.region, "asOf": prices.as_of, "prices": content}
    file.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
    return file


def prices_of(folder: Path) -> Prices:
    """The prices of a project: those in its file, or the shipped ones. Raises OpsError if the file is invalid."""
    file = folder / FILE
    if not file.exists():
        return SHIPPED
    try:
        content = as_json(json.loads(file.read_text(encoding="utf-8")))
        return _parsed(content)
    except (OSError, UnicodeDecodeError, ValueError):
        raise OpsError(f"{FILE} can't be read. To write it again, run: scheduled-tasks cost --refresh-prices") from None


def _parsed(content: Json) -> Prices:
    region, as_of = value_at(content, "region"), value_at(content, "asOf")
    if not (isinstance(region, str) and isinstance(as_of, str)):
        raise ValueError("It has no Region or date.")  # noqa: TRY004 - JSON of a file, not an argument
    found = {
        name: replace(SHIPPED.by_name[name], usd=_amount(value_at(entry, "usd")), source=str(value_at(entry, "source")))
        for name, entry in mapping(value_at(content, "prices")).items()
        if name in LISTED and is_object(entry)
    }
    return replace(SHIPPED, region=region, as_of=as_of, **found)


def _amount(value: Json) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        raise ValueError("A price is a number above 0.")
    return float(value)
