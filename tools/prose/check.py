"""Rules for prose, and their findings in files."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

from tools.prose.passages import CODE, Kind, Passage, passages

MOST_WORDS = 35
"""Words in a sentence. The guide says about 20; the check leaves room for lists."""
MOST_SEMICOLONS = 1
"""Semicolons in a sentence. More of them are a chain of facts."""

_SENTENCES = re.compile(rf"(?<=[.!?])[\"')\]]*\s+(?=[\"'(\[]*[A-Z0-9{CODE}])")
_SOURCE = ("AWS: ", "(AWS: ", "Source: ", "Sources: ")
"""Start of a list of sources, which may be long."""
_SKIPPED = {".git", ".venv", ".sandbox", ".hypothesis", "node_modules", "site", "dist", "bin", "sdks", "__pycache__"}

At = Literal["anywhere", "start", "heading", "cell"]


@dataclass(frozen=True)
class Rule:
    """A pattern that prose does not have."""

    find: str
    """A regular expression, without regard to case unless `cased`. A space in it matches line breaks too."""
    use: str
    """The advice."""
    bad: str
    """An example that is found."""
    good: str
    """The same in plain English, which no rule finds."""
    at: At = "anywhere"
    """`start`: at the start of a sentence that is no question. `heading`, `cell`: at the start of one."""
    cased: bool = False
    pattern: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        words = self.find.replace(" ", r"\s")
        pattern = rf"\b(?:{words})\b" if self.at == "anywhere" else rf"[^\w{CODE}]*(?:{words})"
        object.__setattr__(self, "pattern", re.compile(pattern, 0 if self.cased else re.IGNORECASE))


@dataclass(frozen=True)
class Rules:
    """The content of `rules.toml`."""

    enforced: tuple[str, ...]
    """Prefixes of the paths in which a finding fails the check."""
    excluded: tuple[str, ...]
    """Prefixes that are left out of `enforced`."""
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Finding:
    """A part of a file that a rule matches."""

    path: Path
    line: int
    found: str
    use: str

    def __str__(self) -> str:
        return f'{self.path}:{self.line}: "{self.found}". {self.use}'


@cache
def read_rules() -> Rules:
    """Read `rules.toml`."""
    read: dict[str, Any] = tomllib.loads((Path(__file__).parent / "rules.toml").read_text(encoding="utf-8"))
    return Rules(tuple(read["enforced"]), tuple(read["excluded"]), tuple(Rule(**rule) for rule in read["rules"]))


def files(root: Path) -> Iterator[Path]:
    """Walk the files below a folder that may have prose, or return the file itself."""
    if root.is_file():
        yield root
        return
    for path in sorted(root.iterdir()):
        if path.is_dir() and path.name not in _SKIPPED:
            yield from files(path)
        elif path.is_file():
            yield path


def check_file(path: Path, name: Path) -> list[Finding]:
    """Check one file. Findings call it `name`, a path relative to the repository."""
    found = [
        Finding(name, line, " ".join(words.split()), use)
        for passage in passages(path, data="tests" in name.parts)
        for line, words, use in check(passage)
    ]
    return sorted(set(found), key=lambda finding: (finding.line, finding.found))


def check(passage: Passage) -> Iterator[tuple[int, str, str]]:
    """Check one passage: the line, words and advice of each finding."""
    for offset, sentence in _sentences(passage.text):
        first = passage.line + passage.text[:offset].count("\n")
        for rule in read_rules().rules:
            for found in _matches(rule, sentence, passage.kind):
                yield first + sentence[: found.start()].count("\n"), found[0].strip(), rule.use
        if passage.kind != "name":
            yield from ((first, *finding) for finding in _length(sentence))


def _sentences(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for gap in _SENTENCES.finditer(text):
        yield start, text[start : gap.start()]
        start = gap.end()
    yield start, text[start:]


def _matches(rule: Rule, sentence: str, kind: Kind) -> Iterator[re.Match[str]]:
    if rule.at == "anywhere":
        yield from rule.pattern.finditer(sentence)
    elif rule.at in {kind, "start"} and kind != "name" and not sentence.rstrip("\"')] ").endswith("?"):
        yield from filter(None, [rule.pattern.match(sentence)])


def _length(sentence: str) -> Iterator[tuple[str, str]]:
    if sentence.startswith(_SOURCE):
        return
    words = [word for word in sentence.split() if re.search(rf"[\w{CODE}]", word)]
    prose = [word for word in words if re.fullmatch(r"[(\"'*]*[A-Za-z][\w'/-]*[)\"',.;:!?*]*", word)]
    if len(prose) * 3 < len(words) * 2:
        return
    start = f"{' '.join(words[:6])} ..."
    if len(words) > MOST_WORDS:
        yield start, f"Split this sentence: it has {len(words)} words, and at most {MOST_WORDS} are allowed."
    if sentence.count(";") > MOST_SEMICOLONS:
        yield start, "Write sentences or a list instead of a chain of semicolons."
