"""JSON documents with the line of each value. Other readers of JSON keep no lines, and a reader of YAML is slow."""

import json
import re
from bisect import bisect_right
from dataclasses import dataclass, field

from components.keys.bounds import DEPTH, NODES

from .model import Source, SourceError
from .yaml_sources import Value

_SPACE = re.compile(r"[ \t\r\n]*")
_SCALAR = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null', re.ASCII)
_MOST = 20 * NODES
"""Values of a document. The state of Terraform has all resources, also those that aren't imported."""


def json_document(source: Source) -> Value:
    """The document of a source. Raises SourceError if it isn't JSON."""
    reader = _Reader(source)
    found = reader.value("", 0)
    if reader.peek():
        raise reader.wrong("There is more after the end of the document")
    return found


@dataclass(slots=True)
class _Reader:
    """Reads one document."""

    source: Source
    at: int = 0
    count: int = 0
    lines: list[int] = field(default_factory=list[int])

    def __post_init__(self) -> None:
        self.lines = [match.end() for match in re.finditer("\n", self.source.text)]

    @property
    def line(self) -> int:
        """The line of the current character."""
        return bisect_right(self.lines, self.at) + 1

    def wrong(self, why: str) -> SourceError:
        """The error at the current character."""
        return SourceError(self.source.file, self.line, f"The file is not JSON: {why}.")

    def peek(self) -> str:
        """The next character that isn't space; empty at the end."""
        if space := _SPACE.match(self.source.text, self.at):
            self.at = space.end()
        return self.source.text[self.at : self.at + 1]

    def value(self, path: str, depth: int, line: int = 0) -> Value:
        """The value at the current place. `line` is that of its key."""
        first = self.peek()
        line = line or self.line
        self.count += 1
        if self.count > _MOST or depth > DEPTH:
            raise SourceError(self.source.file, line, "The document has too many values, or too many levels.")
        if first == "{":
            return Value(path, line, children=self._entries(path, depth))
        if first == "[":
            return Value(path, line, children=self._items(path, depth))
        return Value(path, line, self._scalar())

    def _scalar(self) -> object:
        match = _SCALAR.match(self.source.text, self.at)
        if not match:
            raise self.wrong("A value is missing or incomplete")
        try:
            found: object = json.loads(match[0])
        except ValueError:
            raise self.wrong("A string or number is invalid") from None
        self.at = match.end()
        return found

    def _entries(self, path: str, depth: int) -> dict[str, Value]:
        found: dict[str, Value] = {}
        self.at += 1
        while (character := self.peek()) != "}":
            if found:
                self._expect(",")
                character = self.peek()
            line = self.line
            key = self._scalar() if character == '"' else None
            if not isinstance(key, str):
                raise self.wrong("A key must be a string in double quotes")
            if key in found:
                raise SourceError(self.source.file, line, "A key occurs twice.")
            self._expect(":")
            found[key] = self.value(f"{path}.{key}" if path else key, depth + 1, line)
        self.at += 1
        return found

    def _items(self, path: str, depth: int) -> list[Value]:
        found: list[Value] = []
        self.at += 1
        while self.peek() != "]":
            if found:
                self._expect(",")
            found.append(self.value(f"{path}[{len(found)}]", depth + 1))
        self.at += 1
        return found

    def _expect(self, character: str) -> None:
        if self.peek() != character:
            raise self.wrong(f"`{character}` is missing")
        self.at += 1
