"""`python -m ops`: what an operator asks of scheduled tasks. The commands are in `ops.commands`."""

import typer

from .commands import dead_letters, doctor, pausing, planning, running

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None)


@app.callback()
def ops() -> None:
    """Scheduled tasks: check and plan them, run them, see how they run."""


for commands in (planning.app, running.app, dead_letters.app, pausing.app, doctor.app):
    app.add_typer(commands)

if __name__ == "__main__":
    app(prog_name="ops")
