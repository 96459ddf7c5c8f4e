"""How AWS is reached: as boto3 does it, with its profiles, SSO, Regions, and endpoints (AWS_ENDPOINT_URL)."""

from collections.abc import Iterator
from typing import Any

from ..errors import OpsError

ATTEMPTS = 6
"""Of each call, the first one included: throttling, timeouts and errors of the server are tried again, within about 15
seconds. More would keep a person waiting who has no network."""
CONNECT_SECONDS, READ_SECONDS = 10, 30


class Aws:
    """One session; a client is made when it is first asked for.

    Raises what boto3 raises, which `ops.aws.errors` explains, and OpsError for an endpoint that is no URL.
    """

    def __init__(self, profile: str | None = None, region: str | None = None):
        """Without a profile or a Region, those of the environment and of AWS's own files are taken."""
        import boto3

        self._session: Any = boto3.Session(profile_name=profile, region_name=region)
        self._clients: dict[str, Any] = {}

    @property
    def region(self) -> str | None:
        """The Region that is asked, where one is known."""
        return self._session.region_name

    def client(self, service: str) -> Any:
        """The client of a service, with retries that back off."""
        if service not in self._clients:
            from botocore.config import Config
            from botocore.exceptions import BotoCoreError

            config = Config(
                retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
                connect_timeout=CONNECT_SECONDS,
                read_timeout=READ_SECONDS,
                user_agent_extra="scheduled-tasks-ops",
            )
            try:
                self._clients[service] = self._session.client(service, config=config)
            except BotoCoreError:
                raise  # Some of them are ValueErrors.
            except ValueError as error:
                raise OpsError(f"{error}. Look at AWS_ENDPOINT_URL, and at endpoint_url of the profile.") from None
        return self._clients[service]

    def pages(self, service: str, operation: str, key: str, **parameters: Any) -> Iterator[Any]:
        """All items of a list that comes in pages: those under `key` of each."""
        for page in self.client(service).get_paginator(operation).paginate(**parameters):
            yield from page[key]
