"""Arguments of volumes."""

from collections.abc import Mapping
from typing import Annotated, Literal, Required

from typing_extensions import TypedDict

from ..aws import limits, patterns
from ..aws.secret_references import SecretReference
from ..keys.annotations import Aws, Between, Default, Example, Form, Input, Matches, Text
from .strict import strict

DockerScope = Literal["task", "shared"]
"""AWS: botocore ecs, Scope."""
_FSX = (
    "{ fileSystem: fs-0123456789abcdef0, rootDirectory: share, domain: corp.example.com,\n"
    '  credentials: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:files-AbCdEf" }'
)
_S3_ARN = "arn:aws:s3files:eu-west-1:123456789012:file-system/fs-0123456789abcdef0"


@strict
class DockerVolumeArgs(TypedDict, total=False):
    """A Docker volume, on instances of Amazon EC2."""

    driver: Annotated[
        Text,
        Default("local"),
        Aws("volumes.dockerVolumeConfiguration.driver"),
        Example("{ driver: rexray/ebs, scope: shared }"),
    ]
    """Volume driver, as Docker on the instance names it. Windows supports only `local`."""

    scope: Annotated[
        DockerScope, Default("task"), Aws("volumes.dockerVolumeConfiguration.scope"), Example("{ scope: shared }")
    ]
    """`task` for a volume that each run gets and that is deleted after it. `shared` for one that stays."""

    autoprovision: Annotated[
        bool,
        Default(False),
        Aws("volumes.dockerVolumeConfiguration.autoprovision"),
        Example("{ scope: shared, autoprovision: true }"),
    ]
    """Creates a `shared` volume that does not exist."""

    options: Annotated[
        Mapping[str, Text],
        Default({}, "none"),
        Aws("volumes.dockerVolumeConfiguration.driverOpts"),
        Example("{ options: { type: tmpfs, device: tmpfs } }"),
    ]
    """Options of the driver."""

    labels: Annotated[
        Mapping[str, Text],
        Default({}, "none"),
        Aws("volumes.dockerVolumeConfiguration.labels"),
        Example("{ labels: { team: data } }"),
    ]
    """Docker labels of the volume."""


@strict
class FsxVolumeArgs(TypedDict):
    """An Amazon FSx for Windows File Server file system, on Windows instances of Amazon EC2 that are members of its
    domain."""

    file_system: Annotated[
        Input[Annotated[str, Matches(patterns.FILE_SYSTEM, "a file system", "its ID, such as fs-0123456789abcdef0")]],
        Aws("volumes.fsxWindowsFileServerVolumeConfiguration.fileSystemId"),
        Example(_FSX),
    ]
    """ID of the file system."""

    root_directory: Annotated[str, Aws("volumes.fsxWindowsFileServerVolumeConfiguration.rootDirectory"), Example(_FSX)]
    """Directory of the file system to mount, such as `share`."""

    credentials: Annotated[
        Input[Annotated[str, Form(SecretReference.parse)]],
        Aws("volumes.fsxWindowsFileServerVolumeConfiguration.authorizationConfig.credentialsParameter"),
        Example(_FSX),
    ]
    """ARN of the Secrets Manager secret or SSM parameter with the user name and the password. The task gets its own
    execution role, which reads it."""

    domain: Annotated[
        Text,
        Matches(patterns.DOMAIN, "a domain", "its full name, such as corp.example.com"),
        Aws("volumes.fsxWindowsFileServerVolumeConfiguration.authorizationConfig.domain"),
        Example(_FSX),
    ]
    """Active Directory domain of the file system."""


@strict
class S3FilesVolumeArgs(TypedDict, total=False):
    """An Amazon S3 Files file system, which shows a bucket as files. On Fargate and ECS Managed Instances."""

    file_system: Required[
        Annotated[
            Input[
                Annotated[
                    str,
                    Matches(
                        patterns.S3_FILE_SYSTEM_ARN,
                        "the ARN of an S3 Files file system",
                        "arn:aws:s3files:<region>:<account>:file-system/fs-<id>",
                    ),
                ]
            ],
            Aws("volumes.s3filesVolumeConfiguration.fileSystemArn"),
            Example(f'{{ fileSystem: "{_S3_ARN}" }}'),
        ]
    ]
    """ARN of the file system."""

    access_point: Annotated[
        Input[
            Annotated[
                str,
                Matches(
                    patterns.S3_ACCESS_POINT_ARN,
                    "the ARN of an S3 Files access point",
                    "arn:aws:s3files:<region>:<account>:file-system/fs-<id>/access-point/fsap-<id>",
                ),
            ]
        ],
        Default(words="none"),
        Aws("volumes.s3filesVolumeConfiguration.accessPointArn"),
        Example(f'{{ fileSystem: "{_S3_ARN}",\n  accessPoint: "{_S3_ARN}/access-point/fsap-0123456789abcdef0" }}'),
    ]
    """ARN of an access point of the file system."""

    root_directory: Annotated[
        str,
        Default("/"),
        Aws("volumes.s3filesVolumeConfiguration.rootDirectory"),
        Example(f'{{ fileSystem: "{_S3_ARN}", rootDirectory: /in }}'),
    ]
    """Directory of the file system to mount. Not allowed with `access_point`."""

    bucket: Annotated[
        Input[Annotated[str, Matches(patterns.BUCKET_ARN, "the ARN of a bucket", "arn:aws:s3:::<bucket>")]],
        Default(words="none: runs read everything through the file system"),
        Aws("s3:GetObject, s3:ListBucket"),
        Example(f'{{ fileSystem: "{_S3_ARN}", bucket: "arn:aws:s3:::orders" }}'),
    ]
    """ARN of the bucket. Runs may then read large files directly from it, which is faster."""


@strict
class VolumeArgs(TypedDict, total=False):
    """A volume of the task, and where the container mounts it. A volume of no kind, with a path only, starts empty, is
    shared by the task's containers, and is deleted after the run."""

    path: Required[Annotated[str, Aws("containerDefinitions.mountPoints.containerPath"), Example("{ path: /tmp }")]]
    """Absolute path in the container."""

    efs: Annotated[
        Input[Annotated[str, Matches(patterns.FILE_SYSTEM, "a file system", "its ID, such as fs-0123456789abcdef0")]],
        Default(
            words="none: the volume starts empty, is shared by the task's containers, and is deleted after the run"
        ),
        Aws("volumes.efsVolumeConfiguration.fileSystemId"),
        Example("{ path: /mnt/data, efs: fs-0123456789abcdef0 }"),
    ]
    """ID of an EFS file system."""

    access_point: Annotated[
        Input[
            Annotated[str, Matches(patterns.ACCESS_POINT, "an access point", "its ID, such as fsap-0123456789abcdef0")]
        ],
        Default(words="none"),
        Aws("volumes.efsVolumeConfiguration.authorizationConfig.accessPointId"),
        Example("{ path: /mnt/data, efs: fs-0123456789abcdef0, accessPoint: fsap-0123456789abcdef0 }"),
    ]
    """ID of an access point of the file system."""

    root_directory: Annotated[
        str,
        Default("/"),
        Aws("volumes.efsVolumeConfiguration.rootDirectory"),
        Example("{ path: /mnt/data, efs: fs-0123456789abcdef0, rootDirectory: /exports }"),
    ]
    """Directory of the file system to mount. Not allowed with `access_point`."""

    iam: Annotated[
        bool,
        Default(False),
        Aws("volumes.efsVolumeConfiguration.authorizationConfig.iam"),
        Example("{ path: /mnt/data, efs: fs-0123456789abcdef0, accessPoint: fsap-0123456789abcdef0, iam: true }"),
    ]
    """Mounts the EFS file system with the task role. The task's own role may then mount only this file system, only
    through `access_point` if there is one, and write to it unless the volume is read-only everywhere. An existing or
    shared role needs these permissions already."""

    root_access: Annotated[
        bool,
        Default(False),
        Aws("elasticfilesystem:ClientRootAccess, s3files:ClientRootAccess"),
        Example("{ path: /mnt/data, efs: fs-0123456789abcdef0, iam: true, rootAccess: true }"),
    ]
    """Allows the task's own role to act as root on the file system. For `iam` and `s3_files`."""

    transit_encryption_port: Annotated[
        int,
        Between(*limits.PORTS),
        Default(words="one that AWS selects"),
        Aws(
            "volumes.efsVolumeConfiguration.transitEncryptionPort, "
            "volumes.s3filesVolumeConfiguration.transitEncryptionPort"
        ),
        Example("{ path: /mnt/data, efs: fs-0123456789abcdef0, transitEncryptionPort: 20049 }"),
    ]
    """Port between the instance and the file system for encrypted data. For `efs` and `s3_files`."""

    s3_files: Annotated[
        S3FilesVolumeArgs,
        Default(words="none"),
        Aws("volumes.s3filesVolumeConfiguration"),
        Example(f'{{ path: /data, s3Files: {{ fileSystem: "{_S3_ARN}" }} }}'),
    ]
    """An S3 Files file system. The task's own role may mount only this file system."""

    fsx: Annotated[
        FsxVolumeArgs,
        Default(words="none"),
        Aws("volumes.fsxWindowsFileServerVolumeConfiguration"),
        Example("{ path: 'C:\\data', fsx: " + _FSX + " }"),
    ]
    """An FSx for Windows File Server file system."""

    host: Annotated[
        str, Default(words="none"), Aws("volumes.host.sourcePath"), Example("{ path: /data, host: /mnt/cache }")
    ]
    """Absolute path on the instance. Only on EC2 and external instances."""

    docker: Annotated[
        DockerVolumeArgs,
        Default(words="none"),
        Aws("volumes.dockerVolumeConfiguration"),
        Example("{ path: /data, docker: { scope: shared } }"),
    ]
    """A Docker volume. Only on EC2 instances."""

    read_only: Annotated[
        bool,
        Default(False),
        Aws("containerDefinitions.mountPoints.readOnly"),
        Example("{ path: /mnt/data, efs: fs-0123456789abcdef0, readOnly: true }"),
    ]
    """Mounts the volume read-only, also in sidecars whose `read_only_mounts` do not say otherwise."""
