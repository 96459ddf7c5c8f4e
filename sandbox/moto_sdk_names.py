"""Names in the AWS SDK integrations of Step Functions, which are those of the AWS SDK for Java 2.x.

The emulator accepts any spelling, and answers in its own. AWS: Step Functions developer guide, "Learning to use AWS
service SDK integrations": parameters are in PascalCase, also if the API spells them in another way.
"""

from collections.abc import Mapping
from typing import Any

from botocore import xform_name
from botocore.exceptions import ParamValidationError
from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

from components.calls.spelling import class_name

from .calls import java_name
from .validation import service_model

SERVICES = {"applicationautoscaling": "application-autoscaling", "sfn": "stepfunctions", "states": "stepfunctions"}
"""Services that boto3 names otherwise. AWS: the table of that page."""


def boto_service(name: str) -> str:
    """The name of a service in boto3."""
    return SERVICES.get(name, name)


def boto_method(action: str) -> str:
    """The method of boto3's client for an action: `describe_db_instances` for `describeDBInstances`."""
    return xform_name(action[:1].upper() + action[1:])


def operation(service: str, action: str) -> OperationModel:
    """The model of an operation. `action` is in camelCase or in snake_case."""
    model = service_model(boto_service(service))
    wanted = action.replace("_", "").lower()
    return next(model.operation_model(found) for found in model.operation_names if found.lower() == wanted)


def error_name(service: str, action: str, code: str) -> str:
    """The name of an error: `Rds.InvalidDbInstanceStateException`.

    An error that the API's model doesn't have is one of the service: `Rds.RdsException`. AWS: Step Functions developer
    guide, "Learning to use AWS service SDK integrations": the names end in Exception.

    Args:
        service: The service as the state machine names it.
        action: The action.
        code: The code of the error in the API's answer.
    """
    model = service_model(boto_service(service))
    prefix = class_name(model.service_id)
    for shape in operation(service, action).error_shapes:
        if code in (shape.name, shape.metadata.get("error", {}).get("code")):
            name = class_name(shape.name.removesuffix("Exception").removesuffix("Fault"))
            return f"{prefix}.{name}Exception"
    return f"{prefix}.{prefix}Exception"


def to_api(value: Any, shape: Shape | None) -> Any:
    """Parameters as the API spells them.

    Raises:
        ParamValidationError: A parameter isn't in the spelling of Step Functions.
    """
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        members: Mapping[str, Shape] = shape.members
        spelled = {java_name(name): name for name in members}
        unknown = [name for name in value if name not in spelled]
        if unknown:
            report = f"The fields {unknown} are not supported by Step Functions. Use some of {sorted(spelled)}."
            raise ParamValidationError(report=report)
        return {spelled[name]: to_api(item, members[spelled[name]]) for name, item in value.items()}
    return _inside(value, shape, to_api)


def from_api(value: Any, shape: Shape | None) -> Any:
    """An answer of the API as Step Functions spells it."""
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        members: Mapping[str, Shape] = shape.members
        return {java_name(name): from_api(item, members.get(name)) for name, item in value.items()}
    return _inside(value, shape, from_api)


def _inside(value: Any, shape: Shape | None, convert: Any) -> Any:
    if isinstance(shape, ListShape) and isinstance(value, list):
        return [convert(item, shape.member) for item in value]
    if isinstance(shape, MapShape) and isinstance(value, dict):
        return {key: convert(item, shape.value) for key, item in value.items()}
    return value
