"""A host for Python programs, as `pulumi-language-python`, which a CLI that was built from its Go module lacks."""

import runpy
import signal
import sys
import threading
from concurrent import futures
from pathlib import Path

import grpc
from pulumi.automation._server import LanguageServer
from pulumi.runtime.proto import language_pb2_grpc

from sandbox.plugin.__main__ import end_with_parent

ROOT, PYTHON = Path(__file__).parents[2], sys.executable


def write(folder: Path) -> None:
    """Write the host, and the sandbox's provider, into a folder for PATH."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, module in (
        ("pulumi-language-python", "tests.engine.language_host"),
        ("pulumi-resource-aws", "sandbox.plugin"),
    ):
        script = folder / name
        script.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{PYTHON}" -m {module} "$@"\n')
        script.chmod(0o700)


def _program() -> None:
    # The engine starts the host in the folder of the program.
    runpy.run_path("__main__.py", run_name="__main__")


if __name__ == "__main__":
    # The engine ends its hosts itself. One that is killed does not.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=end_with_parent, daemon=True).start()
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=4))
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(LanguageServer(_program), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    server.wait_for_termination()
