"""The configuration of a stack, from the engine that runs the program or from the stack's file alone."""

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from components.aws.provider_tags import tags_of_provider
from components.json_values import Data, Object, is_list, is_object, read_json
from components.keys.bounds import out_of_bounds
from components.problems import Name

from .places import LocatedProblem
from .project_file import read_project_file
from .region import no_region, region_of_environment
from .stack_files import ConfigFile, misnamed_files, read_stack_file, stack_of
from .yaml_files import YamlError

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
    file: ConfigFile | None = None
    """The stack's file, if it is known."""
    problems: tuple[LocatedProblem, ...] = ()
    """Problems of the files, apart from the values in them."""
    origins: Mapping[str, ConfigFile] = field(default_factory=dict[str, ConfigFile])
    """The file that sets each key. Something else may set a key."""
    default_tags: Mapping[str, str] = field(default_factory=dict[str, str])
    """Tags that the AWS provider adds to all resources."""
    secret_bytes: Callable[[str], int | None] = lambda _: None
    """The length of a secret in bytes, by its top-level key; None if it is unknown."""
    secret_text: Callable[[str], str | None] = lambda _: None
    """A secret, by its top-level key, to check its form; None if only the engine can decrypt it."""
    warnings: tuple[LocatedProblem, ...] = ()
    """Likely mistakes in keys that belong to others."""


def from_engine(project: str, stack: str, project_folder: Path) -> Source:
    """The configuration that the engine passes to the program.

    The engine reports only which top-level keys contain a secret, and passes numbers and times without quotes as Go's
    YAML reads them. The stack's file, if there is one, shows which value is secret, and what is written.
    """
    import pulumi
    from pulumi.runtime import config

    everything: Object = {**config.get_config_env(), **config.CONFIG.get()}
    namespace = f"{project}:"
    file, problems = _file(project, stack, project_folder)
    of_project = read_project_file(project, project_folder)
    # The stack's file comes last, so that it wins.
    files = [found for found in (of_project, file) if found is not None]
    given = {key.removeprefix(namespace): value for key, value in everything.items() if key.startswith(namespace)}
    origins = {
        key: origin
        for key, value in given.items()
        for origin in files
        if key in origin.values and _is_from_file(key, value, origin)
    }
    written = {key: origins[key].values[key] if key in origins else given[key] for key in given}
    values, too_large = _all_decoded(written)
    marked = {
        *config.get_config_secret_keys_env(),
        *(key for key in everything if config.is_config_secret(key)),
    }
    secret_keys = {key.removeprefix(namespace) for key in marked if key.startswith(namespace)}
    in_file_secret = _secure_paths(file.values, ()) if file else ()
    exact = tuple(path for path in in_file_secret if path[0] in secret_keys)
    rest = tuple((key,) for key in sorted(secret_keys - {path[0] for path in exact}))
    secret_paths = (*exact, *rest)
    if file:
        origins |= dict.fromkeys(secret_keys & file.values.keys(), file)

    default_tags = tags_of_provider(everything.get("aws:defaultTags"))

    def secret(key: str) -> object:
        return pulumi.Config(project).require_secret(key)

    def secret_text(key: str) -> str | None:
        value = given.get(key)
        return value if isinstance(value, str) else None

    def secret_bytes(key: str) -> int | None:
        value = secret_text(key)
        return None if value is None else len(value.encode())

    every = (*problems, *(of_project.problems if of_project else ()), *too_large, *no_region(stack, everything))
    return Source(stack, values, secret_paths, secret, file, every, origins, default_tags, secret_bytes, secret_text)


def _file(project: str, stack: str, folder: Path) -> tuple[ConfigFile | None, tuple[LocatedProblem, ...]]:
    """The stack's file and its problems. A stack may have no file: its configuration is then from elsewhere."""
    try:
        file = read_stack_file(project, stack, folder)
    except YamlError as error:
        misnamed = tuple(problem for name, problem in misnamed_files(folder) if name == stack)
        return None, misnamed if error.is_missing else (error.located(f"Pulumi.{stack}.yaml"), *misnamed)
    return file, file.problems


def _is_from_file(key: str, given: object, file: ConfigFile) -> bool:
    """Whether a value of the engine is the one in the file.

    Only the file tells `42` from `"42"`. Something else than the file may set a value: an environment of Pulumi ESC, or
    an option of `pulumi up`. A value with ambiguous scalars is not deployed, so it need not be the same.
    """
    return _is_same(_decoded(file.values[key]), given) or key in file.ambiguous


def _is_same(written: object, given: object) -> bool:
    """Whether the engine, which passes scalars as strings, passes what the file contains."""
    if isinstance(written, bool):
        return given == str(written).lower()
    if isinstance(written, int | float):
        return isinstance(given, str) and _as_number(given) == written
    return given == "" if written is None else _decoded(given) == written


def _as_number(text: str) -> float | None:
    """The number that a string contains; None if it contains something else."""
    try:
        return float(text)
    except ValueError:
        return None


def from_file(project: str, stack: str, project_folder: Path) -> Source:
    """The configuration in `Pulumi.<stack>.yaml` and `Pulumi.yaml`, without an engine. Raises YamlError."""
    file = read_stack_file(project, stack, project_folder)
    of_project = read_project_file(project, project_folder)
    origins = {key: origin for origin in (of_project, file) if origin for key in origin.values}
    values, too_large = _all_decoded({key: origin.values[key] for key, origin in origins.items()})
    paths = tuple(_secure_paths(values, ()))

    def stored(key: str) -> StoredSecret:
        return StoredSecret(key, json.dumps(values.get(key)))

    def secret_bytes(key: str) -> int | None:
        value = values.get(key)
        return encrypted_bytes(str(value["secure"])) if is_object(value) and "secure" in value else None

    problems = (*file.problems, *(of_project.problems if of_project else ()), *too_large)
    default_tags = {**(of_project.default_tags if of_project else {}), **file.default_tags}
    return Source(
        stack,
        values,
        paths,
        stored,
        file,
        problems,
        origins,
        default_tags,
        secret_bytes,
        warnings=region_of_environment(file, of_project),
    )


_NONCE, _TAG = 12, 16
"""Bytes that AES-GCM needs besides the encrypted value."""


def encrypted_bytes(text: str) -> int | None:
    """The length of the value that Pulumi encrypted with a passphrase or a cloud's key: `v1:<nonce>:<value>`.

    None for other formats, such as that of Pulumi Cloud.
    """
    version, *parts = text.split(":")
    try:
        nonce, value = (len(base64.b64decode(part, validate=True)) for part in parts)
    except ValueError:
        return None
    return value - _TAG if version == "v1" and nonce == _NONCE and value >= _TAG else None


def stacks(project_folder: Path) -> list[str]:
    """The stacks that have a file."""
    return sorted(stack_of(path) for path in project_folder.glob("Pulumi.*.yaml"))


def _all_decoded(values: Data) -> tuple[Object, list[LocatedProblem]]:
    """The values of the keys of a stack, without those that are too large, and a problem for each of these."""
    every: Object = {key: _decoded(value) for key, value in values.items()}
    # Other values are from files, which are within bounds.
    from_text = {key: value for key, value in every.items() if isinstance(values[key], str)}
    large = {key: problem for key, value in from_text.items() if (problem := out_of_bounds(value))}
    problems = [LocatedProblem((Name(key), *problem.path), problem.message) for key, problem in large.items()]
    return {key: value for key, value in every.items() if key not in large}, problems


def _decoded(value: object) -> object:
    """The value of a string from the engine, which passes objects and lists as JSON, and booleans as strings."""
    if not isinstance(value, str):
        return value
    if value in ("true", "false") or value[:1] in ("{", "["):
        try:
            return read_json(value)
        except ValueError:
            return value
    return value


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
