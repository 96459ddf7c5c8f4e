"""The Pulumi CLI: the one on PATH, else the official one, else one built from Go modules; got once, kept
outside the tree."""

import fcntl
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

import semver
from pulumi.automation import PulumiCommand

from .errors import SandboxError

BUILT_VERSION = "3.259.0"
"""The version that tools/pulumi-cli/go.mod names, and the oldest that is used."""
_SOURCES = Path(__file__).resolve().parents[1] / "tools" / "pulumi-cli"
_PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
_STAMP = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"

Say = Callable[[str], None]


def cache_folder() -> Path:
    """Where what is slow to get is kept from one work tree to the next."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "scheduled-tasks"


def find_or_get(say: Say) -> Path:
    """The folder whose `bin` holds a CLI of a fit version; got now, with progress said, where there is none.

    Raises SandboxError with what is missing.
    """
    if on_path := _on_path():
        return on_path
    with _one_at_a_time():
        return _cached() or _install(say) or _build(say)


def find() -> Path | None:
    """The folder whose `bin` holds a CLI of a suitable version; None if it has to be downloaded or built first."""
    if on_path := _on_path():
        return on_path
    with _one_at_a_time():
        return _cached()


def _on_path() -> Path | None:
    found = shutil.which("pulumi")
    return Path(found).parent.parent if found and Path(found).parent.name == "bin" and _fit(Path(found)) else None


def _cached() -> Path | None:
    return next((root for root in sorted(cache_folder().glob("pulumi-*")) if _fit(root / "bin" / "pulumi")), None)


@cache
def _fit(executable: Path) -> bool:
    try:
        answer = subprocess.run(
            [str(executable), "version"],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
            env={**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"},
        )
        version = semver.Version.parse(answer.stdout.strip().removeprefix("v"))
    except (OSError, subprocess.SubprocessError, ValueError):
        return False
    return semver.Version.parse(BUILT_VERSION) <= version < semver.Version(4)


def _install(say: Say) -> Path | None:
    """The official CLI, or None where its site cannot be reached."""
    root = cache_folder() / "pulumi-official"
    say("Pulumi CLI: none on PATH; asking the official installer")
    try:
        PulumiCommand.install(root=str(root))
    except Exception as error:
        say(f"Pulumi CLI: the official installer cannot be had here ({type(error).__name__})")
        shutil.rmtree(root, ignore_errors=True)
        return None
    return root


def _build(say: Say) -> Path:
    go = shutil.which("go")
    if not go:
        raise SandboxError(
            f"There is no Pulumi CLI {BUILT_VERSION} or newer on PATH, its official installer cannot be reached, and "
            "to build it Go is needed, which is not on PATH either. Install one of them."
        )
    root = cache_folder() / f"pulumi-v{BUILT_VERSION}"
    say(f"Pulumi CLI: building v{BUILT_VERSION} with Go, once; it takes about 4 minutes")
    with tempfile.TemporaryDirectory(dir=cache_folder()) as made, _ticking(say):
        target = Path(made) / "bin" / "pulumi"
        flags = f"-s -w -X {_STAMP}=v{BUILT_VERSION}"
        done = subprocess.run(
            [go, "build", "-trimpath", "-ldflags", flags, "-o", str(target), _PACKAGE],
            cwd=_SOURCES,
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "CGO_ENABLED": "0", "GOFLAGS": "-mod=readonly"},
        )
        if done.returncode:
            raise SandboxError("The Pulumi CLI could not be built:\n" + "\n".join(done.stderr.splitlines()[-10:]))
        shutil.rmtree(root, ignore_errors=True)
        root.mkdir(parents=True)
        target.parent.rename(root / "bin")
    return root


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    cache_folder().mkdir(parents=True, exist_ok=True)
    with (cache_folder() / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _ticking(say: Say) -> Iterator[None]:
    """Say every 20 seconds that it goes on."""
    done, began = threading.Event(), time.monotonic()

    def tick() -> None:
        while not done.wait(20):
            say(f"Pulumi CLI: still building, {time.monotonic() - began:.0f} s")

    ticker = threading.Thread(target=tick, daemon=True)
    ticker.start()
    try:
        yield
    finally:
        done.set()
        ticker.join()


def say_to_stderr(line: str) -> None:
    """Progress, beside what a command prints."""
    print(line, file=sys.stderr, flush=True)  # noqa: T201
