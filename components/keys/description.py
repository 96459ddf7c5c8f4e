"""Keys in words, for documentation and schemas."""

import re

from ..aws.spelling import camel_case
from ..problems import listed
from .annotations import Between, Characters, Duration, Items, OneOf
from .reference import Key, Type


def allowed(found: Type) -> str:
    """The allowed values of a type as a sentence, or the empty string: `0 to 185.`."""
    if all(isinstance(choice, str) for choice in found.choices) and found.choices:
        return f"One of {listed(found.choices)}."
    for annotation in found.annotations:
        match annotation:
            case Between(least, most):
                return f"{least} to {most}."
            case OneOf(integers):
                return f"One of {listed(integers)}."
            case Duration(least, most):
                return f"{least} to {most}."
            case Items(least, most, noun):
                return f"{least} to {most} {noun}." if least else f"At most {most} {noun}."
            case Characters(most):
                return f"At most {most} characters."
            case _:
                pass
    return ""


def in_words(key: Key, description: str) -> str:
    """The description of a key, with its allowed values unless the description names them."""
    more = allowed(key.type)
    named = all(f"`{choice}`" in description for choice in key.type.choices) and bool(key.type.choices)
    counted = any(
        isinstance(bounds, Items) and not bounds.least and re.search(rf"\bat most {bounds.most}\b", description)
        for bounds in key.type.annotations
    )
    said = named or counted or more.rstrip(".") in description
    return description if said or not more else f"{description} {more}"


def default_in_words(key: Key) -> str:
    """The default of a key; `none` if it has none."""
    return str(key.default) if key.default else "none"


_QUOTED_KEY = re.compile(r"`([a-z]+(?:_[a-z]+)*_?)`")


def in_camel_case(text: str) -> str:
    """A text in which the keys in backticks are in camelCase."""
    return _QUOTED_KEY.sub(lambda found: f"`{camel_case(found[1])}`", text)
