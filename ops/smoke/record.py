"""The record of a smoke test in its folder: where its stack is, so that a later command deletes it there."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from ..errors import OpsError
from .configuration import LIFETIME_MINUTES

_FILE = "test.json"


@dataclass(frozen=True, slots=True)
class SmokeRecord:
    """The place of a stack.

    Args:
        account: The account.
        region: The Region.
        profile: AWS's profile; None for the usual one.
        endpoint: The endpoint of an emulator; empty for AWS.
        vpc: The VPC that was created in the emulator; empty for none.
        began: The time when the test began, in ISO 8601; empty if it is unknown.
        computer: The name of the computer that runs the test; empty if it is unknown.
    """

    account: str
    region: str
    profile: str | None = None
    endpoint: str = ""
    vpc: str = ""
    began: str = ""
    computer: str = ""

    def may_run_until(self, computer: str) -> datetime | None:
        """The end of the longest possible test, if it runs on another computer, whose lock isn't visible on this one.

        None for a test of this computer, and for one without a time.
        """
        if not self.began or self.computer == computer:
            return None
        return datetime.fromisoformat(self.began) + timedelta(minutes=LIFETIME_MINUTES)

    @property
    def place(self) -> str:
        """The Region and the account, or the emulator."""
        return f"the emulator at {self.endpoint}" if self.endpoint else f"{self.region} of account {self.account}"

    def write(self, folder: Path) -> None:
        """Write it into the folder of the test."""
        (folder / _FILE).write_text(json.dumps(asdict(self)), encoding="utf-8")


def read_record(folder: Path) -> SmokeRecord:
    """Read the record in the folder of a test. Raises OpsError if there is none, or if it is damaged."""
    file = folder / _FILE
    try:
        return SmokeRecord(**json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise OpsError(
            f"{file} can't be read: {error}. Delete the resources of {folder.name} by hand, then delete {folder}."
        ) from None
