"""Finds credentials in strings, such as an argument of a command, so that a review doesn't show them."""

import re

_NAME = r"(?:passw(?:or)?d|pwd|secret|token|api[-_]?key|access[-_]?key)"
_OPTION = re.compile(rf"--?[\w-]*{_NAME}[\w-]*", re.IGNORECASE)
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?P<kept>{_NAME}\w*[\"']?\s*[=:]\s*[\"']?)[^\s\"',}}\]]+",
        rf"(?P<kept>{_OPTION.pattern}\s+[\"']?)[^\s\"'-][^\s\"']*",
        r"(?P<kept>://[^/\s:@]*:)[^\s@/]+(?=@)",
        # A token without a user: https://<token>@example.com.
        r"(?P<kept>://)[\w.~%+-]{16,}(?=@)",
        # Signed URLs. AWS: Amazon S3 API reference, "Authenticating Requests: Using Query Parameters".
        r"(?P<kept>[?&](?:sig|signature|x-amz-signature|x-amz-credential)=)[^\s&\"']+",
        r"(?P<kept>\b(?:bearer|basic)\s+)[\w.~+/=-]{8,}",
        r"(?P<kept>)\b(?:(?:AKIA|ASIA)[A-Z0-9]{12,}|(?:gh[pousr]_|github_pat_|glpat-|xox[abp]-|pul-)[\w-]{10,})",
        # A JSON web token: two objects in Base64, and a signature.
        r"(?P<kept>)\beyJ[\w-]{5,}\.eyJ[\w-]{5,}\.[\w-]*",
        r"(?P<kept>-----BEGIN [A-Z ]*PRIVATE KEY-----)[^-]*",
        # A value that Pulumi encrypted. Pulumi: sdk/go/common/resource/config/crypt.go.
        r"(?P<kept>\bv1:)[\w+/]{16}:[\w+/]{16,}={0,2}",
    )
)
_LONGEST = 2000
"""Patterns see at most this number of characters, because their time grows faster than the text."""


def without_credentials(text: str) -> str:
    """Return the text with credentials replaced by `***`, and shortened if it is very long.

    An ARN isn't a credential, although it can contain `secret:`.
    """
    if text.startswith("arn:"):
        return text
    if len(text) > _LONGEST:
        # The end of a credential can be what identifies it, so the last word isn't shown in part.
        text = re.sub(r"\S+\Z", "", text[:_LONGEST]) + "…"
    for pattern in _PATTERNS:
        text = pattern.sub(r"\g<kept>***", text)
    return text


def expects_credential(argument: str) -> bool:
    """Whether an argument of a command is an option that a credential follows: `--password`."""
    return len(argument) <= _LONGEST and _OPTION.fullmatch(argument) is not None
