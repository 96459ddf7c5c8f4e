"""The linter of Amazon States Language as a referee: awslabs/statelint."""

from typing import Any

from statelint.linter import Linter


def language_problems(machine: dict[str, Any]) -> list[str]:
    """The problems of a state machine.

    The linter knows the language without JSONata. AWS: Step Functions developer guide, "Wait workflow state": `Seconds`
    can be a JSONata string that evaluates to an integer.
    """
    return [line for line in Linter.validate(machine) if '.Seconds is "{% $' not in line]
