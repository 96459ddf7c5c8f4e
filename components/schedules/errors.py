"""Why an expression is refused: where, what is wrong, and what to write instead."""

from __future__ import annotations

from dataclasses import dataclass

MAX_LENGTH = 256
"""AWS: botocore scheduler, ScheduleExpression."""


class ExpressionError(ValueError):
    """A schedule expression that AWS does not document as valid.

    `text` is the expression, `start` and `end` the span of the offending part in it (end exclusive), `reason`
    one sentence on what is wrong and what is allowed, `hint` a sentence on what to write instead, or None.
    """

    def __init__(self, text: str, start: int, end: int, reason: str, hint: str | None = None):
        super().__init__(text, start, end, reason, hint)
        self.text = text
        self.start = start
        self.end = end
        self.reason = reason
        self.hint = hint

    @property
    def message(self) -> str:
        """Reason and hint in one line."""
        return f"{self.reason} {self.hint}" if self.hint else self.reason

    def __str__(self) -> str:
        """The message, the expression, and carets under the offending part."""
        if not self.text or len(self.text) > MAX_LENGTH:
            return self.message
        shown = "".join(character if character.isprintable() else " " for character in self.text)
        carets = " " * self.start + "^" * max(1, self.end - self.start)
        return f"{self.message}\n  {shown}\n  {carets}"


class RefusalError(Exception):
    """One mistake, found while reading: an ExpressionError without its hint.

    `corrected` is the whole expression with this one mistake corrected: none where nobody can know what was
    meant, several where it takes several schedules. It may hold further mistakes. `note` says what else has
    to change.
    """

    def __init__(self, start: int, end: int, reason: str, corrected: tuple[str, ...] = (), note: str = ""):
        super().__init__(reason)
        self.start = start
        self.end = end
        self.reason = reason
        self.corrected = corrected
        self.note = note


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of an expression that knows where it stands, so that an error can point at it."""

    source: str
    start: int
    end: int

    @property
    def text(self) -> str:
        """The part itself."""
        return self.source[self.start : self.end]

    def part(self, start: int, end: int) -> Piece:
        """A part of this part; `start` and `end` count from its beginning."""
        return Piece(self.source, self.start + start, self.start + end)

    def split(self, separator: str) -> list[Piece]:
        """The parts between the separators, of one character each; as `str.split` does."""
        pieces: list[Piece] = []
        start = 0
        for word in self.text.split(separator):
            pieces.append(self.part(start, start + len(word)))
            start += len(word) + 1
        return pieces

    def replaced(self, by: str) -> str:
        """The whole expression with another text in this place."""
        return self.source[: self.start] + by + self.source[self.end :]

    def refusal(self, reason: str, *instead: str, note: str = "") -> RefusalError:
        """The error that points here; `instead` is what could stand here."""
        return RefusalError(self.start, self.end, reason, tuple(map(self.replaced, instead)), note)
