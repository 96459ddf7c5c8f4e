"""The website of docs/ builds without a warning, and its pages load no external files."""

import json
import re
from pathlib import Path

import pytest

from components.schedules import ExpressionError, explain, parse
from tools.site_hooks import on_config, on_page_content

from .conftest import VERSION

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def site(built: Path) -> Path:
    return built / VERSION


@pytest.mark.thorough
def test_the_site_lists_its_versions(built: Path):
    listed = json.loads((built / "versions.json").read_text())
    assert [(each["version"], each["aliases"]) for each in listed] == [(VERSION, ["latest"]), ("1.1.0", [])]
    assert f'href="{VERSION}/"' in (built / "index.html").read_text()
    assert '"provider": "mike"' in (built / VERSION / "index.html").read_text()


def test_a_page_links_the_repository_its_source_and_its_neighbors(site: Path):
    page = (site / "guides" / "coming-from-cron" / "index.html").read_text()
    links = set(re.findall(r'href="?([^" >]+)', page))
    assert "https://git.example.com/jobs" in links
    assert "https://git.example.com/jobs/edit/main/docs/guides/coming-from-cron.md" in links
    assert {"../add-a-task/", "../alerts-in-slack/"} <= links
    assert {"prev", "next"} <= set(re.findall(r"md-footer__link--(\w+)", page))


@pytest.mark.parametrize(("repository", "edit"), [("https://git.example.com/jobs", "edit/main/docs/"), (None, None)])
def test_only_a_site_with_a_repository_has_edit_links(repository: str | None, edit: str | None):
    config = {"repo_url": repository, "edit_uri": "edit/main/docs/"}
    on_config(config)
    assert config["edit_uri"] == edit


def test_a_cell_has_the_title_of_its_column():
    table = "<table><thead><tr><th></th><th>A <code>b</code></th></tr></thead><tbody><tr><td>1</td><td style=x></td></tr></tbody></table>"
    body = '<tr><td data-label=""><div>1</div></td><td style=x data-label="A b"></td></tr>'
    assert body in on_page_content(table)


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
            if target.suffix == ".svg":
                assert anchor in {"only-light", "only-dark"}
                continue
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


def test_the_guide_translates_crontab_lines_like_the_checks():
    rows = re.findall(
        r"^\| `([^`]*)` \| `(cron\(.*?\))` \|$", (ROOT / "docs/guides/coming-from-cron.md").read_text(), re.MULTILINE
    )
    assert len(rows) > 5
    for line, translation in rows:
        with pytest.raises(ExpressionError, match=re.escape(translation)):
            parse(line)


def capitalized(text: str) -> str:
    return text[0].upper() + text[1:]
