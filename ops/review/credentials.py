"""Finds credentials in strings, such as an argument of a command, so that a review doesn't show them."""

import re

_NAME = r"(?:passw(?:or)?d|pwd|secret|token|api[-_]?key|access[-_]?key)"
_NAMED = re.compile(_NAME, re.IGNORECASE)
_OPTION = re.compile(r"--?[\w-]+")
_OPTION_WITH_VALUE = re.compile(
    rf"(?<![\w-])(?P<option>{_OPTION.pattern})(?P<between>[\"']?[\s,]+)"
    r"(?:\"[^\"]*\"|'[^']*'|[\"']?(?!-)[^\s\"',\]]+)"
)
_ASSIGNED = re.compile(rf"(?P<kept>{_NAME}\w*[\"']?\s*[=:]\s*[\"']?)[^\s\"',}}\]]+", re.IGNORECASE)
"""`password=a`, `token: a`."""
_ASSIGNED_IN_MESSAGE = re.compile(rf"(?P<kept>{_NAME}\w*=[\"']?)[^\s\"',}}\]]+", re.IGNORECASE)
"""`password=a`. In a message, a colon can follow the name of a key: `tasks.a.secrets.PASSWORD: must be ...`."""
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?P<kept>://[^/\s:@]*:)[^\s@/]+(?=@)",
        # A token without a user: https://<token>@example.com.
        r"(?P<kept>://)[\w.~%+-]{16,}(?=@)",
        # Signed URLs. AWS: Amazon S3 API reference, "Authenticating Requests: Using Query Parameters".
        r"(?P<kept>[?&](?:sig|signature|x-amz-signature|x-amz-credential)=)[^\s&\"']+",
        r"(?P<kept>\bbearer[\s,]+)[\w.~+/=-]{8,}",
        r"(?P<kept>\bauthorization:\s*basic\s+)[\w.~+/=-]{8,}",
        r"(?P<kept>)\b(?:(?:AKIA|ASIA)[A-Z0-9]{12,}|(?:gh[pousr]_|github_pat_|glpat-|xox[abp]-|pul-)[\w-]{10,})",
        # A JSON web token: two objects in Base64, and a signature.
        r"(?P<kept>)\beyJ[\w-]{5,}\.eyJ[\w-]{5,}\.[\w-]*",
        r"(?P<kept>-----BEGIN [A-Z ]*PRIVATE KEY-----)[^-]*",
        # A value that Pulumi encrypted. Pulumi: sdk/go/common/resource/config/crypt.go.
        r"(?P<kept>\bv1:)[\w+/]{16}:[\w+/]{16,}={0,2}",
    )
)
_ARN = re.compile(r"arn:[\w-]+:[\w-]*:[\w-]*:\d*:\S+", re.ASCII)
_LONGEST = 2000
"""Patterns see at most this number of characters, because their time grows faster than the text."""


def without_credentials(text: str) -> str:
    """Return the text with credentials replaced by `***`, and shortened if it is very long.

    An ARN isn't a credential, although it can contain `secret:`.
    """
    return text if _ARN.fullmatch(text) else _replaced(text, _ASSIGNED)


def without_credentials_in_message(text: str) -> str:
    """Return a line of a message with credentials replaced by `***`. It can have a value that is wrong."""
    return _replaced(text, _ASSIGNED_IN_MESSAGE)


def _replaced(text: str, assigned: re.Pattern[str]) -> str:
    if len(text) > _LONGEST:
        # The end of a credential can be what identifies it, so the last word isn't shown in part.
        text = re.sub(r"\S+\Z", "", text[:_LONGEST]) + "…"
    for pattern in (assigned, *_PATTERNS):
        text = pattern.sub(r"\g<kept>***", text)
    return _OPTION_WITH_VALUE.sub(_hidden, text)


def _hidden(found: re.Match[str]) -> str:
    named = _NAMED.search(found["option"])
    return f"{found['option']}{found['between']}***" if named else found[0]


def expects_credential(argument: str) -> bool:
    """Whether an argument of a command is an option that a credential follows: `--password`."""
    return len(argument) <= _LONGEST and bool(_OPTION.fullmatch(argument) and _NAMED.search(argument))
