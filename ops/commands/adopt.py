"""`import adopt`: list the existing schedules that a stack can keep, for `pulumi import`."""

from pathlib import Path
from typing import Annotated

import typer

from ..errors import FAILED, OpsError
from ..importing.adoption import adoption
from ..importing.record import FILE, read_record
from ..output import counted, note, print_json
from .options import explained
from .planning_options import PlannedStackOption, current_project, planned_stack, stack_config


def adopt(
    stack: PlannedStackOption = None,
    record: Annotated[
        Path | None, typer.Option("--record", help=f"The record of the import. Default: config/{FILE}.")
    ] = None,
) -> None:
    """List the existing schedules that a stack can keep, as JSON for `pulumi import --file`.

    The stack can keep a schedule if the names of the schedule and of its group are those that the stack would give: the
    task's name, and <project>-<stack>. After the import, `pulumi up` updates the schedule and doesn't replace it. For
    any other task, use `import cut-over`. Doesn't call AWS.

    Exit code 1: no schedule can be kept.
    """
    with explained(debug=False):
        here = current_project()
        stack = planned_stack(here, stack)
        file = record or here.folder / "config" / FILE
        origins = read_record(file)
        if not origins:
            raise OpsError(f"{file} has no tasks. `import aws` writes it.")
        found = adoption(here.names(stack), stack_config(here, stack).tasks, origins)
        for task, reason in found.left.items():
            note(f"Not kept: {task}. {reason}")
        note(f"{counted(len(found.kept), 'schedule')} can be kept.")
        print_json(found.as_data())
        if not found.kept:
            raise typer.Exit(FAILED)
        note(f"To import them, run: pulumi import --stack {stack} --protect=false --generate-code=false --file FILE")
