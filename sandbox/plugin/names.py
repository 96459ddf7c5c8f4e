"""Names for resources that the program gives none."""

import hashlib
import secrets

SUFFIX_LENGTH = 7


def generated_name(logical_name: str, seed: bytes) -> str:
    """Pulumi's form: the logical name and seven hexadecimal digits."""
    digits = hashlib.sha256(seed).hexdigest() if seed else secrets.token_hex(SUFFIX_LENGTH)
    return f"{logical_name}-{digits[:SUFFIX_LENGTH]}"
