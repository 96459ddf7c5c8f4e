"""The operation and the parameters of a call, from the target of its schedule. Pure.

AWS: EventBridge Scheduler user guide, "Using universal targets" and "Using templated targets".
"""

from collections.abc import Mapping

from components.aws.arn import Arn
from components.json_values import Json, mapping, read_json

UNIVERSAL = "scheduler"
"""The service in the ARN of a universal target."""


def operation_of(target_arn: str) -> str:
    """The operation of a universal target, `rds:stopDBInstance`; or the service of a templated one, `lambda`."""
    arn = Arn.parse(target_arn)
    return arn.resource.removeprefix("aws-sdk:") if arn.service == UNIVERSAL else arn.service


def parameters_of(target_arn: str, text: str) -> Mapping[str, Json]:
    """The parameters of a universal target. Empty for a templated one, and for an input that is no JSON object."""
    if Arn.parse(target_arn).service != UNIVERSAL:
        return {}
    try:
        return mapping(read_json(text or "{}"))
    except ValueError:
        return {}
