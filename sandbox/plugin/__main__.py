"""The provider plugin as the engine starts it: `pulumi-resource-aws`."""

import sys

from pulumi.provider.experimental.server import main

from .provider import VERSION, SandboxProvider

if __name__ == "__main__":
    main(sys.argv[1:], VERSION, SandboxProvider())
