"""`process_engine.py create|start|inspect|stop|rm ...`: a container engine without containers, for the smoke test only.

It knows the few arguments that `sandbox.live.containers` passes, and runs the command of a container as a process of
this machine. The tasks of the smoke test only print, sleep and exit.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

FOLDER = "SMOKE_CONTAINERS"
"""The variable with the folder of the containers."""
_WITH_VALUE = ("--name", "--label", "--cpus", "--memory", "--env", "--platform", "--entrypoint", "--stop-timeout")


def main(words: Sequence[str]) -> int:
    """Run a command of the engine, and return its exit code."""
    command, *rest = words
    if command == "create":
        return _create(rest)
    if command == "version":
        return 0
    record = Path(os.environ[FOLDER]) / f"{rest[-1]}.json"
    if command == "start":
        return _start(record)
    if command == "inspect":
        sys.stdout.write(json.dumps({"ExitCode": json.loads(record.read_text(encoding="utf-8"))["code"]}))
    elif command == "stop":
        _stop(record)
    elif command == "rm":
        _stop(record)
        record.unlink(missing_ok=True)
    return 0


def _create(words: Sequence[str]) -> int:
    """Record a container: its name, its variables, and its command after the image."""
    name, variables, rest = "", dict[str, str](), list(words)
    while rest[0].startswith("--"):
        option = rest.pop(0)
        value = rest.pop(0) if option in _WITH_VALUE else ""
        if option == "--name":
            name = value
        if option == "--env":
            key, _, text = value.partition("=")
            variables[key] = text
    record = {"command": rest[1:], "variables": variables, "code": None, "pid": None}
    (Path(os.environ[FOLDER]) / f"{name}.json").write_text(json.dumps(record), encoding="utf-8")
    return 0


def _start(record: Path) -> int:
    content = json.loads(record.read_text(encoding="utf-8"))
    process = subprocess.Popen(content["command"], env={"PATH": os.environ.get("PATH", ""), **content["variables"]})
    record.write_text(json.dumps(content | {"pid": process.pid}), encoding="utf-8")
    code = process.wait()
    code = 128 - code if code < 0 else code
    record.write_text(json.dumps(content | {"code": code}), encoding="utf-8")
    return code


def _stop(record: Path) -> None:
    if record.exists() and (pid := json.loads(record.read_text(encoding="utf-8"))["pid"]):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
