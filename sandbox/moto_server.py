"""`python -m sandbox.moto_server`: moto's server with the fixes, and with Step Functions that run executions."""

import sys

from . import aws_models


def main() -> None:
    """Serve until the process is stopped."""
    aws_models.share_loader()
    # moto reads the models when it is imported.
    from moto.core.config import default_user_config
    from moto.server import main as serve

    from .moto_fixes import apply_fixes

    apply_fixes()
    default_user_config["stepfunctions"] = {"execute_state_machine": True}
    serve(sys.argv[1:])


if __name__ == "__main__":
    main()
