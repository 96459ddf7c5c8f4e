"""`python -m ops`: the command line. The commands are in `ops.commands`."""

import typer

from .commands import dead_letters, doctor, history, load, logs, pausing, planning, policies, running, status
from .output import accept_any_character
from .review.command import review

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None)


@app.callback()
def ops() -> None:
    """Check, plan, review, run, monitor and repair scheduled tasks."""
    accept_any_character()


_GROUPS = (planning, load, running, logs, history, status, dead_letters, pausing, doctor, policies)
for commands in _GROUPS:
    app.add_typer(commands.app)
app.command()(review)

if __name__ == "__main__":
    app(prog_name="ops")
