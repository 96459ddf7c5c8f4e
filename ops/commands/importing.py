"""`import`: creates tasks from the schedules of other tools. One subcommand per format."""

from typing import Annotated

import typer

from ..importing.formats import crontab as crontab_format
from ..importing.formats import kubernetes as kubernetes_format
from ..importing.model import Answers
from .adopt import adopt
from .cut_over import cut_over
from .import_aws import aws, cloudformation, terraform
from .import_manifests import copilot, ecschedule
from .import_options import (
    DEFAULT_FOLDER,
    AcceptOption,
    DryRunOption,
    ForceOption,
    ImageOption,
    LeaveOutOption,
    PathsArgument,
    SecretOption,
    TimezoneOption,
    ToOption,
    check_image,
    secret_values,
    target_of,
)
from .import_results import run_import
from .planning_options import JsonOption

app = typer.Typer(rich_markup_mode=None)
import_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
app.add_typer(import_app, name="import")
import_app.command("aws")(aws)
import_app.command("cloudformation")(cloudformation)
import_app.command("terraform")(terraform)
import_app.command("copilot")(copilot)
import_app.command("ecschedule")(ecschedule)
import_app.command("cut-over")(cut_over)
import_app.command("adopt")(adopt)


@import_app.callback()
def import_() -> None:
    """Create tasks from the schedules of another tool.

    Each subcommand reads the files of one tool and prints a result for each of their keys: taken, changed, not
    possible, or undecided. It writes one file per task. Before that, it compares the times of the source with those of
    the task for the next 366 days. A task whose times differ isn't written.

    Exit code 1: a task wasn't written, or a key isn't possible and --leave-out doesn't name it.
    """


@import_app.command("crontab")
def crontab(
    paths: PathsArgument,
    image: ImageOption = None,
    timezone: TimezoneOption = None,
    columns: Annotated[
        str | None,
        typer.Option(
            "--columns",
            help="Column of the lines besides five time fields and a command: user (as in /etc/crontab), seconds or "
            "none. Default: found from the lines.",
        ),
    ] = None,
    to: ToOption = DEFAULT_FOLDER,
    dry_run: DryRunOption = False,
    force: ForceOption = False,
    accept_differences: AcceptOption = False,
    leave_out: LeaveOutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Create a task from each line of a crontab.

    The lines run in a container, so pass its --image. A crontab doesn't name the time zone of its server either: pass
    --timezone, unless it sets CRON_TZ.

    Exit code 1: a task wasn't written, or something isn't possible and --leave-out doesn't name it.
    """
    if columns not in (None, *crontab_format.COLUMNS):
        raise typer.BadParameter("Use user, seconds or none.", param_hint="--columns")
    check_image(image)
    answers = Answers(image=image or "", timezone=timezone or "", columns=columns or "")
    target = target_of(to, "crontab", force=force, accept_differences=accept_differences)
    run_import(crontab_format.read, paths, ("*",), answers, target, leave_out or [], dry_run=dry_run, as_json=as_json)


@import_app.command("kubernetes")
def kubernetes(
    paths: PathsArgument,
    timezone: TimezoneOption = None,
    image: ImageOption = None,
    secret: SecretOption = None,
    container: Annotated[
        str | None, typer.Option("--container", help="Name of the main container, for pods with several.")
    ] = None,
    to: ToOption = DEFAULT_FOLDER,
    dry_run: DryRunOption = False,
    force: ForceOption = False,
    accept_differences: AcceptOption = False,
    leave_out: LeaveOutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Create a task from each CronJob of Kubernetes manifests.

    A CronJob without timeZone has the time zone of the cluster's controller: pass --timezone. Render Helm charts and
    kustomizations first.

    Exit code 1: a task wasn't written, or a key isn't possible and --leave-out doesn't name it.
    """
    check_image(image)
    answers = Answers(
        image=image or "", timezone=timezone or "", secrets=secret_values(secret or []), container=container or ""
    )
    target = target_of(to, "kubernetes", force=force, accept_differences=accept_differences)
    patterns = ("*.yaml", "*.yml", "*.json")
    run_import(
        kubernetes_format.read, paths, patterns, answers, target, leave_out or [], dry_run=dry_run, as_json=as_json
    )
