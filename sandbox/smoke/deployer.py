"""Deploys the smoke test's stack with the sandbox's engine."""

from collections.abc import Callable
from dataclasses import dataclass

from ops.errors import OpsError

from ..engine import Sandbox
from ..errors import SandboxError
from ..events import Outcome


@dataclass(frozen=True, slots=True)
class SandboxDeployer:
    """The engine of a sandbox whose emulator was started elsewhere, so that it outlives the stack."""

    box: Sandbox

    def up(self) -> None:
        """Deploy the stack. Raises OpsError if that fails."""
        self._succeeded(self.box.up)

    def unchanged(self) -> bool:
        """Read all resources, and tell if a second deployment would change none of them."""
        return not self._succeeded(lambda: self.box.preview(refresh=True)).steps

    def destroy(self) -> None:
        """Delete all resources of the stack. Does nothing if there are none."""
        self._succeeded(self.box.destroy)

    def _succeeded(self, operation: Callable[[], Outcome]) -> Outcome:
        try:
            outcome = operation()
        except SandboxError as error:
            raise OpsError(str(error)) from None
        if outcome.error:
            raise OpsError(outcome.error)
        return outcome
