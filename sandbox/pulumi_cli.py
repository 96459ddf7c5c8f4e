"""The Pulumi CLI for the sandbox.

It is the one on PATH, else the official release, else a build from Go modules. The last two are kept in the user's
cache folder, outside of the work tree.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import platformdirs
import semver
from filelock import FileLock
from pulumi.automation import PulumiCommand

from .environment import of_installation, of_version, replaced
from .errors import SandboxError

BUILT_VERSION = "3.259.0"
"""The version in tools/pulumi-cli/go.mod, and the oldest version that is used."""
_SOURCES = Path(__file__).resolve().parents[1] / "tools" / "pulumi-cli"
_PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
_STAMP = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"

Say = Callable[[str], None]


def cache_folder() -> Path:
    """The user's cache folder for downloads and builds. All work trees share it."""
    return platformdirs.user_cache_path("scheduled-tasks", appauthor=False)


def find_or_get(say: Say) -> Path:
    """Find a suitable CLI, or download or build one.

    Args:
        say: Prints a line of progress.

    Returns:
        The folder that contains `bin/pulumi`.

    Raises:
        SandboxError: The CLI cannot be downloaded or built.
    """
    if on_path := _on_path():
        return on_path
    try:
        with _lock():
            return _cached() or _install(say) or _build(say)
    except OSError as error:
        # A cache that somebody else has filled may be read-only.
        if cached := _cached():
            return cached
        raise SandboxError(
            f"The Pulumi CLI can't be kept in {cache_folder()}: {error.strerror or error}."
            " Set XDG_CACHE_HOME to a folder that you can write to, or install the Pulumi CLI on PATH."
        ) from None


def find() -> Path | None:
    """Return the folder that contains `bin/pulumi`, or None if a CLI must be downloaded or built first."""
    if on_path := _on_path():
        return on_path
    try:
        with _lock():
            return _cached()
    except OSError:
        return _cached()


def _lock() -> FileLock:
    cache_folder().mkdir(parents=True, exist_ok=True)
    return FileLock(cache_folder() / "lock")


def _on_path() -> Path | None:
    found = shutil.which("pulumi")
    suitable = found and Path(found).parent.name == "bin" and _is_suitable(Path(found))
    return Path(found).parent.parent if found and suitable else None


def _cached() -> Path | None:
    roots = sorted(cache_folder().glob("pulumi-*"))
    return next((root for root in roots if _is_suitable(root / "bin" / "pulumi")), None)


@cache
def _is_suitable(executable: Path) -> bool:
    try:
        answer = subprocess.run(
            [str(executable), "version"],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
            env=of_version(os.environ),
        )
        version = semver.Version.parse(answer.stdout.strip().removeprefix("v"))
    except (OSError, subprocess.SubprocessError, ValueError):
        return False
    return semver.Version.parse(BUILT_VERSION) <= version < semver.Version(4)


def _install(say: Say) -> Path | None:
    """Download the official CLI. Returns None if that fails."""
    root = cache_folder() / "pulumi-official"
    say("Pulumi CLI: not on PATH, downloading the official release")
    try:
        with replaced(of_installation(os.environ)):
            PulumiCommand.install(root=str(root))
    except Exception as error:
        say(f"Pulumi CLI: the download failed ({type(error).__name__})")
        shutil.rmtree(root, ignore_errors=True)
        return None
    return root


def _build(say: Say) -> Path:
    go = shutil.which("go")
    if not go:
        raise SandboxError(
            f"The sandbox needs the Pulumi CLI {BUILT_VERSION} or newer. It is not on PATH and can't be downloaded, and"
            " Go, which could build it, is not on PATH either. Install the Pulumi CLI or Go."
        )
    root = cache_folder() / f"pulumi-v{BUILT_VERSION}"
    say(f"Pulumi CLI: building v{BUILT_VERSION} with Go (once, about 4 minutes)")
    with tempfile.TemporaryDirectory(dir=cache_folder()) as built, _progress(say):
        target = Path(built) / "bin" / "pulumi"
        flags = f"-s -w -X {_STAMP}=v{BUILT_VERSION}"
        done = subprocess.run(
            [go, "build", "-trimpath", "-ldflags", flags, "-o", str(target), _PACKAGE],
            cwd=_SOURCES,
            capture_output=True,
            text=True,
            check=False,
            env={**of_installation(os.environ), "CGO_ENABLED": "0", "GOFLAGS": "-mod=readonly"},
        )
        if done.returncode:
            raise SandboxError("Building the Pulumi CLI failed:\n" + "\n".join(done.stderr.splitlines()[-10:]))
        shutil.rmtree(root, ignore_errors=True)
        root.mkdir(parents=True)
        target.parent.rename(root / "bin")
    return root


@contextmanager
def _progress(say: Say) -> Iterator[None]:
    """Print a line every 20 seconds."""
    done, began = threading.Event(), time.monotonic()

    def report() -> None:
        while not done.wait(20):
            say(f"Pulumi CLI: still building after {time.monotonic() - began:.0f} s")

    reporter = threading.Thread(target=report, daemon=True)
    reporter.start()
    try:
        yield
    finally:
        done.set()
        reporter.join()


def say_to_stderr(line: str) -> None:
    """Print progress to stderr, so that stdout has the result only."""
    print(line, file=sys.stderr, flush=True)  # noqa: T201
