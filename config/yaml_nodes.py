"""PyYAML's nodes of a text, within bounds: its composer calls itself for each level, and libyaml's has no limit."""

import re
from collections.abc import Callable
from typing import Any, cast

import yaml

from components.json_values import Object

from . import scalars
from .bounds import DEPTH, NODES
from .places import Spot
from .text_files import YamlError

# libyaml, if it is installed, reads ten times as fast.
_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_HINTS = (
    ("cannot start any token", "Indent with spaces, not with tabs, and quote strings that begin with @ or %."),
    (
        "mapping values are not allowed",
        "Is the line indented like the line before? Quote strings that contain a colon.",
    ),
    ("alias", "Quote strings that begin with *."),
    ("alphabetic or numeric", "Quote strings that begin with * or &."),
)
"""Hints, by words of the parser's error. The error itself only describes the state of the parser."""
_DIRECTIVES = 100
"""Lines that begin with %. libyaml compares each tag directive with all others."""
PREFIX = "tag:yaml.org,2002:"
AMBIGUOUS = "ambiguous"
"""The tag of plain scalars that readers disagree about."""


class _Loader(_Base):
    """PyYAML reads YAML 1.1, in which `no` is false, 12:30 is 750 and a date is a date. Such scalars stay strings."""

    yaml_implicit_resolvers: Object = {}  # noqa: RUF012 - PyYAML wants a plain class attribute


class _Whole:
    """A pattern that a plain scalar matches as a whole."""

    def __init__(self, pattern: re.Pattern[str], allows: Callable[[str], bool] = bool):
        self.pattern, self.allows = pattern, allows

    def match(self, text: str) -> bool:
        """Whether a scalar matches, as PyYAML calls it."""
        return self.pattern.fullmatch(text) is not None and (not text or self.allows(text))


OWN = {
    f"{PREFIX}null": (_Whole(re.compile(r"~|null|Null|NULL|")), ["~", "n", "N", ""]),
    f"{PREFIX}bool": (_Whole(re.compile(r"true|True|TRUE|false|False|FALSE")), list("tTfF")),
    f"{PREFIX}int": (_Whole(scalars.INTEGER, scalars.is_kept), list("-0123456789")),
    f"{PREFIX}float": (_Whole(scalars.DECIMAL, scalars.is_kept), list("-0123456789")),
    f"{PREFIX}merge": (_Whole(re.compile(r"<<")), ["<"]),
}
"""The plain scalars that all readers take for the same value, by tag."""
for _tag, (_whole, _first) in OWN.items():
    _Loader.add_implicit_resolver(_tag, _whole, _first)
for _kind in scalars.KINDS:
    _Loader.add_implicit_resolver(AMBIGUOUS, _Whole(_kind.pattern), list(_kind.first))


def spot_of(node: yaml.Node | yaml.Event) -> Spot:
    """The place where a node starts."""
    mark = cast("yaml.Mark", node.start_mark)
    return Spot(mark.line + 1, mark.column + 1)


def composed(text: str, *, checked: bool = False) -> yaml.Node | None:
    """The nodes of a YAML document; None if it is empty. An alias is the node that it refers to.

    Args:
        text: The document.
        checked: Whether the document has been composed before, so that it is within the bounds.

    Raises:
        YamlError: The text is not YAML, has more than `NODES` nodes, or is nested more than `DEPTH` levels deep.
    """
    if text.count("\n%") > _DIRECTIVES:
        raise YamlError(f"is not YAML: it has more than {_DIRECTIVES} directives. Remove the lines that begin with %.")
    try:
        if not checked:
            _check_bounds(text)
        return yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        spot = Spot(mark.line + 1, mark.column + 1) if mark else None
        hint = next((f" {hint}" for words, hint in _HINTS if words in str(error.problem)), "")
        raise YamlError(f"is not YAML: {error.problem}.{hint}", spot) from error
    except yaml.YAMLError as error:
        raise YamlError(f"is not YAML: {error}.") from error


_STEPS: dict[type[yaml.Event], int] = {
    yaml.ScalarEvent: 0,
    yaml.AliasEvent: 0,
    yaml.SequenceStartEvent: 1,
    yaml.MappingStartEvent: 1,
    yaml.SequenceEndEvent: -1,
    yaml.MappingEndEvent: -1,
}
"""The change of the depth by an event. Other events aren't nodes."""


def _check_bounds(text: str) -> None:
    """Look at the parser's events, which need no stack, before nodes are made of them."""
    count = depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        step = _STEPS.get(type(event))
        if step is None:
            continue
        count += step >= 0
        depth += step
        if count > NODES:
            raise too_many_nodes(event)
        if depth > DEPTH:
            raise too_deep(event)


def too_many_nodes(at: yaml.Node | yaml.Event) -> YamlError:
    """The error for a document with more nodes than are allowed."""
    message = f"has more than {NODES:,} keys and values, with those that aliases repeat. Split it into several files."
    return YamlError(message, spot_of(at))


def too_deep(at: yaml.Node | yaml.Event) -> YamlError:
    """The error for a document that is nested deeper than is allowed."""
    return YamlError(f"is nested more than {DEPTH} levels deep. No key of the configuration is.", spot_of(at))
