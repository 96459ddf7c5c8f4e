"""The stack of a command without `--stack`: the same for all commands, so that a folder always means one stack."""

from collections.abc import Mapping
from dataclasses import dataclass

from .errors import MISTYPED, OpsError
from .local_sandbox import CHOSEN, STACK
from .project import Project

VARIABLE = "PULUMI_STACK"
"""The variable with which Pulumi selects a stack.

Pulumi: https://www.pulumi.com/docs/iac/cli/environment-variables/. Pulumi's own selection (`pulumi stack select`) isn't
used: it is stored outside of the project, so the same command would mean another stack on each machine.
"""
RULE = f"Default: {VARIABLE}, {STACK} with --sandbox, or the only stack of the project"


@dataclass(frozen=True, slots=True)
class DefaultStack:
    """A stack that wasn't passed, and why it was chosen."""

    name: str
    why: str

    @property
    def sentence(self) -> str:
        """The sentence for the user."""
        return f"Using stack {self.name}, {self.why}."


def default_stack(here: Project | None, variables: Mapping[str, str]) -> DefaultStack | None:
    """The stack in the variable, that of the sandbox with `--sandbox`, or the only one of the project. None otherwise.

    Args:
        here: The project of the current folder, if there is one.
        variables: The variables of this process.

    Raises:
        OpsError: The project has several stacks.
    """
    if selected := variables.get(VARIABLE):
        # Pulumi accepts <organization>/<project>/<stack>, too.
        return DefaultStack(selected.rsplit("/", 1)[-1], f"because {VARIABLE} is set")
    if here is None or not (stacks := here.stacks):
        return None
    if CHOSEN in variables and STACK in stacks:
        return DefaultStack(STACK, "which the sandbox deploys")
    if len(stacks) == 1:
        return DefaultStack(stacks[0], f"the only one of {here.name}")
    raise OpsError(
        f"{here.name} has several stacks: {', '.join(stacks)}. Choose one with --stack, or set {VARIABLE}.", MISTYPED
    )
