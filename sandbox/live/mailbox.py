"""The mailbox: mails of SNS topics and requests to API destinations, in a file that only the user can read."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from ..private_files import private_files


@dataclass(frozen=True, slots=True)
class Mail:
    """An email that a topic sends to each of its subscribers, or a request to an API destination."""

    time: str
    """In ISO 8601."""
    topic: str
    """The name of the topic or of the API destination."""
    to: Sequence[str]
    """The addresses, or the host."""
    subject: str
    text: str

    @property
    def title(self) -> str:
        """The subject, or the first line if there is none."""
        first = next(iter(self.text.strip().splitlines()), "")
        return self.subject or first.strip('" ')


class Mailbox:
    """The mails of a sandbox."""

    def __init__(self, file: Path):
        self._file = file

    def add(self, mail: Mail) -> None:
        """Add a mail."""
        with private_files():
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with self._file.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(mail), ensure_ascii=False) + "\n")

    def read(self) -> list[Mail]:
        """All mails, the oldest first. A line that was damaged is a mail that says so."""
        try:
            lines = self._file.read_text(encoding="utf-8", errors="replace").splitlines()
        except FileNotFoundError:
            return []
        return [_mail(line) for line in lines]


def _mail(line: str) -> Mail:
    try:
        return Mail(**json.loads(line))
    except (ValueError, TypeError):
        return Mail("", "", [], "This mail can't be read: its line in the mailbox is damaged.", line)
