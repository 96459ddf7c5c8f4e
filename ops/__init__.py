"""The command line, `scheduled-tasks`. In a checkout also: `python -m ops --help`."""

NAME = "scheduled-tasks"
"""The name of the command in help, messages and documentation."""
