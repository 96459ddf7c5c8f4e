"""Amazon Resource Names.

AWS: IAM user guide, "Amazon Resource Names (ARNs)".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

_RESOURCE = re.compile(r"([^:/]*)[:/](.*)", re.DOTALL)
_REVISION = re.compile(r"[0-9]{1,10}")


@dataclass(frozen=True, slots=True)
class Arn:
    """An Amazon Resource Name: `arn:partition:service:region:account-id:resource`.

    `region` and `account_id` are empty for services that leave them out, such as IAM and Amazon S3. Every part can be
    a wildcard, as in policies.
    """

    partition: str
    service: str
    region: str
    account_id: str
    resource: str
    """The last part: `name`, `type/name` or `type:name`."""

    @classmethod
    def parse(cls, text: str) -> Arn:
        """The ARN that a string spells.

        Raises:
            ValueError: The string isn't an ARN.
        """
        prefix, *parts = text.split(":", 5)
        if prefix != "arn" or len(parts) != 5 or not (parts[0] and parts[1] and parts[4]):
            raise ValueError(f'"{text}" is not an ARN. Use arn:partition:service:region:account-id:resource.')
        return cls(*parts)

    @classmethod
    def parse_if_arn(cls, value: object) -> Arn | None:
        """The ARN, or None for any other value, such as a name or an output."""
        try:
            return cls.parse(value) if isinstance(value, str) else None
        except ValueError:
            return None

    def __str__(self) -> str:
        return f"arn:{self.partition}:{self.service}:{self.region}:{self.account_id}:{self.resource}"

    @property
    def resource_type(self) -> str:
        """`cluster` of `cluster/main`; empty if the resource is only a name, like that of a queue or a topic."""
        found = _RESOURCE.fullmatch(self.resource)
        return found[1] if found else ""

    @property
    def resource_id(self) -> str:
        """Everything after the type: `main` of `cluster/main`, `team/etl` of `role/team/etl`."""
        found = _RESOURCE.fullmatch(self.resource)
        return found[2] if found else self.resource

    @property
    def name(self) -> str:
        """The last part of `resource_id`, without a path: `etl` of `role/team/etl`, `etl:7` of
        `task-definition/etl:7`."""
        return self.resource_id.rsplit("/", 1)[-1]

    def sibling(self, resource: str) -> Arn:
        """Another resource of the same service, account and Region."""
        return replace(self, resource=resource)

    @property
    def family(self) -> str:
        """The family of a task definition: `etl` of `task-definition/etl:7`."""
        return self.resource_id.partition(":")[0]

    @property
    def revision(self) -> int | None:
        """The revision of a task definition: 7 of `task-definition/etl:7`; None if the ARN has none."""
        revision = self.resource_id.partition(":")[2]
        return int(revision) if _REVISION.fullmatch(revision) else None

    def with_revision(self, revision: int) -> Arn:
        """A task definition in another revision."""
        return self.sibling(f"{self.resource_type}/{self.family}:{revision}")

    @property
    def without_revision(self) -> Arn:
        """A task definition's family: `task-definition/etl` of `task-definition/etl:7`."""
        return self.sibling(f"{self.resource_type}/{self.family}")

    def in_service(self, service: str, resource: str) -> Arn:
        """A resource of another service, in the same account and Region."""
        return replace(self, service=service, resource=resource)

    def tasks_of_cluster(self, task_id: str = "*") -> Arn:
        """A task on a cluster; by default, a pattern for all of them."""
        return self.sibling(f"task/{self.resource_id}/{task_id}")

    def execution(self, name: str) -> Arn:
        """An execution of a state machine.

        AWS: Step Functions API reference, StartExecution, executionArn.
        """
        return self.sibling(f"execution:{self.resource_id}:{name}")

    @property
    def state_machine(self) -> Arn:
        """The state machine of an execution."""
        return self.sibling(f"stateMachine:{self.resource_id.split(':')[0]}")

    @property
    def execution_name(self) -> str:
        """The name of an execution, without its state machine."""
        return self.resource_id.split(":", 1)[-1]
