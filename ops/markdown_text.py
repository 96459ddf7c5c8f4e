"""Text from outside as Markdown for GitHub and GitLab. It can't become a link, a mention, HTML or another block.

A backslash or an entity doesn't help against mentions, references to issues, commit hashes and emoji: GitHub looks for
them in the rendered text, except in code. So a value is always in a code span or a code block.

- Code spans and blocks: https://spec.commonmark.org/0.31.2/#code-spans
- Mentions aren't found in `pre`, `code`, `tt` and `a`:
  https://github.com/gjtorikian/html-pipeline, lib/html_pipeline/node_filter/mention_filter.rb
- References: https://docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting/autolinked-references-and-urls
"""

import re

from components.text import visible

_WORDS = re.compile(r"~?(?:[A-Za-z0-9+-]|[ ,()/](?![ ])|(?<=\d):(?=\d)|(?<=[a-z])_(?=[A-Z]))+", re.ASCII)
"""Plain words: letters, numbers, times, names of timezones."""
_REFERENCE = re.compile(r"\bgh-\d|\b[0-9a-f]{7,40}\b|:\d+:", re.ASCII | re.IGNORECASE)
"""A reference to an issue or a commit on GitHub, or the emoji `:100:`."""


def code(text: str) -> str:
    """Return a code span with any text on one line. A line feed is shown as `<U+000A>`, and an empty text as `""`."""
    shown = visible(text) or '""'
    fence = "`" * (_longest_run(shown) + 1)
    # One space is removed from both ends, unless there are only spaces.
    spaced = shown.startswith(" ") and shown.endswith(" ") and bool(shown.strip())
    pad = " " if spaced or shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def block(text: str) -> str:
    """Return a code block with the lines of any text."""
    shown = visible(text, keep="\n\t")
    fence = "`" * max(3, _longest_run(shown) + 1)
    return f"{fence}text\n{shown}\n{fence}"


def words(text: str) -> str:
    """Return a text that normally consists of plain words, such as the times of a schedule. Other text becomes code."""
    return text if is_plain(text) else code(text)


def is_plain(text: str) -> bool:
    """Whether a text consists of plain words, which have no meaning in Markdown or on GitHub."""
    return _WORDS.fullmatch(text) is not None and not _REFERENCE.search(text)


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)
