"""Rules for container definitions that AWS registers, and from which a run can start.

AWS reads image references, secrets, mount paths and resource limits only when a run starts, and then the run fails. The
sandbox starts no containers, so it refuses these when the task definition is registered.
"""

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

Params = Mapping[str, Any]

_START = "no run could start, because"
_COMPONENT = r"[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*"
_IMAGE = re.compile(
    rf"(?:(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9a-fA-F:]+\])(?::\d+)?/)?{_COMPONENT}(?:/{_COMPONENT})*"
    r"(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[0-9a-f]{64})?"
)
"""https://github.com/distribution/reference/blob/main/regexp.go, ReferenceRegexp."""
_SECRET = re.compile(
    # docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html: "These parameters are
    # optional, but if you do not use them, you must include the colons : to use the default values."
    r"arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:[^:\s*]+(?::[^:\s]*:[^:\s]*:[^:\s]*)?"
    # botocore ecs, Secret.valueFrom: the ARN of a parameter, or its name in the same Region.
    r"|arn:[a-z-]+:ssm:[a-z0-9-]+:\d{12}:parameter/[\w.-]+(?:/[\w.-]+)*(?::[\w.-]+)?"
    r"|(?!arn:)/?[\w.-]+(?:/[\w.-]+)*(?::[\w.-]+)?",
    re.ASCII,
)


def container_problems(container: Params, *, fargate: bool, windows: bool) -> Iterator[str]:
    """Return what AWS refuses in a container definition, at once or when a run starts."""
    yield from _image(container)
    yield from _variables(container)
    yield from _mounts(container, windows=windows)
    yield from _ulimits(container, fargate=fargate)


def _image(container: Params) -> Iterator[str]:
    image = str(container.get("image", ""))
    # AWS's own texts: "Container.image should not be null or empty.", "Container.image contains invalid characters."
    if not image:
        yield "Container.image should not be null or empty."
    elif not re.fullmatch(r"[\w.:/@#-]+", image, re.ASCII):
        yield "Container.image contains invalid characters."
    elif len(image) > 255:
        # botocore ecs, ContainerDefinition.image: "Up to 255 letters".
        yield f"Container.image has {len(image)} characters, but AWS accepts 255"
    elif not _IMAGE.fullmatch(image):
        yield f"{_START} {image!r} is not an image reference"


def _variables(container: Params) -> Iterator[str]:
    names = [each.get("name") for each in container.get("secrets", [])]
    for name in sorted({name for name in names if names.count(name) > 1}):
        # AWS's own text, from github.com/CircleCI-Public/aws-ecs-orb/issues/190.
        yield f"Duplicate secret names found: {name}. Each secret name must be unique."
    yield from shared_names(container, [])
    for secret in container.get("secrets", []):
        if not _SECRET.fullmatch(str(secret.get("valueFrom"))):
            yield f"{_START} the value of secret {secret.get('name')!r} is not the ARN of a secret or a parameter"


def shared_names(container: Params, overrides: list[Params]) -> Iterator[str]:
    """Return AWS's refusal of a variable that is also a secret, in a task definition or in RunTask's overrides."""
    secrets = {each.get("name") for each in container.get("secrets", [])}
    variables = {each.get("name") for each in [*container.get("environment", []), *overrides]}
    for name in sorted(map(str, secrets & variables)):
        # AWS's own text, from github.com/dagster-io/dagster/issues/11622.
        yield (
            "The secret name must be unique and not shared with any new or existing environment variables set on the "
            f"container, such as '{name}'."
        )


def _mounts(container: Params, *, windows: bool) -> Iterator[str]:
    seen: set[str] = set()
    for mount in container.get("mountPoints", []):
        path = str(mount.get("containerPath"))
        drive, rest = (path[:2], path[2:]) if windows else ("", path)
        # https://github.com/moby/moby/tree/master/volume/mounts: "mount path must be absolute", "destination can't be
        # '/'"; a colon ends the path.
        if not rest.startswith(("/", "\\") if windows else "/") or (windows and not re.fullmatch("[A-Za-z]:", drive)):
            yield f"{_START} the mount path {path!r} is not absolute"
        elif ":" in rest or not rest.strip("/\\"):
            yield f"{_START} nothing can be mounted at {path!r}"
        place = path.rstrip("/\\")
        if place in seen:
            yield f"{_START} {path!r} is the path of two mount points"
        seen.add(place)


def _ulimits(container: Params, *, fargate: bool) -> Iterator[str]:
    for limit in container.get("ulimits", []):
        name, soft, hard = limit["name"], limit["softLimit"], limit["hardLimit"]
        if fargate and name != "nofile":
            yield f"Fargate does not support the ulimit {name!r}"
        if (math.inf if soft == -1 else soft) > (math.inf if hard == -1 else hard):
            # Linux manual, setrlimit(2), EINVAL.
            yield f"{_START} the soft limit of {name!r} is above its hard limit"
        if min(soft, hard) < -1 or (name == "nofile" and -1 in (soft, hard)):
            # Linux manual, setrlimit(2), EPERM: nofile is at most /proc/sys/fs/nr_open.
            yield f"{_START} the kernel refuses these values of {name!r}"
