"""Warnings about containers that AWS accepts, but that are likely mistakes: images, credentials, volumes, permissions.

Pure: a task in, warnings out. Outputs are not known yet and are skipped. No message contains a value of a variable.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from ..aws.images import ImageReference
from ..problems import Name, Problem, key
from ..resolved import Container, Task
from ..task.keywords import has_keyword

_SECRET_WORDS = frozenset({"PASSWORD", "PASSWD", "PASSPHRASE", "SECRET", "TOKEN", "CREDENTIALS", "APIKEY"})
_SECRET_ENDS = ("API_KEY", "ACCESS_KEY", "SECRET_KEY", "PRIVATE_KEY", "SIGNING_KEY", "ENCRYPTION_KEY", "AUTH_KEY")
_NO_CREDENTIAL = re.compile(r"(?i:|true|false|yes|no|none|null|on|off|\d+)|arn:.*|/.*|https?://[^@]*", re.DOTALL)
"""Values that are settings or places, such as the path of a file with the password."""
_CREDENTIALS = re.compile(
    r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"  # AWS: IAM user guide, "IAM identifiers", unique ID prefixes of access keys
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----"
    r"|\bgh[pousr]_[A-Za-z0-9]{36}"
    r"|\bxox[abprs]-[A-Za-z0-9-]{10}"
    r"|(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\."
    r"|[a-z][a-z0-9+.-]{0,20}://[^/\s:@]+:[^/\s:@]+@"
)


def container_warnings(task: Task) -> Iterator[Problem]:
    """Warnings about the containers of a task, and about its permissions."""
    for path, container in task.containers:
        yield from (found.within(*path) for found in _image(container.image))
        yield from (found.within(*path) for found in _host_access(container))
        yield from (found.within(*path) for found in _credentials(container.environment, container.command or ()))
    for schedule in task.schedules:
        yield from (
            found.within(*schedule.path) for found in _credentials(schedule.environment, schedule.command or ())
        )
    yield from _scratch_volumes(task)
    yield from _every_action(task)
    yield from _logs(task)


def _image(image: object) -> Iterator[Problem]:
    found = ImageReference.parse_if_valid(image)
    if found is None or found.digest or found.tag not in ("", "latest"):
        return
    what = 'has the tag "latest"' if found.tag else 'has no tag, so AWS pulls "latest"'
    yield Problem(
        ("image",),
        f"{what}. Whatever somebody pushes runs without a deployment, and you can't roll back. Write the tag of a "
        "version, or a digest.",
    )


def _credentials(environment: Mapping[str, object], command: Sequence[object]) -> Iterator[Problem]:
    store = f"Put it under {key('secrets')}. (The value is not shown.)"
    for variable, value in environment.items():
        if isinstance(value, str) and _is_credential(variable, value):
            yield Problem(
                ("environment", Name(variable)),
                f"looks like a credential, and everybody who can describe the task definition can read it. {store}",
            )
    for position, word in enumerate(command):
        if isinstance(word, str) and _CREDENTIALS.search(word):
            yield Problem(
                ("command", position),
                f"looks like a credential, and everybody who can describe the task definition can read it. {store}",
            )


def _is_credential(variable: str, value: str) -> bool:
    if _CREDENTIALS.search(value):
        return True
    if has_keyword(value) or _NO_CREDENTIAL.fullmatch(value):
        return False
    name = variable.upper()
    return name.rsplit("_", 1)[-1] in _SECRET_WORDS or name.endswith(_SECRET_ENDS)


def _host_access(container: Container) -> Iterator[Problem]:
    """AWS: Amazon ECS developer guide, "Amazon ECS task and container security best practices"."""
    if container.privileged:
        yield Problem(
            ("privileged",),
            "gives the container all privileges of root on its instance. Add only the capabilities that it needs, "
            f"under {key('linux')}.",
        )
    capabilities = container.linux.capabilities if container.linux else None
    for name in ("ALL", "SYS_ADMIN"):
        if capabilities and name in capabilities.add:
            yield Problem(
                ("linux", "capabilities", "add"), f"{name} is nearly the same as root on the instance. Add fewer."
            )


def _logs(task: Task) -> Iterator[Problem]:
    """Tokens of log drivers in plain text, and runs without logs."""
    for path, logs in task.written_logs:
        for option, value in logs.options.items():
            # Options have dashes, and the words of variables have underscores.
            if _is_credential(option.replace("-", "_"), value):
                yield Problem(
                    (*path, "options", Name(option)),
                    "looks like a credential, and everybody who can describe the task definition can read it. Put it "
                    f"under {key('secret_options')}. (The value is not shown.)",
                )
    if task.logs.driver == "none" and task.launch_type == "FARGATE":
        yield Problem(("logs", "driver"), "is none, so Fargate discards all output of the runs, also of failed ones.")
    for name in ("pid_mode", "ipc_mode"):
        if getattr(task, name) == "host":
            yield Problem((name,), "shares the namespace of the instance with all of its containers. Write task.")


def _scratch_volumes(task: Task) -> Iterator[Problem]:
    """AWS: Amazon ECS developer guide, "Use bind mounts with Amazon ECS": the owner of a volume is root, and its mode
    0755. A VOLUME directive in the Dockerfile changes both."""
    if task.is_windows:
        return
    for name, volume in task.volumes.items():
        if volume.kind != "empty" or volume.read_only:
            continue
        users = {"main": task.user, **{it: each.user for it, each in task.sidecars.items() if name in each.mounts}}
        if any(user is not None and user.split(":")[0] not in ("0", "root") for user in users.values()):
            yield Problem(
                ("volumes", Name(name)),
                "belongs to root with the mode 0755, so the user of the container can't write to it. Unless the "
                f"image's Dockerfile has a VOLUME at this path, which that user owns, remove {key('user')}.",
            )


def _every_action(task: Task) -> Iterator[Problem]:
    for position, permission in enumerate(task.permissions):
        if "*" in permission.actions and permission.effect == "Allow":
            yield Problem(
                ("permissions", position, "actions"),
                "allows every action of every AWS service. Name the actions that the program needs, such as "
                "s3:PutObject.",
            )
