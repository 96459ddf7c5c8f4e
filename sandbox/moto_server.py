"""`python -m sandbox.moto_server RECORD TOKEN ...`: moto's server with the fixes, as long as its record exists."""

import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from ops.local_sandbox import TOKEN, recorded

from . import aws_models

CHECK_SECONDS = 0.2
"""How often the server looks for its record."""


def main() -> None:
    """Serve until the record names another server, or no longer exists."""
    record, token, *options = sys.argv[1:]
    home, at_end = Path(record).parent, list[Callable[[], None]]()
    threading.Thread(target=_end_with_record, args=(home, token, at_end), daemon=True).start()
    aws_models.share_loader()
    # moto reads the models when it is imported.
    from moto.core.config import default_user_config
    from moto.moto_api._internal.models import MotoAPIBackend
    from moto.server import main as serve

    from .live.server import Server as LiveServer
    from .moto_api_destinations import receive_at
    from .moto_fixes import apply_fixes

    apply_fixes()
    receive_at(home / "receiver")
    if server := recorded(home):
        live = LiveServer(home, server.port)
        at_end.append(live.end)
        live.begin()
    # Step Functions runs executions. AWS Lambda and AWS Batch don't start containers.
    default_user_config["stepfunctions"] = {"execute_state_machine": True}
    default_user_config["lambda"] = {"use_docker": False}
    default_user_config["batch"] = {"use_docker": False}
    # The live sandbox makes a request per second, which would fill the log.
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    configuration = MotoAPIBackend.get_config
    MotoAPIBackend.get_config = lambda self: {**configuration(self), TOKEN: token}
    serve(options)


def _end_with_record(home: Path, token: str, at_end: Sequence[Callable[[], None]] = ()) -> None:
    """Exit when the server's record is gone: it was stopped, or nobody can find it any more."""
    while (named := recorded(home)) and named.token == token:
        time.sleep(CHECK_SECONDS)
    for action in at_end:
        action()
    os._exit(0)


if __name__ == "__main__":
    main()
