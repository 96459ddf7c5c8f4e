"""A small valid project, whose files hostile ones replace."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

STACK, TASK, DEFAULTS, PROJECT = (
    "Pulumi.test.yaml",
    "config/tasks/job.yaml",
    "config/tasks/defaults.yaml",
    "Pulumi.yaml",
)
PLACES = (STACK, TASK, DEFAULTS, PROJECT)
"""The files that a text can be in."""
GOOD: Mapping[str, str] = {
    PROJECT: "name: scheduled-tasks\nruntime: python\nconfig:\n  aws:region: {value: eu-west-1}\n",
    STACK: """\
config:
  scheduled-tasks:cluster: main
  scheduled-tasks:network: {vpc: default}
  scheduled-tasks:tags: {team: data}
  scheduled-tasks:tasks:
    nightly: {image: "backup:1", schedule: 'cron(0 3 * * ? *)', memory: 1024}
""",
    DEFAULTS: "timezone: Europe/Berlin\nlogs: {retentionDays: 30}\n",
    TASK: """\
schedule: rate(6 hours)
image: public.ecr.aws/docker/library/busybox:1.37
command: [sh, -c, echo]
environment: {HOST: db.internal, PORT: 5432}
timeout: 15m
""",
}

Special = Callable[[Path], None]
"""Makes something else than a file with a text."""


@dataclass(frozen=True, slots=True)
class Case:
    """A hostile project: the valid one, with other files."""

    kind: str
    name: str
    files: Mapping[str, bytes | Special]


def write(folder: Path, files: Mapping[str, bytes | Special]) -> None:
    """Write the valid project, and replace files of it."""
    for name, text in GOOD.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for name, content in files.items():
        path = folder / name
        path.unlink(missing_ok=True)
        if isinstance(content, bytes):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        else:
            content(path)


def everywhere(kind: str, texts: Mapping[str, str | bytes]) -> list[Case]:
    """One case per text and file: `config/tasks/job.yaml` and the others."""
    return [
        Case(kind, f"{name} in {place}", {place: text if isinstance(text, bytes) else text.encode()})
        for name, text in texts.items()
        for place in PLACES
    ]


def in_task(kind: str, keys: Mapping[str, str]) -> list[Case]:
    """One case per YAML of a task's keys, which replace those of the valid task."""
    made: list[Case] = []
    for name, text in keys.items():
        own = {line.partition(":")[0] for line in text.splitlines()}
        other = {"schedules": "schedule", "taskDefinition": "image"}
        rest = [
            line
            for line in GOOD[TASK].splitlines()
            if line.partition(":")[0] not in own | {other[key] for key in own & other.keys()}
        ]
        made.append(Case(kind, name, {TASK: "\n".join([*rest, text, ""]).encode()}))
    return made


def in_stack(kind: str, keys: Mapping[str, str]) -> list[Case]:
    """One case per YAML of a stack's keys."""
    return [
        Case(kind, name, {STACK: "".join(["config:\n", *(f"  scheduled-tasks:{text}\n",)]).encode()})
        for name, text in keys.items()
    ]
