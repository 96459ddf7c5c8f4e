"""Calls to AWS's API, at the sandbox's endpoint only."""

import os
import threading
from collections.abc import Mapping
from functools import partial
from typing import Any, Protocol

import boto3
from botocore.config import Config
from botocore.model import OperationModel

from ops.local_sandbox import emulator_problem

from ..errors import SandboxError
from ..prerequisites import Existing, prerequisite_problems
from ..quotas import Counted, quota_problems
from ..rules import rule_problems
from ..sizes import size_problems
from ..validation import request_problems
from .existing import EmulatorResources

ENDPOINT = "AWS_ENDPOINT_URL"
DEFAULT_REGION = "eu-west-1"


class InvalidRequestError(Exception):
    """A request that AWS would refuse. It was not sent."""


def explicit_endpoint(environment: Mapping[str, str]) -> str:
    """Return the endpoint for all calls.

    Raises SandboxError if there is none, or if calls could reach a real account.
    """
    endpoint = environment.get(ENDPOINT, "")
    if environment.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"):
        raise SandboxError("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS is set, so calls could reach a real account. Unset it.")
    overriding = sorted(name for name in environment if name.startswith(f"{ENDPOINT}_"))
    if overriding:
        raise SandboxError(f"{overriding[0]} is set, so some calls would not go to the sandbox. Unset it.")
    return checked_endpoint(endpoint)


def checked_endpoint(endpoint: str) -> str:
    """Return the endpoint without a slash at its end, so that one emulator has one spelling.

    Raises SandboxError if it is not a URL, or if it belongs to AWS.
    """
    if problem := emulator_problem(endpoint):
        raise SandboxError(f"{problem} The sandbox never uses a real account.")
    return endpoint.rstrip("/")


class Session:
    """A boto3 session with one client per service and Region."""

    def __init__(self, endpoint: str):
        self.endpoint = endpoint
        # Without explicit credentials, boto3 would look for the user's own.
        self._session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test")  # noqa: S106
        self._lock = threading.Lock()
        self._clients: dict[tuple[str, str], Any] = {}

    def client(self, service: str, region: str) -> Any:
        """Return a client whose requests are checked before they are sent."""
        # Threads may share clients, but must not create them at the same time.
        with self._lock:
            key = (service, region)
            if key not in self._clients:
                self._clients[key] = self._new(service, region)
            return self._clients[key]

    def partition(self, region: str) -> str:
        """Return the partition of a Region."""
        return self._session.get_partition_for_region(region)

    def _new(self, service: str, region: str) -> Any:
        # The emulator is a local process, so retries would not help.
        config = Config(
            retries={"total_max_attempts": 1},
            connect_timeout=5,
            read_timeout=30,
            proxies={},
            parameter_validation=True,
        )
        connect: Any = self._session.client
        client: Any = connect(service, region_name=region, endpoint_url=self.endpoint, config=config)
        check = partial(validate, existing=EmulatorResources(self.client, region))
        client.meta.events.register_last("before-parameter-build.*.*", check)
        return client


class Aws:
    """AWS in the Region of a resource."""

    def __init__(self, session: Session, region: str):
        self.region = region
        self._session = session

    def client(self, service: str) -> Any:
        """Return boto3's client for a service."""
        return self._session.client(service, self.region)

    @property
    def partition(self) -> str:
        """The partition of the Region: "aws", "aws-cn" and so on."""
        return self._session.partition(self.region)


class Account(Existing, Counted, Protocol):
    """The existing resources that requests are checked against."""


def validate(params: Mapping[str, Any], model: OperationModel, existing: Account, **_: object) -> None:
    """Refuse what AWS would refuse. This is an event hook of boto3's clients.

    Raises InvalidRequestError with every problem.
    """
    service, operation = model.service_model.service_name, model.name
    found = request_problems(model, params)
    found = found or [*rule_problems(service, operation, params), *size_problems(service, operation, params)]
    found = found or prerequisite_problems(service, operation, params, existing)
    if found := found or quota_problems(service, operation, params, existing):
        raise InvalidRequestError(f"AWS would refuse {model.name}: " + "; ".join(found))


def session_from(environment: Mapping[str, str] | None = None) -> Session:
    """Return a session for the endpoint in the environment. Raises SandboxError, see `explicit_endpoint`."""
    return Session(explicit_endpoint(os.environ if environment is None else environment))
