"""Errors that a state can catch."""


class ServiceError(Exception):
    """An error with the name and the cause that Step Functions gives it."""

    def __init__(self, name: str, cause: str):
        super().__init__(f"{name}: {cause}")
        self.name, self.cause = name, cause
