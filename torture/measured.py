"""`python -m torture.measured FILE ARGUMENTS`: run a command for the project in the current folder.

It writes its CPU time and peak memory to the file.
"""

import json
import os
import sys
from pathlib import Path

from bench.figures import peak_megabytes


def peak() -> int:
    """Return the peak memory in MB. Linux's getrusage also counts the process that started this one."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return peak_megabytes()
    [line] = [line for line in lines if line.startswith("VmHWM:")]
    return int(line.split()[1]) // 1024


def main() -> None:
    """Run the command."""
    file, *arguments = sys.argv[1:]
    from ops.__main__ import app

    try:
        app(arguments)
    finally:
        used = os.times()
        Path(file).write_text(json.dumps({"seconds": used.user + used.system, "megabytes": peak()}), encoding="utf-8")


if __name__ == "__main__":
    main()
