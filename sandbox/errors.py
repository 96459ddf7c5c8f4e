"""Errors for the user."""


class SandboxError(Exception):
    """A problem that the user can fix. The commands print its message without a traceback."""
