"""What functions (invokes) have in common."""

from collections.abc import Callable
from dataclasses import dataclass

from .aws import Aws
from .fields import Field, Fields
from .values import Props

REGION = Field("text")


class NotFoundError(Exception):
    """What a function was asked for is not there, or there are several."""


@dataclass(frozen=True, slots=True)
class Function:
    """A provider's function: its token, its arguments without `region`, and what answers it."""

    token: str
    fields: Fields
    answer: Callable[[Aws, Props], Props]

    @property
    def all_fields(self) -> Fields:
        """The arguments, with the one that all functions share."""
        return {**self.fields, "region": REGION}
