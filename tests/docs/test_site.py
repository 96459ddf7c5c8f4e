"""The website of docs/ builds without a warning, and its pages load no external files."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from components.schedules import explain, parse

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "--site-dir", folder],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (built.returncode, built.stderr) == (0, "")
    return folder


def test_every_page_is_on_the_site(site: Path):
    pages = [page.relative_to(ROOT / "docs").with_suffix("") for page in (ROOT / "docs").rglob("*.md")]
    assert len(pages) > 10
    registry = {Path("_index"), Path("installation-configuration")}
    assert registry <= set(pages)
    for page in set(pages) - registry:
        folder = page.parent if page.name == "index" else page
        assert (site / folder / "index.html").is_file()


def test_pages_load_no_external_files(site: Path):
    for page in site.rglob("*.html"):
        loaded = re.findall(r'(?:src|<link[^>]*href)="?((?:https?:)?//[^" >]+)', page.read_text())
        assert loaded == [], page


def test_links_to_headings_of_pages_work():
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for file, anchor in re.findall(r"\]\(([^)#:]*)#([^)]+)\)", page.read_text()):
            target = page.parent / file if file else page
            headings = re.findall(r"^#+ (.*)$", target.read_text(), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


def test_the_picture_uses_no_external_fonts_or_files():
    picture = (ROOT / "docs/architecture.svg").read_text()
    assert set(re.findall(r"https?://[^\"]+", picture)) == {"http://www.w3.org/2000/svg"}
    assert "<title" in picture
    assert "<desc" in picture


def test_the_page_explains_schedules_like_the_commands():
    rows = re.findall(r"^\| `(\w+\(.*?\))` \| (.*) \|$", (ROOT / "docs/schedules.md").read_text(), re.MULTILINE)
    assert len(rows) > 5
    assert [(text, capitalized(explain(parse(text)))) for text, _ in rows] == rows


def capitalized(text: str) -> str:
    return text[0].upper() + text[1:]
