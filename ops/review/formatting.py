"""Values as Markdown: without secrets, without markup of their own, and limited in length."""

import re
from collections.abc import Iterable, Mapping

import yaml

from components.json_values import Json, as_json
from config import StoredSecret

from .value_changes import ABSENT, Change, Path

LONGEST_VALUE = 160
_HIDDEN_UNDER = frozenset({"environment", "args"})
"""Keys whose values are never shown, because they can contain secrets."""
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
"""Patterns of credentials in a string, such as an argument of a command."""


def code(text: str) -> str:
    """A code span with any text."""
    shown = " ".join(text.split()) or " "
    fence = "`" * (_longest_run(shown) + 1)
    pad = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def block(text: str) -> str:
    """A code block with any text."""
    fence = "`" * max(3, _longest_run(text) + 1)
    return f"{fence}text\n{text}\n{fence}"


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)


def change(item: Change) -> str:
    """A change with its old and new values: `memory`: `1024` → `2048`."""
    key = code(item.key)
    if _hidden(item.path):
        what = "added" if item.old is ABSENT else "removed" if item.new is ABSENT else "changed"
        return f"{key}: {what} (values aren't shown)"
    old, new = value(item.old), value(item.new)
    return f"{key}: {old} → {new}" if old != new else f"{key}: {old} (new value)"


def value(item: object) -> str:
    """A value as one line of YAML, with credentials replaced by `***`."""
    if item is ABSENT:
        return "not set"
    plain = _flow(_plain(item if isinstance(item, StoredSecret) else as_json(item)))
    return code(plain if len(plain) <= LONGEST_VALUE else plain[: LONGEST_VALUE - 1] + "…")


def without_credentials(text: str) -> str:
    """The text with credentials replaced by `***`. An ARN isn't a credential, although it can contain `secret:`."""
    if text.startswith("arn:"):
        return text
    for pattern in _CREDENTIALS:
        text = pattern.sub(r"\g<kept>***", text)
    return text


def _hidden(path: Path) -> bool:
    return any(part in _HIDDEN_UNDER for part in path)


def _plain(item: Json | StoredSecret) -> Json:
    """The value with stored secrets replaced by their keys, and hidden values replaced by `***`."""
    if isinstance(item, StoredSecret):
        return {"config": item.key}
    if isinstance(item, Mapping):
        return {key: _hide(inner) if key in _HIDDEN_UNDER else _plain(inner) for key, inner in item.items()}
    if isinstance(item, list):
        pairs = zip(["", *item], item, strict=False)
        return [_plain("***" if _expects_credential(before) else inner) for before, inner in pairs]
    return without_credentials(item) if isinstance(item, str) else item


def _expects_credential(argument: Json) -> bool:
    """Whether an argument of a command is an option that a credential follows."""
    return isinstance(argument, str) and bool(_OPTION.fullmatch(argument))


def _hide(item: Json) -> Json:
    return dict.fromkeys(item, "***") if isinstance(item, Mapping) else "***"


def _flow(item: Json) -> str:
    if isinstance(item, str):
        return item
    flow: str = yaml.safe_dump(item, default_flow_style=True, sort_keys=False, width=10**9, allow_unicode=True)
    return flow.removesuffix("\n").removesuffix("\n...")


def dollars(amount: float) -> str:
    """An amount in US dollars, to the cent: `$0.72`."""
    return "under $0.01" if 0 < amount < 0.005 else f"${amount:,.2f}"


def listed(items: Iterable[str], limit: int) -> str:
    """The first items, and the number of the others."""
    every = list(items)
    shown = every[:limit]
    more = len(every) - len(shown)
    if not more:
        return ", ".join(shown)
    return f"{', '.join(shown)} and {more} more" if shown else str(more)
