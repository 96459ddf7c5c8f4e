"""The file of a stack, `Pulumi.<stack>.yaml`: its values, the places of its keys, and what nothing reads."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import cast

from components.aws.provider_tags import tags_of_provider
from components.aws.spelling import camel_case
from components.json_values import Data, is_object
from components.problems import Name, closest
from components.problems import Path as KeyPath

from . import ambiguity
from .keys import STACK_KEYS, Stack, Task
from .places import LocatedProblem, Place, Spot
from .yaml_files import Ambiguous, Document, Flaw, YamlError, document

_OF_PULUMI = {"config", "environment", "secretsprovider", "encryptedkey", "encryptionsalt"}
"""The keys that Pulumi reads. Pulumi: sdk/go/common/workspace/project.go, ProjectStack."""
_NAMESPACES = {"aws", "awsx", "aws-native", "docker", "docker-build", "pulumi"}
"""Namespaces of Pulumi itself, and of the providers that the program uses."""
_ANCHORS = "x-"
"""How keys start that only hold anchors, by convention."""
_MANY = 100
"""Keys of one kind that have a problem of their own."""
_KEYS = {camel_case(key) for key in STACK_KEYS}


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """The content of a stack's file, or of the project's."""

    name: str
    document: Document
    values: Data
    """The values by key, without the project's namespace."""
    paths: Mapping[str, KeyPath]
    """The path to each value in the file."""
    problems: tuple[LocatedProblem, ...]
    warnings: tuple[LocatedProblem, ...]
    ambiguous: frozenset[str] = frozenset()
    """The top-level keys whose values contain scalars that readers disagree about."""
    default_tags: Mapping[str, str] = field(default_factory=dict[str, str])
    """Tags that the AWS provider adds to all resources."""

    def spot(self, key: str) -> Spot | None:
        """The place of a top-level key of the configuration."""
        found = self.document.root
        for part in self.paths.get(key, ("config", key)):
            found = found.child(part) if found else None
        return found


def read_stack_file(project: str, stack: str, folder: Path) -> ConfigFile:
    """The file of a stack. Raises YamlError."""
    name = f"Pulumi.{stack}.yaml"
    found = document(folder / name)
    config = _config_of(found)
    keys = {key: str(written) for written in config if (key := without_namespace(written, project)) is not None}
    values = {key: config[written] for written in config if (key := without_namespace(written, project)) is not None}
    read = _Checks(name, project, found, {written: key for key, written in keys.items()})
    problems = (
        *read.outside(),
        *read.many(config),
        *read.namespaces(config),
        *read.twice(config),
        *read.flaws(),
        *read.ambiguous(),
    )
    ambiguous = frozenset(str(path[0]) for scalar in found.ambiguous if (path := read.path(scalar.path)))
    warnings = (*read.ignored(), *read.unknown_namespaces(config))
    paths: Mapping[str, KeyPath] = {key: ("config", written) for key, written in keys.items()}
    default_tags = tags_of_provider(config.get("aws:defaultTags"))
    return ConfigFile(name, found, values, paths, problems, warnings, ambiguous, default_tags)


def stack_of(path: Path) -> str:
    """The stack of a file. Its name may contain dots. Pulumi: sdk/go/common/workspace/paths.go, ProjectStackPath."""
    return path.name.removeprefix("Pulumi.").rpartition(".")[0]


def misnamed_files(folder: Path) -> list[tuple[str, LocatedProblem]]:
    """Stacks and problems of files that Pulumi does not read: it looks for the ending of `Pulumi.yaml`."""
    paths = sorted(path for ending in ("yml", "json") for path in folder.glob(f"Pulumi.*.{ending}"))
    return [(stack_of(path), LocatedProblem((), _misnamed(path), Place(path.name))) for path in paths]


def _misnamed(path: Path) -> str:
    return f"is not read, because its name does not end in .yaml. Rename it to {path.stem}.yaml."


def _config_of(found: Document) -> Mapping[object, object]:
    """The content of `config` in a stack's file. An empty file has none."""
    content = found.value
    config: object = content.get("config") if is_object(content) else content
    if not isinstance(config, dict | None):
        raise YamlError("must contain an object under config, with keys such as scheduled-tasks:cluster.")
    return cast("dict[object, object]", config or {})


def without_namespace(key: object, project: str) -> str | None:
    """A key of the project, as the engine reads it: a key without a namespace belongs to the project."""
    namespace, colon, name = str(key).partition(":")
    if not colon:
        return str(key)
    return name if namespace == project else None


class _Checks:
    """Looks for what is wrong with a file that can be read."""

    def __init__(self, name: str, project: str, found: Document, keys: Mapping[str, str]):
        self.name, self.project, self.found, self.keys = name, project, found, keys

    def outside(self) -> Iterator[LocatedProblem]:
        """Keys of the configuration that are next to `config` instead of below it."""
        for key in self._unknown():
            if (meant := closest(key, _OF_PULUMI)) is not None:
                yield self._problem((Name(key),), f'is not read. Did you mean "{meant}"?', (key,))
            elif ":" in key or key in _KEYS:
                yield self._problem((Name(key),), "is not read, because it is not under config. Move it there.", (key,))

    def ignored(self) -> Iterator[LocatedProblem]:
        """Other keys that nothing reads."""
        for key in self._unknown():
            if not (key in _KEYS or ":" in key or closest(key, _OF_PULUMI)):
                message = "is not read. Remove it, or let its name start with x- if it holds anchors."
                yield self._problem((Name(key),), message, (key,))

    def many(self, config: Mapping[object, object]) -> Iterator[LocatedProblem]:
        """The number of keys that have no problem of their own, because there are too many."""
        content = self.found.value
        top = sum(1 for key in content if not _is_known(str(key))) if is_object(content) else 0
        if top > _MANY:
            yield LocatedProblem((), f"has {top - _MANY:,} more keys that are not read. Remove them.", Place(self.name))
        if (foreign := sum(1 for _ in self._namespaces(config))) > _MANY:
            message = f"has {foreign - _MANY:,} more keys of other namespaces. Remove them."
            yield LocatedProblem((Name("config"),), message, Place(self.name))

    def _unknown(self) -> Iterator[str]:
        """The first keys that neither Pulumi nor a convention knows."""
        content = self.found.value
        keys = (str(key) for key in content) if is_object(content) else iter(())
        return islice((key for key in keys if not _is_known(key)), _MANY)

    def namespaces(self, config: Mapping[object, object]) -> Iterator[LocatedProblem]:
        """Namespaces that are almost the project's."""
        for written, namespace, key in self._foreign(config):
            if closest(namespace, [self.project]):
                hint = f'Did you mean "{self.project}:{key}"?'
                yield self._problem((Name(written),), f"belongs to another namespace, so it is not read. {hint}")

    def unknown_namespaces(self, config: Mapping[object, object]) -> Iterator[LocatedProblem]:
        """Other namespaces, whose keys nothing in this repository reads. A provider of another program may."""
        for written, namespace, key in self._foreign(config):
            if not closest(namespace, [self.project]):
                hint = f' Did you mean "{self.project}:{key}"?' if key in _KEYS else " Remove it."
                message = f'belongs to the namespace "{namespace}", which this project does not use.{hint}'
                yield self._problem((Name(written),), message)

    def _foreign(self, config: Mapping[object, object]) -> Iterator[tuple[str, str, str]]:
        return islice(self._namespaces(config), _MANY)

    def _namespaces(self, config: Mapping[object, object]) -> Iterator[tuple[str, str, str]]:
        for written in config:
            namespace, colon, key = str(written).partition(":")
            if colon and namespace != self.project and namespace not in _NAMESPACES:
                yield str(written), namespace, key

    def twice(self, config: Mapping[object, object]) -> Iterator[LocatedProblem]:
        """Keys with and without the project's namespace. Pulumi takes the last one."""
        for written in config:
            key = str(written)
            if ":" not in key and f"{self.project}:{key}" in config:
                yield self._problem((Name(key),), f"occurs twice: also as {self.project}:{key}. Remove one.")

    def flaws(self) -> Iterator[LocatedProblem]:
        """Problems of the YAML."""
        every = (*self.found.flaws, *self.found.pulumi_flaws)
        yield from (flaw_problem(self.name, flaw, self._shown(flaw.path)) for flaw in every)

    def ambiguous(self) -> Iterator[LocatedProblem]:
        """Scalars that YAML readers disagree about, each once even if an alias repeats it."""
        seen: set[Spot] = set()
        for scalar in self.found.ambiguous:
            if scalar.spot in seen:
                continue
            if path := self.path(scalar.path):
                seen.add(scalar.spot)
                yield ambiguous_problem(self.name, scalar, path, *shape_of(path))
            elif scalar.path[:1] == ("config",) and scalar.kind.changed_by_pulumi:
                # The keys of others, such as aws:allowedAccountIds.
                seen.add(scalar.spot)
                yield ambiguous_problem(self.name, scalar, _named(scalar.path[1:]), None, scalar.path)

    def path(self, path: KeyPath) -> KeyPath:
        """The path without `config` and the namespace; empty for what is not the project's."""
        if len(path) < 2 or path[0] != "config":
            return ()
        key = self.keys.get(str(path[1]))
        return (key, *path[2:]) if key is not None else ()

    def _shown(self, path: KeyPath) -> KeyPath:
        return self.path(path) or path

    def _problem(self, path: KeyPath, message: str, at: KeyPath | None = None) -> LocatedProblem:
        spot: Spot | None = self.found.root
        for part in at or ("config", *path):
            spot = spot.child(part) if spot else None
        return LocatedProblem(path, message, Place.at(self.name, spot))


def _is_known(key: str) -> bool:
    return key in _OF_PULUMI or key.startswith(_ANCHORS)


def shape_of(path: KeyPath) -> tuple[type, KeyPath]:
    """The TypedDict that a path of a stack leads into, and the path in it."""
    parts = list(path)
    if parts[0] == "tasks" and len(parts) > 2:
        return Task, tuple(parts[2:])
    if parts[0] == "defaults" and len(parts) > 1:
        return Task, tuple(parts[1:])
    return Stack, path


def _named(path: KeyPath) -> KeyPath:
    """The path as the file spells it."""
    return tuple(Name(part) if isinstance(part, str) else part for part in path)


def flaw_problem(file: str, flaw: Flaw, path: KeyPath) -> LocatedProblem:
    """The problem of a flaw in a file."""
    return LocatedProblem(_named(path), flaw.message, Place.at(file, flaw.spot))


def ambiguous_problem(
    file: str, scalar: Ambiguous, shown: KeyPath, shape: type | None, path: KeyPath
) -> LocatedProblem:
    """The problem of an ambiguous scalar. `path` leads to it in `shape`."""
    return LocatedProblem(shown, ambiguity.message(scalar, shape, path), Place.at(file, scalar.spot), ambiguous=True)
