"""Tells the roles that a deployment creates from existing ones. Pure."""

from components.aws.names import GroupNames
from components.infrastructure.startable import SUPERVISOR

_PURPOSES = ("scheduler", SUPERVISOR, "execution", "notify")


def is_created_by(names: GroupNames, role_arn: str) -> bool:
    """Whether the name of a role is one of those that the deployment gives its roles."""
    name = role_arn.rsplit("/", 1)[-1]
    return name in map(names.role, _PURPOSES) or name.startswith(names.task_role_prefix)
