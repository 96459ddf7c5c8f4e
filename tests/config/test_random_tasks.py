"""AWS accepts every configuration that is valid, and a configuration with a mistake is refused."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from components import ScheduledTask, ScheduledTaskGroup
from config import ConfigError
from sandbox.plugin.fields import to_api
from sandbox.plugin.services import ecs, scheduler, sfn
from sandbox.rules import rule_problems
from sandbox.sizes import size_problems
from sandbox.validation import problems
from tests import referees
from tests.config.conftest import Load
from tests.config.random_tasks import MUTATIONS, tasks
from tests.mocks import run
from tests.state_language import language_problems

# Each test takes 25 seconds on two busy cores.
pytestmark = pytest.mark.timeout(240)

FUNCTION_SCOPED = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
REQUESTS = {
    "aws:ecs/taskDefinition:TaskDefinition": ("ecs", "RegisterTaskDefinition", ecs.TaskDefinition.fields),
    "aws:scheduler/schedule:Schedule": ("scheduler", "CreateSchedule", scheduler.Schedule.fields),
    "aws:sfn/stateMachine:StateMachine": ("stepfunctions", "CreateStateMachine", sfn.StateMachine.fields),
}


# Twenty tasks in each program, so that their group is made less often.
@settings(FUNCTION_SCOPED, max_examples=referees.examples(25))
@given(drawn=st.lists(tasks(), min_size=20, max_size=20))
def test_valid_tasks_make_requests_that_aws_accepts(loaded: Load, drawn: list[dict[str, Any]]):
    # Most resources of a group monitor it, and are the same for each task.
    monitoring = {"outcomes": False, "alarms": False}
    config = loaded(
        cluster="main", catalogue=False, monitoring=monitoring, tasks={f"job-{n}": task for n, task in enumerate(drawn)}
    )

    def program() -> None:
        group = ScheduledTaskGroup("tasks", replace(config.group, prefix="shop-dev"))
        for name, task in config.tasks.items():
            ScheduledTask(name, task.in_group(group.reference))

    recorded = run(program, preview=False)
    assert recorded.error is None
    requests = [resource for resource in recorded.of_aws if resource.type in REQUESTS]
    assert len(requests) >= 2 * len(drawn)
    for resource in requests:
        service, operation, fields = REQUESTS[resource.type]
        request = to_api(fields, resource.inputs)
        checks = (problems, rule_problems, size_problems)
        assert [problem for check in checks for problem in check(service, operation, request)] == []
        if operation == "CreateStateMachine":
            machine = json.loads(request["definition"])
            assert language_problems(machine) == []
            assert problems("ecs", "RunTask", in_camel_case(machine["States"]["Run"]["Arguments"])) == []


def in_camel_case(value: Any) -> Any:
    """Arguments of RunTask in the spelling of the ECS API. Overrides are known only at run time."""
    if isinstance(value, dict):
        return {key[0].lower() + key[1:]: in_camel_case(item) for key, item in value.items() if key != "Overrides"}
    return [in_camel_case(item) for item in value] if isinstance(value, list) else value


@settings(FUNCTION_SCOPED, max_examples=referees.examples(500))
@given(task=tasks(), mutation=st.sampled_from(sorted(MUTATIONS)))
def test_task_with_a_mistake_is_refused(loaded: Load, task: dict[str, Any], mutation: str):
    changed = {**task, **MUTATIONS[mutation]}
    changed = {key: value for key, value in changed.items() if value is not None}
    with pytest.raises(ConfigError) as error:
        loaded(cluster="main", catalogue=False, tasks={"job": changed})
    assert error.value.problems
