"""The provider plugin as the engine starts it: `pulumi-resource-aws`."""

import os
import sys
import threading
import time

from pulumi.provider.experimental.server import main

from .provider import VERSION, SandboxProvider


def serve() -> None:
    """Print the port, and serve until the process that started this one has ended."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    main(sys.argv[1:], VERSION, SandboxProvider())


def _end_with_parent() -> None:
    """End when the engine has: one that is killed ends no plugins, and the SDK's server would serve nobody for ever."""
    parent = os.getppid()
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(0)


if __name__ == "__main__":
    serve()
