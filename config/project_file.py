"""The values that `Pulumi.yaml` sets for all stacks. A stack's own file replaces them key by key."""

from pathlib import Path

from components.aws.provider_tags import tags_of_provider
from components.json_values import Object, is_object
from components.problems import Path as KeyPath

from .places import LocatedProblem, Spot
from .stack_files import ConfigFile, ambiguous_problem, flaw_problem, shape_of, without_namespace
from .yaml_files import Document, YamlError, document

NAME = "Pulumi.yaml"
_DECLARED = ("value", "default")
"""The keys of a declaration that set a value. Pulumi: sdk/go/common/workspace/project.go, ProjectConfigType."""


def read_project_file(project: str, folder: Path) -> ConfigFile | None:
    """The project's file; None if it is missing. A file that cannot be read has a problem."""
    try:
        found = document(folder / NAME)
    except YamlError as error:
        unread = Document(folder / NAME)
        return None if error.is_missing else ConfigFile(NAME, unread, {}, {}, (error.located(NAME),), ())
    content = found.value
    config: object = content.get("config") if is_object(content) else None
    values: Object = {}
    paths: dict[str, KeyPath] = {}
    for written, declared in config.items() if is_object(config) else ():
        key = without_namespace(written, project)
        declaration: Object = declared if is_object(declared) else {"": declared}
        form = next((form for form in ("", *_DECLARED) if form in declaration), None)
        if key is not None and form is not None:
            values[key] = declaration[form]
            paths[key] = ("config", str(written), form) if form else ("config", str(written))
    problems, ambiguous = _ambiguous(found, paths)
    problems = (*(flaw_problem(NAME, flaw, flaw.path) for flaw in found.pulumi_flaws), *problems)
    declared_tags = config.get("aws:defaultTags") if is_object(config) else None
    default_tags = tags_of_provider(
        declared_tags.get("value", declared_tags) if is_object(declared_tags) else declared_tags
    )
    return ConfigFile(NAME, found, values, paths, problems, (), ambiguous, default_tags)


def _ambiguous(found: Document, paths: dict[str, KeyPath]) -> tuple[tuple[LocatedProblem, ...], frozenset[str]]:
    """Problems of the scalars that YAML readers disagree about, and the top-level keys that contain them."""
    problems: dict[Spot, LocatedProblem] = {}
    ambiguous: set[str] = set()
    keys = {path: key for key, path in paths.items()}
    for scalar in found.ambiguous:
        # A value is at `config.<key>`, or at `value` or `default` below.
        for depth in (2, 3):
            if (key := keys.get(scalar.path[:depth])) is not None:
                own: KeyPath = (key, *scalar.path[depth:])
                ambiguous.add(key)
                problems.setdefault(scalar.spot, ambiguous_problem(NAME, scalar, own, *shape_of(own)))
    return tuple(problems.values()), frozenset(ambiguous)
