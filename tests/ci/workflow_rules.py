"""This project's own rules for the security of its workflows, as a function of their content.

GitHub's documentation is the source: https://docs.github.com/en/actions/reference/security/secure-use, and
https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows#pull_request: a pull
request from a fork gets no secrets, a token that can only read, and no OpenID Connect token.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

Files = Mapping[str, Any]
"""The content of each workflow or action by name."""

_TRIGGERS = {"push", "pull_request", "schedule", "workflow_dispatch"}
"""Events that run the code of the event. `pull_request_target`, `workflow_run`, `issue_comment` and others run with secrets
on behalf of anybody."""
_PERMISSIONS = {"contents": "read", "id-token": "write", "pull-requests": "write", "issues": "write"}
_RUNNERS = {"ubuntu-24.04"}
"""Not a machine of ours, on which a pull request could leave something."""
_OWNERS = ("actions/", "aws-actions/")
_SAME_REPOSITORY = "github.event.pull_request.head.repo.full_name == github.repository"
_BASE = "${{ github.event.pull_request.base.sha }}"
_EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}", re.DOTALL)
_TRUSTED = re.compile(
    r"(?:!cancelled\(\)(?: && needs\.\w+\.result != 'skipped')?|github\.(?:token|repository|server_url|run_id|event\.number)"
    r"|github\.event\.pull_request\.base\.sha|vars\.\w+|secrets\.\w+|inputs\.\w+|matrix\.\w+|needs\.\w+\.result"
    r"|fromJSON\(vars\.AWS_PREVIEW_ROLES\)\[matrix\.stack\])"
)
"""All expressions that the workflows use. None of them has text that the author of a pull request writes."""
_PINNED = re.compile(r"[\w-]+/[\w/-]+@[0-9a-f]{40}")


def flaws(workflows: Files, actions: Files) -> list[str]:
    """Return the flaws of the workflows and the actions of this repository."""
    found = [f"{name}: {flaw}" for name, content in workflows.items() for flaw in _of_workflow(content, actions)]
    return found + [f"{name}: {flaw}" for name, content in actions.items() for flaw in _of_action(content)]


def _of_workflow(content: Any, actions: Files) -> Iterator[str]:
    # YAML 1.1 reads the key `on` as true.
    triggers = content.get("on", content.get(True))
    names = set(triggers if isinstance(triggers, dict | list) else [triggers])
    if names - _TRIGGERS:
        yield f"the event {sorted(names - _TRIGGERS)}"
    if isinstance(triggers, dict) and "push" in names and (triggers["push"] or {}).get("branches") != ["main"]:
        yield "a push to any branch"
    if content.get("permissions") != {}:
        yield "permissions for all jobs"
    yield from _expressions({key: value for key, value in content.items() if key != "jobs"})
    for name, job in content["jobs"].items():
        yield from (f"{name}: {flaw}" for flaw in _of_job(job, content["jobs"], names, actions))


def _of_job(job: Any, jobs: Any, events: set[str], actions: Files) -> Iterator[str]:
    permissions = job.get("permissions")
    if not isinstance(permissions, dict) or not permissions.items() <= _PERMISSIONS.items():
        yield f"permissions: {permissions}"
        permissions = {}
    yield from _of_machine(job)
    yield from _of_access(job, jobs, set(permissions), events, actions)
    if "ci/deploy.sh" in json.dumps(job) and not (
        "environment" in job and "pull_request" not in events and _on_main(job, jobs)
    ):
        yield "a deployment without an environment, or of another branch than main"
    for step in job.get("steps", []):
        yield from _of_step(step)
    yield from _expressions(job)


def _of_machine(job: Any) -> Iterator[str]:
    if job.get("runs-on") not in _RUNNERS or "container" in job or "services" in job:
        yield "a runner of ours, or an image that isn't pinned"
    if "uses" in job or job.get("secrets"):
        yield "a workflow of others, or all secrets"


def _of_access(job: Any, jobs: Any, permissions: set[str], events: set[str], actions: Files) -> Iterator[str]:
    """Who gets tokens and secrets."""
    writes = permissions - {"contents", "id-token"}
    if not (writes or "id-token" in permissions or "secrets." in json.dumps(job)):
        return
    if _has_cache(job["steps"], actions):
        yield "a cache that other jobs fill, in a job with a token or secrets"
    if "pull_request" not in events:
        return
    if not _skips_forks(job, jobs):
        yield "a token or secrets for forks"
    if writes and "id-token" in permissions:
        yield "a token that writes, and a role"
    if writes and any(_is(step, "actions/checkout") and step["with"].get("ref") != _BASE for step in job["steps"]):
        yield "code of a pull request with a token that writes"


def _skips_forks(job: Any, jobs: Any) -> bool:
    condition = str(job.get("if", ""))
    if _SAME_REPOSITORY in condition:
        # Any `||` could let others in.
        return "||" not in condition and "dependabot[bot]" in condition
    before = job.get("needs")
    return (
        isinstance(before, str)
        and f"needs.{before}.result != 'skipped'" in condition
        and _skips_forks(jobs[before], jobs)
    )


def _on_main(job: Any, jobs: Any) -> bool:
    if "github.ref == 'refs/heads/main'" in str(job.get("if", "")):
        return "||" not in job["if"]
    # A job is skipped with the one that it needs, unless its condition says otherwise.
    before = job.get("needs")
    return "if" not in job and isinstance(before, str) and _on_main(jobs[before], jobs)


def _has_cache(steps: Any, actions: Files) -> bool:
    for step in steps:
        name = str(step.get("uses", ""))
        if name.startswith("./") and _has_cache(actions[name]["runs"]["steps"], actions):
            return True
        if _is(step, "actions/cache") or any(key.startswith("cache") for key in step.get("with", {})):
            return True
    return False


def _of_action(content: Any) -> Iterator[str]:
    for step in content["runs"]["steps"]:
        yield from _of_step(step)
    yield from _expressions(content)


def _of_step(step: Any) -> Iterator[str]:
    name, given = str(step.get("uses", "")), step.get("with", {})
    if "run" in step and "${{" in json.dumps([step["run"], step.get("shell")]):
        yield "an expression in a script"
    if "script" in given:
        yield "a script in an action"
    if name and not name.startswith("./") and not (_PINNED.fullmatch(name) and name.startswith(_OWNERS)):
        yield f"{name} isn't pinned to a commit, or of an unknown owner"
    if step.get("env", {}).keys() & {"ACTIONS_ALLOW_UNSECURE_COMMANDS", "BASH_ENV", "LD_PRELOAD", "GIT_SSH_COMMAND"}:
        yield "an environment that runs code"
    if _is(step, "actions/checkout"):
        yield from _of_checkout(given)
    # With these, artifacts come from another run, which can be one of a fork.
    if _is(step, "actions/download-artifact") and (
        given.keys() & {"run-id", "repository", "github-token"} or not re.fullmatch(r"\w+", str(given.get("path", "")))
    ):
        yield "artifacts of another run, or in the folder of the code"


def _of_checkout(given: Any) -> Iterator[str]:
    if given.get("persist-credentials") is not False:
        yield "credentials that stay after the checkout"
    if given.keys() - {"persist-credentials", "fetch-depth", "ref"} or given.get("ref", _BASE) != _BASE:
        yield f"a checkout of other code: {given}"


def _is(step: Any, action: str) -> bool:
    return re.match(rf"{re.escape(action)}[@/]", str(step.get("uses", ""))) is not None


def _expressions(content: Any) -> Iterator[str]:
    for expression in _EXPRESSION.findall(json.dumps(content)):
        if not _TRUSTED.fullmatch(expression):
            yield f"the expression {expression}"
