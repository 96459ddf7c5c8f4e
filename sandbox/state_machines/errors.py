"""Errors of states, which a catcher can catch."""


class ServiceError(Exception):
    """An error with the name and the cause that Step Functions gives it."""

    def __init__(self, name: str, cause: str):
        super().__init__(f"{name}: {cause}")
        self.name, self.cause = name, cause


class EvaluationError(ServiceError):
    """A JSONata expression fails, or has no result.

    AWS: Step Functions developer guide, "Handling errors in Step Functions workflows", States.QueryEvaluationError.

    Args:
        problem: The problem, as the cause.
        location: The field of the state, such as `Arguments/Input`.
    """

    def __init__(self, problem: str, location: str = ""):
        super().__init__("States.QueryEvaluationError", problem)
        self.location = location
