"""Arguments of volumes."""

from typing import Annotated, Required

from typing_extensions import TypedDict

from ..aws import patterns
from ..keys.annotations import Aws, Default, Example, Input, Matches
from .strict import strict


@strict
class VolumeArgs(TypedDict, total=False):
    """A volume of the task, and where the container mounts it."""

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

    read_only: Annotated[
        bool,
        Default(False),
        Aws("containerDefinitions.mountPoints.readOnly"),
        Example("{ path: /mnt/data, efs: fs-0123456789abcdef0, readOnly: true }"),
    ]
    """Mounts the volume read-only."""
