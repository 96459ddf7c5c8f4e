"""The role of a state machine: the policies that apply to the calls of one execution."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf

from botocore.exceptions import ClientError

from components.aws.account import Account
from ops.simulation.clock import Clock

from ..calls import Client, role_policies
from ..iam_policies import Document, may_assume

KEPT_SECONDS = 60
"""How long an execution keeps the policies that it has read. AWS: IAM user guide, "Troubleshoot IAM", changes are
eventually consistent."""


@dataclass(slots=True)
class MachineRole:
    """The role of a state machine.

    Args:
        clock: The clock.
        client: Makes clients of the emulator.
        role_arn: The role.
        machine_arn: The state machine.
        account: Its account.
    """

    clock: Clock
    client: Client
    role_arn: str
    machine_arn: str
    account: Account
    _policies: Sequence[Document] = ()
    _read: float = field(default=-inf)

    @property
    def policies(self) -> Sequence[Document]:
        """The policies of the role. None apply if it doesn't exist, or if Step Functions can't assume it."""
        if self.clock.now >= self._read + KEPT_SECONDS:
            self._policies, self._read = self._found(), self.clock.now
        return self._policies

    def _found(self) -> Sequence[Document]:
        iam = self.client("iam")
        context = {"aws:SourceAccount": self.account.account_id, "aws:SourceArn": self.machine_arn}
        try:
            role = iam.get_role(RoleName=self.role_arn.rsplit("/", 1)[-1])["Role"]
            if not may_assume(role["AssumeRolePolicyDocument"], "states.amazonaws.com", context):
                return ()
            return role_policies(iam, self.role_arn)
        except ClientError:
            return ()
