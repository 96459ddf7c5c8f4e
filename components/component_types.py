"""The types of the components in Pulumi. A type is a part of the URN of each resource, so it never changes."""

from __future__ import annotations

TASK_TYPE = "ecs-scheduled-tasks:index:ScheduledTask"
CALL_TYPE = "ecs-scheduled-tasks:index:ScheduledCall"
GROUP_TYPE = "ecs-scheduled-tasks:index:ScheduledTaskGroup"
