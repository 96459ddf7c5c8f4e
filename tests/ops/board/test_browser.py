"""The page of the board in headless Chromium: what a reader sees and can do, on a desktop and on a phone."""

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from components.json_values import Json
from components.text import visible
from ops.aws.logs import Line
from ops.board.data import board_data
from ops.board.page import page
from ops.board.period import Period
from ops.board.server import Board, BoardServer
from ops.pauses.record import Pause
from tests import referees
from tests.ops.board.example import NOW, PERIOD, Example, example, fine, many, partly_read, unreadable

pytestmark = [
    pytest.mark.thorough,
    pytest.mark.timeout(180),  # starting a browser takes long on a busy machine
]
TASK = "nightly-backup"
HOSTILE = (
    "</script><script>pwned=1</script>",
    "<img src=x onerror=pwned=1>",
    "<b>bold</b>",
    "javascript:pwned=1",
    "admin\u202egpj.exe",
    "\x1b]0;title\x07",
    "' ; touch /tmp/pwned ; '",
    "{{ 7 * 7 }} ${7 * 7}",
    "w" * 300,
)


def hostile() -> Example:
    """A stack whose names, reasons and log lines try to become markup."""
    stack = Example("<i>stack</i>")
    for text in HOSTILE:
        row = stack.task("x", "cron(0 3 * * ? *)", failed=(0,), reason=text, alarms=[text])
        row.task = text
        stack.runs = [replace(run, task=text) if run.task == "x" else run for run in stack.runs]
        stack.lines |= {run.id: [Line(NOW, "s", text)] for run in stack.runs if run.task == text}
        stack.pauses[text] = Pause("2026-10-21T15:55:00Z", text, text)
        row.alarms = [f"{text}/{text}"]
        row.drift = [text]
        row.last = None
    stack.unknown = [*HOSTILE]
    return stack


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    """The address of a server whose data changes with each request."""
    answers: list[Mapping[str, Json]] = [board_data([example()], PERIOD)] * 2
    later = Period(NOW.replace(minute=30))

    def read() -> Mapping[str, Json]:
        return answers.pop() if answers else board_data([example(), fine()], later)

    server = BoardServer(Board(read, 0), 0, 3600)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.url
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory, served: str) -> dict[str, Any]:
    """The observations of the script, in one run of the browser."""
    folder = tmp_path_factory.mktemp("pages")
    stacks = {
        "example": [example()],
        "two": [example(), fine()],
        "fine": [fine()],
        "hostile": [hostile().reading("scheduled-tasks @ --stack '<i>'")],
        "many": [many()],
        "unknown": [fine(), partly_read(), unreadable()],
    }
    pages: dict[str, str] = {}
    for name, readings in stacks.items():
        file = folder / f"{name}.html"
        file.write_text(page(board_data(readings, PERIOD)), encoding="utf-8")
        pages[name] = str(file)
    return referees.observed(
        {
            "pages": pages, "now": NOW.timestamp() * 1000 + 120_000, "served": served, "name": TASK, "mark": mark(),
            "task": f"scheduled-tasks-prod/{TASK}", "pictures": None,
        }
    )  # fmt: skip


def mark() -> float:
    """The place of the newest failed run in the timeline, as a part of its width."""
    run = max((run for run in runs() if run.outcome == "failed"), key=lambda run: run.started or NOW)
    return ((run.started or NOW) - PERIOD.start) / (PERIOD.end - PERIOD.start) + 0.002


def runs() -> list[Any]:
    outcomes = example().outcomes
    return [run for run in outcomes.runs if run.task == TASK] if outcomes else []


def newest() -> list[str]:
    return [run.id for run in sorted(runs(), key=lambda run: run.started or NOW, reverse=True)]


@pytest.mark.parametrize("kind", ["light", "dark", "fine", "unknown"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_is_accessible_and_fits_the_window(found: dict[str, Any], width: int, kind: str):
    look = found["looks"][f"{width} {kind}"]
    assert look["violations"] == []
    assert look["rules"] > 15
    assert look["overflow"] == 0


def test_no_name_is_cut(found: dict[str, Any]):
    assert [name for name, cut in found["cut"].items() if cut] == []
    assert len(found["cut"]) == 6


def test_light_and_dark_differ(found: dict[str, Any]):
    assert found["looks"]["1280 light"]["background"] != found["looks"]["1280 dark"]["background"]


def test_nothing_is_requested_but_the_page_and_its_own_server(found: dict[str, Any], served: str):
    assert found["errors"] == []
    allowed = ("file:", "about:blank", "data:", served)
    assert [url for url in found["requests"] if not url.startswith(allowed)] == []


def test_problems_come_first(found: dict[str, Any]):
    assert [title.split(": ", 1)[-1] for title in found["problems"][:3]] == [
        "sync-inventory failed 16 min ago",
        "nightly-backup failed 2 times in a row 7 h ago",
        "2 failed launches",
    ]
    assert found["ages"][:2] == ["16 min ago", "7 h ago"], "the rows count from the same time"
    assert found["all"]["tasks"][:3] == ["sync-inventory", "nightly-backup", "rebuild-search-index"]
    assert found["fine"] == ["No task failed since its last success. No alarm fires, and no failed launch waits."]


def test_filters(found: dict[str, Any]):
    assert found["all"]["count"] == "12 tasks"
    assert found["text"] == {"tasks": ["sync-inventory"], "count": "1 of 12 tasks"}
    assert found["noMatch"] == {"tasks": [], "empty": True}
    assert found["failed"] == {"tasks": ["sync-inventory", "nightly-backup"], "pressed": "true", "hash": "#show=failed"}
    assert found["reloaded"] == found["failed"]["tasks"], "the address keeps the filter"


def test_numbers_and_the_tab_tell_at_once_what_is_wrong(found: dict[str, Any]):
    expected = {"failing": "2", "launches": "2", "alarms": "2", "slow": "1", "paused": "1", "tasks": "12"}
    assert found["tiles"] == expected
    assert found["tab"]["title"] == "(3) scheduled-tasks-prod - scheduled-tasks"
    assert found["tab"]["icon"].startswith("data:image/svg+xml,")
    assert found["fineTab"] == "scheduled-tasks-staging - scheduled-tasks"


def test_a_problem_has_a_command_to_copy(found: dict[str, Any]):
    assert found["copiedFromProblem"] == f"scheduled-tasks logs {TASK} --run {newest()[0]} --stack prod"


def test_stacks(found: dict[str, Any]):
    stack = found["stack"]
    assert (stack["tasks"], stack["tiles"]["tasks"], stack["problems"]) == (
        ["hourly-etl", "nightly-backup"], "2", "No problems",
    )  # fmt: skip
    (prod, no), (staging, pressed) = stack["all"]
    assert (no, pressed, stack["released"]) == ("false", "true", 14)
    assert "2 failing tasks, 2 failed launches, 2 firing alarms, 1 slow run, 1 paused by hand" in prod
    assert "No problems" in staging


def test_what_is_unknown_does_not_look_like_nothing(found: dict[str, Any]):
    unknown = found["unknown"]
    assert unknown["tiles"] == dict.fromkeys(("failing", "launches", "alarms", "slow", "paused"), "?") | {"tasks": "3+"}
    assert unknown["problems"] == "1 problem, 1 unknown"
    assert unknown["title"].startswith("(1) 3 stacks")
    fine, partly, not_read = unknown["stacks"]
    assert "No problems" in fine
    assert "Not everything is known" in partly
    assert "Could not be read" in not_read


def test_details_of_a_run(found: dict[str, Any]):
    first, *_ = newest()
    opened = found["opened"]
    assert (opened["task"], opened["expanded"], opened["pressed"]) == (TASK, "true", [first])
    for text in ("failed", "137", "OutOfMemoryError", "pg_dump: reading schemas", "Fri 23 Oct 01:00 UTC"):
        assert text in opened["run"]
    assert opened["commands"] == [
        f"scheduled-tasks logs {TASK} --run {first} --stack prod",
        f"scheduled-tasks history {TASK} --stack prod",
        f"scheduled-tasks run {TASK} --stack prod",
    ]
    assert found["other"]["pressed"] == [newest()[3]]
    assert "succeeded" in found["other"]["run"]
    assert found["copied"] == found["other"]["commands"][0]
    assert found["closed"] is False


def test_a_click_on_a_mark_opens_its_run(found: dict[str, Any]):
    assert found["tip"].startswith("Fri 23 Oct 01:00 UTC: failed (137), ")
    assert found["clicked"]["pressed"] == [newest()[0]]


def test_keyboard(found: dict[str, Any]):
    keyboard = found["keyboard"]
    assert keyboard["steps"] == ["text", TASK, "true", "rebuild-search-index", TASK]
    assert keyboard["run"]["pressed"] == [newest()[1]], "Tab and Space select the second run"
    assert (keyboard["closed"], keyboard["back"]) == (False, TASK)


def test_theme_time_zone_and_period(found: dict[str, Any]):
    texts, colors = zip(*found["theme"]["seen"], strict=True)
    assert texts == ("◐ Auto", "☀ Light", "☾ Dark", "◐ Auto")
    assert colors[0] == colors[1] == colors[3] != colors[2]
    assert found["theme"]["kept"] == "☀ Light"
    assert found["zone"] == "Times: local"
    assert found["span"]["text"] == "Period: 24 hours"
    assert "06:00" in found["span"]["labels"]


def test_text_from_outside_is_only_text(found: dict[str, Any]):
    hostile = found["hostile"]
    assert (hostile["made"], hostile["scripts"], hostile["pwned"]) == ([], 3, True)
    assert hostile["overflow"] == [0, 0]
    for text in ("<img src=x onerror=pwned=1>", "admin<U+202E>gpj.exe", "<U+001B>]0;title<U+0007>", "{{ 7 * 7 }}"):
        assert text in hostile["text"], text
    words = [shlex.split(command) for command in hostile["commands"]]
    assert len(words) == 3 * len(HOSTILE)
    assert {tuple(command[-2:]) for command in words} == {("--stack", "<i>")}
    assert {command[2] for command in words} == {visible(text) for text in HOSTILE}, (
        "each name is one word of the shell"
    )


def test_a_thousand_tasks_take_little_work(found: dict[str, Any]):
    many = found["many"]
    assert many["rows"] == 1000
    assert many["drawn"] < 60, "rows draw their timeline when they become visible"
    assert many["elements"] < 25_000
    assert many["last"]["drawn"] < 120
    assert many["last"]["shown"].startswith("task-")


def test_a_served_page_refreshes_and_keeps_what_the_reader_chose(found: dict[str, Any]):
    before, after = found["served"]["before"], found["served"]["after"]
    assert (before["data"], after["data"]) == (12, 14)
    assert (after["task"], after["text"]) == (before["task"], "e")


def test_pictures_exist():
    docs = Path(__file__).parents[3] / "docs"
    for name in ("board-light.png", "board-dark.png", "board-phone.png"):
        assert (docs / name).stat().st_size < 250_000
