"""Fixes for EventBridge connections: moto returns their secrets, and keeps the old secret after an update."""

import json
from collections.abc import Mapping
from typing import Any

from moto.events.models import Connection, EventsBackend
from moto.secretsmanager.models import secretsmanager_backends

_connection: Any = Connection
_backend: Any = EventsBackend
_describe = _connection.describe
_update_connection = _backend.update_connection


def fix_connections() -> None:
    """Apply the fixes to moto in this process."""
    _connection.describe = lambda connection: {
        **_describe(connection),
        "AuthParameters": without_secrets(connection.auth_parameters),
    }
    _backend.update_connection = update_connection


def without_secrets(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters that AWS returns.

    AWS: botocore events, ConnectionAuthResponseParameters, which has no key and no password.
    """
    shown: dict[str, Any] = {}
    if key := parameters.get("ApiKeyAuthParameters"):
        shown["ApiKeyAuthParameters"] = {"ApiKeyName": key["ApiKeyName"]}
    if given := parameters.get("InvocationHttpParameters"):
        shown["InvocationHttpParameters"] = {
            kind: [_without_secret(one) for one in ones] for kind, ones in given.items()
        }
    return shown


def _without_secret(parameter: Mapping[str, Any]) -> dict[str, Any]:
    return {name: it for name, it in parameter.items() if name != "Value" or not parameter["IsValueSecret"]}


def update_connection(backend: Any, name: str, **changes: Any) -> dict[str, Any]:
    """Change a connection and its secret."""
    answer = _update_connection(backend, name, **changes)
    if parameters := changes.get("auth_parameters"):
        secrets = secretsmanager_backends[backend.account_id][backend.region_name]
        arn = backend.connections[name].secret_arn
        secrets.put_secret_value(arn, json.dumps(parameters), "", "", ["AWSCURRENT"])
    return answer
