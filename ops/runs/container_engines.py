"""The container engine of this machine: docker or podman, whichever runs."""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence

from ..errors import NO_RUN, OpsError

ENGINES = ("docker", "podman")
_ANSWER_SECONDS = 30


def find_engine() -> str:
    """The path of the first engine that answers. Raises OpsError with what is missing for each."""
    missing: list[str] = []
    for name in ENGINES:
        path = shutil.which(name)
        if path is None:
            missing.append(f"{name} is not on PATH")
        elif why := _silence(path):
            missing.append(f"{name} is there and does not run ({why})")
        else:
            return path
    raise OpsError(f"no container engine runs here: {'; '.join(missing)}. Start or install one.", NO_RUN)


def _silence(path: str) -> str:
    """Why an engine does not answer; empty where it does."""
    try:
        done = subprocess.run(
            [path, "version"], capture_output=True, text=True, errors="replace", timeout=_ANSWER_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return " ".join(str(error).split())
    if done.returncode == 0:
        return ""
    lines = done.stderr.strip().splitlines()
    return lines[-1] if lines else f"exit code {done.returncode}"


def call_engine(path: str, arguments: Sequence[str], environment: Mapping[str, str] | None = None) -> int:
    """Call the engine with this terminal as its own; its exit code, which is the container's for `run`.

    `environment` is added to the engine's own. Ctrl-C reaches the engine, which hands it to the container: its end is
    waited for. The code of an engine that a signal ended is as a shell gives it.
    """
    with subprocess.Popen([path, *arguments], env={**os.environ, **(environment or {})}) as process:
        while True:
            try:
                code = process.wait()
            except KeyboardInterrupt:
                continue
            return 128 - code if code < 0 else code
