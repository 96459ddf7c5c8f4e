"""File systems that runs mount with their task role: EFS and S3 Files."""

from __future__ import annotations

from .account import Account
from .arn import Arn
from .policies import Statement, run_statement


def efs_statement(
    account: Account, *, file_system: str, access_point: str | None, write: bool, root: bool
) -> Statement:
    """Allow a run to mount an EFS file system, through an access point if one is given.

    AWS: Amazon EFS user guide, "Using IAM to control access to file systems", "Using access points in IAM policies".

    Args:
        account: The account and Region of the file system.
        file_system: Its ID.
        access_point: ID of the access point; None to mount it without one.
        write: Whether the run may write.
        root: Whether the run may act as the root user.
    """
    point = None if access_point is None else account.arn("elasticfilesystem", f"access-point/{access_point}")
    arn = account.arn("elasticfilesystem", f"file-system/{file_system}")
    return _client("elasticfilesystem", arn, point, write=write, root=root)


def s3_files_statements(
    *, file_system: str, access_point: str | None, bucket: str | None, write: bool, root: bool
) -> list[Statement]:
    """Allow a run to mount an S3 Files file system, and to read large files directly from its bucket.

    AWS: Amazon S3 user guide, "How S3 Files works with IAM", "Prerequisites for S3 Files" (IAM role for attaching your
    file system to AWS compute resources).

    Args:
        file_system: ARN of the file system.
        access_point: ARN of the access point; None to mount it without one.
        bucket: ARN of the bucket; None if the run reads everything through the file system.
        write: Whether the run may write.
        root: Whether the run may act as the root user.
    """
    found: list[Statement] = [_client("s3files", file_system, access_point, write=write, root=root)]
    if bucket is not None:
        found += [
            run_statement(["s3:GetObject", "s3:GetObjectVersion"], [f"{bucket}/*"]),
            run_statement(["s3:ListBucket"], [bucket]),
        ]
    return found


def _client(service: str, arn: str, access_point: str | None, *, write: bool, root: bool) -> Statement:
    actions = [
        f"{service}:ClientMount",
        *([f"{service}:ClientRootAccess"] if root else []),
        *([f"{service}:ClientWrite"] if write else []),
    ]
    condition = None if access_point is None else {"StringEquals": {f"{service}:AccessPointArn": access_point}}
    return run_statement(actions, [arn], condition=condition)


def is_access_point_of(access_point: str, file_system: str) -> bool:
    """Whether the ARN of an S3 Files access point is that of a file system's."""
    found = Arn.parse_if_arn(access_point)
    return found is not None and access_point.startswith(f"{file_system}/access-point/")
