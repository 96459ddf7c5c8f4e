"""One provider process for all engines. Otherwise each engine starts its own, and loading boto3 and AWS's models takes
longer than most operations."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from botocore.model import OperationModel
from google.protobuf.empty_pb2 import Empty
from pulumi.provider.experimental.server import ProviderServicer

from sandbox.plugin import aws
from sandbox.plugin.__main__ import serve
from sandbox.plugin.aws import ENDPOINT

DEBUG_PROVIDERS = "PULUMI_DEBUG_PROVIDERS"
"""The engine's setting for running providers, as `<name>:<port>`."""


CALLS = "TEST_CALLS"
"""The provider's setting for the file that its calls are recorded in, as lines of JSON."""


@contextmanager
def provider(endpoint: str, calls: Path) -> Generator[str]:
    """Run a provider for the emulator at an endpoint, and yield its port. Its calls are recorded in a file."""
    command = [sys.executable, "-m", __name__, "an engine that attaches later"]
    environment = {**os.environ, ENDPOINT: endpoint, CALLS: str(calls)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


async def _attach(self: ProviderServicer, request: Any, context: Any) -> Empty:
    return Empty()


def _record(file: Path) -> None:
    """Record each call of the provider. While one is checked, the sandbox makes others, which are not recorded."""
    check, checking = aws.validate, threading.local()

    def recorded(params: Mapping[str, Any], model: OperationModel, **more: Any) -> None:
        if getattr(checking, "on", False):
            return check(params, model, **more)
        with file.open("a") as calls:
            calls.write(json.dumps([model.service_model.service_name, model.name, params], default=str) + "\n")
        checking.on = True
        try:
            return check(params, model, **more)
        finally:
            checking.on = False

    aws.validate = recorded


if __name__ == "__main__":
    _record(Path(os.environ[CALLS]))
    # The SDK's server does not implement the first request of an engine that attaches.
    ProviderServicer.Attach = _attach
    serve()
