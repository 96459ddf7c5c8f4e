"""Whatever configuration is let through, AWS takes; whatever AWS would refuse is not let through."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from statelint.linter import Linter

from components import ScheduledTask, ScheduledTaskGroup
from config import ConfigError
from sandbox.plugin.fields import to_api
from sandbox.plugin.services import ecs, scheduler, sfn
from sandbox.rules import rule_problems
from sandbox.validation import problems
from tests.config.conftest import Load
from tests.config.random_tasks import MUTATIONS, tasks
from tests.mocks import run

# Each test takes 25 seconds on two busy cores.
pytestmark = pytest.mark.timeout(240)

FUNCTION_SCOPED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
REQUESTS = {
    "aws:ecs/taskDefinition:TaskDefinition": ("ecs", "RegisterTaskDefinition", ecs.TaskDefinition.fields),
    "aws:scheduler/schedule:Schedule": ("scheduler", "CreateSchedule", scheduler.Schedule.fields),
    "aws:sfn/stateMachine:StateMachine": ("stepfunctions", "CreateStateMachine", sfn.StateMachine.fields),
}


# Twenty tasks in each program, so that the group of all is made less often.
@settings(FUNCTION_SCOPED, max_examples=25)
@given(drawn=st.lists(tasks(), min_size=20, max_size=20))
def test_what_is_valid_makes_requests_that_aws_takes(loaded: Load, drawn: list[dict[str, Any]]):
    # What watches the group is the same whatever the task, and most of its resources.
    watched = {"outcomes": False, "alarms": False}
    config = loaded(
        cluster="main", catalogue=False, monitoring=watched, tasks={f"job-{n}": task for n, task in enumerate(drawn)}
    )

    def program() -> None:
        group = ScheduledTaskGroup("tasks", {"prefix": "shop-dev", **config.group})
        for name, args in config.tasks.items():
            ScheduledTask(name, {**args, "group": group.reference})

    recorded = run(program, preview=False)
    assert recorded.error is None
    requests = [resource for resource in recorded.of_aws if resource.type in REQUESTS]
    assert len(requests) >= 2 * len(drawn)
    for resource in requests:
        service, operation, fields = REQUESTS[resource.type]
        request = to_api(fields, resource.inputs)
        assert [*problems(service, operation, request), *rule_problems(service, operation, request)] == []
        if operation == "CreateStateMachine":
            machine = json.loads(request["definition"])
            assert Linter.validate(machine) == []
            assert problems("ecs", "RunTask", as_the_api_has_it(machine["States"]["Run"]["Arguments"])) == []


def as_the_api_has_it(value: Any) -> Any:
    """What Step Functions calls RunTask with: names in camelCase; overrides are known when it runs."""
    if isinstance(value, dict):
        return {key[0].lower() + key[1:]: as_the_api_has_it(item) for key, item in value.items() if key != "Overrides"}
    return [as_the_api_has_it(item) for item in value] if isinstance(value, list) else value


@settings(FUNCTION_SCOPED, max_examples=500)
@given(task=tasks(), mutation=st.sampled_from(sorted(MUTATIONS)))
def test_what_is_made_invalid_is_refused(loaded: Load, task: dict[str, Any], mutation: str):
    changed = {**task, **MUTATIONS[mutation]}
    changed = {key: value for key, value in changed.items() if value is not None}
    with pytest.raises(ConfigError) as error:
        loaded(cluster="main", catalogue=False, tasks={"job": changed})
    assert error.value.problems
