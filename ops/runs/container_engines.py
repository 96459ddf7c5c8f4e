"""The container engine of this machine: Docker or Podman."""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence

from ..errors import NO_RUN, OpsError

ENGINES = ("docker", "podman")
_ANSWER_SECONDS = 30


def find_engine() -> str:
    """The path of the first engine that runs. Raises OpsError with the problem of each engine if none runs."""
    problems: list[str] = []
    for name in ENGINES:
        path = shutil.which(name)
        if path is None:
            problems.append(f"{name} isn't on PATH")
        elif problem := _problem(path):
            problems.append(f"{name} doesn't run ({problem})")
        else:
            return path
    raise OpsError(f"Found no running container engine: {'; '.join(problems)}. Start or install one.", NO_RUN)


def _problem(path: str) -> str:
    """Why an engine doesn't run; empty if it runs."""
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
    """Call the engine in this terminal and return its exit code, which for `run` is that of the container.

    `environment` is added to the environment of the engine. On Ctrl-C, the engine passes the signal to the container,
    and this function waits for its end. If a signal ends the engine, the exit code is the one that a shell returns.
    """
    with subprocess.Popen([path, *arguments], env={**os.environ, **(environment or {})}) as process:
        while True:
            try:
                code = process.wait()
            except KeyboardInterrupt:
                continue
            return 128 - code if code < 0 else code
