"""AWS's linter of CloudFormation judges the properties of all resources: https://github.com/aws-cloudformation/cfn-lint.

Its rules come from AWS's schemas of resource types and from its developers, not from this repository.
"""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from components import ScheduledCall, ScheduledTask, ScheduledTaskGroup
from components.args import CallArgs
from components.keys.validation import validated
from config import Source, load
from tests.components.calls.test_kinds import EVERY
from tests.components.cloudformation import template
from tests.components.policies.stacks import GROUPS, deployed
from tests.components.test_urns import deployed as run_program
from tests.components.test_urns import everything
from tests.config.random_tasks import tasks
from tests.mocks import REGION, Resource
from tests.referees import all_tests


def findings(resources: list[Resource]) -> list[str]:
    """The errors and warnings of the linter."""
    # Importing the linter takes half a second, which only the workers that run these tests need.
    from cfnlint.api import ManualArgs, lint

    text = json.dumps(template(resources), indent=1, ensure_ascii=False)
    found = lint(text, config=cast("Any", ManualArgs)(regions=[REGION]))
    texts = [f"{match.rule.id} {match.message} ({getattr(match, 'path', match.linenumber)})" for match in found]
    # Names of variables are keys of an object, but cfn-lint 1.58 takes FALSE and VFH for equal.
    return [text for text in texts if not ("unique" in text and "'Environment']" in text)]


# Together, these two have all types of resources.
@pytest.mark.parametrize("group", GROUPS if all_tests() else ["everything", "after"])
def test_the_linter_accepts_every_resource_of_a_stack(group: str):
    assert findings(deployed(group).of_aws) == []


@pytest.mark.thorough
def test_the_linter_accepts_a_stack_with_its_own_network_and_cluster():
    assert findings(run_program(everything).of_aws) == []


@pytest.mark.thorough
@settings(max_examples=1, derandomize=True, phases=[Phase.generate])
@given(drawn=st.lists(tasks(), min_size=20, max_size=20))
def test_the_linter_accepts_random_tasks(drawn: list[dict[str, Any]]):
    values: dict[str, Any] = {
        "cluster": "main",
        "catalogue": False,
        "monitoring": {"outcomes": False, "alarms": False},
        "tasks": {f"job-{number}": task for number, task in enumerate(drawn)},
    }
    config = load(Source("test", values, ()), Path("missing"))

    def program() -> None:
        group = ScheduledTaskGroup("tasks", replace(config.group, prefix="shop-dev"))
        for name, task in config.tasks.items():
            ScheduledTask(name, task.in_group(group.reference))

    assert findings(run_program(program).of_aws) == []


@pytest.mark.parametrize(
    ("name", "changes", "rule"),
    [
        ("job-definition", {"memory": "700"}, "E3047"),
        ("job-definition", {"networkMode": "bridge"}, "E3048"),
        ("job-schedule", {"flexibleTimeWindow": {"mode": "SOMETIMES"}}, "E3030"),
        ("tasks-logs", {"retentionInDays": 31}, "E3030"),
        ("tasks-dead-letters", {"messageRetentionSeconds": 59}, "E3034"),
    ],
)
def test_the_linter_finds(name: str, changes: dict[str, Any], rule: str):
    resource = deployed("plain").named(name)
    assert rule in " ".join(findings([replace(resource, inputs={**resource.inputs, **changes})]))


def test_the_linter_accepts_every_kind_of_call():
    network: Any = {"subnet_ids": ["subnet-0a"], "security_group_ids": ["sg-0a"]}
    given = [dict(validated(CallArgs, keys, from_yaml=True).values) for keys in EVERY.values()]
    given.append({"call": "redshift:pauseCluster", "with_": {"clusterIdentifier": "warehouse"}})

    def program() -> None:
        group = ScheduledTaskGroup("jobs", cluster="main", network=network)
        for number, keys in enumerate(given):
            ScheduledCall(f"call-{number}", cast("Any", {"group": group, "schedule": "rate(1 day)", **keys}))

    resources = run_program(program).of_aws
    assert sum(resource.type.endswith("Schedule") for resource in resources) == len(given)
    assert findings(resources) == []
