"""API destinations in moto: requests with the message, the secret and AWS's headers, and undelivered messages.

moto sends neither a body nor the secret of the connection. The sandbox sends requests to one receiver on this machine
only, whose URL is in the file `receiver` beside the server's record. Without the file, it sends none.

AWS: Amazon EventBridge user guide, "API destinations as targets in Amazon EventBridge".
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests
from moto.events.models import events_backends

from .rule_deliveries import TIMED_OUT, UNREACHABLE, DeliveryError, error_of_status

TIMEOUT_SECONDS = 5
"""AWS: "EventBridge requests to an API destination endpoint must have a maximum client execution timeout of 5
seconds"."""
_HEADERS = {
    "User-Agent": "Amazon/EventBridge/ApiDestinations",
    "Content-Type": "application/json; charset=utf-8",
    "Range": "bytes=0-1048575",
    "Accept-Encoding": "gzip,deflate",
    "Connection": "close",
}
_receiver_file: list[Path] = []


def receive_at(file: Path) -> None:
    """Set the file with the URL of the receiver."""
    _receiver_file[:] = [file]


def receiver() -> str:
    """The URL of the receiver on this machine. Empty for none."""
    file = _receiver_file[0] if _receiver_file else None
    url = file.read_text().strip() if file and file.is_file() else ""
    return url if urlsplit(url).scheme == "http" and urlsplit(url).hostname == "127.0.0.1" else ""


def invoked(arn: str, message: str) -> DeliveryError | None:
    """Send a message to an API destination. Returns the error; None if the endpoint accepted it, or there is no
    receiver."""
    _, _, _, region, account, resource = arn.split(":")
    backend: Any = events_backends[account][region]
    destination = backend.destinations[resource.split("/")[1]]
    connection = backend.connections[destination.connection_arn.split("/")[1]]
    if not receiver():
        return None
    endpoint = urlsplit(destination.invocation_endpoint)
    parameters: Mapping[str, Any] = connection.auth_parameters.get("InvocationHttpParameters", {})
    query = {**dict(_named(parameters, "QueryStringParameters"))}
    key: Mapping[str, str] = connection.auth_parameters["ApiKeyAuthParameters"]
    headers = {
        **_HEADERS,
        "Host": endpoint.netloc,
        **dict(_named(parameters, "HeaderParameters")),
        key["ApiKeyName"]: key["ApiKeyValue"],
    }
    content = json.loads(message) | _named(parameters, "BodyParameters")
    parts = "&".join(part for part in (endpoint.query, urlencode(query)) if part)
    try:
        answer = requests.request(
            destination.http_method,
            f"{receiver()}{endpoint.path or '/'}{f'?{parts}' if parts else ''}",
            headers=headers,
            data=json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode(),
            timeout=TIMEOUT_SECONDS,
        )
    except requests.Timeout:
        return TIMED_OUT
    except requests.RequestException:
        return UNREACHABLE
    return error_of_status(answer.status_code, answer.headers, datetime.now(UTC))


def _named(parameters: Mapping[str, Any], kind: str) -> dict[str, str]:
    return {one["Key"]: one["Value"] for one in parameters.get(kind, [])}
