"""Annotations of a key's type: bounds, formats, defaults, and AWS's name for the key.

`Annotated[int, Between(0, 185), Default(5), Aws("RetryPolicy.MaximumRetryAttempts")]` is an integer from 0 to 185.
Validation, the JSON schema, the plugin schema and the documentation are all made from these annotations.
"""

from __future__ import annotations

import ipaddress
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias, cast

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, Tag, ValidationInfo
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from ..problems import listed
from ..schedules import durations
from ..schedules.expression import NO_SCHEDULE, ExpressionError, parse
from ..schedules.instants import instant
from ..schedules.zones import known_timezone, nearest_timezones

JsonSchema = dict[str, Any]

NUMBER_AS_STRING = "x-number-as-string"
"""Marks, in the JSON schema, a string for which YAML may have a number."""
INVALID = "invalid"
"""The type of the errors that carry a message of their own."""
FROM_YAML = "from_yaml"
"""Key of the validation context: YAML reads `PORT: 5432` as a number where people mean a string."""


FormTag: TypeAlias = Literal["<string>", "<list>", "<object>", "<new>", "<boolean>"]
FORMS: Mapping[str, str] = {
    "<string>": "a string",
    "<list>": "a list",
    "<object>": "an object",
    "<new>": "an object with create",
    "<boolean>": "true, false",
}
"""Words for the forms of a key, by their tags. The locations of pydantic's errors contain tags and keys."""


def tag(name: FormTag) -> Tag:
    """The tag of one form of a key that has several."""
    return Tag(name)


def invalid(message: str) -> PydanticCustomError:
    """The error for a value of the right type that is not allowed. `message` says what is, and what to do."""
    return PydanticCustomError(INVALID, "{message}", {"message": message})


class _Check:
    """An annotation that checks a value once its type is right."""

    def check(self, value: Any) -> None:
        """Raise `invalid(...)` for a value that is not allowed."""
        raise NotImplementedError

    def describe(self) -> JsonSchema:
        """The keywords of the JSON schema for it."""
        return {}

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        def checked(value: Any) -> Any:
            self.check(value)
            return value

        return core_schema.no_info_after_validator_function(checked, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchema:
        return {**handler(schema), **self.describe()}


@dataclass(frozen=True, slots=True)
class Between(_Check):
    """An integer from `least` to `most`."""

    least: int
    most: int
    unit: str = ""

    def check(self, value: int) -> None:
        """Refuse a number out of bounds."""
        if not self.least <= value <= self.most:
            unit = f" {self.unit}" if self.unit else ""
            raise invalid(f"{value} is not allowed. Use {self.least} to {self.most}{unit}.")

    def describe(self) -> JsonSchema:
        """The bounds."""
        return {"minimum": self.least, "maximum": self.most}


@dataclass(frozen=True, slots=True)
class Widest:
    """The widest bounds of an integer whose bounds depend on other keys, for editors. A rule across keys checks it."""

    least: int
    most: int

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchema:
        return {**handler(schema), "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True, slots=True)
class OneOf(_Check):
    """One of some integers."""

    allowed: tuple[int, ...]
    noun: str

    def check(self, value: int) -> None:
        """Refuse any other."""
        if value not in self.allowed:
            raise invalid(f"{value} is not {self.noun}. Use {listed(self.allowed)}.")

    def describe(self) -> JsonSchema:
        """The integers."""
        return {"enum": list(self.allowed)}


@dataclass(frozen=True, slots=True)
class Items(_Check):
    """A list of `least` to `most` items."""

    least: int
    most: int
    noun: str

    def check(self, value: Sequence[object]) -> None:
        """Refuse a list that is too short or too long."""
        if not self.least <= len(value) <= self.most:
            raise invalid(f"has {len(value)} {self.noun}. AWS accepts {self.least} to {self.most}.")


@dataclass(frozen=True, slots=True)
class NotEmpty(_Check):
    """A list with at least one item, or a string with more than spaces."""

    message: str = "is empty. Name at least one."

    def check(self, value: Sequence[object]) -> None:
        """Refuse an empty list or string."""
        if not (value.strip() if isinstance(value, str) else value):
            raise invalid(self.message)


@dataclass(frozen=True, slots=True)
class Characters(_Check):
    """A string of at most `most` characters."""

    most: int

    def check(self, value: str) -> None:
        """Refuse a longer one."""
        if len(value) > self.most:
            raise invalid(f"has {len(value)} characters. AWS accepts at most {self.most}.")

    def describe(self) -> JsonSchema:
        """The length."""
        return {"maxLength": self.most}


@dataclass(frozen=True, slots=True)
class Matches(_Check):
    """A string that matches `pattern` as a whole. `noun` says what it is, and `write` how it is written."""

    pattern: str
    noun: str
    write: str = ""
    shown: bool = True
    """Whether messages show the value, which may contain a secret."""

    def check(self, value: str) -> None:
        """Refuse any other string."""
        if not re.fullmatch(self.pattern, value):
            write = f" Write {self.write}." if self.write else ""
            name = f'"{value}"' if self.shown else "the value (not shown)"
            raise invalid(f"{name} is not {self.noun}.{write}")


@dataclass(frozen=True, slots=True)
class Form(_Check):
    """A string that a parser reads. The parser's error says what is wrong and what to write, and repeats no secret."""

    parse: Callable[[str], object]

    def check(self, value: str) -> None:
        """Refuse any other string."""
        try:
            self.parse(value)
        except ValueError as error:
            raise invalid(str(error)) from None


@dataclass(frozen=True, slots=True)
class CidrBlock(_Check):
    """An IPv4 block whose prefix has `least` to `most` bits."""

    least: int
    most: int

    def check(self, value: str) -> None:
        """Refuse other text, and other sizes."""
        try:
            block = ipaddress.IPv4Network(value)
        except ValueError:
            raise invalid(f'"{value}" is not an IPv4 block. Write one such as 10.20.0.0/16.') from None
        if not self.least <= block.prefixlen <= self.most:
            raise invalid(f'"{value}" is a /{block.prefixlen}. Use /{self.least} to /{self.most}.')


class TimeZone(_Check):
    """The name of a time zone in the IANA database."""

    def check(self, value: str) -> None:
        """Refuse a name that the database does not have."""
        if not known_timezone(value):
            near = nearest_timezones(value)
            hint = f" Did you mean {listed(near)}?" if near else ""
            raise invalid(
                f'"{value}" is not a time zone. Use a name of the IANA database, such as Europe/Berlin.{hint}'
            )


@dataclass(frozen=True, slots=True)
class ScheduleExpression(_Check):
    """`rate(...)`, `cron(...)` or `at(...)`, as EventBridge Scheduler accepts them. With `or_none` also `none`."""

    or_none: bool = False

    def check(self, value: str) -> None:
        """Refuse any other expression."""
        if self.or_none and value == NO_SCHEDULE:
            return
        try:
            parse(value)
        except ExpressionError as error:
            raise invalid(str(error)) from None

    def describe(self) -> JsonSchema:
        """Examples."""
        none = [NO_SCHEDULE] if self.or_none else []
        return {"examples": ["cron(0 3 * * ? *)", "rate(6 hours)", "at(2026-12-24T18:00:00)", *none]}


class Instant(_Check):
    """An ISO 8601 time with an offset; resolved to a `datetime` in UTC."""

    def check(self, value: str) -> None:
        """Refuse other text."""
        try:
            instant(value)
        except ValueError as error:
            raise invalid(str(error)) from None

    @staticmethod
    def resolve(value: str) -> object:
        """The instant in UTC."""
        return instant(value)


@dataclass(frozen=True, slots=True)
class Duration(_Check):
    """A duration such as `15m`, from `least` to `most`; resolved to seconds. `why` says where the bounds are from."""

    least: str
    most: str
    whole_minutes: bool = False
    why: str = ""
    unit: str = ""
    """Unit, `s` or `m`, that AWS's own setting counts in: what a number without a unit probably is."""

    def check(self, value: str) -> None:
        """Refuse other text, and durations out of bounds."""
        try:
            count = durations.seconds(value, unit=self.unit)
        except ValueError as error:
            raise invalid(str(error)) from None
        least, most = durations.seconds(self.least), durations.seconds(self.most)
        if not least <= count <= most:
            why = f" {self.why}" if self.why else ""
            raise invalid(
                f'"{value}" is not allowed. Use {self.least} to {self.most} ({least} to {most} seconds).{why}'
            )
        if self.whole_minutes and count % 60:
            raise invalid(f'"{value}" is not a multiple of 1 minute. AWS accepts whole minutes only.')

    @staticmethod
    def resolve(value: str) -> int:
        """The seconds."""
        return durations.seconds(value)

    def describe(self) -> JsonSchema:
        """The format."""
        return {"pattern": durations.PATTERN, "examples": ["15m", "26h"]}

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        # A number without a unit comes as an integer: the message then says what a duration looks like.
        return core_schema.with_info_before_validator_function(
            _number_as_string, _Check.__get_pydantic_core_schema__(self, source, handler)
        )


def _number_as_string(value: Any, info: ValidationInfo) -> Any:
    context = cast("Mapping[str, object]", info.context or {})
    numeric = isinstance(value, int) and not isinstance(value, bool)
    return str(value) if numeric and context.get(FROM_YAML) else value


def _flag_as_string(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


class FlagAsString:
    """A string, such as `auto` or `true`, for which a program may have a boolean."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(_flag_as_string, handler(source))


class NumberAsString:
    """A string for which YAML may have a number, as in `PORT: 5432`."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_before_validator_function(_number_as_string, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchema:
        return {**handler(schema), NUMBER_AS_STRING: True}


Text = Annotated[str, NumberAsString()]
"""A string for which YAML may have a number."""


class OneOrMore:
    """A list for which a single value may stand, as in IAM policies. Booleans become strings, as IAM spells them."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(_one_or_more, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchema:
        items = handler(schema)
        return {"anyOf": [items["items"], {"type": "boolean"}, items]}


def _one_or_more(value: Any) -> Any:
    values = cast("list[Any]", [*value]) if isinstance(value, list | tuple) else [value]
    return [str(each).lower() if isinstance(each, bool) else each for each in values]


@dataclass(frozen=True, slots=True)
class Default:
    """The value of a key that is left out, as the arguments spell it.

    `words` describe a default that is not a fixed value, such as "the image's". The resolved value is then None.
    """

    value: object = None
    words: str = ""

    def __str__(self) -> str:
        if self.words:
            return self.words
        return str(self.value).lower() if isinstance(self.value, bool) else str(self.value)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchema:
        return {**handler(schema), "x-default": str(self)}


@dataclass(frozen=True, slots=True)
class Aws:
    """AWS's name for a key, in the API that receives it."""

    name: str

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchema:
        return {**handler(schema), "x-aws": self.name}


@dataclass(frozen=True, slots=True)
class Example:
    """An example of a key in YAML, with the other keys of the object that it needs. Documentation shows it."""

    yaml: str


@dataclass(frozen=True, slots=True)
class AwsMembers:
    """Marks an object of members of AWS's API, in AWS's spelling; resolved to a copy that nothing else refers to.

    `components.checks.aws_members` checks the members against AWS's model.
    """

    shape: str
    """The structure in AWS's model that has the members."""

    @staticmethod
    def resolve(value: object) -> object:
        """The copy, with tuples for lists."""
        if isinstance(value, Mapping):
            members = cast("Mapping[object, object]", value)
            return {name: AwsMembers.resolve(item) for name, item in members.items()}
        if isinstance(value, Sequence) and not isinstance(value, str | bytes):
            return tuple(AwsMembers.resolve(item) for item in cast("Sequence[object]", value))
        return value


@dataclass(frozen=True, slots=True)
class Noun:
    """A noun for the value of a key in messages, if the keys of its type say too little."""

    words: str


@dataclass(frozen=True, slots=True)
class OfTaskDefinition:
    """Marks a key that a task definition contains.

    It doesn't go with an existing task definition, unless a launch can override it (AWS: Amazon ECS API reference,
    TaskOverride, ContainerOverride and RunTask).
    """

    overridable: bool = False


class OutputAllowed:
    """Marks a value that another resource may produce: outputs pass unchecked."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        def passed(value: Any, validate: Callable[[Any], Any]) -> Any:
            return value if is_output(value) else validate(value)

        return core_schema.no_info_wrap_validator_function(passed, handler(source))


def is_output(value: object) -> bool:
    """Whether another resource produces the value. Does not load Pulumi: if it is not loaded, nothing is an output."""
    pulumi = sys.modules.get("pulumi")
    return hasattr(value, "__await__") or (pulumi is not None and isinstance(value, cast("Any", pulumi).Output))


def has_output(value: object) -> bool:
    """Whether another resource produces the value, or a part of it."""
    if isinstance(value, Mapping):
        return any(has_output(item) for item in cast("Mapping[str, object]", value).values())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return any(has_output(item) for item in cast("Sequence[object]", value))
    return is_output(value)


if TYPE_CHECKING:
    from pulumi import Input as Input
else:

    class Input:
        """Stands for `pulumi.Input` while the program runs, so that validating configuration does not load Pulumi."""

        def __class_getitem__(cls, item: Any) -> Any:
            return Annotated[item, OutputAllowed()]
