"""Environment variables of the engine, the program, the provider and the emulator.

The user's variables must not change what these processes do, so each process gets a fixed set and a few variables that
it needs to start. This module only uses the standard library, because `start_clean` runs before all other imports.
"""

import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from ops.local_sandbox import LOCAL, client_variables

PASSED = frozenset({"PATH", "USER", "LOGNAME", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "NIX_LD", "NIX_LD_LIBRARY_PATH"})
"""Variables of the user that every process gets: where programs and shared libraries are, and who holds a lock."""
DOWNLOADS = frozenset(
    {
        *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "all_proxy", "no_proxy"),
        *("SSL_CERT_FILE", "SSL_CERT_DIR", "PULUMI_PLUGIN_DOWNLOAD_URL_OVERRIDES"),
    }
)
"""Variables of the user that the engine also gets if it may download the official provider."""
LIBRARIES = ("AWS_", "GRPC_", "MOTO_", "PULUMI_", "PYTHON", "grpc_proxy", "no_grpc_proxy")
"""Prefixes of the variables that change what the libraries in this process do."""

ADDED: dict[str, str] = {}
"""More variables of the engine. Only tests add some."""


def start_clean() -> None:
    """Remove the settings of libraries from this process. Call it before the libraries are imported.

    Python reads its own variables before any code runs. If there are some, this process starts again without them.
    """
    found = [name for name in os.environ if name.startswith(LIBRARIES) and name not in DOWNLOADS]
    for name in found:
        del os.environ[name]
    if any(name.startswith("PYTHON") for name in found):
        os.execv(sys.executable, [sys.executable, "-E", *sys.orig_argv[1:]])  # noqa: S606 - the same program again


def of_engine(
    given: Mapping[str, str], *, endpoint: str, home: Path, base: Path, plugin_folder: Path | None
) -> dict[str, str]:
    """Return the variables of the engine, the program and the provider.

    Args:
        given: The user's variables.
        endpoint: The URL of the emulator.
        home: The folder of the sandbox.
        base: The folder of the stack's state, and temporary files.
        plugin_folder: The folder with the sandbox's provider; None if the engine may download the official one.
    """
    names = PASSED if plugin_folder else PASSED | DOWNLOADS
    path = given.get("PATH", os.defpath)
    variables = {
        **{name: value for name, value in given.items() if name in names},
        **_user(given, home, base),
        "PATH": os.pathsep.join([str(plugin_folder), path]) if plugin_folder else path,
        **client_variables(endpoint),
        "PULUMI_BACKEND_URL": (base / "state").as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true" if plugin_folder else "false",
    }
    if not plugin_folder:
        # gRPC in Python sends requests to 127.0.0.1 to a proxy, unless NO_PROXY excludes it.
        direct = ",".join(filter(None, [given.get("NO_PROXY") or given.get("no_proxy"), LOCAL, _host(endpoint)]))
        variables |= {"NO_PROXY": direct, "no_proxy": direct}
    return {**variables, **ADDED}


def of_emulator(given: Mapping[str, str], home: Path) -> dict[str, str]:
    """Return the variables of moto's server."""
    # moto's own IAM checks stay off: they ignore resources and conditions. No machine images are needed.
    return {
        **{name: value for name, value in given.items() if name in PASSED},
        **_user(given, home, home),
        "MOTO_IAM_LOAD_MANAGED_POLICIES": "true",
        "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
        "PYTHONPATH": str(Path(__file__).resolve().parents[1]),
    }


def of_version(given: Mapping[str, str]) -> dict[str, str]:
    """Return the variables for asking a Pulumi CLI for its version."""
    names = PASSED | {"HOME"}
    return {name: value for name, value in given.items() if name in names} | {"PULUMI_SKIP_UPDATE_CHECK": "true"}


def of_installation(given: Mapping[str, str]) -> dict[str, str]:
    """Return the variables for downloading the Pulumi CLI, or building it with Go: all but settings of libraries."""
    return {name: value for name, value in given.items() if not name.startswith(LIBRARIES)}


@contextmanager
def replaced(variables: Mapping[str, str]) -> Iterator[None]:
    """Replace all variables of this process, and its folder for temporary files, until the context ends."""
    before, temporary = dict(os.environ), tempfile.tempdir
    try:
        _set_all(variables)
        # Python chooses the folder again: TMPDIR if it exists, else one of the system's.
        tempfile.tempdir = None
        yield
    finally:
        _set_all(before)
        tempfile.tempdir = temporary


def _set_all(variables: Mapping[str, str]) -> None:
    os.environ.clear()
    os.environ.update(variables)


def _user(given: Mapping[str, str], home: Path, base: Path) -> dict[str, str]:
    # The engine needs a user and a home folder, which a container may not have.
    return {"USER": given.get("USER") or "sandbox", "HOME": str(home), "TMPDIR": str(base / "tmp")}


def _host(endpoint: str) -> str:
    return urlsplit(endpoint).hostname or ""
