"""Why a launch was given up, or an event was not delivered, and what mends it: a table, as data.

The codes and words are those of the service that was called. AWS: Amazon ECS API reference, RunTask, "Errors"; AWS Step
Functions API reference, StartExecution, "Errors"; Amazon EventBridge user guide, "Using dead-letter queues to process
undelivered events"; EventBridge Scheduler user guide, "Troubleshooting". What errors say in words is documented for few
of them, so the patterns look for what is in all that were seen.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cause:
    """A usual cause."""

    words: str
    fix: str
    pattern: str
    """What is somewhere in `<error code>: <error message>`, in capitals or not."""


_DENIED = "(accessdenied|unauthorized|not ?authorized|no_permissions|forbidden)"
_AS_DEPLOYED = "pulumi up --refresh puts back what was changed by hand; ops doctor says what is wrong."

CAUSES: tuple[Cause, ...] = (
    Cause(
        "a KMS key cannot be used",
        "Let the role use the key: kms:Decrypt and kms:GenerateDataKey, in the key's own policy as well. A key that is "
        "disabled, or about to be deleted, has to be enabled first.",
        r"\bkms\b|kms\w*exception",
    ),
    Cause(
        "the role cannot be taken on",
        "Its trust policy must let the service that called, for this schedule group or rule. " + _AS_DEPLOYED,
        r"assume_role|assumerole|assume the role|assume role|unable to assume",
    ),
    Cause(
        "denied: passing the run's role (iam:PassRole)",
        "The scheduler role may pass the roles of this stack, and those that its configuration names. Was the role "
        "made elsewhere, or the task definition edited? " + _AS_DEPLOYED,
        "passrole",
    ),
    Cause(
        "denied: tagging the run (ecs:TagResource)",
        "The scheduler role needs ecs:TagResource on the cluster's tasks. " + _AS_DEPLOYED,
        "ecs:tagresource",
    ),
    Cause(
        "denied: starting the run (ecs:RunTask)",
        "The scheduler role may start this stack's task definitions on its cluster. Was its policy changed, or does a "
        "policy of the organization forbid it? " + _AS_DEPLOYED,
        _DENIED + ".*runtask",
    ),
    Cause(
        "denied: starting the state machine (states:StartExecution)",
        "The scheduler role needs states:StartExecution on the stack's state machines. " + _AS_DEPLOYED,
        _DENIED + ".*startexecution",
    ),
    Cause("access was denied", "The error says who may not do what. " + _AS_DEPLOYED, _DENIED),
    Cause(
        "the task definition is inactive",
        "The revision that the schedule is pinned to was deregistered: pulumi up --refresh pins another.",
        "task ?definition.*inactive|inactive.*task ?definition|deregistered",
    ),
    Cause(
        "the task definition is not there",
        "It was deleted, or the schedule was edited: pulumi up --refresh pins one that is there.",
        "task ?definition.*(not found|not exist)|unable to describe task ?definition",
    ),
    Cause(
        "the cluster is not there",
        "It was deleted, or is inactive: create it again, or set another `cluster`, and pulumi up.",
        "clusternotfound|cluster (was )?not found|cluster.*inactive",
    ),
    Cause(
        "the state machine is not there",
        "It was deleted: pulumi up --refresh makes it again.",
        "statemachine(doesnotexist|deleting)",
    ),
    Cause(
        "the platform does not fit",
        "Set a `platformVersion` that there is, or leave it out.",
        "platformunknown|platformtaskdefinitionincompatib|unsupportedfeature",
    ),
    Cause(
        "throttled",
        "Too much starts in the same minute: give tasks a `flexibleWindow`, or other minutes (ops load). A longer "
        "`retry.maxAge` outlasts a crowded moment.",
        "throttl|toomanyrequests|requestlimitexceeded|rate exceeded",
    ),
    Cause(
        "no capacity",
        "It usually passes: run it again. To be safe, name subnets of several Availability Zones, give Spot an "
        "on-demand base, or let the capacity provider add instances.",
        r"capacity|\bresource:|no container instances",
    ),
    Cause(
        "a quota is used up",
        "Ask for more in Service Quotas (such as Fargate vCPUs), or start less at once: a `flexibleWindow`.",
        "limit ?exceeded|limit_exceeded|quota|reached the limit|vcpu",
    ),
    Cause(
        "the network was changed",
        "A subnet or a security group is gone, or they are not of one VPC: pulumi up looks them up again.",
        "subnet|security ?group|network ?configuration",
    ),
    Cause(
        "the overrides do not fit",
        "They name a container that the task definition does not have, or a size that there is not: see the schedule's "
        "command, environment, cpu and memory.",
        "override|container",
    ),
    Cause(
        "what it is sent to is not there",
        "It was deleted: pulumi up --refresh makes it again.",
        "no_resource|notfound|not found|doesnotexist|does not exist|nonexistent",
    ),
    Cause(
        "AWS takes the request for wrong",
        "Something in the target does not fit: see the error. " + _AS_DEPLOYED,
        "invalid|clientexception|validationexception|sdk_client_error",
    ),
    Cause(
        "AWS failed",
        "It was AWS's own fault, and passes: run it again. If it does not, see the AWS Health Dashboard.",
        "internal|serverexception|serviceunavailable|timeout|timed out|connection_failure|error_from_target",
    ),
)
"""The first that fits counts."""
UNKNOWN = Cause("unknown", "See the error. ops run shows whether it would start now, and ops doctor what is wrong.", "")


def cause_of(code: str, message: str) -> Cause:
    """What an error means. `message` is one line."""
    text = f"{code}: {message}"
    return next((cause for cause in CAUSES if re.search(cause.pattern, text, re.IGNORECASE)), UNKNOWN)
