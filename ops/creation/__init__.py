"""Creating a task: a schedule in words, the task's file, and the stack's entry."""
