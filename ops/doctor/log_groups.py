"""Checks of the log groups of containers."""

from .finding import OK, PROBLEM, RECREATE, STACK, Finding, attempt, resource
from .inventory import Inventory


def log_group_findings(inventory: Inventory) -> list[Finding]:
    """Check that the log groups exist: a container without its log group doesn't start. Makes one call per group."""
    found: list[Finding] = []
    for name in sorted({name for definition in inventory.definitions for name in definition.log_groups}):
        found += attempt(STACK, f"the log group {name}", _log_group, inventory, name)
    return found


def _log_group(inventory: Inventory, name: str) -> Finding:
    group = resource("log group", name)
    if log_group_exists(inventory, name):
        return group.finding(OK, STACK, "exists.")
    return group.finding(PROBLEM, STACK, "doesn't exist.", RECREATE)


def log_group_exists(inventory: Inventory, name: str) -> bool:
    """Tell if a log group exists."""
    logs = inventory.deployment.client("logs")
    pages = logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=name)
    return any(group["logGroupName"] == name for page in pages for group in page["logGroups"])
