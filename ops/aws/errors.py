"""Explains errors of AWS and of the connection to it in one line: who was denied what, and what to do."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from ..errors import OpsError

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

_DENIED = re.compile(
    r"User: (?P<who>\S+) is not authorized to perform: (?P<what>\S+)"
    r"(?: on resource: (?P<where>\S+))?(?: because (?P<why>[^()]+))?"
)
_SIGN_IN = "Sign in again, for example with `aws sso login`, or pass another --profile."
_GET_PERMISSION = "Ask for the permission, or pass another --profile."

_MEANINGS: tuple[tuple[str, str], ...] = (
    (r"ExpiredToken.*|RequestExpired|TokenRefreshRequired", f"The credentials have expired. {_SIGN_IN}"),
    (
        r"(Invalid|Unrecognized)Client.*|InvalidAccessKeyId|(Invalid|Incomplete)Signature.*|Signature.*|AuthFailure",
        f"AWS doesn't accept these credentials. {_SIGN_IN}",
    ),
    (
        r"Throttl.*|TooManyRequests.*|Request(Limit|RateLimit)Exceeded.*|ProvisionedThroughputExceeded.*|SlowDown",
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
        return "The answer isn't from AWS, or is to another call. Check for a proxy, and check AWS_ENDPOINT_URL."
    if not isinstance(error, exceptions.BotoCoreError):
        return None
    for kinds, explain in _connection_errors():
        if isinstance(error, kinds):
            return explain(error)
    return f"The call to AWS failed: {_one_line(str(error))}"


def error_code(error: BaseException) -> str:
    """Return the code of an error that AWS answered, such as `ClusterNotFoundException`. Empty for any other error."""
    from botocore.exceptions import ClientError

    return str(error.response.get("Error", {}).get("Code", "")) if isinstance(error, ClientError) else ""


def _client_error(error: "ClientError") -> str:
    code, message = error_code(error), _one_line(str(error.response.get("Error", {}).get("Message", "")))
    operation = error.operation_name
    if denied := _DENIED.search(message):
        return _denied(denied)
    if re.fullmatch(r"AccessDenied.*|UnauthorizedOperation|NotAuthorized.*|Forbidden.*|403", code):
        return f"{operation}: Access was denied: {_sentence(message)} {_GET_PERMISSION}"
    for pattern, meaning in _MEANINGS:
        if re.fullmatch(pattern, code):
            return f"{operation}: {meaning.format(code=code, message=_sentence(message or code))}"
    return f"{operation}: {code}: {message}"


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
            lambda _: "No Region is set. Set --region, AWS_DEFAULT_REGION, or `region` in the profile.",
        ),
        (
            (e.ConnectionError, e.HTTPClientError),
            lambda error: f"AWS doesn't answer: {_sentence(str(error))} Check the network and --region.",
        ),
    )


def _sentence(text: str) -> str:
    line = _one_line(text)
    return line if line.endswith((".", "!", "?")) else f"{line}."


def _one_line(text: str) -> str:
    return " ".join(text.split())
