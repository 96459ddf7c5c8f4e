"""The last log lines of a run that has ended."""

from datetime import UTC, datetime

from ..aws.deployment import Deployment
from ..aws.logs import Line, last_events, places_of
from .home import home_of
from .records import Run


def last_lines(deployment: Deployment, run: Run, most: int) -> list[Line]:
    """Return the last lines of a run, oldest first. Empty if its containers don't write to CloudWatch Logs.

    Makes three or four calls, and one per container.

    Args:
        deployment: The deployment.
        run: The run. If it had several attempts, the last one counts.
        most: The most lines.
    """
    if not run.tasks:
        return []
    home = home_of(deployment, run.task)
    since = run.started or datetime.fromtimestamp(0, UTC)
    lines = [
        line
        for place in places_of(deployment.aws, home.task_definition_arn)
        for line in last_events(deployment.aws, place.group, place.stream(run.tasks[-1]), since, most)
    ]
    return sorted(lines, key=lambda line: line.at)[-most:]
