"""docs/limits.md lists the limits of AWS in tests/docs/limits.py, each of which names a test that exists."""

import ast
import os
from functools import cache
from pathlib import Path

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel

from ops.markdown_tables import table
from tests.docs.limits import FITS, LIMITS, SHORTENED, Limit

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "limits.md"
INTRODUCTION = """\
# AWS limits

"Refused" means before anything is created, by `scheduled-tasks check` if the stack's files show the problem. "Model" is AWS's own model of the service
in botocore. For limits of rates and of accounts, see [Scale](scale.md#aws-limits).

"""
END = """
Names that would be too long are shortened, with a hash of the full name. An advanced parameter costs about $0.05 per month.

## Configuration files

| Bound | Value |
|---|---|
| Size of a YAML file | 4 MiB |
| Calendar of `except` | 1,000,000 characters, 2,000 events, 100 repeated events |
| Keys and values of a file, with those that aliases repeat | 250,000 |
| Levels of nesting | 100 |
| Keys and values of a task | 20,000 |
| Keys and values of all tasks of a stack, with their defaults | 500,000 |
| Tasks of a stack, and shared tasks | 5,000 |
| Problems of a stack that are shown | 10,000 |
| Files and folders in `config/tasks/`, without links to other folders | 20,000 |
| Integers without quotes | 2^53 - 1, because YAML readers disagree about larger ones |
| `rate(...)` | 9998 years |
| `at(...)` in UTC | The years 1 to 9999 |
| `start` and `end` in UTC | The years 1970 to 9999 |

A file must be in UTF-8, with one document and YAML's core types. A tag such as `!!timestamp` or `!!python/object` is refused.
"""


def page() -> str:
    """The text of the page."""
    ordered = sorted(LIMITS, key=lambda limit: limit.service)
    rows = [
        (limit.service, limit.what, limit.value, limit.handling, source(limit))
        for limit in ordered
        if limit.handling not in (SHORTENED, FITS)
    ]
    return INTRODUCTION + table(("Service", "Limit of", "Value", "Handling", "Source"), rows) + "\n" + END


def source(limit: Limit) -> str:
    return (
        f"[AWS]({limit.source})"
        if limit.source.startswith("https://")
        else f"Model of {limit.source.removeprefix('botocore ')}"
    )


def test_the_page_shows_the_table():
    if os.environ.get("WRITE_GOLDEN"):
        PAGE.write_text(page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page()


@cache
def functions_in(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("limit", LIMITS, ids=[f"{limit.service}: {limit.what}" for limit in LIMITS])
def test_each_limit_names_its_tests_and_its_source(limit: Limit):
    for test in filter(None, (limit.test, limit.sandbox)):
        path, name = test.split("::")
        assert name in functions_in(path)
    if not limit.source.startswith("https://docs.aws.amazon.com/"):
        service, shape = limit.source.removeprefix("botocore ").split(", ")
        metadata = ServiceModel(Loader().load_service_model(service, "service-2"), service).shape_for(shape).metadata
        assert f"{metadata['max']:,}" in limit.value


def test_no_limit_occurs_twice():
    assert len({(limit.service, limit.what) for limit in LIMITS}) == len(LIMITS)
