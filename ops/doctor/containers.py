"""Checks of what ECS reads only when a run starts: secrets and mount paths of deployed task definitions."""

from collections.abc import Iterator

from .finding import PROBLEM, Cause, Finding
from .inventory import Inventory

_FIX = "Correct it in the configuration, or in a new revision of an existing task definition, and deploy."


def container_findings(inventory: Inventory) -> Iterator[Finding]:
    """Check the secrets and mount paths of all containers. Makes no calls."""
    for each in {each.definition.arn: each for each in inventory.schedules if each.definition}.values():
        assert each.definition
        name = f"{each.definition.family}:{each.definition.revision}"
        for problem in each.definition.start_problems:
            cause = Cause(f"No run can start: {problem}")
            yield Finding(PROBLEM, each.task, f"No run of {name} can start: {problem}", _FIX, cause=cause)
