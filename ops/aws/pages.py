"""Pages of lists that end, whatever AWS answers.

botocore ends a list only if a page has the token of the page before. Here, a list ends if any token comes again, and
after many pages without an item. An empty page with a new token doesn't end a list: AWS can return such pages. AWS:
AWS CLI user guide, "Pagination".
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .answers import IncompleteAnswerError, UnreadableAnswerError

TOKENS = ("NextToken", "nextToken", "Marker")
"""The members with the token of the next page, in all lists that the commands read."""
EMPTY_PAGES = 1000
"""The most pages without an item in a row. `FilterLogEvents` returns empty pages while it searches large logs."""


class Tokens:
    """The tokens of one list, each of which may come only once."""

    def __init__(self, operation: str):
        self._operation, self._seen, self._empty = operation, set[str](), 0

    def check(self, token: str | None, *, items: bool) -> None:
        """Check the token of the next page. `items` tells if the current page has any.

        Raises UnreadableAnswerError if the list would not end.
        """
        if not token:
            return
        if token in self._seen:
            raise UnreadableAnswerError(
                f"AWS returned the same page of {self._operation} twice, so the list has no end. Try again."
            )
        self._seen.add(token)
        self._empty = 0 if items else self._empty + 1
        if self._empty >= EMPTY_PAGES:
            raise UnreadableAnswerError(
                f"AWS returned {EMPTY_PAGES:,} empty pages of {self._operation} in a row. Limit the time with --since, "
                "or try again."
            )


class GuardedPaginator:
    """A paginator of botocore whose lists end and whose pages have their list."""

    def __init__(self, paginator: Any, operation: str):
        self._paginator, self._operation = paginator, operation

    def paginate(self, **parameters: Any) -> Iterator[Any]:
        """Yield the pages."""
        pages = self._paginator.paginate(**parameters)
        return _checked(pages, self._operation, pages.result_keys[0].expression)


def _checked(pages: Iterable[Mapping[str, Any]], operation: str, key: str) -> Iterator[Any]:
    tokens = Tokens(operation)
    for page in pages:
        if key not in page:
            raise IncompleteAnswerError(
                f"The answer of AWS to {operation} has no {key}. Try again. If the error persists, check for a proxy, "
                "and check AWS_ENDPOINT_URL."
            )
        items = bool(page[key])
        yield page
        tokens.check(next((page[name] for name in TOKENS if page.get(name)), None), items=items)
