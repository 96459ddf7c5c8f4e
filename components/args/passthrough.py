"""Arguments in AWS's own words."""

from collections.abc import Mapping
from typing import Annotated

from typing_extensions import TypedDict

from ..keys.annotations import Aws, AwsMembers, Default, Example
from .strict import strict

Members = Mapping[str, object]


@strict
class ContainerAwsArgs(TypedDict, total=False):
    """Members of AWS's API that have no key, in AWS's own words. They merge over what the keys set: objects member by
    member, while lists and other values replace. Values can't be outputs."""

    container: Annotated[
        Members,
        AwsMembers("ContainerDefinition"),
        Default({}, "none"),
        Aws("ContainerDefinition"),
        Example("aws: { container: { volumesFrom: [] } }"),
    ]
    """Members of the container's definition, spelled as in the API."""


@strict
class TaskAwsArgs(ContainerAwsArgs, total=False):
    """Members of AWS's API that have no key, in AWS's own words. They merge over what the keys set: objects member by
    member, while lists and other values replace. Values can't be outputs."""

    task_definition: Annotated[
        Members,
        AwsMembers("RegisterTaskDefinitionRequest"),
        Default({}, "none"),
        Aws("RegisterTaskDefinition"),
        Example("aws: { taskDefinition: { enableFaultInjection: true } }"),
    ]
    """Members of the task definition, spelled as in the API."""

    run_task: Annotated[
        Members,
        AwsMembers("RunTaskRequest"),
        Default({}, "none"),
        Aws("RunTask"),
        Example("aws: { runTask: { enableECSManagedTags: false } }"),
    ]
    """Members of the launch (RunTask), spelled as in the API of Amazon ECS."""
