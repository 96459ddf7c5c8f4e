"""The answers about a new task, and the task's file. Pure."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from components.aws.names import TASK_NAME, TASK_NAME_LENGTH
from components.json_values import is_list, is_object
from components.schedules import Rate, parse

_AMBIGUOUS = frozenset(["y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"])
"""Words that a reader of YAML may take for something else than a string."""
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_-]*", re.ASCII)
_PLAIN_IMAGE = re.compile(r"[A-Za-z][A-Za-z0-9._-]*[/:@][A-Za-z0-9./:@_-]*[A-Za-z0-9]", re.ASCII)
CONFIG = "config:"
"""How the value of a secret starts that is the name of a key of the stack's configuration."""


@dataclass(frozen=True, slots=True)
class Answers:
    """A new task.

    Args:
        name: The task's name.
        image: The container image.
        schedule: A schedule expression of AWS.
        timezone: The time zone of the schedule. A rate has none.
        cpu: CPU units. 1024 are one vCPU.
        memory: MiB.
        secrets: ARNs and names of SSM parameters by environment variable. `config:key` is a key of the configuration.
        command: The container's command. Empty: the image's own.
    """

    name: str
    image: str
    schedule: str
    timezone: str
    cpu: int
    memory: int
    secrets: Mapping[str, str] = field(default_factory=dict[str, str])
    command: tuple[str, ...] = ()

    @property
    def entry(self) -> dict[str, object]:
        """The keys of the stack's entry: the secrets, which differ per stack. Empty if the stack needs no entry."""
        secrets = {
            name: {"config": value.removeprefix(CONFIG)} if value.startswith(CONFIG) else value
            for name, value in self.secrets.items()
        }
        return {"secrets": secrets} if secrets else {}

    @property
    def keys(self) -> dict[str, object]:
        """The keys of the task's file."""
        zone = {} if isinstance(parse(self.schedule), Rate) else {"timezone": self.timezone}
        command = {"command": list(self.command)} if self.command else {}
        return {
            "schedule": self.schedule,
            **zone,
            "image": self.image,
            **command,
            "cpu": self.cpu,
            "memory": self.memory,
        }

    def file(self, *, schema: bool) -> str:
        """The text of the task's file, with the schema for editors if the project has it."""
        return task_text(self.keys, schema=schema)


SCHEMA_COMMENT = "# yaml-language-server: $schema=../schema.json#/$defs/taskFile"
STACK_SCHEMA_COMMENT = "# yaml-language-server: $schema=./config/schema.json#/$defs/stackFile"


def task_text(keys: Mapping[str, object], *, schema: bool, comments: Iterable[str] = ()) -> str:
    """The text of a task's file: one line per key.

    Args:
        keys: The keys of the task.
        schema: Whether the project has the schema for editors.
        comments: Lines at the top. Each becomes one comment without control characters.
    """
    header = [SCHEMA_COMMENT] if schema else []
    header += [f"# {_in_one_line(comment)}" for comment in comments]
    # An expression starts with a letter and has no ": ", so it needs no quotes in a block.
    lines = (
        f"{key}: {value if key == 'schedule' and isinstance(value, str) else yaml_value(value)}"
        for key, value in keys.items()
    )
    return "\n".join([*header, *lines]) + "\n"


def _in_one_line(text: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in " ".join(text.split()))


def name_problem(name: str) -> str:
    """Why a task can't have this name; empty if it can."""
    if name == "defaults":
        return "The file config/tasks/defaults.yaml has the defaults of all tasks. Choose another name."
    if len(name) <= TASK_NAME_LENGTH and re.fullmatch(TASK_NAME, name, re.ASCII):
        return ""
    return (
        f'A name has up to {TASK_NAME_LENGTH} letters, digits, "-" and single "_", and starts with a letter or digit.'
    )


def yaml_key(name: str) -> str:
    """A name as a key, with quotes if a reader could take it for something else than a string."""
    return name if _PLAIN.fullmatch(name) and name.lower() not in _AMBIGUOUS else json.dumps(name)


def yaml_value(value: object) -> str:
    """A value on one line, in flow style."""
    if is_object(value):
        items = (f"{yaml_key(key)}: {yaml_value(item)}" for key, item in value.items())
        return f"{{ {', '.join(items)} }}"
    if is_list(value):
        return f"[{', '.join(yaml_value(item) for item in value)}]"
    if isinstance(value, str):
        plain = _PLAIN_IMAGE.fullmatch(value) and not value.startswith("arn:")
        return value if plain or yaml_key(value) == value else json.dumps(value, ensure_ascii=False)
    return json.dumps(value)
