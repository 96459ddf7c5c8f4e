"""AWS's answers as dictionaries that explain a missing member.

botocore marks few members of answers as required, so an answer can lack any of the others. Code that can't do without a
member reads it as `answer["member"]`. If the member is missing, the command ends with one line instead of a traceback.
Code that can do without a member reads it with `get`.
"""

from collections.abc import Mapping
from typing import Any, NoReturn

from components.json_values import is_list, is_object

from ..errors import OpsError


class IncompleteAnswerError(OpsError):
    """AWS's answer lacks a member that the command needs."""


class Answer(dict[str, Any]):
    """An answer, or an object in one."""

    __slots__ = ("_operation", "_path")

    def __init__(self, members: Mapping[str, Any], operation: str, path: str = ""):
        super().__init__(members)
        self._operation, self._path = operation, path

    def __missing__(self, member: str) -> NoReturn:
        """Raise IncompleteAnswerError."""
        raise IncompleteAnswerError(
            f"The answer of AWS to {self._operation} has no {self._path}{member}. Try again. If the error persists, "
            "check for a proxy, and check AWS_ENDPOINT_URL."
        )


def as_answer(value: Any, operation: str, path: str = "") -> Any:
    """Convert all dictionaries in an answer, at any depth.

    Args:
        value: The answer, or a value in it.
        operation: Name of the operation, such as `GetQueryResults`.
        path: The place of the value in the answer, such as `results[].`.
    """
    if is_object(value):
        members = {name: as_answer(item, operation, f"{path}{name}.") for name, item in value.items()}
        return Answer(members, operation, path)
    if is_list(value):
        return [as_answer(item, operation, f"{path.removesuffix('.')}[].") for item in value]
    return value
