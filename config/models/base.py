"""What the models have in common."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from components.aws import names
from components.schedules import durations

TASK_NAME_SCHEMA = {"pattern": names.TASK_NAME, "maxLength": names.TASK_NAME_LENGTH}


class Model(BaseModel):
    """A map of the configuration: camelCase keys, and none but these."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", strict=True, frozen=True)


def in_bounds(bounds: tuple[int, int]) -> dict[str, Any]:
    """For the JSON schema: a number within bounds."""
    return {"minimum": bounds[0], "maximum": bounds[1]}


def one_of(values: tuple[int, ...] | tuple[str, ...]) -> dict[str, Any]:
    """For the JSON schema: one of some values."""
    return {"enum": list(values)}


def kind(value: object) -> str:
    """The tag of the form that a value has, of several that a key takes."""
    kinds: dict[type, str] = {dict: "<map>", list: "<list>", bool: "<boolean>"}
    return kinds.get(type(value), "<text>")


def text_or_map(value: object) -> str:
    """As `kind`, for keys that take text, a number or a map."""
    return "<map>" if isinstance(value, dict | Model) else "<text>"


def _text(value: object) -> object:
    """Types are strict, but for text that YAML reads as a number: `PORT: 5432` is what people write."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Text = Annotated[str, BeforeValidator(_text, json_schema_input_type=str | int)]
# A number without a unit comes as text as well: then what is said of it is what a duration looks like.
Duration = Annotated[
    str,
    BeforeValidator(_text, json_schema_input_type=str),
    Field(json_schema_extra={"pattern": durations.PATTERN}, examples=["15m", "26h"]),
]
Tags = dict[str, Text]
