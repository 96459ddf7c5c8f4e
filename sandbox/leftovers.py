"""The other sandboxes of a project, and the task definitions that stay after a stack is destroyed."""

import shlex
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from ops.local_sandbox import REGION
from ops.project import project_at

from .events import STACK
from .plugin.aws import Session
from .workspace import PROJECT

FAMILIES = project_at(PROJECT).names(STACK).family_prefix
"""The prefix of the families of the sandbox's stack."""


def active_revisions(endpoint: str) -> list[str]:
    """List the ARNs of the stack's active revisions, which a deployment never deregisters, also in AWS."""
    ecs = Session(endpoint).client("ecs", REGION)
    pages = ecs.get_paginator("list_task_definition_families").paginate(familyPrefix=FAMILIES, status="ACTIVE")
    families = [family for page in pages for family in page["families"] if family.startswith(FAMILIES)]
    # For ListTaskDefinitions, `familyPrefix` is the full name of a family (Amazon ECS API reference).
    return [arn for family in families for arn in _revisions(ecs, family)]


def _revisions(ecs: Any, family: str) -> list[str]:
    pages = ecs.get_paginator("list_task_definitions").paginate(familyPrefix=family, status="ACTIVE")
    return [arn for page in pages for arn in page["taskDefinitionArns"]]


def deregister_command(endpoint: str) -> str:
    """A shell command that deregisters the stack's active revisions."""
    settings = {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }
    exported = " ".join(f"{name}={shlex.quote(value)}" for name, value in settings.items())
    query = f"taskDefinitionArns[?contains(@, '/{FAMILIES}')]"
    return (
        f'(export {exported}; aws ecs list-task-definitions --status ACTIVE --query "{query}" --output text'
        " | xargs -n 1 aws ecs deregister-task-definition --task-definition)"
    )


def existing_sandboxes(home: Path) -> list[dict[str, str]]:
    """List the sandboxes under a folder that have a stack: the values of the options `example` and `endpoint`."""
    examples = [(folder, folder.name) for folder in sorted((home / "examples").glob("*"))]
    found: list[dict[str, str]] = []
    for base, example in [(home, ""), *examples]:
        for folder in [base, *sorted((base / "endpoints").glob("*"))]:
            endpoint = "" if folder == base else unquote(folder.name)
            options = {"example": example, "endpoint": endpoint}
            if (folder / "state").exists():
                found.append({name: value for name, value in options.items() if value})
    return found
