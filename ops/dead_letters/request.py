"""The request in a dead-letter message, for a schedule that is gone. Pure functions.

The body of a message is the request that EventBridge Scheduler sent to the target. AWS: EventBridge Scheduler user
guide, "Configuring a dead-letter queue". AWS doesn't document the spelling of its members, so both are read.
"""

import json
from collections.abc import Mapping

from components.aws.arn import Arn
from components.aws.names import GroupNames, family_of
from components.json_values import Json, Object, as_json, mapping

from ..runs.past_launch import overrides_of
from ..runs.request import PARAMETERS, lower_first
from .message import DeadLetter


def target_in(message: DeadLetter) -> Object | None:
    """Return the target of a schedule that sends the request in a message. None if the message holds no request.

    A truncated body is no request.
    """
    given = _body(message)
    if machine := given.get("stateMachineArn"):
        return {"Arn": str(machine), "Input": str(given.get("input", ""))}
    cluster, definition = given.get("cluster"), given.get("taskDefinition")
    if not cluster or not definition:
        return None
    parameters = {theirs: given[ours] for theirs, ours in PARAMETERS if ours in given}
    overrides = overrides_of(mapping(given.get("overrides")))
    tags = {"Tags": given["tags"]} if given.get("tags") else {}
    return {
        "Arn": str(cluster),
        "Input": json.dumps(overrides) if overrides else "",
        "EcsParameters": {**parameters, "NetworkConfiguration": given.get("networkConfiguration") or {}, **tags},
    }


def refusal(target: Object, names: GroupNames, cluster: str, account_id: str) -> str:
    """Tell why a request is not started. Empty if it may be.

    Anyone who may write to the queue can put any request into a message. So a redrive starts only what the stack itself
    could start: its own state machines, or its own families in its cluster.

    Args:
        target: The target, from `target_in`.
        names: The names of the stack's resources.
        cluster: ARN of the stack's cluster.
        account_id: The account of the stack.
    """
    arn = Arn.parse_if_arn(target["Arn"])
    if "EcsParameters" not in target:
        own = arn is not None and arn.account_id == account_id
        if arn and own and arn.resource.startswith(f"stateMachine:{names.state_machine_prefix}"):
            return ""
        return f"The message is for {target['Arn']}, which is not a state machine of this stack."
    definition = str(target["EcsParameters"]["TaskDefinitionArn"])
    if not family_of(definition).startswith(names.family_prefix):
        return f"The message is for {definition}, which is not a task definition of this stack."
    if target["Arn"] not in (cluster, Arn.parse(cluster).name):
        return f"The message is for the cluster {target['Arn']}, but the stack uses {cluster}."
    return ""


def _body(message: DeadLetter) -> Mapping[str, Json]:
    if message.truncated:
        return {}
    try:
        return mapping(lower_first(as_json(json.loads(message.body))))
    except ValueError:
        return {}
