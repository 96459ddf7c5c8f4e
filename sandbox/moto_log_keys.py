"""Changes of the KMS key of a log group, which moto does not support.

AWS: CloudWatch Logs API reference, AssociateKmsKey, DisassociateKmsKey.
"""

from typing import Any

from moto.logs.exceptions import ResourceNotFoundException
from moto.logs.responses import LogsResponse


def fix_log_keys() -> None:
    """Add the operations to moto in this process."""
    responses: Any = LogsResponse
    responses.associate_kms_key = associate_kms_key
    responses.disassociate_kms_key = disassociate_kms_key


def associate_kms_key(response: Any) -> str:
    """Encrypt new log events with a key."""
    return _set_key(response, response._get_param("kmsKeyId"))


def disassociate_kms_key(response: Any) -> str:
    """Stop the encryption with a key."""
    return _set_key(response, None)


def _set_key(response: Any, key: str | None) -> str:
    group = response.logs_backend.groups.get(response._get_param("logGroupName"))
    if group is None:
        raise ResourceNotFoundException
    group.kms_key_id = key
    return "{}"
