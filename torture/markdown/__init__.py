"""Hostile names and values in the review of a pull request, rendered with GitHub's own renderer.

A trial survives if the rendered page has nothing but this project's words, and code with exactly the value.
"""

from collections.abc import Callable, Iterator
from random import Random

from components.text import visible
from ops.markdown_tables import table
from ops.markdown_text import block, code, words
from ops.pricing.costs import Assumptions
from ops.review.markdown import markdown
from ops.review.page import LIMIT, Review, blocks

from ..trials import Part, Say, Section, Trial
from .rendering import markup, rendered
from .values import FRAGMENTS, Values

_CONTEXTS: dict[str, Callable[[str], str]] = {
    "a heading": "### Stack {}: 1 task changed".format,
    "a paragraph": "No changes in stacks {}, and more.".format,
    "a list": "- **{}**: at 03:00".format,
    "a nested list": "- **a**\n  - {} → x".format,
    "parentheses": "x ({}), y".format,
    "a table": lambda span: table(("Task", "Cost"), [(span, "1")]),
}
"""The places of code spans in a review."""


def span_problem(value: str) -> str:
    """The fault of a value as a code span, or the empty string."""
    expected = visible(value) or '""'
    for where, around in _CONTEXTS.items():
        page = rendered(around(code(value)))
        if where == "a table":
            # GitHub's tables can't show a backslash before a pipe.
            page.codes, shown = [each.replace("\\|", "|") for each in page.codes], expected.replace("\\|", "|")
        else:
            shown = expected
        if found := markup(page):
            return f"in {where}: {found}"
        if page.codes != [shown]:
            return f"in {where}: {page.codes} instead of {shown!r}"
    return ""


def block_problem(value: str) -> str:
    """The fault of a value as a code block or as plain words, or the empty string."""
    page = rendered(f"**Warnings**\n\n{block(value)}\n\nThe end.\n")
    if found := markup(page):
        return found
    if [each.removesuffix("\n") for each in page.codes] != [visible(value, keep="\n\t")] or "The end." not in page.text:
        return f"{page.codes} instead of {value!r}"
    page = rendered(f"- at {words(value)}.")
    if found := markup(page):
        return f"as words: {found}"
    if (page.codes or [page.text]) != [visible(value) or '""'] and visible(value) not in page.text:
        return f"as words: {page.codes or page.text}"
    return ""


def page_problem(reviews: list[Review], values: Values) -> str:
    """The fault of a review, or the empty string."""
    text = markdown(blocks(reviews, Assumptions()))
    if len(text.encode()) > LIMIT:
        return f"{len(text):,} characters"
    page = rendered(text)
    if found := markup(page):
        return found
    shown = {each.removesuffix("\n") for each in page.codes}
    lost = [name for name in values.names if (visible(name) or '""') not in shown]
    return f"names that aren't shown: {lost[:3]}" if lost else ""


def failures(kind: str, count: int, seed: int) -> Iterator[str]:
    """Try one kind `count` times, and yield the fault of each trial that didn't survive."""
    random = Random(f"{kind} {seed}")  # noqa: S311 - trials must repeat
    for _ in range(count):
        values = Values(random)
        if kind == "page":
            found = page_problem(values.reviews(), values)
        else:
            found = {"span": span_problem, "block": block_problem}[kind](values.text())
        if found:
            yield found


KINDS = {
    "span": "Values in headings, lists, tables and sentences of a review",
    "block": "Error messages and warnings in code blocks, and times of runs",
    "page": "Whole reviews with hostile names and values everywhere",
}


def measure(count: int, seed: int, say: Say) -> Part:
    """Try `count` values and error messages, and one page per five of them."""
    trials: list[Trial] = []
    for kind, what in KINDS.items():
        tried = max(1, count // 5) if kind == "page" else count
        failed = list(failures(kind, tried, seed))
        for each in failed[:5]:
            say(f"{kind}: {visible(each)}")
        trials.append(Trial(what, tried, tried - len(failed), visible(failed[0]) if failed else ""))
    return Part(trials)


SECTION = Section(
    "Hostile text in reviews of pull requests",
    f"""\
Names and values have some of {len(FRAGMENTS)} fragments that GitHub or GitLab turn into links, mentions, HTML, formulas
or emoji. GitHub's renderer, cmark-gfm, must show each name and value exactly, as code.""",
    measure,
    20_000,
)
