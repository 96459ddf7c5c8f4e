"""Unit tests of programs that use the components, without an AWS account and without the Pulumi engine.

`run` runs a program on Pulumi's mocks, which answer all look-ups of the components, and returns what it would deploy.

Example:
    ```python
    from pulumi_ecs_scheduled_tasks import ScheduledTask, ScheduledTaskGroup, testing


    def program():
        group = ScheduledTaskGroup("jobs", cluster="main")
        ScheduledTask("backup", group=group, image="backup:12", schedule="cron(0 3 * * ? *)")


    def test_backup_runs_at_night():
        task = testing.run(program).task("backup")
        assert task.schedules[0].expression == "cron(0 3 * * ? *)"
        assert task.containers["main"]["image"] == "backup:12"
    ```
"""

from .lookups import ACCOUNT, AWSX, LOOKUPS, REGION, Answers, Outputs, not_found, route_table
from .monitor import Mocks, Monitor
from .program import run, run_against
from .recorded import Call, Recorded, Resource, Schedule, Task

__all__ = [
    "ACCOUNT",
    "AWSX",
    "LOOKUPS",
    "REGION",
    "Answers",
    "Call",
    "Mocks",
    "Monitor",
    "Outputs",
    "Recorded",
    "Resource",
    "Schedule",
    "Task",
    "not_found",
    "route_table",
    "run",
    "run_against",
]
