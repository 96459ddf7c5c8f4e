"""All resource types and functions that the sandbox knows.

To add one: write it in its service's file, and name it in that file's RESOURCES or FUNCTIONS; a new service's
module is named here.
"""

from collections.abc import Mapping

from .function import Function
from .resource import Resource
from .services import account, ec2, ecs, iam, logs, scheduler, secretsmanager, sqs, ssm

_SERVICES = (account, ec2, ecs, iam, logs, scheduler, secretsmanager, sqs, ssm)

RESOURCES: Mapping[str, Resource] = {
    resource.token: resource for service in _SERVICES for resource in service.RESOURCES
}
FUNCTIONS: Mapping[str, Function] = {
    function.token: function for service in _SERVICES for function in service.FUNCTIONS
}
