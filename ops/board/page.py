"""The page of a board: one HTML file without external resources.

Jinja2 escapes everything that the template contains, and writes the data as JSON that can't end its element. The script
in the page draws the timelines as SVG, one row when it becomes visible. A charting library would be many times larger
than the script and the data of a usual stack together, and most draw with inline styles, which the Content-Security-
Policy forbids.
"""

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from components.json_values import Json, items, value_at

from .period import DAYS


def page(data: Mapping[str, Json], refresh_seconds: int | None = None) -> str:
    """The page.

    Args:
        data: The data, from `board_data`.
        refresh_seconds: How often the page asks its server for new data. Default: never, for a file.
    """
    script, style = _own("board.js"), _own("board.css")
    return (
        _environment()
        .from_string(_own("board.html"))
        .render(
            title=_title(data),
            policy=policy(refresh_seconds is not None),
            data=data,
            settings={"refresh": refresh_seconds, "days": DAYS},
            script=Markup(script),  # noqa: S704 - a file of this package
            style=Markup(style),  # noqa: S704
        )
    )


@cache
def policy(connects: bool) -> str:
    """The Content-Security-Policy: only the script and the style in the page, by their hashes, and no other resource.

    https://www.w3.org/TR/CSP3/

    Args:
        connects: Whether the page may ask its own server for data.
    """
    own_server = "'self'" if connects else "'none'"
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src '{_hash(_own('board.js'))}'",
            f"style-src '{_hash(_own('board.css'))}'",
            f"connect-src {own_server}",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _title(data: Mapping[str, Json]) -> str:
    names = [str(value_at(stack, "name")) for stack in items(data["stacks"])]
    return names[0] if len(names) == 1 else f"{len(names)} stacks"


@cache
def _environment() -> Environment:
    environment = Environment(autoescape=True, undefined=StrictUndefined)
    environment.policies["json.dumps_kwargs"] = {"separators": (",", ":")}
    return environment


@cache
def _own(name: str) -> str:
    return (files(__package__ or "") / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
