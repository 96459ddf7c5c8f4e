"""`scheduled-tasks calendar` by task, and its pictures."""

import json
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest

from ops import svg
from ops.planning.plans import Plan
from ops.planning.run_calendar import Week, calendar_svg
from ops.planning.task_week import by_task_svg, task_rows, task_week
from tests.ops.conftest import Ops
from tests.ops.terminal import fits, use_terminal

SVG = "{http://www.w3.org/2000/svg}"
MONDAY = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
DRAWN = {"rect", "text", "path"}


def plan(task: str, expression: str, timezone: str = "UTC", **changes: object) -> Plan:
    given: dict[str, object] = {"enabled": True, "start": None, "end": None, "flexible_window": None, **changes}
    return Plan("test", task, expression, timezone, **given)  # type: ignore[arg-type]


def rows(given: Plan, after: datetime = MONDAY) -> list[tuple[str, ...]]:
    return [row[1:] for row in task_rows([task_week(given, after)])]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (plan("daily", "cron(0 3 * * ? *)"), [("Every day", "UTC", "03:00")]),
        (plan("daily", "cron(0 3 * * ? *)", "Asia/Tokyo"), [("Tue-Sun", "Asia/Tokyo", "03:00")]),
        (
            plan("window", "cron(0 3 * * ? *)", flexible_window=timedelta(minutes=15)),
            [("Every day", "UTC", "03:00-03:15")],
        ),
        (plan("weekdays", "cron(0 9 ? * MON-FRI *)"), [("Mon-Fri", "UTC", "09:00")]),
        (plan("some", "cron(0 9 ? * MON,WED,THU *)"), [("Mon, Wed-Thu", "UTC", "09:00")]),
        (plan("weekly", "cron(0 22 ? * SUN *)"), [("Sun 29 Nov", "UTC", "22:00")]),
        (plan("hourly", "cron(5 * * * ? *)"), [("Every day", "UTC", "24 runs, every 1h, 00:05 to 23:05")]),
        (plan("odd", "cron(0 1,2,3,4,5,6,8 * * ? *)"), [("Every day", "UTC", "7 runs, 01:00 to 08:00")]),
        (
            plan("estimated", "rate(12 hours)"),
            [("Mon 23 Nov", "UTC", "~12:00"), ("Tue-Sun", "UTC", "~00:00, ~12:00")],
        ),
        (plan("later", "at(2031-01-01T00:00:00)"), [("", "UTC", "None in the coming week")]),
        (plan("off", "cron(0 3 * * ? *)", enabled=False), [("", "UTC", "Paused")]),
    ],
    ids=lambda value: value.task if isinstance(value, Plan) else "",
)
def test_days_with_the_same_times_are_one_row(given: Plan, shown: list[tuple[str, ...]]):
    # Scheduler's first run of a rate without a start follows after one interval.
    assert rows(given) == shown


def test_the_week_begins_with_the_day_of_the_timezone():
    evening = datetime(2026, 11, 23, 20, tzinfo=UTC)  # Tuesday in Tokyo, Monday in Los Angeles
    daily = "cron(0 23 * * ? *)"
    assert task_week(plan("tokyo", daily, "Asia/Tokyo"), evening).first_day == date(2026, 11, 24)
    for timezone in ("Asia/Tokyo", "America/Los_Angeles"):
        assert rows(plan("daily", daily, timezone), evening) == [("Every day", timezone, "23:00")]


def test_times_are_local_when_the_clocks_change():
    """AWS: EventBridge Scheduler user guide, "Schedule types", daylight saving time: a skipped hour has no run."""
    friday = datetime(2027, 3, 26, 12, tzinfo=UTC)
    assert rows(plan("backup", "cron(0 3 * * ? *)", "Europe/Berlin"), friday) == [("Sat-Thu", "Europe/Berlin", "03:00")]
    skipped = rows(plan("skipped", "cron(30 2 * * ? *)", "Europe/Berlin"), friday)
    assert skipped == [("Sat, Mon-Thu", "Europe/Berlin", "02:30")]


def test_the_command_shows_each_task_in_its_timezone(project: Path, ops: Ops):
    result = ops("calendar", "--stack", "test", "--by-task", "--from", "2026-11-24T12:00:00Z")
    assert result.exit_code == 0
    lines = [re.split(r"\s{2,}", line) for line in result.stdout.splitlines()]
    assert lines[0] == ["TASK", "DAYS", "TIMEZONE", "RUNS"]
    assert ["backup", "Wed-Mon", "Europe/Berlin", "02:30-02:45"] in lines
    assert ["etl", "Tue 24 Nov", "UTC", "18:00"] in lines
    assert ["paused", "UTC", "Paused"] in lines


def test_a_terminal_with_80_columns_is_enough(project: Path, ops: Ops, monkeypatch: pytest.MonkeyPatch):
    use_terminal(monkeypatch)
    assert fits(ops("calendar", "--stack", "test", "--by-task").stdout)


def test_json_has_all_runs_of_the_week(project: Path, ops: Ops, tmp_path: Path):
    file = tmp_path / "a.svg"
    result = ops("calendar", "--stack", "test", "--json", "--from", "2026-11-24T12:00:00Z", "--svg", str(file))
    found = {each["task"]: each for each in json.loads(result.stdout)}
    assert file.exists()
    assert found["backup"]["timezone"] == "Europe/Berlin"
    assert len(found["backup"]["runs"]) == 6
    assert found["backup"]["runs"][0] == {
        "local": "2026-11-25T02:30:00+01:00",
        "utc": "2026-11-25T01:30:00+00:00",
        "latest": "2026-11-25T02:45:00+01:00",
    }
    assert (found["paused"]["enabled"], found["paused"]["runs"]) == (False, [])


# Pictures


def texts(picture: str) -> list[str]:
    return [node.text or "" for node in ElementTree.fromstring(picture).iter(f"{SVG}text")]


def pictures() -> dict[str, str]:
    weeks = [task_week(plan("a", "rate(6 hours)"), MONDAY), task_week(plan("b", "cron(0 3 * * ? *)"), MONDAY)]
    cells = {(0, hour): {"etl": hour + 1} for hour in range(12)}
    return {"by task": by_task_svg(weeks, "Runs"), "by hour": calendar_svg(Week(MONDAY.date(), cells), "Runs")}


def test_the_picture_by_task_has_a_line_per_schedule_with_its_times():
    weeks = [
        task_week(plan("backup", "cron(0 3 * * ? *)", "Europe/Berlin"), MONDAY),
        task_week(plan("tokyo", "cron(0 9 * * ? *)", "Asia/Tokyo", flexible_window=timedelta(hours=2)), MONDAY),
        task_week(plan("often", "rate(1 minute)"), MONDAY),
        task_week(plan("off", "rate(1 hour)", enabled=False), MONDAY),
    ]
    drawn = by_task_svg(weeks, "Runs of <stack>")
    shown = texts(drawn)
    assert shown[0] == "Runs of <stack>: starts in the local time of each task"
    assert {"backup (Europe/Berlin)", "tokyo (Asia/Tokyo)", "often (UTC)", "off (UTC)", "paused", "Mon 23 Nov"} <= {
        *shown
    }
    assert shown[-3:] == ["start of a run", "flexible window", "estimated start"]
    titles = [node.text or "" for node in ElementTree.fromstring(drawn).iter(f"{SVG}title")]
    assert titles.count("backup: Tue 2026-11-24 03:00 CET") == 1
    # 10,080 runs of a week are as many marks as there are pixels.
    assert sum(title.startswith("often:") for title in titles) <= 7 * 120 + 1
    assert any(title.endswith(" and 11 more") for title in titles)


def test_the_legend_of_the_calendar_has_all_counts():
    for most in (0, 1, 2, 3, 4, 5, 12, 100, 1000):
        cells = {(0, 0): {"etl": most}} if most else {}
        shown = texts(calendar_svg(Week(MONDAY.date(), cells), "Runs"))
        legend = shown[shown.index("no runs") + 1 :]
        bounds = [[int(bound) for bound in words.split()[0].split("-")] for words in legend]
        assert [number for bound in bounds for number in range(bound[0], bound[-1] + 1)] == list(range(1, most + 1))
        assert len(bounds) == min(most, 4)


def luminance(color: str) -> float:
    """W3C: WCAG 2.2, relative luminance."""
    channels = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    lighter, darker = sorted((luminance(first), luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_texts_and_marks_have_enough_contrast(mode: str):
    """W3C: WCAG 2.2, 1.4.3 (4.5:1 for text) and 1.4.11 (3:1 for graphics)."""
    on = [(ink, svg.PAPER) for ink in (svg.TEXT, svg.SOFT)] + list(zip(svg.ON_LEVELS, svg.LEVELS, strict=True))
    for ink, ground in on:
        assert contrast(getattr(ink, mode), getattr(ground, mode)) >= 4.5, ink
    for ink in (svg.BAR, svg.BAD, svg.LIMIT):
        assert contrast(getattr(ink, mode), getattr(svg.PAPER, mode)) >= 3, ink


@pytest.mark.parametrize("name", pictures())
def test_dark_mode_changes_each_color(name: str):
    root = ElementTree.fromstring(pictures()[name])
    style = root.findtext(f"{SVG}style") or ""
    assert style.startswith("@media (prefers-color-scheme: dark){")
    for node in root.iter():
        if node.tag.removeprefix(SVG) in DRAWN:
            assert f".{node.get('class')}{{" in style, node.attrib


@pytest.mark.parametrize("name", pictures())
def test_nothing_is_outside_of_the_picture(name: str):
    root = ElementTree.fromstring(pictures()[name])
    *_, width, height = map(float, (root.get("viewBox") or "").split())
    for node in root.iter():
        if node.get("x"):
            assert 0 <= float(node.get("x", "")) + float(node.get("width", 0)) <= width, node.attrib
            assert 0 <= float(node.get("y", "")) + float(node.get("height", 0)) <= height, node.attrib
