"""`python -m ops`: what an operator asks of scheduled tasks. The commands are in `ops.commands`."""

import typer

from .commands import history, logs, planning, running, status
from .review.command import review

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None)


@app.callback()
def ops() -> None:
    """Scheduled tasks: check and plan them, review changes of them, run them, see how they run."""


for commands in (planning.app, running.app, logs.app, history.app, status.app):
    app.add_typer(commands)
app.command()(review)

if __name__ == "__main__":
    app(prog_name="ops")
