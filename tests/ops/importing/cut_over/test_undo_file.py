"""The undo file: its format, and the work per step."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ops.importing.cut_over.undo import Change, UndoFile

GROUP = "arn:aws:scheduler:eu-west-1:123456789012:schedule-group/jobs"
TARGET = {"Id": "1", "Input": '{"a": "b\\n"}', "EcsParameters": {"TaskCount": 1}}


def change(number: int, task: str = "") -> Change:
    return Change("rule", "default", f"rule-{number}", {task or f"task-{number}": [f"task-{number}"]}, {})


def entry(change: Change, **more: object) -> dict[str, object]:
    return {
        "kind": change.kind,
        "place": change.place,
        "name": change.name,
        "schedules": change.schedules,
        **({"target": change.target} if change.target else {}),
        **more,
    }


def test_the_file_is_indented_json(tmp_path: Path):
    file = UndoFile(tmp_path / "undo.json", GROUP)
    removed = Change("target", "default", "both", {"first": ["first"], "second": []}, TARGET)
    file.add(change(1))
    file.add(removed)
    file.begin_undo(removed, datetime(2026, 11, 27, tzinfo=UTC))
    data = {"group": GROUP, "changes": [entry(change(1)), entry(removed, undone="2026-11-27T00:00:00+00:00")]}
    assert file.path.read_text() == json.dumps(data, indent=2) + "\n"
    assert UndoFile(file.path, GROUP).changes == file.changes
    file.remove(change(1))
    file.remove(removed)
    assert not file.path.exists()


def test_each_entry_is_formatted_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    formatted: list[str] = []
    text = Change.text.fget
    assert text

    def counted(change: Change) -> str:
        formatted.append(change.name)
        return text(change)

    monkeypatch.setattr(Change, "text", property(counted))
    file = UndoFile(tmp_path / "undo.json", GROUP)
    for number in range(20):
        file.add(change(number))
    for each in reversed(file.changes):
        file.begin_undo(each, datetime.now(UTC))
        file.remove(each)
    assert len(formatted) == 2 * 20


def test_a_task_is_in_one_change_only(tmp_path: Path):
    file = UndoFile(tmp_path / "undo.json", GROUP)
    file.add(change(1))
    file.add(change(2, task="task-1"))
    assert [each.name for each in file.changes] == ["rule-2"]
