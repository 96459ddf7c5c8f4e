"""The causes of failed launches and undelivered events, with their fixes: a table.

Error codes and messages are those of the called service. AWS: Amazon ECS API reference, RunTask, "Errors"; AWS Step
Functions API reference, StartExecution, "Errors"; Amazon EventBridge user guide, "Using dead-letter queues to process
undelivered events"; EventBridge Scheduler user guide, "Troubleshooting". AWS documents few messages, so the patterns
match what all observed messages have in common.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cause:
    """A known cause."""

    summary: str
    fix: str
    pattern: str
    """A regular expression to find in `<error code>: <error message>`, regardless of case."""


_DENIED = "(accessdenied|unauthorized|not ?authorized|no_permissions|forbidden)"
_UNDO = "To undo manual changes, run: pulumi up --refresh. To find the problem, run: scheduled-tasks doctor"

CAUSES: tuple[Cause, ...] = (
    Cause(
        "A KMS key can't be used.",
        "Allow the role kms:Decrypt and kms:GenerateDataKey, also in the key's own policy. Enable the key if it is "
        "disabled or scheduled for deletion.",
        r"\bkms\b|kms\w*exception",
    ),
    Cause(
        "The role can't be assumed.",
        "Its trust policy must allow the calling service, for this schedule group or rule. " + _UNDO,
        r"assume_role|assumerole|assume the role|assume role|unable to assume",
    ),
    Cause(
        "Access denied: iam:PassRole (pass the roles of the run).",
        "The scheduler role may pass the roles of this stack and the existing roles in its configuration. Check if the "
        "task definition uses another role. " + _UNDO,
        "passrole",
    ),
    Cause(
        "Access denied: ecs:TagResource (tag the run).",
        "The scheduler role needs ecs:TagResource on the cluster's tasks. " + _UNDO,
        "ecs:tagresource",
    ),
    Cause(
        "Access denied: ecs:RunTask (start the run).",
        "The scheduler role needs ecs:RunTask on this stack's task definitions and its cluster. A policy of the "
        "organization can also deny it. " + _UNDO,
        _DENIED + ".*runtask",
    ),
    Cause(
        "Access denied: states:StartExecution (start the state machine).",
        "The scheduler role needs states:StartExecution on the stack's state machines. " + _UNDO,
        _DENIED + ".*startexecution",
    ),
    Cause("Access denied.", "The error names the role and the missing permission. " + _UNDO, _DENIED),
    Cause(
        "The task definition is inactive.",
        "The revision of the schedule was deregistered. To register and pin a new one, run: pulumi up --refresh. If "
        "`taskDefinition` names the revision, name an active one first.",
        "task ?definition.*inactive|inactive.*task ?definition|deregistered",
    ),
    Cause(
        "The task definition doesn't exist.",
        "It was deleted, or the schedule was edited. To pin an existing revision, run: pulumi up --refresh",
        "task ?definition.*(not found|not exist)|unable to describe task ?definition",
    ),
    Cause(
        "The cluster doesn't exist.",
        "It was deleted or is inactive. Create it again, or set another `cluster` and run: pulumi up",
        "clusternotfound|cluster (was )?not found|cluster.*inactive",
    ),
    Cause(
        "The state machine doesn't exist.",
        "To create it again, run: pulumi up --refresh",
        "statemachine(doesnotexist|deleting)",
    ),
    Cause(
        "The platform version isn't supported.",
        "Set a supported `platformVersion`, or remove it.",
        "platformunknown|platformtaskdefinitionincompatib|unsupportedfeature",
    ),
    Cause(
        "Throttled.",
        "Too many runs start in the same minute. Set a `flexibleWindow`, or choose other minutes "
        "(scheduled-tasks load). A longer `retry.maxAge` also helps at busy times.",
        "throttl|toomanyrequests|requestlimitexceeded|rate exceeded",
    ),
    Cause(
        "No capacity.",
        "Usually temporary: redrive the message. To prevent it, use subnets in several Availability Zones, add an "
        "on-demand base to Spot, or let the capacity provider add instances.",
        r"capacity|\bresource:|no container instances",
    ),
    Cause(
        "A quota is exceeded.",
        "Request an increase in Service Quotas (such as Fargate vCPUs), or spread the starts with a `flexibleWindow`.",
        "limit ?exceeded|limit_exceeded|quota|reached the limit|vcpu",
    ),
    Cause(
        "The network has changed.",
        "A subnet or security group was deleted, or they are in different VPCs. To look them up again, run: pulumi up",
        "subnet|security ?group|network ?configuration",
    ),
    Cause(
        "A variable is also a secret.",
        "ECS lets no run replace a secret of the container. Rename the variable in the schedule's environment, or "
        "remove the secret.",
        "secret name must be unique",
    ),
    Cause(
        "The overrides are invalid.",
        "They name a container that the task definition doesn't have, or an unsupported size. Check the schedule's "
        "command, environment, cpu and memory.",
        "override|container",
    ),
    Cause(
        "The resource of a call is in a state in which the call does nothing.",
        "If it is already stopped or started as the call wants, delete the message. If it is changing, redrive the "
        "message later.",
        "invalid(db(instance|cluster)|cluster)state|incorrectinstancestate",
    ),
    Cause(
        "The resource of a call doesn't exist.",
        "Create it, or correct its name in the configuration and deploy. Then redrive the message.",
        "db(instance|cluster)notfound|clusternotfound(fault)?$|function not found|invalidinstanceid",
    ),
    Cause(
        "The target doesn't exist.",
        "To create it again, run: pulumi up --refresh",
        "no_resource|notfound|not found|doesnotexist|does not exist|nonexistent",
    ),
    Cause(
        "The request is invalid.",
        "A setting of the target is invalid: see the error. " + _UNDO,
        "invalid|clientexception|validationexception|sdk_client_error",
    ),
    Cause(
        "AWS failed.",
        "Usually temporary: redrive the message. If the error persists, see the AWS Health Dashboard.",
        "internal|serverexception|serviceunavailable|timeout|timed out|connection_failure|error_from_target",
    ),
)
"""The first match counts."""
LONGEST = 2000
"""The most characters that the patterns search. Their time grows with the square of the length."""
UNKNOWN = Cause(
    "Unknown cause.",
    "See the error. To try a launch now, run: scheduled-tasks run. To find the problem: scheduled-tasks doctor",
    "",
)


def cause_of(code: str, message: str) -> Cause:
    """Return the cause of an error. `message` must be a single line. Only the first `LONGEST` characters count."""
    text = f"{code}: {message}"[:LONGEST]
    return next((cause for cause in CAUSES if re.search(cause.pattern, text, re.IGNORECASE)), UNKNOWN)
