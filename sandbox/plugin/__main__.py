"""What the engine starts: `python -m sandbox.plugin <engine's address>`."""

import sys

from .provider import AwsProvider
from .serve import serve

if __name__ == "__main__":
    serve(AwsProvider(), sys.argv[1] if len(sys.argv) > 1 else "")
