"""The provider plugin `pulumi-resource-aws`, which the engine starts."""

import os
import sys
import threading
import time

from pulumi.provider.experimental.server import main

from .provider import VERSION, SandboxProvider


def serve() -> None:
    """Print the port, and serve until the parent process ends."""
    threading.Thread(target=end_with_parent, daemon=True).start()
    main(sys.argv[1:], VERSION, SandboxProvider())


def end_with_parent() -> None:
    """Exit when the engine has ended. An engine that is killed does not stop its plugins."""
    parent = os.getppid()
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(0)


if __name__ == "__main__":
    serve()
