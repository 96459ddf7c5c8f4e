"""AWS's answers as typed values: each value has the type in botocore's model, or the command ends with one line.

botocore checks neither the types of values nor that members exist, and marks few members of answers as required. Code
that can't do without a member reads it as `answer["member"]`. If the member is missing, the command ends with one line
instead of a traceback. Code that can do without a member reads it with `get`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, NoReturn

from components.json_values import is_list, is_object

from ..errors import OpsError

if TYPE_CHECKING:
    from botocore.model import OperationModel, Shape

_MAY_BE_EMPTY = frozenset({"ReceiveMessage", "DeleteItem", "RunTask", "StopTask", "StopExecution", "StartExecution"})
"""Operations whose answer can have no member: SQS has no message, DynamoDB returns no item, and an operation that
started or stopped something is not repeated because of its answer."""
_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "character": (str,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "boolean": (bool,),
    "timestamp": (datetime,),
    "blob": (bytes,),
    "list": (list,),
    "map": (dict,),
    "structure": (dict,),
}
"""Python's types by the types of botocore's models."""
_POLICY = "policyDocumentType"
"""A string that botocore decodes: IAM's policies are JSON."""
_ADVICE = "Try again. If the error persists, check for a proxy, and check AWS_ENDPOINT_URL."


class AnswerError(OpsError):
    """AWS answered a call without an error, but the answer is unusable. The call may have taken effect."""


class IncompleteAnswerError(AnswerError):
    """AWS's answer lacks a member that the command needs."""


class UnreadableAnswerError(AnswerError):
    """The answer isn't one of AWS to this call: it is another document, truncated, or has values of other types."""


class Answer(dict[str, Any]):
    """An answer, or an object in one."""

    __slots__ = ("_operation", "_path")

    def __init__(self, members: Mapping[str, Any], operation: str, path: str = ""):
        super().__init__(members)
        self._operation, self._path = operation, path

    def __missing__(self, member: str) -> NoReturn:
        """Raise IncompleteAnswerError."""
        raise IncompleteAnswerError(f"The answer of AWS to {self._operation} has no {self._path}{member}. {_ADVICE}")


def unreadable(operation: str, what: str = "") -> UnreadableAnswerError:
    """Return the error for an answer that isn't from AWS. `what` describes the answer, such as `HTTP status 403`."""
    which = f" ({what})" if what else ""
    return UnreadableAnswerError(
        f"The answer to {operation}{which} isn't from AWS, or is incomplete. Check for a proxy, and check "
        "AWS_ENDPOINT_URL."
    )


def read_answer(parsed: Mapping[str, Any], model: "OperationModel") -> Answer:
    """Check the types in an answer that botocore parsed, and convert its dictionaries.

    Args:
        parsed: The answer.
        model: The operation.

    Raises IncompleteAnswerError if the answer has no member, and UnreadableAnswerError for a value of another type.
    """
    shape = model.output_shape
    expected = shape is not None and getattr(shape, "members", None) and model.name not in _MAY_BE_EMPTY
    if expected and not parsed.keys() - {"ResponseMetadata"}:
        raise IncompleteAnswerError(f"The answer of AWS to {model.name} is empty. {_ADVICE}")
    return as_answer(parsed, model.name, shape=shape)


def as_answer(value: Any, operation: str, path: str = "", shape: "Shape | None" = None) -> Any:
    """Convert all dictionaries in an answer, at any depth, and check the types.

    Args:
        value: The answer, or a value in it.
        operation: Name of the operation, such as `GetQueryResults`.
        path: The place of the value in the answer, such as `results[].`.
        shape: The type in botocore's model. Values without one aren't checked.
    """
    model: Any = shape
    if model is not None and not _fits(value, model):
        raise unreadable(operation, f"{path.removesuffix('.') or 'the whole'} is not a {model.type_name}")
    if is_object(value):
        of_map = model.value if model is not None and model.type_name == "map" else None
        members: Mapping[str, Any] = getattr(model, "members", {})
        found = {
            name: as_answer(item, operation, f"{path}{name}.", of_map or members.get(name))
            for name, item in value.items()
        }
        return Answer(found, operation, path)
    if is_list(value):
        of_list = model.member if model is not None else None
        return [as_answer(item, operation, f"{path.removesuffix('.')}[].", of_list) for item in value]
    return value


def _fits(value: object, shape: Any) -> bool:
    if shape.name == _POLICY and isinstance(value, (dict, list)):
        return True
    expected = _TYPES.get(shape.type_name)
    return expected is None or (isinstance(value, expected) and (bool in expected or not isinstance(value, bool)))
