"""The configuration of a stack, from the engine that runs the program or from the stack's file alone."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from components.json_values import Data, Object, is_list, is_object

from . import yaml_files

Path_ = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class StoredSecret:
    """Stands for a value that only the engine can decrypt."""

    key: str
    """The key of the configuration that holds it."""
    encrypted: str = field(default="", repr=False)
    """The encrypted value in the stack's file, which differs if the secret differs."""


@dataclass(frozen=True, slots=True)
class Source:
    """The values of one stack by key, without the project's namespace, and the paths to secrets."""

    stack: str
    values: Data
    secret_paths: tuple[Path_, ...]
    secret: Callable[[str], object] = StoredSecret
    """The value of a secret top-level key, from the engine. Without an engine, it stays hidden."""


def from_engine(project: str, stack: str, project_folder: Path) -> Source:
    """The configuration that the engine passes to the program.

    The engine reports only which top-level keys contain a secret. The stack's file, if there is one, shows which value
    it is.
    """
    import pulumi
    from pulumi.runtime import config

    everything: Object = {**config.get_config_env(), **config.CONFIG.get()}
    namespace = f"{project}:"
    values = {
        key.removeprefix(namespace): _with_iso_times(_decoded(value))
        for key, value in everything.items()
        if key.startswith(namespace)
    }
    marked = {
        *config.get_config_secret_keys_env(),
        *(key for key in everything if config.is_config_secret(key)),
    }
    secret_keys = {key.removeprefix(namespace) for key in marked if key.startswith(namespace)}
    try:
        in_file = from_file(project, stack, project_folder).secret_paths
    except yaml_files.YamlError:
        in_file = ()
    exact = tuple(path for path in in_file if path[0] in secret_keys)
    rest = tuple((key,) for key in sorted(secret_keys - {path[0] for path in exact}))
    return Source(stack, values, (*exact, *rest), lambda key: pulumi.Config(project).require_secret(key))


def from_file(project: str, stack: str, project_folder: Path) -> Source:
    """The configuration in `Pulumi.<stack>.yaml`, without an engine. Raises YamlError."""
    namespace = f"{project}:"
    values: Object = {
        _in_namespace(key, project).removeprefix(namespace): _decoded(value)
        for key, value in _config_of(yaml_files.read(project_folder / f"Pulumi.{stack}.yaml")).items()
        if _in_namespace(key, project).startswith(namespace)
    }
    return Source(
        stack, values, tuple(_secure_paths(values, ())), lambda key: StoredSecret(key, json.dumps(values.get(key)))
    )


def _config_of(content: object) -> dict[object, object]:
    """The content of `config` in a stack's file. An empty file has none."""
    config: object = content.get("config") if is_object(content) else content
    if not isinstance(config, dict | None):
        raise yaml_files.YamlError("must contain an object under config, with keys such as scheduled-tasks:cluster.")
    return cast("dict[object, object]", config or {})


def _in_namespace(key: object, project: str) -> str:
    """The key as the engine reads it: a key without a namespace belongs to the project."""
    return str(key) if ":" in str(key) else f"{project}:{key}"


def stacks(project_folder: Path) -> list[str]:
    """The stacks that have a file."""
    return sorted(path.name.split(".")[1] for path in project_folder.glob("Pulumi.*.yaml"))


def _decoded(value: object) -> object:
    """The value of a string from the engine, which passes objects and lists as JSON, and booleans as strings."""
    if not isinstance(value, str):
        return value
    if value in ("true", "false") or value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


_GO_TIME = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d+)? ([+-]\d\d)(\d\d) \S+")


def _with_iso_times(value: object) -> object:
    """The engine passes a time without quotes in Go's format: `2026-12-01 00:00:00 +0000 UTC`."""
    if is_object(value):
        return {key: _with_iso_times(item) for key, item in value.items()}
    if is_list(value):
        return [_with_iso_times(item) for item in value]
    found = _GO_TIME.fullmatch(value) if isinstance(value, str) else None
    return f"{found[1]}T{found[2]}{found[3]}:{found[4]}" if found else value


def _secure_paths(value: object, path: Path_) -> Iterator[Path_]:
    if is_object(value):
        if set(value) == {"secure"} and isinstance(value["secure"], str):
            yield path
            return
        for key, item in value.items():
            yield from _secure_paths(item, (*path, key))
    elif is_list(value):
        for position, item in enumerate(value):
            yield from _secure_paths(item, (*path, position))
