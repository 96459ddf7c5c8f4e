"""`cost`: estimates what a stack costs per month."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer

from components.problems import listed

from ..aws.session import Aws
from ..errors import OpsError
from ..output import note, print_json, say_columns, say_wrapped
from ..pricing import price_list
from ..pricing.costs import MOST_MINUTES, Assumptions, Cost, StackCost, stack_cost
from ..pricing.prices import Prices
from ..pricing.tables import COLUMNS, cost_rows
from ..project import Project, project
from .options import ProfileOption, explained
from .planning_options import JsonOption, PlannedStackOption, planned_stack, stack_config

app = typer.Typer(rich_markup_mode=None)
NOT_INCLUDED = "Not included: EC2, network, storage of logs and images, KMS, secrets, and what the containers use."


@app.command()
def cost(
    stack: PlannedStackOption = None,
    minutes: Annotated[
        float, typer.Option("--minutes", min=1, max=MOST_MINUTES, help="Length of a run in minutes.")
    ] = Assumptions().minutes,
    log_mb: Annotated[
        float, typer.Option("--log-mb", min=0, max=1_000_000, help="Size of the log of one run in MB.")
    ] = Assumptions().log_mb,
    refresh_prices: Annotated[
        bool,
        typer.Option("--refresh-prices", help="First read the prices of the stack's Region from AWS into prices.json."),
    ] = False,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Estimate what the tasks of a stack cost per month. Only --refresh-prices calls AWS.

    The length of a run and the size of its log aren't known in advance: pass your own. The review of a pull request
    uses the same prices. --refresh-prices needs the permission pricing:GetProducts.
    """
    with explained(debug=False):
        here = project()
        stack = planned_stack(here, stack)
        config = stack_config(here, stack)
        if refresh_prices:
            _refresh(here, stack, profile)
        assumptions = Assumptions(minutes, log_mb, price_list.prices_of(here.folder))
        found = stack_cost(config, datetime.now(UTC), assumptions)
        if as_json:
            print_json(_as_data(stack, found, assumptions))
            return
        say_columns(COLUMNS, cost_rows(found))
        for line in _notes(here, stack, assumptions):
            say_wrapped(line)


def _refresh(here: Project, stack: str, profile: str | None) -> None:
    region = here.region(stack)
    if region is None:
        raise OpsError(f"Stack {stack} sets no aws:region. Set it first: prices depend on the Region.")
    connection = Aws(profile, price_list.endpoint_region(region), note)
    prices, missing = price_list.read(connection, region, datetime.now(UTC).date())
    try:
        file = price_list.write_prices(prices, here.folder)
    except OSError as error:
        raise OpsError(f"Can't write {here.folder / price_list.FILE}: {error.strerror}.") from None
    note(f"Wrote {file.name} with the prices of {region}.")
    if missing:
        note(f"AWS's Price List has no price for {listed(missing, 'and')}. These prices stay as they were shipped.")


def _notes(here: Project, stack: str, assumptions: Assumptions) -> Sequence[str]:
    prices = assumptions.prices
    assumed = f"{assumptions.minutes:g} minutes and {assumptions.log_mb:g} MB of logs per run"
    lines = [f"Estimate, with {prices.in_words} without free tiers, {assumed}. {NOT_INCLUDED}"]
    region = here.region(stack)
    if region and region != prices.region:
        command = f"scheduled-tasks cost --stack {stack} --refresh-prices"
        lines.append(f"The stack is in {region}. For its prices, run: {command}")
    return lines


def _as_data(stack: str, found: StackCost, assumptions: Assumptions) -> dict[str, object]:
    prices: Prices = assumptions.prices
    return {
        "stack": stack,
        "estimate": True,
        "currency": "USD",
        "perMonth": _amounts(found.total),
        "tasks": {name: _amounts(cost) for name, cost in found.tasks.items()},
        "shared": _amounts(found.shared),
        "assumptions": {"minutes": assumptions.minutes, "logMb": assumptions.log_mb},
        "prices": {"region": prices.region, "asOf": prices.as_of},
    }


def _amounts(cost: Cost) -> dict[str, float]:
    return {**{name: round(amount, 4) for name, amount in cost.parts.items()}, "total": round(cost.total, 4)}
