"""`python -m sandbox.moto_server RECORD TOKEN ...`: moto's server with the fixes, as long as its record exists."""

import os
import sys
import threading
import time
from pathlib import Path

from ops.local_sandbox import TOKEN, recorded

from . import aws_models

CHECK_SECONDS = 0.2
"""How often the server looks for its record."""


def main() -> None:
    """Serve until the record names another server, or no longer exists."""
    record, token, *options = sys.argv[1:]
    threading.Thread(target=_end_with_record, args=(Path(record).parent, token), daemon=True).start()
    aws_models.share_loader()
    # moto reads the models when it is imported.
    from moto.core.config import default_user_config
    from moto.moto_api._internal.models import MotoAPIBackend
    from moto.server import main as serve

    from .moto_api_destinations import receive_at
    from .moto_fixes import apply_fixes

    apply_fixes()
    receive_at(Path(record).parent / "receiver")
    # Step Functions runs executions. AWS Lambda and AWS Batch don't start containers.
    default_user_config["stepfunctions"] = {"execute_state_machine": True}
    default_user_config["lambda"] = {"use_docker": False}
    default_user_config["batch"] = {"use_docker": False}
    configuration = MotoAPIBackend.get_config
    MotoAPIBackend.get_config = lambda self: {**configuration(self), TOKEN: token}
    serve(options)


def _end_with_record(home: Path, token: str) -> None:
    """Exit when the server's record is gone: it was stopped, or nobody can find it any more."""
    while (named := recorded(home)) and named.token == token:
        time.sleep(CHECK_SECONDS)
    os._exit(0)


if __name__ == "__main__":
    main()
