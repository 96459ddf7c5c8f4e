"""`python -m sandbox.moto_server`: moto's server, whose Step Functions run what it is given."""

import sys

from moto.core.config import default_user_config
from moto.server import main

from .mends import mend

if __name__ == "__main__":
    mend()
    default_user_config["stepfunctions"] = {"execute_state_machine": True}
    main(sys.argv[1:])
