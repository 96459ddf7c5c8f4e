"""Errors that reach the user as they are; anything else is a fault of the plugin's and keeps its traceback."""

from collections.abc import Iterable

from .values import Props


class ProviderError(Exception):
    """What AWS refused, or what the sandbox does not know; the message is the whole of it."""


class PartialError(ProviderError):
    """A resource was made, and a further step of it failed: it is kept, and the next deployment goes on."""

    def __init__(self, message: str, identity: str, properties: Props, secret_names: frozenset[str]):
        super().__init__(message)
        self.identity = identity
        self.properties = properties
        self.secret_names = secret_names


def redacted(message: str, secrets: Iterable[str]) -> str:
    """The message without any of the secrets."""
    for secret in sorted(secrets, key=len, reverse=True):
        message = message.replace(secret, "[secret]")
    return message
