"""`python -m sandbox.moto_server`: moto's server, with what the sandbox needs put right."""

import sys

from moto.server import main

from .mends import mend

if __name__ == "__main__":
    mend()
    main(sys.argv[1:])
