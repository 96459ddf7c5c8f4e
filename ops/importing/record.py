"""The record of the tasks that come from a live account: `config/imported.json`, which the switch-over reads.

`import aws` writes it beside the folder of the tasks' files: `config/imported.json` for `config/tasks`. It has an entry
for each task that was written, and keeps the entries of other tasks:

    {
      "tasks": {
        "nightly": {
          "kind": "rule",
          "arn": "arn:aws:events:eu-west-1:123456789012:rule/nightly",
          "name": "nightly",
          "bus": "default",
          "target": "target-1",
          "state": "ENABLED",
          "expression": "cron(0 3 * * ? *)",
          "timezone": "UTC",
          "imported": "2026-11-27T11:40:00Z"
        },
        "hourly": {
          "kind": "schedule",
          "arn": "arn:aws:scheduler:eu-west-1:123456789012:schedule/default/hourly",
          "name": "hourly",
          "group": "default",
          "target": "",
          "state": "DISABLED",
          "expression": "rate(1 hour)",
          "timezone": "UTC",
          "imported": "2026-11-27T11:40:00Z"
        }
      }
    }

`bus` is the name of the event bus, and `target` the ID of the rule's target. A schedule has a `group` and one target,
which has no ID. `start` and `end` of a schedule are present if it has them.
"""

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from components.json_values import is_object

from ..errors import OpsError

FILE = "imported.json"
Kind = Literal["rule", "schedule"]
State = Literal["ENABLED", "DISABLED"]


@dataclass(frozen=True, slots=True)
class Origin:
    """A rule's target, or a schedule, that a task comes from.

    Args:
        kind: `rule` or `schedule`.
        arn: ARN of the rule or schedule.
        name: Its name.
        place: Name of the event bus of a rule, or of the group of a schedule.
        target: ID of the target of a rule. Empty for a schedule.
        state: Whether it was enabled at the time of the import.
        expression: Its schedule expression then.
        timezone: The time zone of the expression. UTC for a rule.
        imported: Time of the import, in ISO 8601.
        start: Start of a schedule in ISO 8601. Empty for none.
        end: End of a schedule in ISO 8601. Empty for none.
    """

    kind: Kind
    arn: str
    name: str
    place: str
    target: str
    state: State
    expression: str
    timezone: str
    imported: str
    start: str = ""
    end: str = ""

    def as_data(self) -> dict[str, str]:
        """The entry of the record."""
        return {
            "kind": self.kind,
            "arn": self.arn,
            "name": self.name,
            ("bus" if self.kind == "rule" else "group"): self.place,
            "target": self.target,
            "state": self.state,
            "expression": self.expression,
            "timezone": self.timezone,
            "imported": self.imported,
            **({"start": self.start} if self.start else {}),
            **({"end": self.end} if self.end else {}),
        }


def record_file(folder: Path) -> Path:
    """The file of the record for a folder with tasks' files."""
    return folder.parent / FILE


def read_record(file: Path) -> dict[str, Origin]:
    """The origins by task; none without the file. Raises OpsError for a file that isn't a record."""
    try:
        content: object = json.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise OpsError(f"Can't read {file}: {error.strerror}.") from None
    except (ValueError, RecursionError):
        raise _broken(file, "It isn't JSON.") from None
    tasks = content.get("tasks") if is_object(content) else None
    if not is_object(tasks):
        raise _broken(file, "It has no object `tasks`.")
    return {name: _origin(file, name, entry) for name, entry in tasks.items()}


def _origin(file: Path, task: str, entry: object) -> Origin:
    texts = {key: value for key, value in entry.items() if isinstance(value, str)} if is_object(entry) else {}
    kind, state = texts.get("kind"), texts.get("state")
    if kind not in ("rule", "schedule") or state not in ("ENABLED", "DISABLED"):
        raise _broken(file, f"`{task}` needs a kind (rule or schedule) and a state (ENABLED or DISABLED).")
    place = "bus" if kind == "rule" else "group"
    if missing := [key for key in ("arn", "name", place, "target", "expression", "imported") if key not in texts]:
        raise _broken(file, f"`{task}` has no {', '.join(missing)}.")
    return Origin(
        kind=kind,
        arn=texts["arn"],
        name=texts["name"],
        place=texts[place],
        target=texts["target"],
        state=state,
        expression=texts["expression"],
        timezone=texts.get("timezone") or "UTC",
        imported=texts["imported"],
        start=texts.get("start", ""),
        end=texts.get("end", ""),
    )


def _broken(file: Path, why: str) -> OpsError:
    return OpsError(f"{file} isn't a record of an import. {why} Run `import aws` again, or restore the file.")


def write_record(file: Path, origins: Mapping[str, Origin]) -> None:
    """Add the origins of tasks to the record. Raises OpsError."""
    if not origins:
        return
    whole = {**read_record(file), **origins}
    text = json.dumps({"tasks": {name: whole[name].as_data() for name in sorted(whole)}}, indent=2) + "\n"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as opened:
                opened.write(text)
            Path(name).chmod(0o644)
            Path(name).replace(file)
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError as error:
        raise OpsError(f"Can't write {file}: {error.strerror}.") from None
