"""Values as Markdown shows them: never a secret, never a mark-up of their own, never too long."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, cast

import yaml

from config import StoredSecret

from .value_changes import ABSENT, Change, Path

LONGEST_VALUE = 160
_HIDDEN_UNDER = frozenset({"environment", "args"})
"""Keys whose values are not shown: somebody may have put a secret there."""
_NAME = r"(?:passw(?:or)?d|pwd|secret|token|api[-_]?key|access[-_]?key)"
_OPTION = re.compile(rf"--?[\w-]*{_NAME}[\w-]*", re.IGNORECASE)
_CREDENTIALS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?P<kept>{_NAME}\w*[\"']?\s*[=:]\s*[\"']?)[^\s\"',}}\]]+",
        rf"(?P<kept>{_OPTION.pattern}\s+[\"']?)[^\s\"'-][^\s\"']*",
        r"(?P<kept>://[^/\s:@]*:)[^\s@/]+(?=@)",
        r"(?P<kept>\b(?:bearer|basic)\s+)[\w.~+/=-]{8,}",
        r"(?P<kept>)\b(?:(?:AKIA|ASIA)[A-Z0-9]{12,}|(?:gh[pousr]_|glpat-|xox[abp]-)[\w-]{10,})",
    )
)
"""What looks like a credential within a text, such as an argument of a command."""


def code(text: str) -> str:
    """A text as it is: a code span, whatever it holds."""
    shown = " ".join(text.split()) or " "
    fence = "`" * (_longest_run(shown) + 1)
    pad = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def block(text: str) -> str:
    """Lines as they are: a code block, whatever they hold."""
    fence = "`" * max(3, _longest_run(text) + 1)
    return f"{fence}text\n{text}\n{fence}"


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)


def change(item: Change) -> str:
    """A change, old and new: `memory`: `1024` → `2048`."""
    key = code(item.key)
    if _hidden(item.path):
        what = "added" if item.old is ABSENT else "removed" if item.new is ABSENT else "another value"
        return f"{key}: {what} (values are not shown)"
    old, new = value(item.old), value(item.new)
    return f"{key}: {old} → {new}" if old != new else f"{key}: {old}, with another value"


def value(item: object) -> str:
    """A value as YAML has it on one line, without what looks like a credential."""
    if item is ABSENT:
        return "not set"
    plain = _flow(_plain(item))
    return code(plain if len(plain) <= LONGEST_VALUE else plain[: LONGEST_VALUE - 1] + "…")


def without_credentials(text: str) -> str:
    """The text with `***` for what looks like a credential. An ARN is none, though it may say `secret:`."""
    if text.startswith("arn:"):
        return text
    for pattern in _CREDENTIALS:
        text = pattern.sub(r"\g<kept>***", text)
    return text


def _hidden(path: Path) -> bool:
    return any(part in _HIDDEN_UNDER for part in path)


def _plain(item: object) -> Any:
    """The value with stored secrets by their key, and without what is hidden."""
    if isinstance(item, StoredSecret):
        return {"config": item.key}
    if isinstance(item, Mapping):
        pairs = cast("Mapping[str, object]", item).items()
        return {key: _names(inner) if key in _HIDDEN_UNDER else _plain(inner) for key, inner in pairs}
    if isinstance(item, list):
        items = cast("list[object]", item)
        return [_plain("***" if _asks(before) else inner) for before, inner in zip(["", *items], items, strict=False)]
    return without_credentials(item) if isinstance(item, str) else item


def _asks(argument: object) -> bool:
    """Whether an argument of a command is an option that a credential follows."""
    return isinstance(argument, str) and bool(_OPTION.fullmatch(argument))


def _names(item: object) -> object:
    return dict.fromkeys(cast("Mapping[str, object]", item), "***") if isinstance(item, Mapping) else "***"


def _flow(item: Any) -> str:
    if isinstance(item, str):
        return item
    flow: str = yaml.safe_dump(item, default_flow_style=True, sort_keys=False, width=10**9, allow_unicode=True)
    return flow.removesuffix("\n").removesuffix("\n...")


def dollars(amount: float) -> str:
    """An amount of money, to the cent: `$0.72`."""
    return "under $0.01" if 0 < amount < 0.005 else f"${amount:,.2f}"


def listed(items: Iterable[str], most: int) -> str:
    """The first of some items, and how many more there are."""
    every = list(items)
    shown = every[:most]
    more = len(every) - len(shown)
    if not more:
        return ", ".join(shown)
    return f"{', '.join(shown)} and {more} more" if shown else str(more)
