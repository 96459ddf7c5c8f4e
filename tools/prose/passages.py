"""Prose in files: paragraphs, headings and table cells of pages, and comments, docstrings and messages of code."""

import ast
import io
import re
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Kind = Literal["prose", "heading", "cell", "name"]
CODE = "\N{MIDDLE DOT}"
"""Stands for code, a value or a URL in a passage: one word that no rule matches."""

_MASKED = re.compile(
    r"``.+?``|`[^`]+`"  # code
    r"|<!--.*?-->|<[^<>\s][^<>]*>"  # comments and tags of HTML, placeholders
    r"|https?://[^\s)>\"]+"
    r"|\$\{\{.*?\}\}|\$\{[^}]*\}|\$\w+|\$\(\w+\)"  # values in workflows, shell and make
    r"|\"[\w.:*/@-]+\"|'[\w.:*/@-]+'",  # one quoted word: a name or a value
    re.DOTALL,
)
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_ITEM = re.compile(r"^\s*(?:[-*+]|\d+\.)\s+|^\s*(?:Args|Returns|Raises|Yields|Attributes|Examples?|Note):|^ {2,}\w+: ")
_RULE = re.compile(r"^\s*[=-]{3,}[ =-]*$")
"""A rule of a table: each of its lines is a passage."""
_IGNORED_COMMENT = re.compile(r"^(?:!|noqa|type:|pyright|pragma|prose:|yaml-language-server|fmt:|ruff:|-\*-|\W*$)")
_PROSE = re.compile(r"[A-Za-z]{2,},? [a-z]{2,},? [a-z]+")
_QUOTED = "# prose: quoted"
"""At the end of a line of Python: its words are those of AWS or Pulumi, and stay."""


@dataclass(frozen=True)
class Passage:
    """Prose that is read in one piece, with the line it starts in. Code in it is masked, line breaks are kept."""

    line: int
    text: str
    kind: Kind = "prose"


def passages(path: Path, *, data: bool = False) -> list[Passage]:
    """Find the prose of a file.

    Args:
        path: the file. Its name decides how it is read; files of unknown types have no prose.
        data: string literals of Python are data and not messages, as in tests.
    """
    if path.suffix == ".py":
        return list(_python(path.read_text(encoding="utf-8"), data=data))
    reader = _READERS.get(path.suffix) or _NAMES.get(path.name)
    return list(reader(path.read_text(encoding="utf-8"))) if reader else []


def masked(text: str) -> str:
    """Replace code, values and URLs by one character, and links by their text."""
    words = _MASKED.sub(lambda found: CODE + "\n" * found[0].count("\n"), _LINK.sub(r"\1", text))
    return re.sub(" +", " ", words.replace("**", ""))


def _paragraphs(lines: list[str], first: int) -> Iterator[Passage]:
    """Split lines at blank lines, list items, table rows and sections of docstrings."""
    start, found, table = first, list[str](), any(_RULE.match(line) for line in lines)
    for number, line in enumerate([*lines, ""], first):
        row = line.lstrip().startswith("|")
        if (not line.strip() or _ITEM.match(line) or table or row) and found:
            yield Passage(start, masked("\n".join(found)))
            found = []
        if row:
            yield from _cells(line, number)
        elif line.strip():
            if not found:
                start = number
            found.append(_ITEM.sub("", line).strip())


def _markdown(text: str) -> Iterator[Passage]:
    lines = [*text.splitlines(), ""]
    code = _fenced(lines)
    start, block = 1, list[str]()
    for number, line in enumerate(lines, 1):
        if line.strip() and number not in code and not line.startswith(("#", "|")):
            start = start if block else number
            block.append(line)
            continue
        yield from _paragraphs(block, start)
        block = []
        if number in code:
            yield from _comments(line, number)
        elif line.startswith("#"):
            yield Passage(number, masked(line.lstrip("#").strip()), "heading")
        elif line:
            yield from _cells(line, number)


def _fenced(lines: list[str]) -> set[int]:
    """Return the numbers of the lines in code blocks, fences included."""
    fence, code = "", set[int]()
    for number, line in enumerate(lines, 1):
        opened = re.match(r"\s*(```+|~~~+)", line)
        if fence or opened:
            code.add(number)
        if fence:
            fence = "" if line.strip() == fence else fence
        elif opened:
            fence = opened[1]
    return code


def _cells(line: str, number: int) -> Iterator[Passage]:
    for cell in masked(line).strip().strip("|").split("|"):
        if re.search(r"\w", cell):
            yield Passage(number, cell.strip(), "cell")


def _comments(text: str, first: int = 1) -> Iterator[Passage]:
    """Find comments that start with `#`; neighbors that fill their lines are one passage."""
    start, block = first, list[str]()
    for number, line in enumerate([*text.splitlines(), ""], first):
        found = re.match(r"^((?:[^#\"']|\"[^\"]*\"|'[^']*'|(?<=\S)#)*?)(?<!\S)#+ ?(.*)$", line)
        alone = found is not None and not found[1].strip()
        if not alone:
            yield from _paragraphs(block, start)
            block = []
        if found and not _IGNORED_COMMENT.match(found[2]):
            if alone:
                start = start if block else number
                block.append(found[2])
            else:
                yield Passage(number, masked(found[2]))
        elif alone and block:
            block.append("")


def _script(text: str) -> Iterator[Passage]:
    """Find comments, and what `echo` and `printf` print."""
    yield from _comments(text)
    for number, line in enumerate(text.splitlines(), 1):
        for found in re.finditer(r"\b(?:echo|printf)\s+(?:-\w+\s+)?([\"'])(.*?)(?<!\\)\1", line):
            yield from _message(found[2], number)


def _yaml(text: str) -> Iterator[Passage]:
    """Find comments, and the values of `name` and `description`."""
    yield from _comments(text)
    for number, line in enumerate(text.splitlines(), 1):
        if found := re.match(r"\s*(?:- )?(?:name|description): (?![|>])([^#]*)", line):
            yield from _message(found[1].strip("\"' "), number)


def _slashes(text: str) -> Iterator[Passage]:
    for number, line in enumerate(text.splitlines(), 1):
        if found := re.search(r"(?<!:)//\s?(.*)$", line):
            yield Passage(number, masked(found[1]))


def _svg(text: str) -> Iterator[Passage]:
    for found in re.finditer(r"<(title|desc|text)\b[^>]*>(.*?)</\1>", text, re.DOTALL):
        yield Passage(text[: found.start(2)].count("\n") + 1, re.sub(r"<[^>]*>", "", found[2]))


def _message(text: str, line: int) -> Iterator[Passage]:
    """Find the lines of a message. Without a line, they are all in line 0."""
    if _PROSE.search(text):
        for number, part in enumerate(text.split("\n")):
            if part.strip():
                yield Passage(line + number if line else 0, masked(part))


def _python(text: str, *, data: bool) -> Iterator[Passage]:
    lines = text.splitlines()
    quoted = {number for number, line in enumerate(lines, 1) if line.endswith(_QUOTED)}
    yield from _python_comments(text)
    tree = ast.parse(text)
    seen = set[ast.AST]()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and _text(node.value) is not None:
            seen |= {*ast.walk(node)}
            yield from _paragraphs((_text(node.value) or "").splitlines(), node.lineno)
        elif isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield Passage(node.lineno, node.name.removeprefix("test_").replace("_", " "), "name")
        elif not data and node not in seen and (message := _text(node)) is not None:
            seen |= {*ast.walk(node)}
            line: int = getattr(node, "lineno", 1)
            last: int = getattr(node, "end_lineno", line)
            if not quoted & {*range(line, last + 1)}:
                spread = last - line - message.count("\n")
                # A string over several lines has the lines of its text, after a line continuation if it has one.
                found = (
                    _message(message, line + spread) if spread in (0, 1) and "\n" in message else _message(message, 0)
                )
                yield from (Passage(passage.line or line, passage.text) for passage in found)


def _text(node: ast.AST) -> str | None:
    """Return the text of a string literal; the values of an f-string are masked."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) or CODE for part in node.values)
    return None


def _python_comments(text: str) -> Iterator[Passage]:
    start, block = 1, list[str]()
    previous = (-1, -1)
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type != tokenize.COMMENT:
            continue
        comment = token.string.lstrip("#").removeprefix(" ")
        alone = not token.line[: token.start[1]].strip()
        if not (alone and token.start == (previous[0] + 1, previous[1])):
            yield from _paragraphs(block, start)
            start, block = token.start[0], []
        previous = token.start if alone else (-1, -1)
        block.append("" if _IGNORED_COMMENT.match(comment) else comment)
    yield from _paragraphs(block, start)


_Reader = Callable[[str], Iterator[Passage]]
_READERS: dict[str, _Reader] = {
    ".md": _markdown,
    ".sh": _script,
    ".yml": _yaml,
    ".yaml": _yaml,
    ".toml": _comments,
    ".in": _comments,
    ".ts": _slashes,
    ".go": _slashes,
    ".java": _slashes,
    ".svg": _svg,
}
_NAMES: dict[str, _Reader] = {"Makefile": _script, "Dockerfile": _comments, "run": _script}
