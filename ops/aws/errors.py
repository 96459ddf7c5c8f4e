"""Explains errors of AWS and of the connection to it in one line: who was denied what, and what to do."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from html import unescape
from typing import TYPE_CHECKING, TypeVar

from ..errors import OpsError
from ..output import in_words
from .answers import AnswerError

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

Found = TypeVar("Found")

_DENIED = re.compile(
    r"User: (?P<who>\S+) is not authorized to perform: (?P<what>\S+)"
    r"(?: on resource: (?P<where>\S+))?(?: because (?P<why>[^()]+))?"
)
_DENIED_CODES = re.compile(r"AccessDenied.*|UnauthorizedOperation|NotAuthorized.*|Forbidden.*|403")
_SIGN_IN = "Sign in again, for example with `aws sso login`, or pass another --profile."
_GET_PERMISSION = "Ask for the permission, or pass another --profile."

_ELEMENTS = (
    "a|b|blockquote|body|br|center|code|dd|div|dl|dt|em|font|footer|h[1-6]|head|header|hr|html|i|img|li|link|main|meta"
    "|ol|p|pre|section|small|span|strong|table|tbody|td|th|thead|tr|tt|u|ul"
)
_MARKUP = re.compile(
    rf"</?(?:{_ELEMENTS})\b(?:\s[^<>]*)?/?>|<!doctype\b[^<>]*>|<!--(?:(?!-->).)*(?:-->)?", re.IGNORECASE | re.DOTALL
)
_UNSHOWN = re.compile(r"<(title|script|style)\b[^<>]*>(?:(?!</\1\s*>).)*(?:</\1\s*>)?", re.IGNORECASE | re.DOTALL)
"""HTML. Other angle brackets stay, such as those of `<aws.scheduler.execution-id>`."""

_LONGEST = 1000
"""The most characters of a message from AWS or a proxy."""

_CLOCK_CODES = re.compile(r"RequestTimeTooSkewed|RequestInTheFuture|RequestExpired")
_SIGNATURE_CODES = re.compile(r"InvalidSignatureException|SignatureDoesNotMatch|AuthFailure")
_CLOCK_MESSAGE = re.compile(r"Signature (expired|not yet current)", re.IGNORECASE)
"""AWS refuses a request whose time is off by some minutes. The codes are those of AWS's own SDKs (aws-sdk-js-v3,
`CLOCK_SKEW_ERROR_CODES`)."""

_LONGEST_CODE = 200
"""Characters of an error code that are read. The codes of AWS are shorter."""
_THROTTLED = r"Throttl.*|TooManyRequests.*|Request(Limit|RateLimit)Exceeded.*|ProvisionedThroughputExceeded.*|SlowDown"

_MEANINGS: tuple[tuple[str, str], ...] = (
    (r"ExpiredToken.*|TokenRefreshRequired", f"The credentials have expired. {_SIGN_IN}"),
    (
        r"(Invalid|Unrecognized)Client.*|InvalidAccessKeyId|(Invalid|Incomplete)Signature.*|Signature.*|AuthFailure",
        f"AWS doesn't accept these credentials. {_SIGN_IN}",
    ),
    (
        _THROTTLED,
        "AWS throttled the call ({code}), even after retries. Try again in a minute.",
    ),
    (
        r".*(Limit|Quota)Exceeded.*|.*OverLimit.*",
        "A quota is exceeded: {message} Request an increase in Service Quotas, or use less.",
    ),
    (r".*NotFound.*|.*NoSuch.*|.*NonExistent.*|.*DoesNotExist.*", "{message} Check the Region and the account."),
    (r"InternalServer.*|InternalFailure|ServerException|ServiceUnavailable.*|5\d\d", "AWS failed: {message}"),
)
"""The meanings of error codes, by pattern. The first match counts."""


def explained(error: BaseException) -> str | None:
    """Explain an error that boto3 raised, or an OpsError, in one line. Returns None for any other error."""
    from botocore import exceptions
    from botocore.parsers import ResponseParserError

    if isinstance(error, OpsError):
        return str(error)
    if isinstance(error, exceptions.ClientError):
        return _client_error(error)
    if isinstance(error, ResponseParserError):
        return "The answer isn't from AWS, or is incomplete. Check for a proxy, and check AWS_ENDPOINT_URL."
    if not isinstance(error, exceptions.BotoCoreError):
        return None
    for kinds, explain in _connection_errors():
        if isinstance(error, kinds):
            return explain(error)
    return f"The call to AWS failed: {_one_line(str(error))}"


def is_uncertain(error: BaseException) -> bool:
    """Tell if a call may have taken effect although it failed: AWS's answer is lost, unusable, or a server error.

    Any other error counts too if it is marked: an earlier attempt of the call may have taken effect.
    """
    from botocore.exceptions import ClientError, HTTPClientError
    from botocore.parsers import ResponseParserError

    if _UNCERTAIN in getattr(error, "__notes__", ()):
        return True
    if isinstance(error, ClientError):
        return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") or 0) >= 500
    return isinstance(error, (HTTPClientError, AnswerError, ResponseParserError))


_UNCERTAIN = "An earlier attempt may have taken effect."


def mark_uncertain(error: BaseException) -> None:
    """Record that an earlier attempt of the failed call may have taken effect: its answer was lost."""
    if not is_uncertain(error):
        error.add_note(_UNCERTAIN)


def is_throttled(error: BaseException) -> bool:
    """Tell if AWS throttled a call, even after retries."""
    return re.fullmatch(_THROTTLED, error_code(error)) is not None


def is_denied(error: BaseException) -> bool:
    """Tell if AWS denied a call because of missing permissions."""
    return _DENIED_CODES.fullmatch(error_code(error)) is not None


def read_part(what: str, default: Found, read: Callable[[], Found], failed: list[str]) -> Found:
    """Read a part of a result. If AWS fails one of its calls, add a sentence to `failed` and return the default.

    `what` is the part for the sentence, such as `The last runs`.
    """
    try:
        return read()
    except Exception as error:
        if (line := explained(error)) is None:
            raise
        failed.append(f"{what} can't be read. {line}")
        return default


def error_code(error: BaseException) -> str:
    """Return the code of an error that AWS answered, such as `ClusterNotFoundException`. Empty for any other error."""
    from botocore.exceptions import ClientError

    code = str(error.response.get("Error", {}).get("Code", "")) if isinstance(error, ClientError) else ""
    return code[:_LONGEST_CODE]


def _client_error(error: "ClientError") -> str:
    code, message = error_code(error), _one_line(str(error.response.get("Error", {}).get("Message", "")))
    operation = error.operation_name
    if denied := _DENIED.search(message):
        return _denied(denied)
    if _DENIED_CODES.fullmatch(code):
        return f"{operation}: Access was denied: {_sentence(message)} {_GET_PERMISSION}"
    if _CLOCK_CODES.fullmatch(code) or (_SIGNATURE_CODES.fullmatch(code) and _CLOCK_MESSAGE.search(message)):
        return f"{operation}: {_clock(error, datetime.now(UTC))}"
    for pattern, meaning in _MEANINGS:
        if re.fullmatch(pattern, code):
            return f"{operation}: {meaning.format(code=code, message=_sentence(message or code))}"
    return f"{operation}: {code}: {message}"


def _clock(error: "ClientError", now: datetime) -> str:
    """Explain that AWS refused the time of a request. The answer's header tells AWS's time."""
    headers = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    try:
        ahead = now - parsedate_to_datetime(headers.get("date", ""))
    except (TypeError, ValueError):
        difference = "differs from AWS's"
    else:
        difference = f"is {in_words(abs(ahead))} {'ahead of' if ahead > timedelta() else 'behind'} AWS's"
    return f"AWS refused the time of the request: the clock of this machine {difference}. Set the clock."


def _denied(found: re.Match[str]) -> str:
    where = f" on {found['where']}" if found["where"] else ""
    why = f": {found['why'].strip()}" if found["why"] else ""
    return f"{found['who']} may not {found['what']}{where}{why}. {_GET_PERMISSION}"


def _connection_errors() -> tuple[tuple[tuple[type[BaseException], ...], Callable[[BaseException], str]], ...]:
    from botocore import exceptions as e

    return (
        (
            (e.UnauthorizedSSOTokenError, e.SSOTokenLoadError, e.TokenRetrievalError, e.SSOError),
            lambda _: f"The SSO session has expired. {_SIGN_IN}",
        ),
        (
            (e.ProfileNotFound,),
            lambda error: f"{_sentence(str(error))} To list the profiles, run: aws configure list-profiles",
        ),
        (
            (e.NoCredentialsError, e.PartialCredentialsError, e.CredentialRetrievalError),
            lambda error: f"There are no credentials for AWS: {_sentence(str(error))} {_SIGN_IN}",
        ),
        (
            (e.NoRegionError,),
            lambda _: "No Region is set. Set --region, AWS_REGION, or `region` in the profile.",
        ),
        (
            (e.ConnectionError, e.HTTPClientError),
            lambda error: f"AWS doesn't answer: {_sentence(str(error))} Check the network and --region.",
        ),
    )


def _without_markup(text: str) -> str:
    """A text without the elements of HTML. A proxy, an emulator or a service puts its error page into a message."""
    if not _MARKUP.search(text):
        return text
    # The title repeats the heading.
    return unescape(_MARKUP.sub(" ", _UNSHOWN.sub(" ", text)))


def _sentence(text: str) -> str:
    line = _one_line(text)
    return line if line.endswith((".", "!", "?")) else f"{line}."


def _one_line(text: str) -> str:
    line = " ".join(_without_markup(text[: 4 * _LONGEST]).split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}..."
