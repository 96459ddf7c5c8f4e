"""Values that several arguments have: ARNs, identifiers, sizes."""

from collections.abc import Sequence
from typing import Annotated

from ..aws import limits, patterns
from ..aws.images import ImageReference
from ..aws.secret_references import SecretReference
from ..keys.annotations import Between, Form, Input, Items, Matches

KmsKeyArn = Annotated[
    str,
    Matches(
        patterns.KMS_KEY_ARN,
        "the ARN of a KMS key (AWS resolves an alias only once)",
        "arn:aws:kms:<region>:<account>:key/<id>",
    ),
]
PolicyArn = Annotated[
    str, Matches(patterns.MANAGED_POLICY_ARN, "the ARN of a managed policy", "arn:aws:iam::<account>:policy/<name>")
]
RoleArn = Annotated[str, Matches(patterns.ROLE_ARN, "the ARN of a role", "arn:aws:iam::<account>:role/<name>")]
RoleReference = Annotated[
    str,
    Matches(
        patterns.ROLE,
        "a role",
        "the ARN arn:aws:iam::<account>:role/<name>, or the name of one of the group's shared roles",
    ),
]
SecretArn = Annotated[str, Form(SecretReference.parse)]
Image = Annotated[str, Form(ImageReference.parse)]
TaskDefinition = Annotated[
    str, Matches(patterns.TASK_DEFINITION, "a task definition", "family, family:revision or an ARN")
]
ClusterReference = Annotated[
    str, Matches(patterns.CLUSTER, "a cluster", "its name (letters, digits, - and _) or its ARN")
]
SubnetIds = Input[
    Annotated[
        Sequence[
            Input[Annotated[str, Matches(patterns.SUBNET, "a subnet", "its ID, such as subnet-0123456789abcdef0")]]
        ],
        Items(*limits.SUBNETS, "subnets"),
    ]
]
SecurityGroupIds = Input[
    Annotated[
        Sequence[
            Input[
                Annotated[
                    str, Matches(patterns.SECURITY_GROUP, "a security group", "its ID, such as sg-0123456789abcdef0")
                ]
            ]
        ],
        Items(1, 5, "security groups"),
    ]
]
IamPath = Annotated[str, Matches(patterns.IAM_PATH, "a path: it begins and ends with / and has at most 250 characters")]
Storage = Annotated[int, Between(21, 200, "GiB")]
"""AWS: botocore ecs, EphemeralStorage."""
