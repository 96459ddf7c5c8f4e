"""`python -m sandbox.moto_server`: moto's server, whose Step Functions run what it is given."""

import sys

from . import aws_models


def main() -> None:
    """Serve until the end."""
    aws_models.share()
    # moto looks into the models as it is loaded.
    from moto.core.config import default_user_config
    from moto.server import main as serve

    from .mends import mend

    mend()
    default_user_config["stepfunctions"] = {"execute_state_machine": True}
    serve(sys.argv[1:])


if __name__ == "__main__":
    main()
