"""Deletes what earlier smoke tests left, unless they are or may be still running."""

import platform
from contextlib import ExitStack, nullcontext
from datetime import UTC, datetime
from pathlib import Path

from ..aws.session import Aws
from ..errors import OpsError
from ..output import note, say
from ..project import project_at
from .configuration import names_of
from .deletion import is_deleted
from .deployer import PulumiCli
from .emulator import connected, delete_network
from .lock import RunningError, held
from .program import folder_of_tests, remove, variables_of_program
from .record import SmokeRecord, read_record
from .step import Scene

_FORCE = "To delete its resources now, run: scheduled-tasks smoke --clean --force"


def clean_up(who: str, *, force: bool) -> None:
    """Delete what earlier tests of this computer left, each in its own account or emulator.

    Args:
        who: The name of the user.
        force: Whether to delete the resources of tests that are still running too, or may be.

    Raises:
        OpsError: A test is or may be running, or its resources could not be deleted. Those of the other tests are
            deleted.
    """
    folders, kept = sorted(folder_of_tests().glob("*/")), list[str]()
    for folder in folders:
        with ExitStack() as stack:
            try:
                lock = stack.enter_context(held(folder))
            except RunningError:
                if not force:
                    kept.append(_still_running(folder))
                    continue
                lock = None
            # Another command may have deleted it meanwhile.
            if not folder.is_dir():
                continue
            record = read_record(folder)
            until = record.may_run_until(platform.node())
            if until and until > datetime.now(UTC) and not force:
                kept.append(_runs_elsewhere(folder, record, until))
                continue
            _delete(folder, record, who, lock)
    if kept:
        raise OpsError("\n".join(kept))
    if not folders:
        note("Earlier tests left nothing.")


def remove_test(aws: Aws, record: SmokeRecord, folder: Path) -> None:
    """Remove the folder of a test whose resources are deleted, and the network that it had in an emulator."""
    if record.vpc:
        delete_network(aws, record.vpc)
    remove(folder)


def _delete(folder: Path, record: SmokeRecord, who: str, lock: int | None) -> None:
    here = project_at(folder)
    with connected(record.endpoint) if record.endpoint else nullcontext():
        aws = Aws(record.profile, record.region, note)
        account = aws.client("sts").get_caller_identity()["Account"]
        if account != record.account:
            raise OpsError(
                f"{folder.name} is in account {record.account}, and these credentials are of account {account}. "
                f"Use credentials of {record.account}."
            )
        deployer = PulumiCli(folder, folder.name, variables_of_program(here, record.profile), note, lock)
        scene = Scene(aws, names_of(here.name, folder.name), deployer, who, note)
        note(f"Deleting {scene.names.prefix}.")
        say(f"{scene.names.prefix}: {is_deleted(scene)}")
        remove_test(aws, record, folder)


def _still_running(folder: Path) -> str:
    try:
        record = read_record(folder)
        since = f", since {datetime.fromisoformat(record.began):%H:%M} UTC" if record.began else ""
        place = f" in {record.place}{since}"
    except OpsError:
        # It has just begun.
        place = ""
    return (
        f"{folder.name} is still running{place}. Wait until it ends: it deletes its resources itself. To end it early, "
        f"press Ctrl-C in its terminal. {_FORCE}"
    )


def _runs_elsewhere(folder: Path, record: SmokeRecord, until: datetime) -> str:
    """The operating system of this computer doesn't tell whether it has ended."""
    began = datetime.fromisoformat(record.began)
    return (
        f"{folder.name} may still be running in {record.place}, since {began:%H:%M} UTC on another computer"
        f"{f' ({record.computer})' if record.computer else ''}. If it was killed, run this command again after "
        f"{until:%H:%M} UTC. {_FORCE}"
    )
