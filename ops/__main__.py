"""`python -m ops`: the same as the command `scheduled-tasks`. The commands are in `ops.commands`."""

from .command_line import app, main

__all__ = ["app"]

if __name__ == "__main__":
    main()
