"""The sandbox's emulator of AWS on this machine: its record in the project's folder, and the variables for its clients.

Only the standard library is imported. `sandbox.environment` needs this module before any library is imported.
"""

import json
import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from . import NAME
from .errors import OpsError

if TYPE_CHECKING:
    from urllib.request import OpenerDirector

FOLDER = ".sandbox"
"""The folder of the sandbox in the project's folder."""
HOST = "127.0.0.1"
LOCAL = "127.0.0.1,localhost"
"""Hosts that clients reach without a proxy."""
REGION = "eu-west-1"
STACK = "local"
"""The stack that the sandbox deploys."""
CHOSEN = "SCHEDULED_TASKS_SANDBOX"
"""The variable of a process that was started with `--sandbox`, so that it prints its commands with the option."""
TOKEN = "sandbox"  # noqa: S105 - not a secret
"""The key of the token in the configuration that the server returns."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server: its port, and a random token that tells it from other servers."""

    port: int
    token: str

    @property
    def endpoint(self) -> str:
        """The server's URL."""
        return f"http://{HOST}:{self.port}"

    def alive(self) -> bool:
        """Whether the server answers, and not another one on the same port."""
        from http.client import HTTPException

        try:
            with direct().open(f"{self.endpoint}/moto-api/config", timeout=5) as answer:
                return json.load(answer).get(TOKEN) == self.token
        except (OSError, HTTPException, ValueError, AttributeError):
            return False


def direct() -> "OpenerDirector":
    """Return what sends requests to the emulator itself, not to the user's proxy."""
    from urllib.request import ProxyHandler, build_opener

    return build_opener(ProxyHandler({}))


def record_file(home: Path) -> Path:
    """The file that names the server that was started from a folder."""
    return home / "server.json"


def recorded(home: Path) -> Server | None:
    """Return the server that was started from this folder, even if it has ended."""
    try:
        record = json.loads(record_file(home).read_text(encoding="utf-8"))
        return Server(int(record["port"]), str(record["token"]))
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None


def running(home: Path) -> Server | None:
    """Return the server that was started from this folder, or None if it does not answer."""
    server = recorded(home)
    return server if server and server.alive() else None


def client_variables(endpoint: str) -> dict[str, str]:
    """Return the variables with which the AWS CLI and the SDKs call an emulator, and no profile of the user."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def emulator_problem(endpoint: str) -> str:
    """Tell why a URL can't be the endpoint of an emulator. Empty if it can."""
    parts = urlsplit(endpoint)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return f'"{endpoint}" is not an endpoint URL such as http://127.0.0.1:4566.'
    if parts.hostname.endswith((".amazonaws.com", ".amazonaws.com.cn", ".aws", ".api.aws")):
        return f"{endpoint} belongs to AWS."
    return ""


def shell_lines(endpoint: str) -> list[str]:
    """Return lines for a POSIX shell that point its commands at an emulator.

    They unset all variables of AWS first: a service's own endpoint or a session token would be used too.
    """
    exports = [f"export {name}={shlex.quote(value)}" for name, value in client_variables(endpoint).items()]
    # zsh refuses `unset` without a name.
    found = r"$(env | sed -n 's/^\(AWS_[A-Z0-9_]*\)=.*/\1/p')"
    return [
        f"unset AWS_PROFILE {found}",
        *exports,
        f'export NO_PROXY="${{NO_PROXY:+$NO_PROXY,}}{LOCAL}"',
        'export no_proxy="$NO_PROXY"',
    ]


def variables_of_commands(given: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Return this process's variables, pointed at the running sandbox of a project.

    Args:
        given: The variables of this process.
        folder: The project's folder.

    Raises:
        OpsError: The project's sandbox isn't running.
    """
    server = running(folder / FOLDER)
    if server is None:
        raise OpsError(
            f"The sandbox of {folder} isn't running. In a checkout of {NAME}, start it with: make up. "
            "Omit --sandbox to call AWS."
        )
    kept = {name: value for name, value in given.items() if not name.startswith("AWS_")}
    direct = ",".join(filter(None, [given.get("NO_PROXY") or given.get("no_proxy"), LOCAL]))
    return {**kept, **client_variables(server.endpoint), "NO_PROXY": direct, "no_proxy": direct, CHOSEN: "1"}
