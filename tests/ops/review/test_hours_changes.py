"""Warnings about resources that a change removes from office hours."""

from pathlib import Path
from typing import Any

from config import load
from config.sources import Source
from ops.review.hours_changes import hours_warnings


def warnings(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    old, new = (
        load(Source("dev", {"tasks": each, "catalogue": False}, ()), Path("missing")) for each in (before, after)
    )
    return list(hours_warnings(old.calls, new.calls))


def office(*sleeps: dict[str, Any], name: str = "office") -> dict[str, Any]:
    return {name: {"hours": {"open": "MON-FRI 07:30-19:00", "sleeps": list(sleeps)}}}


WEB, ORDERS, STOP = {"service": "main/web"}, {"database": "orders"}, {"stop": {"database": "a"}, "schedule": "none"}
BOTH = office(WEB, ORDERS)


def test_a_removed_resource_can_stay_closed():
    assert warnings(BOTH, office(WEB)) == [
        (
            "tasks.office.hours: database orders is removed. If the environment is closed at the deployment, no opening "
            "restores it. Open it before: scheduled-tasks run office --schedule opening"
        )
    ]


def test_the_resources_of_a_removed_or_renamed_task_can_stay_closed():
    [removed] = warnings(BOTH, {"other": STOP})
    assert removed.startswith("tasks.office.hours: service main/web and database orders are removed.")
    assert warnings(BOTH, office(WEB, ORDERS, name="bureau")) == [removed]
    assert warnings(BOTH, {"office": STOP}) == [removed]


def test_other_changes_leave_nothing_closed():
    assert warnings(BOTH, office(ORDERS, WEB, {"group": "workers"})) == []
    assert warnings({"other": STOP}, BOTH) == []
    instances = [office({"instances": ids}) for ids in (["i-01234567", "i-89abcdef"], ["i-01234567"])]
    assert [each.split(" is ")[0] for each in warnings(*instances)] == ["tasks.office.hours: instance i-89abcdef"]
