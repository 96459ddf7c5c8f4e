"""CloudWatch log groups."""

from pulumi_aws import cloudwatch

from ..scope import Scope


def create_log_group(
    scope: Scope, purpose: str, physical_name: str, *, retention_days: int, kms_key: str | None = None
) -> cloudwatch.LogGroup:
    """A log group. `purpose` is the end of its name in Pulumi."""
    return cloudwatch.LogGroup(
        f"{scope.name}-{purpose}",
        name=physical_name,
        retention_in_days=retention_days,
        kms_key_id=kms_key,
        tags=scope.tags,
        opts=scope.opts,
    )
