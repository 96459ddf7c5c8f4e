"""What the sandbox tells its user."""


class SandboxError(Exception):
    """Something that the user has to know or to put right; the message is the whole of it, and no traceback
    is shown."""
