"""Errors of the components, as the author of the YAML reads them."""

from collections.abc import Generator
from contextlib import contextmanager

from components.checks.errors import InvalidArgumentsError

from .translation import as_written


@contextmanager
def problems_in_yaml_spelling() -> Generator[None]:
    """Report problems that only lookups find, such as missing subnets, with keys as YAML spells them.

    Raises:
        InvalidArgumentsError: The same problems, at the keys of the configuration.
    """
    try:
        yield
    except InvalidArgumentsError as error:
        raise error.spelled(as_written) from None
