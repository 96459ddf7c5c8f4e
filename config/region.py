"""The Region of a stack: a Region that nobody wrote down is one that nobody expects."""

import os
from collections.abc import Mapping

from components.json_values import is_object
from components.problems import Name

from .places import LocatedProblem, Place
from .stack_files import ConfigFile

KEY = "aws:region"
_VARIABLES = ("AWS_REGION", "AWS_DEFAULT_REGION")
"""The defaults of the provider's `region`. Pulumi: pulumi-aws, schema.json, provider, region, defaultInfo."""
_PROFILES = ("aws:profile", "AWS_PROFILE")
"""A profile can set the Region. Only the provider knows."""


def no_region(
    stack: str, configuration: Mapping[str, object], environment: Mapping[str, str] = os.environ
) -> tuple[LocatedProblem, ...]:
    """The problem of a deployment for which nothing sets the Region.

    Args:
        stack: The name of the stack.
        configuration: All keys of the configuration with their namespaces, as the engine passes them.
        environment: The variables of the deployment.
    """
    known = {key for key, value in {**configuration, **environment}.items() if value}
    if known & {KEY, *_VARIABLES, *_PROFILES}:
        return ()
    message = (
        "is not set, and neither AWS_REGION nor a profile sets the Region. Write it into the stack's file: "
        f"pulumi config set {KEY} eu-west-1 --stack {stack}"
    )
    return (LocatedProblem((Name(KEY),), message, Place(f"Pulumi.{stack}.yaml")),)


def region_of_environment(file: ConfigFile, of_project: ConfigFile | None) -> tuple[LocatedProblem, ...]:
    """The warning about a stack whose Region depends on the environment of each deployment.

    A stack can also get the Region from Pulumi ESC, which its file then names under `environment`.
    """
    content = file.document.value
    if is_object(content) and "environment" in content:
        return ()
    if _sets_region(file) or (of_project and _sets_region(of_project)):
        return ()
    message = (
        "is not set, so each deployment uses the Region of its own environment, such as AWS_REGION. "
        f"To keep the stack in one Region, write {KEY} under config, such as {KEY}: eu-west-1."
    )
    return (LocatedProblem((Name(KEY),), message, Place(file.name)),)


def _sets_region(file: ConfigFile) -> bool:
    content = file.document.value
    config: object = content.get("config") if is_object(content) else None
    return is_object(config) and bool(config.get(KEY))
