"""One provider process for all engines. Otherwise each engine starts its own, and loading boto3 and AWS's models takes
longer than most operations."""

import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from google.protobuf.empty_pb2 import Empty
from pulumi.provider.experimental.server import ProviderServicer

from sandbox.plugin.__main__ import serve
from sandbox.plugin.aws import ENDPOINT

DEBUG_PROVIDERS = "PULUMI_DEBUG_PROVIDERS"
"""The engine's setting for running providers, as `<name>:<port>`."""


@contextmanager
def provider(endpoint: str) -> Generator[str]:
    """Run a provider for the emulator at an endpoint, and yield its port."""
    command = [sys.executable, "-m", __name__, "an engine that attaches later"]
    environment = {**os.environ, ENDPOINT: endpoint}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


async def _attach(self: ProviderServicer, request: Any, context: Any) -> Empty:
    return Empty()


if __name__ == "__main__":
    # The SDK's server does not implement the first request of an engine that attaches.
    ProviderServicer.Attach = _attach
    serve()
