"""The exit codes of commands, and errors for the user.

| Code | Meaning |
|---|---|
| 0 | Success |
| 1 | A problem was found, or the command failed |
| 2 | Invalid usage: an unknown option, an invalid value, or several stacks to choose from |
| 3 | `smoke --endpoint` only: the emulator lacks something |
| 123 | `run` only: it is not known if a run started or how it ended |
| 125 | `run` only: no run started, or the run ended without an exit code |
| 130 | Interrupted by Ctrl-C |
| Other | `run` only: the exit code of the container |
"""

FAILED = 1
MISTYPED = 2
LACKING = 3
"""An emulator lacks something, and does nothing else than assumed."""
NOT_KNOWN = 123
"""A run may have started: check before you start another."""
NO_RUN = 125
"""Same as `docker run` if the container didn't start."""
INTERRUPTED = 130


class OpsError(Exception):
    """An error for the user. The message is complete: it needs no traceback.

    Args:
        message: One or more sentences: what is wrong, then what to do.
        exit_code: The exit code, if it isn't the command's usual code for a failure.
    """

    def __init__(self, message: str, exit_code: int | None = None):
        super().__init__(message)
        self.exit_code = exit_code
