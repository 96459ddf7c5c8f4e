"""The launches of schedules that are gone, so that their tasks can be run again.

The schedule is made up again from what AWS still knows: the task's state machine, or else its newest revision, its last
run, and the network of the stack's other schedules.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from components.aws import names
from components.json_values import Json, Object, as_json, is_object, items, mapping, read_json

from ..aws.deployment import Deployment
from ..aws.errors import error_code
from ..aws.machines import UnknownDefinitionError, execution_arn, machine_facts
from ..aws.schedules import NoScheduleError, Schedule, get_schedule, list_schedules
from ..aws.tasks import family_tasks
from . import records
from .ecs_tasks import last_part
from .executions import list_executions
from .home import Home, home_without_schedule, past_run

if TYPE_CHECKING:
    from mypy_boto3_ecs.type_defs import TaskDefinitionTypeDef

_EXECUTIONS = 20
"""The most executions that are read to find the last scheduled one."""
_UNKNOWN_NETWORK = (
    "{task} has no schedule any more, and no other schedule of the stack tells the subnets of its run. To run it, set "
    "a `schedule` in the future and run: pulumi up. If its launch failed, run: scheduled-tasks dead-letters list"
)


@dataclass(frozen=True, slots=True)
class PastLaunch:
    """A schedule that is gone, as far as AWS still knows what it started."""

    schedule: Schedule
    sources: str
    """A sentence that names where its settings are from."""
    problem: str = ""
    """Why it can't be started. Empty if it can."""


def past_launch(deployment: Deployment, task: str) -> PastLaunch:
    """Find what the schedule of a task started that is gone. Makes up to 12 calls and two queries.

    Raises NoScheduleError if there is no such task.
    """
    home = home_without_schedule(deployment, task)
    if home is None:
        raise NoScheduleError(f'{deployment.name} has no task "{task}".')
    if home.state_machine_arn:
        return _supervised(deployment, task, home)
    return _direct(deployment, task, home)


def made_up(deployment: Deployment, name: str, target: Object) -> Schedule:
    """Return a schedule that is gone, with this target."""
    arn = deployment.resource("scheduler", f"schedule/{deployment.name}/{name}")
    return Schedule(name=name, arn=arn, expression="", timezone="UTC", enabled=False, target={"RoleArn": "", **target})


def _supervised(deployment: Deployment, task: str, home: Home) -> PastLaunch:
    name = names.schedule(task, 0)
    listed = list_executions(deployment, task, home.state_machine_arn, _EXECUTIONS)
    scheduled = next((run for run in listed if run.by == records.SCHEDULE), None)
    text = _input(deployment, home.state_machine_arn, scheduled.id) if scheduled else ""
    origin = f"with the input of its last execution, {scheduled.id}" if scheduled and text else "without overrides"
    target = {"Arn": home.state_machine_arn, "Input": text or json.dumps({"schedule": name, "overrides": {}})}
    sources = f"{task} has no schedule any more. Its state machine starts {origin}."
    return PastLaunch(made_up(deployment, name, target), sources)


def _input(deployment: Deployment, machine_arn: str, execution: str) -> str:
    """The input of an execution. Empty if it isn't a JSON object, or if AWS denies it."""
    states = deployment.client("stepfunctions")
    try:
        found = states.describe_execution(executionArn=execution_arn(machine_arn, execution))
        text = found.get("input", "")
        return text if is_object(read_json(text or "null")) else ""
    except ValueError:
        return ""
    except states.exceptions.ClientError as error:
        if error_code(error) not in ("AccessDeniedException", "ExecutionDoesNotExist"):
            raise
        return ""


def _direct(deployment: Deployment, task: str, home: Home) -> PastLaunch:
    definition = deployment.client("ecs").describe_task_definition(taskDefinition=home.task_definition_arn)
    found, past = definition["taskDefinition"], _past_task(deployment, task, home)
    network = _network(deployment) if found.get("networkMode") == "awsvpc" else {}
    parameters: Object = {
        "TaskDefinitionArn": home.task_definition_arn,
        "TaskCount": 1,
        "Group": task,
        "EnableECSManagedTags": True,
        "PropagateTags": "TASK_DEFINITION",
        **_capacity(past, found),
        **({"NetworkConfiguration": {"awsvpcConfiguration": network}} if network else {}),
    }
    if past.get("enableExecuteCommand"):
        parameters["EnableExecuteCommand"] = True
    given = overrides_of(mapping(past.get("overrides")))
    target = {"Arn": home.cluster_arn, "Input": json.dumps(given) if given else "", "EcsParameters": parameters}
    missing = _UNKNOWN_NETWORK.format(task=task) if network is None else ""
    return PastLaunch(made_up(deployment, names.schedule(task, 0), target), _sources(task, home, past), missing)


def _sources(task: str, home: Home, past: Mapping[str, Json]) -> str:
    revision = last_part(home.task_definition_arn)
    ran = last_part(str(past.get("taskArn", "")))
    origin = f"with the overrides and the capacity of its last run, {ran}" if ran else "without overrides"
    sentences = [f"{task} has no schedule any more. The newest revision, {revision}, starts {origin}."]
    if past.get("executionArn"):
        sentences.append("Its state machine is gone too, so the run has no timeout, overlap policy or retries.")
    return " ".join(sentences)


def _past_task(deployment: Deployment, task: str, home: Home) -> Mapping[str, Json]:
    """The task's last run, from the outcome logs, or from ECS for about an hour."""
    if past := past_run(deployment, task):
        return past
    tasks = [mapping(as_json(each)) for each in family_tasks(deployment, home.cluster_arn, home.family)]
    own = [each for each in tasks if each.get("group") == task]
    return own[-1] if own else {}


def overrides_of(given: Mapping[str, Json]) -> dict[str, Json]:
    """The overrides of a run as parameters of RunTask. ECS also reports empty ones."""
    containers = [
        {key: value for key, value in mapping(each).items() if value not in ([], {}, None)}
        for each in items(given.get("containerOverrides", []))
    ]
    changed = [each for each in containers if set(each) - {"name"}]
    rest = {key: value for key, value in given.items() if key != "containerOverrides" and value not in ([], {}, None)}
    return {**rest, **({"containerOverrides": changed} if changed else {})}


def _capacity(past: Mapping[str, Json], definition: "TaskDefinitionTypeDef") -> Object:
    """The capacity provider or launch type of the last run, or else Fargate if the task definition allows it."""
    if provider := past.get("capacityProviderName"):
        return {"CapacityProviderStrategy": [{"capacityProvider": provider, "weight": 1}]}
    if launch_type := past.get("launchType"):
        return {"LaunchType": launch_type}
    return {"LaunchType": "FARGATE"} if "FARGATE" in definition.get("requiresCompatibilities", []) else {}


def _network(deployment: Deployment) -> Object | None:
    """The network of the group, which all its schedules share. None if no schedule tells."""
    listed = list_schedules(deployment)
    for item in sorted(listed, key=lambda item: item.supervised):
        given: Object = {}
        if item.supervised:
            given = _machine_network(deployment, item.target_arn)
        elif ":cluster/" in item.target_arn:
            parameters = get_schedule(deployment, item.name).parameters
            given = parameters.get("NetworkConfiguration", {}).get("awsvpcConfiguration", {})
        if given:
            return given
    return None


def _machine_network(deployment: Deployment, machine_arn: str) -> Object:
    try:
        run = machine_facts(deployment, machine_arn).run
    except UnknownDefinitionError:
        return {}
    network = run.get("NetworkConfiguration")
    return {**network["AwsvpcConfiguration"]} if network else {}
