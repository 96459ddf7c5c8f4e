"""Arguments of IAM permissions."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, Required

from typing_extensions import TypedDict

from ..aws import patterns
from ..keys.annotations import Aws, Default, Example, Input, Matches, NotEmpty, OneOrMore, Text
from .strict import strict
from .values import PolicyArn

Effect = Literal["Allow", "Deny"]


@strict
class PermissionArgs(TypedDict, total=False):
    """One statement of the policy of the task role."""

    actions: Required[
        Annotated[
            Sequence[
                Annotated[str, Matches(patterns.IAM_ACTION, "an IAM action", "service:Action, such as s3:PutObject")]
            ],
            NotEmpty(),
            Aws("Action"),
            Example('{ actions: ["s3:PutObject"], resources: ["arn:aws:s3:::orders-backups/*"] }'),
        ]
    ]
    """IAM actions, such as `s3:PutObject`."""

    resources: Required[
        Annotated[
            Sequence[
                Input[Annotated[str, Matches(patterns.IAM_RESOURCE, "an ARN", "one, such as arn:aws:s3:::bucket/*")]]
            ],
            NotEmpty(),
            Aws("Resource"),
            Example('{ actions: ["s3:PutObject"], resources: ["arn:aws:s3:::orders-backups/*"] }'),
        ]
    ]
    """ARNs of the resources that the actions are allowed or denied on."""

    effect: Annotated[
        Effect,
        Default("Allow"),
        Aws("Effect"),
        Example('{ effect: Deny, actions: ["s3:DeleteObject"], resources: ["arn:aws:s3:::orders-backups/*"] }'),
    ]
    """`Allow`, or `Deny` for actions that no other statement or policy of the role can allow."""

    condition: Annotated[
        Mapping[str, Mapping[str, Annotated[Sequence[Text], OneOrMore()]]],
        Default({}, "none"),
        Aws("Condition"),
        Example(
            '{ actions: ["s3:ListBucket"], resources: ["arn:aws:s3:::orders-backups"],\n'
            '  condition: { StringLike: { "s3:prefix": "daily/*" } } }'
        ),
    ]
    """Conditions, as in an IAM policy: values by condition key, by operator. All of them must be met, and for each key
    one of its values."""


@strict
class SharedRoleArgs(TypedDict, total=False):
    """A task role that several tasks of the group use."""

    permissions: Annotated[
        Sequence[PermissionArgs],
        Default((), "none"),
        Aws("Policy of taskRoleArn"),
        Example('{ permissions: [{ actions: ["s3:GetObject"], resources: ["arn:aws:s3:::orders-backups/*"] }] }'),
    ]
    """IAM permissions of the role."""

    managed_policies: Annotated[
        Sequence[Input[PolicyArn]],
        Default((), "none"),
        Aws("Policies of taskRoleArn"),
        Example('{ managedPolicies: ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"] }'),
    ]
    """ARNs of managed policies of the role."""

    exec: Annotated[bool, Default(False), Aws("ssmmessages:OpenDataChannel"), Example("{ exec: true }")]
    """Adds the permissions of ECS Exec, for tasks with `exec`."""
