"""The pages of the site in headless Chromium: no column of a table is outside of the page, on a desktop and on a phone."""

from pathlib import Path
from typing import Any

import pytest

from tests import referees

from .conftest import VERSION

pytestmark = [
    pytest.mark.thorough,
    pytest.mark.timeout(300),  # starting a browser takes long on a busy machine
]
PHONE, DESKTOP = 390, 1280


@pytest.fixture(scope="module")
def measured(built: Path) -> dict[str, Any]:
    folder = built / VERSION
    pages = sorted(str(page) for page in folder.rglob("index.html"))
    found = referees.observed({"pages": pages, "widths": [PHONE, DESKTOP]}, "site.mjs")
    assert len(found) == 2 * len(pages)
    return {key.replace(f"{folder}/", ""): value for key, value in found.items()}


def test_no_page_is_wider_than_the_window(measured: dict[str, Any]):
    assert {page: found["outside"] for page, found in measured.items() if found["outside"] > 0} == {}


def test_no_column_of_a_table_is_outside(measured: dict[str, Any]):
    tables = [(page, table) for page, found in measured.items() for table in found["tables"]]
    assert len(tables) > 100
    assert [(page, table["heading"], table["outside"]) for page, table in tables if table["outside"] > 0] == []


def test_each_value_has_its_title_on_a_phone(measured: dict[str, Any]):
    labels = [
        cell
        for page, found in measured.items()
        if page.startswith(f"{PHONE} ")
        for table in found["tables"]
        for cell in table["labels"]
    ]
    assert len(labels) > 500
    assert all(label == title for label, title in labels)


def test_names_of_actions_break_only_after_the_colon(measured: dict[str, Any]):
    assert sum(found["actions"] for found in measured.values()) > 300
    assert {page: found["broken"] for page, found in measured.items() if found["broken"]} == {}


def test_cells_of_a_table_are_wide_enough_to_read(measured: dict[str, Any]):
    assert [
        (page, table["heading"])
        for page, found in measured.items()
        for table in found["tables"]
        if table["narrowest"] < 40
    ] == []
