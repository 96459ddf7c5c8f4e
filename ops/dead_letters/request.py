"""The request in a dead-letter message, for a schedule that is gone. Pure functions.

The body of a message is the request that EventBridge Scheduler sent to the target. AWS: EventBridge Scheduler user
guide, "Configuring a dead-letter queue". AWS doesn't document the spelling of its members, so both are read.
"""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from components.aws.arn import Arn
from components.aws.names import GroupNames, family_of
from components.json_values import Json, Object, is_list, is_object, mapping, read_json
from components.problems import listed

from ..output import shortened
from ..runs.past_launch import overrides_of
from ..runs.request import PARAMETERS, lower_first
from .message import DeadLetter

if TYPE_CHECKING:
    from botocore.model import Shape

_LONGEST = 300
"""The most characters of a message's content in the reason of a refusal."""
_MOST_TASKS = 10
"""The most ECS tasks of a request. AWS: Amazon ECS API reference, RunTask, count."""


def target_in(message: DeadLetter) -> Object | None:
    """Return the target of a schedule that sends the request in a message. None if the message holds no request.

    A truncated body is no request.
    """
    given = _body(message)
    if machine := given.get("stateMachineArn"):
        return {"Arn": _string(machine), "Input": _string(given.get("input", ""))}
    cluster, definition = given.get("cluster"), given.get("taskDefinition")
    if not cluster or not definition:
        return None
    parameters = {theirs: given[ours] for theirs, ours in PARAMETERS if ours in given}
    overrides = overrides_of(mapping(given.get("overrides")))
    tags = {"Tags": given["tags"]} if given.get("tags") else {}
    return {
        "Arn": _string(cluster),
        "Input": json.dumps(overrides) if overrides else "",
        "EcsParameters": {**parameters, "NetworkConfiguration": given.get("networkConfiguration") or {}, **tags},
    }


def malformed(message: DeadLetter, run_task: "Shape | None") -> str:
    """Tell what is wrong with the request for RunTask in a message, in one line. Empty if nothing is.

    Args:
        message: The message.
        run_task: The input of RunTask in AWS's model.
    """
    from botocore.validate import ParamValidator

    given = _body(message)
    if run_task is None or not given.get("cluster") or not given.get("taskDefinition"):
        return ""
    used = ("cluster", "overrides", "networkConfiguration", *(ours for _, ours in PARAMETERS))
    report = ParamValidator().validate({name: given[name] for name in used if name in given}, run_task)
    if report.has_errors():
        return f"The request in the message is malformed: {shortened(report.generate_report(), _LONGEST)}"
    count = given.get("count", 1)
    if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count <= _MOST_TASKS:
        return f"The request in the message is for {shortened(str(count), _LONGEST)} ECS tasks, not 1 to {_MOST_TASKS}."
    tags = given.get("tags") or []
    if not is_list(tags) or not all(map(_is_tag, tags)):
        return "The tags of the request in the message are malformed."
    return ""


def _is_tag(value: object) -> bool:
    return is_object(value) and all(isinstance(item, str) for item in value.values())


def refusal(target: Object, names: GroupNames, clusters: Sequence[str], group: str) -> str:
    """Tell why a request is not started. Empty if it may be.

    Anyone who may write to the queue can put any request into a message. So a redrive starts only what the stack itself
    could start: its own state machines, or its own families in its clusters.

    Args:
        target: The target, from `target_in`.
        names: The names of the stack's resources.
        clusters: ARNs of the stack's clusters.
        group: ARN of the stack's schedule group.
    """
    here, where = Arn.parse(group), shortened(target["Arn"], _LONGEST)
    if "EcsParameters" not in target:
        machine = here.in_service("states", f"stateMachine:{names.state_machine_prefix}")
        if target["Arn"].startswith(str(machine)):
            return ""
        return f"The message is for {where}, which is not a state machine of this stack."
    definition = str(target["EcsParameters"]["TaskDefinitionArn"])
    arn = Arn.parse_if_arn(definition)
    elsewhere = arn is not None and str(arn.in_service("ecs", "")) != str(here.in_service("ecs", ""))
    if elsewhere or not family_of(definition).startswith(names.family_prefix):
        shown = shortened(definition, _LONGEST)
        return f"The message is for {shown}, which is not a task definition of this stack."
    if not any(target["Arn"] in (cluster, Arn.parse(cluster).name) for cluster in clusters):
        return f"The message is for the cluster {where}, but the stack uses {listed(clusters, 'and')}."
    return _refused_roles(target, names, here)


def _refused_roles(target: Object, names: GroupNames, here: Arn) -> str:
    """The operator may pass more roles than EventBridge Scheduler. So overrides can only name roles of the stack."""
    overrides = mapping(read_json(target["Input"] or "{}"))
    for member in ("taskRoleArn", "executionRoleArn"):
        role = _string(overrides.get(member, ""))
        arn = Arn.parse_if_arn(role)
        own = arn and arn.service == "iam" and arn.account_id == here.account_id and names.iam_path in arn.resource
        if role and not own:
            return f"The message wants the role {shortened(role, _LONGEST)}, which is not a role of this stack."
    return ""


def _body(message: DeadLetter) -> Mapping[str, Json]:
    if message.truncated:
        return {}
    try:
        return mapping(lower_first(read_json(message.body)))
    except ValueError:
        return {}


def _string(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value)
