"""The interpreter knows all generated state machines, and lists the features of others that it doesn't know."""

import json
from typing import Any

import pytest

from sandbox.state_machines.features import unknown
from tests.components.hours.machines import EVERYTHING
from tests.components.hours.machines import machine as hours_machine
from tests.components.snapshots.world import kept
from tests.components.snapshots.world import machine as snapshots_machine
from tests.components.supervised.machines import index_machine, machine

EVERY_KEY: dict[str, Any] = {
    "timeout": "1h",
    "retry_run": {"attempts": 2, "delay": "30s"},
    "retry": {"attempts": 5, "max_age": "15m"},
    "lock": "db",
    "notify_after": 3,
}
GENERATED = {
    **{overlap: machine(**EVERY_KEY, overlap=overlap) for overlap in ("allow", "forbid", "queue", "replace")},
    "parallel": machine(timeout="1h", parallel={"tasks": 3}),
    "index": index_machine(timeout="1h", parallel={"tasks": 3}, retry_run={"attempts": 2, "delay": "30s"}),
    "snapshots": snapshots_machine(kept(), exceptions=True),
    "hours": hours_machine(EVERYTHING, exceptions=True),
}


@pytest.mark.parametrize("name", GENERATED)
def test_generated_state_machines_are_known(name: str):
    assert unknown(json.loads(GENERATED[name]), lambda _: True) == []


def test_a_foreign_state_machine_is_refused_with_all_reasons():
    machine = {
        "StartAt": "Get",
        "Version": "1.0",
        "States": {
            "Get": {"Type": "Task", "Resource": "arn:aws:states:::x:y", "Parameters": {}, "HeartbeatSeconds": 5},
            "Both": {"Type": "Parallel", "Branches": []},
            "Set": {"Type": "Pass", "Output": "{% 1 %}", "End": True},
            "All": {
                "Type": "Map",
                "QueryLanguage": "JSONata",
                "ToleratedFailureCount": 1,
                "ItemProcessor": {
                    "ProcessorConfig": {"Mode": "DISTRIBUTED"},
                    "StartAt": "Wait",
                    "States": {"Wait": {"Type": "Wait", "SecondsPath": "$.x"}},
                },
            },
        },
    }
    assert list(unknown(machine, lambda resource: ":ecs:" in resource)) == [
        "The state machine has the field Version",
        'State "Get" has the field Parameters',
        'State "Get" has the field HeartbeatSeconds',
        'State "Get" calls arn:aws:states:::x:y',
        'State "Both" has the type Parallel',
        'State "Set" uses JSONPath',
        'State "All" has the field ToleratedFailureCount',
        'State "All" has the mode DISTRIBUTED',
        'State "Wait" has the field SecondsPath',
    ]


def test_states_without_data_mean_the_same_in_both_languages():
    machine = {
        "StartAt": "Wait",
        "States": {"Wait": {"Type": "Wait", "Seconds": 1, "Next": "End"}, "End": {"Type": "Succeed"}},
    }
    assert unknown(machine, lambda _: False) == []
