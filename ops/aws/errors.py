"""What an error of AWS, or on the way to it, means: one line with who was denied what, and what to do."""

import re
from collections.abc import Callable
from typing import Any

_DENIED = re.compile(
    r"User: (?P<who>\S+) is not authorized to perform: (?P<what>\S+)"
    r"(?: on resource: (?P<where>\S+))?(?: because (?P<why>[^()]+))?"
)
_SIGN_IN = "Sign in again: aws sso login, or as you usually do; --profile names another profile."

_CODES: tuple[tuple[str, str], ...] = (
    (r"ExpiredToken.*|RequestExpired|TokenRefreshRequired", f"the credentials have expired. {_SIGN_IN}"),
    (
        r"(Invalid|Unrecognized)Client.*|InvalidAccessKeyId|(Invalid|Incomplete)Signature.*|Signature.*|AuthFailure",
        f"AWS does not know these credentials. {_SIGN_IN}",
    ),
    (
        r"Throttl.*|TooManyRequests.*|Request(Limit|RateLimit)Exceeded.*|ProvisionedThroughputExceeded.*|SlowDown",
        "AWS takes no more calls of this kind at the moment ({code}), after all retries. Try again in a minute.",
    ),
    (
        r".*(Limit|Quota)Exceeded.*|.*OverLimit.*",
        "a quota is used up: {message} Ask for more in Service Quotas, or make do with less.",
    ),
    (r".*NotFound.*|.*NoSuch.*|.*NonExistent.*|.*DoesNotExist.*", "{message} Is it another Region or account?"),
    (r"InternalServer.*|InternalFailure|ServerException|ServiceUnavailable.*|5\d\d", "AWS failed: {message}"),
)
"""What error codes mean, by patterns of them."""


def explained(error: BaseException) -> str | None:
    """One line for an error that boto3 raises; None for any other."""
    from botocore import exceptions
    from botocore.parsers import ResponseParserError

    if isinstance(error, exceptions.ClientError):
        return _client_error(error)
    if isinstance(error, ResponseParserError):
        return (
            "what answered is not AWS, or does not know this call: is there a proxy in between, and AWS_ENDPOINT_URL "
            "right?"
        )
    if not isinstance(error, exceptions.BotoCoreError):
        return None
    for kinds, explain in _kinds():
        if isinstance(error, kinds):
            return explain(error)
    return f"AWS could not be asked: {_one_line(str(error))}"


def _client_error(error: Any) -> str:
    answer = error.response.get("Error", {})
    code, message = str(answer.get("Code", "")), _one_line(str(answer.get("Message", "")))
    operation = error.operation_name
    if denied := _DENIED.search(message):
        return _denied(denied)
    if re.fullmatch(r"AccessDenied.*|UnauthorizedOperation|NotAuthorized.*|Forbidden.*|403", code):
        return f"{operation}: access was denied: {_sentence(message)} Ask for the permission, or use another --profile."
    for pattern, meaning in _CODES:
        if re.fullmatch(pattern, code):
            return f"{operation}: {meaning.format(code=code, message=_sentence(message or code))}"
    return f"{operation}: {code}: {message}"


def _denied(found: re.Match[str]) -> str:
    where = f" on {found['where']}" if found["where"] else ""
    why = f": {found['why'].strip()}" if found["why"] else ""
    return f"{found['who']} may not {found['what']}{where}{why}. Ask for the permission, or use another --profile."


def _kinds() -> tuple[tuple[tuple[type[BaseException], ...], Callable[[Any], str]], ...]:
    from botocore import exceptions as e

    return (
        (
            (e.UnauthorizedSSOTokenError, e.SSOTokenLoadError, e.TokenRetrievalError, e.SSOError),
            lambda _: f"the SSO session has expired. {_SIGN_IN}",
        ),
        (
            (e.ProfileNotFound,),
            lambda error: f"{_sentence(str(error))} Those there are: aws configure list-profiles.",
        ),
        (
            (e.NoCredentialsError, e.PartialCredentialsError, e.CredentialRetrievalError),
            lambda error: f"there are no credentials for AWS: {_sentence(str(error))} {_SIGN_IN}",
        ),
        (
            (e.NoRegionError,),
            lambda _: "no Region is known. Name one: --region, AWS_DEFAULT_REGION, or `region` of the profile.",
        ),
        (
            (e.EndpointConnectionError, e.HTTPClientError),
            lambda error: f"AWS does not answer: {_sentence(str(error))} Is the network there, and --region right?",
        ),
    )


def _sentence(text: str) -> str:
    line = _one_line(text)
    return line if line.endswith((".", "!", "?")) else f"{line}."


def _one_line(text: str) -> str:
    return " ".join(text.split())
