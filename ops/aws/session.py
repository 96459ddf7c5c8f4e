"""The connection to AWS. It honors what boto3 honors: profiles, SSO, Regions and endpoints (AWS_ENDPOINT_URL)."""

import os
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from components.json_values import Object

from ..errors import OpsError
from .answers import AnswerError, read_answer, unreadable
from .bodies import check_body
from .called_clients import CalledClients
from .clients import Clients
from .pages import GuardedPaginator
from .patience import Patience
from .slow_calls import SlowCalls

ATTEMPTS = 6
"""Attempts per call, including the first. Throttling and server errors are retried for about 15 seconds. With more
attempts, someone without a network would wait too long for the error."""
CONNECT_SECONDS, READ_SECONDS = 5, 18
"""Seconds that one attempt waits for the connection, and for the answer. With the limits in `ops.aws.patience`, each
command that can't reach AWS ends within a minute."""

QUERY_SECONDS = 55.0
"""Seconds that a command waits for all its queries of logs together. A query usually takes half a second, and
CloudWatch Logs ends it after 50 seconds."""


def _silent(_: str) -> None:
    pass


class Aws:
    """A session that creates each client on first use.

    Raises boto3's errors, which `ops.aws.errors` explains, and OpsError for an invalid endpoint.
    """

    def __init__(self, profile: str | None = None, region: str | None = None, tell: Callable[[str], None] = _silent):
        """Without a profile or Region, boto3 takes those of the environment and of AWS's configuration files.

        AWS_REGION precedes AWS_DEFAULT_REGION, which is the only one that boto3 reads (AWS: AWS CLI user guide,
        "Environment variables to configure the AWS CLI").

        `tell` gets a sentence if AWS doesn't answer a call for some seconds.
        """
        import boto3
        import botocore.session
        from botocore.config import Config

        core: Any = botocore.session.get_session()
        # It also applies to the calls of botocore itself, such as those that assume the role of a profile.
        core.set_default_client_config(
            Config(
                retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
                connect_timeout=CONNECT_SECONDS,
                read_timeout=READ_SECONDS,
                user_agent_extra="scheduled-tasks-ops",
            )
        )
        region = region or os.environ.get("AWS_REGION") or None
        with _settings():
            self._session: Any = boto3.Session(botocore_session=core, profile_name=profile, region_name=region)
        self._session.events.register("creating-client-class", _guarded(SlowCalls(tell), Patience()))
        self._session.events.register("before-parse", check_body)
        self._clients: Object = {}
        self._query_seconds = QUERY_SECONDS

    def may_wait_for_query(self, seconds: float) -> bool:
        """Tell if a command may wait longer for queries of logs, and count the time."""
        self._query_seconds -= seconds
        return self._query_seconds >= 0

    @property
    def region(self) -> str | None:
        """The Region of all calls, if one is known."""
        return self._session.region_name

    @property
    def emulated(self) -> bool:
        """Whether the endpoint is on this machine, so that an emulator answers in place of AWS."""
        host = urlsplit(str(self._client("scheduler").meta.endpoint_url)).hostname or ""
        try:
            return ip_address(host).is_loopback
        except ValueError:
            return host == "localhost" or host.endswith(".localhost")

    @property
    def client(self) -> Clients:
        """Returns the client of a service. Its calls are retried with backoff."""
        return self._client

    @property
    def called_client(self) -> CalledClients:
        """The same, for services whose resources calls act on."""
        return self._client

    def _client(self, service: Any, /) -> Any:
        if service not in self._clients:
            with _settings():
                self._clients[service] = self._session.client(service)
        return self._clients[service]

    def pages(self, service: Any, operation: Any, key: str, **parameters: Any) -> Iterator[Any]:
        """Yield the items of a paginated list: those under `key` of each page."""
        for page in self._client(service).get_paginator(operation).paginate(**parameters):
            yield from page[key]


@contextmanager
def _settings() -> Generator[None]:
    """Read settings of the environment and of AWS's configuration files. Raises OpsError if one is invalid."""
    from botocore.exceptions import BotoCoreError

    try:
        yield
    except BotoCoreError:
        raise  # Some of them are ValueErrors.
    except (OSError, ValueError) as error:
        raise OpsError(
            f"The connection to AWS can't be set up: {error}. Check AWS_ENDPOINT_URL, the other variables of AWS, and "
            "the profile."
        ) from None


def _guarded(slow_calls: SlowCalls, patience: Patience) -> Callable[..., None]:
    """Return a handler that gives botocore's new client class another base class. That one watches each call and
    converts its answer."""

    class Guarded:
        """All operations and paginators of a client make their calls with this method."""

        meta: Any

        def __init__(self, *arguments: Any, **options: Any):
            super().__init__(*arguments, **options)
            patience.register(self)

        def _make_api_call(self, operation_name: str, api_params: Any) -> Any:
            following: Any = super()
            endpoint = self.meta.endpoint_url
            with slow_calls.watch(operation_name, endpoint), patience.call(operation_name, endpoint):
                return _read(
                    lambda: following._make_api_call(operation_name, api_params),
                    self.meta.service_model.operation_model(operation_name),
                )

        def get_paginator(self, operation_name: str) -> Any:
            following: Any = super()
            return GuardedPaginator(
                following.get_paginator(operation_name), self.meta.method_to_api_mapping[operation_name]
            )

    def handle(*, base_classes: list[type], **_: Any) -> None:
        base_classes.insert(0, Guarded)

    return handle


def _read(call: Callable[[], Any], model: Any) -> Any:
    """Make a call and read its answer. botocore's parsers raise Python's errors for values of other types."""
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError

    try:
        return read_answer(call(), model)
    except (BotoCoreError, ClientError, AnswerError):
        raise
    except OSError as error:
        # For example, a file with a token for a role. botocore has errors of its own for the connection.
        raise OpsError(
            f"{model.name} could not be called: {error}. Check the variables of AWS and the profile."
        ) from None
    except ResponseParserError as error:
        raise unreadable(model.name) from error
    except (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError) as error:
        raise unreadable(model.name) from error
