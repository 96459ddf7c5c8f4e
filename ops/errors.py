"""How a command ends: what its exit codes mean, and errors that are for the person who called.

| code | meaning |
|---|---|
| 0 | all is well |
| 1 | a problem was found, or the command failed |
| 2 | the command was mistyped: an unknown option, a value that does not fit |
| 123 | `run` only: whether a run was started, or how it ended, is not known |
| 125 | `run` only: no run was started, or it ended without an exit code |
| 130 | interrupted by Ctrl-C |
| other | `run` only: the exit code of the container |
"""

FAILED = 1
MISTYPED = 2
NOT_KNOWN = 123
"""Another run may be one too many: it is to be looked first."""
NO_RUN = 125
"""As `docker run` ends where the container did not."""
INTERRUPTED = 130


class OpsError(Exception):
    """Something that the person who called has to know; the message is the whole of it.

    `exit_code` is what the command ends with, where it is not the code that the command's own failures have.
    """

    def __init__(self, message: str, exit_code: int | None = None):
        super().__init__(message)
        self.exit_code = exit_code
