"""Prices from AWS's Price List, and the command that estimates a stack's cost with them."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ops.errors import OpsError
from ops.pricing import price_list
from ops.pricing.prices import SHIPPED
from tests.ops.conftest import Ops

TODAY = date(2026, 11, 27)


def product(usage_type: str, *tiers: tuple[str, str], family: str = "Compute") -> str:
    """A product in the form of GetProducts (AWS Billing user guide, "Using the AWS Price List Query API")."""
    dimensions = {
        f"SKU.JRTCKXETXF.{number}": {
            "beginRange": begin,
            "endRange": "Inf",
            "unit": "Hrs",
            "pricePerUnit": {"USD": usd},
        }
        for number, (begin, usd) in enumerate(tiers)
    }
    return json.dumps({
        "product": {"productFamily": family, "attributes": {"usagetype": usage_type, "regionCode": "eu-west-1"}, "sku": "SKU"},
        "terms": {"OnDemand": {"SKU.JRTCKXETXF": {"priceDimensions": dimensions}}},
    })  # fmt: skip


ECS = [
    product("EUW1-Fargate-vCPU-Hours:perCPU", ("0", "0.0404800000")),
    product("EUW1-Fargate-GB-Hours", ("0", "0.0044450000")),
    product("EUW1-Fargate-ARM-vCPU-Hours:perCPU", ("0", "0.0323800000")),
    product("EUW1-Fargate-ARM-GB-Hours", ("0", "0.0035600000")),
    product("EUW1-Fargate-Windows-vCPU-Hours:perCPU", ("0", "0.0910000000")),
    product("EUW1-Fargate-Windows-OS-Hours:perCPU", ("0", "0.0460000000")),
    product("EUW1-Fargate-Windows-GB-Hours", ("0", "0.0100000000")),
    product("EUW1-Fargate-EphemeralStorage-GB-Hours", ("0", "0.0001230000")),
    product("EUW1-Fargate-GB-Hours-SpotDiscount", ("0", "9")),
]
STATES = [product("EUW1-StateTransition", ("0", "0"), ("4000", "0.0000250000"))]
CLOUDWATCH = [
    product("EUW1-DataProcessing-Bytes", ("0", "0.2850000000")),
    product("EUW1-DataProcessing-Bytes", ("0", "0.5700000000")),
    product("EUW1-CW:AlarmMonitorUsage", ("0", "0.1000000000")),
    product("EUW1-CW:MetricMonitorUsage", ("250000", "0.05"), ("0", "0.3000000000"), ("10000", "0.1")),
    product("EUW1-CW:HighResAlarmMonitorUsage", ("0", "0.3000000000")),
]
LISTS = {"AmazonECS": ECS, "AmazonStates": STATES, "AmazonCloudWatch": CLOUDWATCH}


class Fake:
    """The Price List of a Region."""

    def __init__(self, lists: dict[str, list[str]]):
        self.lists, self.asked = lists, list[dict[str, Any]]()

    def pages(self, service: str, operation: str, key: str, **parameters: Any) -> list[str]:
        assert (service, operation, key) == ("pricing", "get_products", "PriceList")
        self.asked.append(parameters)
        return self.lists[parameters["ServiceCode"]]


def read(lists: dict[str, list[str]] = LISTS) -> Any:
    return price_list.read(Fake(lists), "eu-west-1", TODAY)  # type: ignore[arg-type]


def test_prices_are_those_of_the_first_tier_that_is_not_free():
    prices, missing = read()
    assert missing == []
    assert {name: prices.by_name[name].usd for name in price_list.LISTED} == {
        "fargate_cpu": 0.04048, "fargate_memory": 0.004445, "arm_cpu": 0.03238, "arm_memory": 0.00356,
        "windows_cpu": 0.137, "windows_memory": 0.01, "storage": 0.000123, "transitions": 0.025, "logs": 0.57,
        "alarm": 0.1, "metric": 0.3,
    }  # fmt: skip
    assert (prices.region, prices.as_of) == ("eu-west-1", "2026-11-27")
    assert prices.fargate_cpu.source == "AWS Price List, AmazonECS, Fargate-vCPU-Hours:perCPU, 2026-11-27"
    assert (prices.spot, prices.scheduler, prices.dashboard) == (SHIPPED.spot, SHIPPED.scheduler, SHIPPED.dashboard)


def test_one_call_per_service_reads_the_region():
    fake = Fake(LISTS)
    price_list.read(fake, "eu-west-1", TODAY)  # type: ignore[arg-type]
    assert [parameters["ServiceCode"] for parameters in fake.asked] == ["AmazonECS", "AmazonStates", "AmazonCloudWatch"]
    assert all(
        parameters["Filters"] == [{"Type": "TERM_MATCH", "Field": "regionCode", "Value": "eu-west-1"}]
        for parameters in fake.asked
    )


def test_prices_that_are_not_listed_stay_as_shipped_and_are_named():
    without_license = [text for text in ECS if "OS-Hours" not in text]
    prices, missing = read({**LISTS, "AmazonECS": without_license, "AmazonStates": []})
    assert missing == [SHIPPED.windows_cpu.what, SHIPPED.transitions.what]
    assert (prices.windows_cpu, prices.transitions) == (SHIPPED.windows_cpu, SHIPPED.transitions)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"product": 1}', '{"terms": {"OnDemand": []}}'])
def test_a_product_of_another_form_is_left_out(text: str):
    if text:
        assert read({**LISTS, "AmazonStates": [text]})[1] == [SHIPPED.transitions.what]
    else:
        with pytest.raises(OpsError, match="isn't JSON"):
            read({**LISTS, "AmazonStates": [text]})


@pytest.mark.parametrize(("region", "endpoint"), [("eu-west-1", "us-east-1"), ("cn-north-1", "cn-northwest-1")])
def test_the_endpoint_of_the_price_list(region: str, endpoint: str):
    """AWS General Reference, "AWS Price List endpoints and quotas": us-east-1, eu-central-1, ap-south-1, and in China
    cn-northwest-1."""
    assert price_list.endpoint_region(region) == endpoint


def test_a_file_keeps_the_prices(tmp_path: Path):
    prices, _ = read()
    price_list.write_prices(prices, tmp_path)
    assert price_list.prices_of(tmp_path) == prices
    assert price_list.prices_of(tmp_path / "elsewhere") == SHIPPED


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"region": "x"}',
        '{"region": "x", "asOf": "y", "prices": {"logs": {"usd": "1"}}}',
        '{"region": "x", "asOf": "y", "prices": {"logs": {"usd": -1}}}',
        '{"region": "x", "asOf": "y", "prices": {"logs": {"usd": true}}}',
    ],
)
def test_an_invalid_file_is_named(tmp_path: Path, text: str):
    (tmp_path / "prices.json").write_text(text)
    with pytest.raises(OpsError, match="To write it again"):
        price_list.prices_of(tmp_path)


def test_cost_is_an_estimate_with_its_assumptions(project: Path, ops: Ops):
    result = ops("cost", "--stack", "test", "--minutes", "20")
    assert result.exit_code == 0, result.stderr
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["TASK", "FARGATE", "LOGS", "ALARMS", "OTHER", "USD", "PER", "MONTH"]
    assert [line.split()[0] for line in lines[1:7]] == ["etl", "backup", "done", "paused", "(shared)", "(total)"]
    assert (
        "Estimate, with prices for us-east-1 as of November 2026 without free tiers, 20 minutes and 1 MB of logs"
        in result.stdout
    )
    assert (
        "The stack is in eu-west-1. For its prices, run: scheduled-tasks cost --stack test --refresh-prices"
        in result.stdout
    )


def test_cost_as_json_adds_up(project: Path, ops: Ops):
    found = json.loads(ops("cost", "--stack", "test", "--json").stdout)
    parts = [*found["tasks"].values(), found["shared"]]
    assert found["estimate"] is True
    assert found["perMonth"]["total"] == pytest.approx(sum(part["total"] for part in parts), abs=0.001)


def test_refreshed_prices_are_used_by_cost_and_review(project: Path, ops: Ops, monkeypatch: pytest.MonkeyPatch):
    expensive = {**LISTS, "AmazonECS": [text.replace("0.0404800000", "4.0480000000") for text in ECS]}
    connections: list[tuple[Any, ...]] = []

    def connect(*arguments: Any) -> Fake:
        connections.append(arguments)
        return Fake(expensive)

    before = json.loads(ops("cost", "--stack", "test", "--json").stdout)
    monkeypatch.setattr("ops.commands.cost.Aws", connect)
    result = ops("cost", "--stack", "test", "--refresh-prices", "--profile", "billing", "--json")
    assert connections[0][:2] == ("billing", "us-east-1")
    assert "Wrote prices.json with the prices of eu-west-1." in result.stderr
    after = json.loads(result.stdout)
    assert after["prices"]["region"] == "eu-west-1"
    assert after["tasks"]["etl"]["fargate"] > 5 * before["tasks"]["etl"]["fargate"]
    assert json.loads(ops("cost", "--stack", "test", "--json").stdout)["prices"] == after["prices"]


def test_prices_need_a_region(project: Path, ops: Ops):
    stack = project / "Pulumi.test.yaml"
    stack.write_text(stack.read_text().replace("aws:region: eu-west-1", "aws:profile: x"))
    result = ops("cost", "--stack", "test", "--refresh-prices")
    assert (result.exit_code, result.stderr.strip()) == (
        1,
        "Stack test sets no aws:region. Set it first: prices depend on the Region.",
    )
