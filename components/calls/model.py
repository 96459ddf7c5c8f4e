"""One API call that EventBridge Scheduler makes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from ..aws.arn import Arn
from ..aws.policies import Statement
from ..json_values import Json, mapping

Outcome: TypeAlias = Literal["none", "batch", "codebuild", "codepipeline", "glue", "states"]
"""The service whose events report the end of the work that a call starts; `none` if the call itself is all."""


@dataclass(frozen=True, slots=True)
class Call:
    """One API call: the request of EventBridge Scheduler, and the permissions of its role.

    AWS: EventBridge Scheduler user guide, "Using universal targets" and "Using templated targets".
    """

    service: str
    """The service ID of the AWS SDK for Java v2, in lowercase: `rds`, `sfn`, `applicationautoscaling`."""
    action: str
    """The operation with a lowercase first letter: `stopDBInstance`."""
    input: Json
    """The parameters as EventBridge Scheduler spells them, `{"DbInstanceIdentifier": "orders"}`. For a templated
    target, the payload: any JSON, or a string that is sent as it is. None for no payload."""
    statements: tuple[Statement, ...]
    """Permissions of the schedule's role. Each statement has an `Sid`."""
    templated: str = ""
    """ARN of the function, state machine, queue, topic or event bus. Empty for a universal target."""
    target_parameters: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    """Further settings of a templated target, in the API's spelling: `{"SqsParameters": {"MessageGroupId": "orders"}}`.
    AWS: EventBridge Scheduler API reference, Target."""
    inputs: Mapping[str, Json] = field(default_factory=dict[str, Json])
    """Payloads by the name of the schedule, if each schedule of the call has its own."""
    names_schedule: bool = False
    """Whether the payload has the name of the schedule, in `schedule`."""
    idempotent: bool = False
    """Whether the same call twice has the same effect as once."""
    token: bool = False
    """Whether the input has a client token that is the same for each delivery, so that AWS ignores duplicates."""
    outcome: Outcome = "none"

    @property
    def operation(self) -> str:
        """The operation as the API spells it, for readers: `rds:StopDBInstance`."""
        return f"{self.service}:{self.action[:1].upper()}{self.action[1:]}"

    @property
    def may_retry(self) -> bool:
        """Whether a retry after a lost answer does no harm."""
        return self.idempotent or self.token

    def target_arn(self, partition: str) -> str:
        """The ARN of the schedule's target."""
        return self.templated or str(Arn(partition, "scheduler", "", "", f"aws-sdk:{self.service}:{self.action}"))

    @property
    def target_input(self) -> str:
        """The text of the target's `Input`; empty for none. An unchanged call has an unchanged text."""
        return _text(self.input)

    def input_of(self, schedule: str | None, more: Mapping[str, Json] | None = None) -> str:
        """The text of the `Input` of one schedule's target.

        Args:
            schedule: The schedule's own name.
            more: Further members of the input: for a state machine, the times that the schedule leaves out.
        """
        given = self.inputs.get(schedule or "", self.input)
        if self.names_schedule:
            given = {**mapping(given), "schedule": schedule or ""}
        return _text({**mapping(given), **more} if more else given)

    @property
    def resources(self) -> tuple[str, ...]:
        """The ARNs in the role's statements, each once: what the call acts on."""
        found = [statement.get("Resource", ()) for statement in self.statements]
        return tuple(dict.fromkeys(arn for each in found for arn in ([each] if isinstance(each, str) else each)))


def _text(given: Json) -> str:
    if given is None or isinstance(given, str):
        return given or ""
    return json.dumps(given, sort_keys=True)
