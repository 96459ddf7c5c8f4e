"""URNs and type tokens do not change: Pulumi replaces a resource whose URN changes.

tests/components/urns.txt contains the URNs of a stack that uses everything, without stack and project. Remove a line
only with its resource. A resource that moves keeps its line, as an alias (docs/upgrading.md).
"""

from pathlib import Path
from typing import Any, cast

import pulumi

from components import ScheduledTask, ScheduledTaskGroup
from tests.mocks import ACCOUNT, REGION, Recorded, run

FILE = Path(__file__).with_name("urns.txt")
SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:db-Dv4x1Q"
POLICY = f"arn:aws:iam::{ACCOUNT}:policy/reader"

GROUP: dict[str, Any] = {
    "create_cluster": {},
    "network": {"create_vpc": {"nat_gateways": "none"}, "subnets": "private"},
    "notify": {
        "emails": ["ops@example.com"],
        "pagerduty": {"on-call": {"routing_key": "k"}},
        "slack": {"a": {"token": "t", "channel": "C0123456789"}},
        "teams": {"a": {"url": "https://a.example/x?sig=s"}},
        "heartbeat": {"a": {"tasks": ["plain"], "url": "https://a.example/x"}},
    },
    "monitoring": {"dashboard": True},
    "task_definitions": ["legacy"],
    "containers": {"legacy": "app"},
    "supervised": True,
}
_PLAIN = {"image": "job:1", "schedule": "rate(6 hours)"}
TASKS: dict[str, dict[str, Any]] = {
    "plain": _PLAIN,
    "several": {
        "image": "job:1",
        "schedules": [{"expression": "rate(1 hour)"}, {"expression": "cron(0 3 * * ? *)"}],
        "secrets": {"PASSWORD": SECRET},
        "permissions": [{"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::in/*"]}],
        "managed_policies": [POLICY],
        "logs": {"retention_days": 365},
        "expect_success_within": "7h",
    },
    "built": {"build": {"context": "."}, "schedule": "rate(1 day)"},
    "watched": {**_PLAIN, "timeout": "1h", "overlap": "forbid", "expect_success_within": "7h"},
    "elsewhere": {"task_definition": "legacy", "container": "app", "schedule": "rate(1 day)"},
}


def everything() -> None:
    group = ScheduledTaskGroup("tasks", cast("Any", GROUP))
    later = {"several": {"secret_values": {"TOKEN": pulumi.Output.secret("t")}}}
    for name, args in TASKS.items():
        ScheduledTask(name, cast("Any", {**args, **later.get(name, {}), "group": group.reference}))
    ScheduledTask("alone", cast("Any", {**TASKS["plain"], "group_args": {"cluster": "main"}}))


def deployed(program: Any) -> Recorded:
    recorded = run(program, preview=False)
    if recorded.error:
        raise recorded.error
    return recorded


def short(urn: str) -> str:
    """A URN without stack and project."""
    return "::".join(urn.split("::")[2:])


def broken(recorded: Recorded, listed: list[str]) -> list[str]:
    """The lines of the list that are neither the URN nor an alias of a resource."""
    known = {short(urn) for found in recorded.resources for urn in (found.urn, *found.aliases)}
    return [line for line in listed if line not in known]


def test_every_urn_on_the_list_still_exists():
    assert broken(deployed(everything), FILE.read_text().splitlines()) == [], "see docs/upgrading.md"


def test_every_resource_is_on_the_list():
    listed = FILE.read_text().splitlines()
    new = sorted({short(found.urn) for found in deployed(everything).resources} - set(listed))
    assert new == [], "add these lines to urns.txt"
    assert listed == sorted(set(listed))


def test_moved_resource_keeps_its_urn_as_an_alias():
    def moved(*, aliases: list[Any]) -> Recorded:
        options = pulumi.ResourceOptions(aliases=aliases)
        return deployed(lambda: pulumi.ComponentResource("a:index:New", "new", None, options))

    old = "pulumi:pulumi:Stack$a:index:Old::old"
    assert broken(moved(aliases=[]), [old]) == [old]
    assert broken(moved(aliases=[pulumi.Alias(name="old", type_="a:index:Old")]), [old]) == []
