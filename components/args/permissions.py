"""Arguments of IAM permissions."""

from collections.abc import Sequence
from typing import Annotated

from typing_extensions import TypedDict

from ..aws import patterns
from ..keys.annotations import Aws, Example, Input, Matches, NotEmpty
from .strict import strict


@strict
class PermissionArgs(TypedDict):
    """One statement of the policy of the task role."""

    actions: Annotated[
        Sequence[Annotated[str, Matches(patterns.IAM_ACTION, "an IAM action", "service:Action, such as s3:PutObject")]],
        NotEmpty(),
        Aws("Action"),
        Example('{ actions: ["s3:PutObject"], resources: ["arn:aws:s3:::orders-backups/*"] }'),
    ]
    """IAM actions, such as `s3:PutObject`."""

    resources: Annotated[
        Sequence[Input[Annotated[str, Matches(patterns.IAM_RESOURCE, "an ARN", "one, such as arn:aws:s3:::bucket/*")]]],
        NotEmpty(),
        Aws("Resource"),
        Example('{ actions: ["s3:PutObject"], resources: ["arn:aws:s3:::orders-backups/*"] }'),
    ]
    """ARNs of the resources that the actions are allowed on."""
