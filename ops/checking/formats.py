"""The formats of `check`: text for people, JSON, workflow commands of GitHub Actions, and SARIF."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from components.problems import report
from components.text import visible, visible_name

from ..output import counted, json_text
from .findings import Checked, Finding, findings

Format = Literal["text", "json", "github", "sarif"]


def text(checked: Sequence[Checked], _: Path) -> str:
    """One paragraph per stack, with one line per problem or warning."""
    paragraphs = (paragraph for found in checked for paragraph in _paragraphs(found))
    return visible("\n".join(paragraphs), keep="\n") + "\n"


def _paragraphs(found: Checked) -> Iterator[str]:
    if found.stack is None:
        if found.errors:
            yield report(found.errors, "Files of no stack")
        if found.warnings:
            yield "\n".join([f"Files of no stack: {counted(len(found.warnings), 'warning')}.", *_lines(found)])
    elif found.errors:
        yield report(found.errors, f"Configuration of stack {found.stack}")
    else:
        counts = f"{counted(found.tasks, 'task')}, no problems, {counted(len(found.warnings), 'warning')}"
        yield "\n".join([f"Stack {visible_name(found.stack)}: {counts}.", *_lines(found)])


def _lines(found: Checked) -> Iterator[str]:
    return (f"  - {warning}" for warning in found.warnings)


def as_json(checked: Sequence[Checked], _: Path) -> str:
    """The stacks with their counts, and all findings. Files are relative to the project's folder."""
    stacks = [
        {
            "stack": found.stack,
            "tasks": found.tasks,
            "errors": len(found.errors),
            "warnings": len(found.warnings),
        }
        for found in checked
        if found.stack is not None
    ]
    return _dumped({"stacks": stacks, "findings": [_as_data(found) for found in findings(checked)]})


def _as_data(found: Finding) -> Mapping[str, object]:
    place, path = found.problem.place, ".".join(str(part) for part in found.problem.path)
    return {
        "severity": found.severity,
        "stacks": found.stacks,
        "file": place.file if place else None,
        "line": place.line if place else None,
        "column": place.column if place else None,
        "path": path,
        "message": found.problem.text.removeprefix(f"{path}: "),
    }


def github(checked: Sequence[Checked], project: Path) -> str:
    """Workflow commands that GitHub Actions shows as annotations.

    See https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions. Files are relative to the
    repository.
    """
    folder = _folder(project)
    return "".join(f"{_command(found, folder)}\n" for found in findings(checked))


def _command(found: Finding, folder: str) -> str:
    place = found.problem.place
    properties = {
        "file": folder + place.file if place else None,
        "line": place.line if place else None,
        "col": place.column if place else None,
        "title": _title(found),
    }
    written = ",".join(f"{name}={_escaped_property(value)}" for name, value in properties.items() if value)
    return f"::{found.severity} {written}::{_escaped(_message(found))}"


def _message(found: Finding) -> str:
    return visible(found.problem.text, keep="\n")


def _title(found: Finding) -> str:
    return f"Stack {', '.join(found.stacks)}" if found.stacks else "Files of no stack"


def _escaped(value: str) -> str:
    """A value as the runner reads it. actions/toolkit: packages/core/src/command.ts."""
    return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escaped_property(value: str | int) -> str:
    return _escaped(visible(str(value))).replace(":", "%3A").replace(",", "%2C")


_RULES: Mapping[str, tuple[str, str]] = {
    "error": ("invalid-configuration", "The configuration can't be deployed."),
    "warning": ("likely-mistake", "The configuration can be deployed, but it is probably not what its author wants."),
}
"""The ID and the description of each severity's rule in SARIF."""


def sarif(checked: Sequence[Checked], project: Path) -> str:
    """A log of the Static Analysis Results Interchange Format, for code scanning and editors.

    See https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html. Files are relative to the repository. GitHub
    requires a line for each result.
    """
    rules = [
        {"id": identifier, "shortDescription": {"text": words}, "defaultConfiguration": {"level": level}}
        for level, (identifier, words) in _RULES.items()
    ]
    folder = _folder(project)
    run = {
        "tool": {"driver": {"name": "scheduled-tasks", "rules": rules}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(found, folder) for found in findings(checked)],
    }
    return _dumped(
        {
            "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json",
            "version": "2.1.0",
            "runs": [run],
        }
    )


def _uri(file: str) -> str:
    """A file as the reference of a URI. A name that no file can have keeps its other characters."""
    try:
        return quote(os.fsencode(file))
    except UnicodeEncodeError:
        return quote(file, errors="replace")


def _result(found: Finding, folder: str) -> Mapping[str, object]:
    place = found.problem.place
    region = {
        "startLine": place.line if place and place.line else 1,
        "startColumn": place.column if place and place.column else 1,
    }
    artifact = {"uri": _uri(folder + (place.file if place else "Pulumi.yaml"))}
    return {
        "ruleId": _RULES[found.severity][0],
        "ruleIndex": list(_RULES).index(found.severity),
        "level": found.severity,
        "message": {"text": _without_links(_message(found))},
        "locations": [{"physicalLocation": {"artifactLocation": artifact, "region": region}}],
        "properties": {"stacks": found.stacks},
    }


def _without_links(message: str) -> str:
    """The message without links, `[text](target)`. SARIF 2.1.0, 3.11.6 "Messages with embedded links"."""
    return message.replace("](", "] (")


def _folder(project: Path) -> str:
    """The project's folder in its repository, with a slash at the end; empty if it is the top folder."""
    workspace = os.environ.get("GITHUB_WORKSPACE")
    tops = [Path(workspace)] if workspace else [top for top in (project, *project.parents) if (top / ".git").exists()]
    inside = next((project.relative_to(top) for top in tops if project.is_relative_to(top)), Path())
    return "" if inside == Path() else f"{inside.as_posix()}/"


def _dumped(data: object) -> str:
    return json_text(data, indent=2)


FORMATS: Mapping[Format, Callable[[Sequence[Checked], Path], str]] = {
    "text": text,
    "json": as_json,
    "github": github,
    "sarif": sarif,
}
