"""Keys as the languages of Pulumi's packages spell them: camelCase, where Python has snake_case."""

import re
from collections.abc import Iterable

from components.problems import Name, Problem


def camel(key: str) -> str:
    """A key of the components' arguments as the schema has it: `subnet_ids` is `subnetIds`."""
    first, *rest = key.split("_")
    return first + "".join(word.capitalize() for word in rest)


def in_camel_case(text: str, keys: Iterable[str]) -> str:
    """A text in which these keys are spelt as in the schema."""
    spelt = {key: camel(key) for key in keys if "_" in key}
    return re.sub(r"\b[a-z]+(?:_[a-z]+)+\b", lambda found: spelt.get(found[0], found[0]), text)


def as_written(problem: Problem, keys: Iterable[str]) -> Problem:
    """A problem with a component's argument, at the key that the person wrote."""
    path = (part if isinstance(part, int | Name) else camel(part) for part in problem.path)
    return Problem(tuple(path), in_camel_case(problem.message, keys))
