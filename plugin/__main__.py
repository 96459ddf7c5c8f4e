"""The package as Pulumi starts it: `python plugin <address of the engine>`."""

import sys
from pathlib import Path

# Python puts the folder that it runs on its path; the packages `plugin` and `components` are beside it.
sys.path[0] = str(Path(__file__).resolve().parents[1])

from pulumi.provider import main  # noqa: E402

from plugin.host import Host  # noqa: E402

main(Host(), sys.argv[1:])
