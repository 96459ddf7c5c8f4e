"""Hooks of mkdocs: the reference of the components, titles of columns and line breaks in names for narrow screens, and
no edit links without the address of the repository."""

import re
import sys
from collections.abc import MutableMapping
from html import escape, unescape
from pathlib import Path
from typing import Any

_TABLE = re.compile(r"<table>.*?</table>", re.DOTALL)
_ROW = re.compile(r"<tr>.*?</tr>", re.DOTALL)
_TITLE = re.compile(r"<th[^>]*>(.*?)</th>", re.DOTALL)
_CELL = re.compile(r"<td([^>]*)>(.*?)</td>", re.DOTALL)
_ACTION = re.compile(r"(<code>[a-z0-9-]+:)(?=[A-Z][A-Za-z0-9*]+</code>)")
"""The beginning of the name of an IAM action, or of a condition key, up to its colon."""


def on_config(config: MutableMapping[str, Any]) -> None:
    """Remove edit links that would lead nowhere."""
    if not config["repo_url"]:
        config["edit_uri"] = None


def on_files(files: Any, config: Any) -> Any:
    """Add the reference of the components."""
    # mkdocs loads this file by its path.
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from mkdocs.structure.files import File

    from tools.api_reference import pages

    for path, text in pages().items():
        files.append(File.generated(config, path, content=text))
    return files


def on_page_content(html: str, **_: Any) -> str:
    """Label the cells of a page's tables, and let names of actions break after their colon."""
    return _TABLE.sub(lambda table: _labeled(_ACTION.sub(r"\1<wbr>", table[0])), html)


def _labeled(table: str) -> str:
    titles = [escape(unescape(re.sub(r"<[^>]+>", "", title)).strip()) for title in _TITLE.findall(table)]
    return _ROW.sub(lambda row: _labeled_row(row[0], titles), table)


def _labeled_row(row: str, titles: list[str]) -> str:
    left = iter(titles)
    return _CELL.sub(lambda cell: _labeled_cell(cell[1], cell[2].strip(), next(left, "")), row)


def _labeled_cell(attributes: str, content: str, title: str) -> str:
    # A block keeps the parts of the content together, because the style makes the cell a grid.
    inner = f"<div>{content}</div>" if content else ""
    return f'<td{attributes} data-label="{title}">{inner}</td>'
