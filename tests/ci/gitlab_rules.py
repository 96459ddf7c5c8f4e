"""This project's own rules for the security of its GitLab pipeline, as a function of its content.

https://docs.gitlab.com/ci/pipelines/merge_request_pipelines/#run-pipelines-in-the-parent-project: such a pipeline of a fork
has the variables and the tokens of the parent project.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

_OWN = "$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID"
_MERGE_REQUEST = '$CI_PIPELINE_SOURCE == "merge_request_event"'
_MAIN = "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH"
_SCHEDULE = '$CI_PIPELINE_SOURCE == "schedule"'
_NO_JOBS = {"workflow", "stages", "default", "variables", "include"}


def flaws(pipeline: Mapping[str, Any]) -> list[str]:
    """Return the flaws of a pipeline."""
    found = [
        flaw for name in pipeline.keys() - _NO_JOBS if not name.startswith(".") for flaw in _of_job(pipeline, name)
    ]
    allowed = [rule["if"] for rule in pipeline["workflow"]["rules"]]
    if allowed != [_MERGE_REQUEST, _MAIN]:
        found.append(f"pipelines for {allowed}")
    if "include" in pipeline:
        found.append("files of others")
    return found


def _of_job(pipeline: Mapping[str, Any], name: str) -> Iterator[str]:
    job = _extended(pipeline, name)
    written = json.dumps(job)
    conditions = [str(rule.get("if", "always")) for rule in job.get("rules", [{}])]
    if "id_tokens" in job or "ci/gitlab.sh" in written:
        for condition in conditions:
            own = _OWN in condition and _MERGE_REQUEST in condition
            if "||" in condition or not (own or _MAIN in condition or condition.startswith(_SCHEDULE)):
                yield f"{name}: a token, if {condition}"
    if "ci/deploy.sh" in written and not ("environment" in job and all(_MAIN in condition for condition in conditions)):
        yield f"{name}: a deployment without an environment, or of another branch"
    if "cache" in written.replace(".cache/", ""):
        yield f"{name}: a cache"


def _extended(pipeline: Mapping[str, Any], name: str) -> dict[str, Any]:
    job = pipeline[name]
    bases = job.get("extends", [])
    found: dict[str, Any] = {}
    for base in [bases] if isinstance(bases, str) else bases:
        found.update(_extended(pipeline, base))
    return {**found, **job}
