"""Images and secrets of a task as ECS needs them. Values of other resources are checked as soon as they are known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar

import pulumi

from ..aws.account import Account
from ..aws.images import ImageReference
from ..aws.secret_references import SecretReference, full_arn
from ..checks.errors import refuse
from ..keys.annotations import is_output
from ..problems import Name, Path, Problem
from ..resolved import ContainerLogs, Task

Where = TypeVar("Where", bound=ContainerLogs)


def with_references(component: str, task: Task, account: Account) -> Task:
    """The task with the ARN of each parameter that it refers to by name.

    An output that turns out to be no reference ends the deployment with InvalidArgumentsError.
    """

    def image(path: Path, value: pulumi.Input[str]) -> pulumi.Input[str]:
        return _checked(component, path, value, ImageReference.parse, lambda text: text)

    def secrets(path: Path, values: Mapping[str, pulumi.Input[str]]) -> dict[str, pulumi.Input[str]]:
        return {
            name: _checked(
                component, (*path, Name(name)), value, SecretReference.parse, lambda text: full_arn(text, account)
            )
            for name, value in values.items()
        }

    def logs(path: Path, given: Where) -> Where:
        options = secrets((*path, "secret_options"), given.secret_options)
        return replace(given, secret_options=options) if options else given

    return replace(
        task,
        image=None if task.image is None else image(("image",), task.image),
        secrets=secrets(("secrets",), task.secrets),
        logs=logs(("logs",), task.logs),
        sidecars={
            name: replace(
                sidecar,
                image=None if sidecar.image is None else image(("sidecars", Name(name), "image"), sidecar.image),
                secrets=secrets(("sidecars", Name(name), "secrets"), sidecar.secrets),
                logs=sidecar.logs and logs(("sidecars", Name(name), "logs"), sidecar.logs),
            )
            for name, sidecar in task.sidecars.items()
        },
    )


def _checked(
    component: str,
    path: Path,
    value: pulumi.Input[str],
    parse: Callable[[str], object],
    complete: Callable[[str], str],
) -> pulumi.Input[str]:
    def known(text: str) -> str:
        try:
            parse(text)
        except ValueError as error:
            refuse(component, [Problem(path, str(error))])
        return complete(text)

    if is_output(value):
        return pulumi.Output.from_input(value).apply(known)
    return complete(value) if isinstance(value, str) else value
