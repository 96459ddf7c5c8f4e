"""A task: what runs, as a task definition and as the target of a schedule."""
