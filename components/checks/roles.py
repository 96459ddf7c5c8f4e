"""As whom: task roles and what they may do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from ..aws import limits as bounds
from ..aws.policies import run_policy
from ..problems import Problem
from .values import Args, items, pattern

ROLE_ARN = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:role/[^\s]+")
POLICY_ARN = re.compile(r"arn:aws[a-z-]*:iam::(?:aws|[0-9]{12}):policy/.+")
_ACTION = re.compile(r"\*|[a-z0-9-]+:[A-Za-z0-9*?]+")


def roles(args: Args) -> Iterator[Problem]:
    """One way of saying what runs may do."""
    if "task_role" in args and ("permissions" in args or "managed_policies" in args):
        yield Problem(("task_role",), "a task has either a role made elsewhere or permissions of its own, not both.")
    yield from pattern(args, "task_role", ROLE_ARN, "the ARN of a role", "arn:aws:iam::<account>:role/<name>")
    managed = items(args, "managed_policies")
    for position, policy in enumerate(managed):
        if isinstance(policy, str) and not POLICY_ARN.fullmatch(policy):
            yield Problem(("managed_policies", position), f'"{policy}" is not the ARN of a managed policy.')
        elif isinstance(policy, str) and policy in [other for other in managed[:position] if isinstance(other, str)]:
            yield Problem(("managed_policies", position), f'"{policy}" is there twice. Remove one.')
    yield from _policy_size(items(args, "permissions"), enter=args.get("exec") is True)
    for position, statement in enumerate(items(args, "permissions")):
        if isinstance(statement, Mapping):
            for problem in _statement_problems(cast("Args", statement)):
                yield problem.within("permissions", position)


def _policy_size(statements: Sequence[object], *, enter: bool) -> Iterator[Problem]:
    known = [
        (list(map(str, items(given, "actions"))), [text for text in items(given, "resources") if isinstance(text, str)])
        for given in (cast("Args", statement) for statement in statements if isinstance(statement, Mapping))
    ]
    size = len(re.sub(r"\s", "", run_policy(known, enter=enter)))
    if size > bounds.INLINE_POLICY_LENGTH:
        yield Problem(
            ("permissions",),
            f"they make a policy of {size} characters. AWS takes {bounds.INLINE_POLICY_LENGTH}: use wildcards, or "
            "managed policies.",
        )


def _statement_problems(statement: Args) -> Iterator[Problem]:
    for key in ("actions", "resources"):
        if key in statement and not items(statement, key):
            yield Problem((key,), "is empty. Name at least one.")
    for position, action in enumerate(items(statement, "actions")):
        if isinstance(action, str) and not _ACTION.fullmatch(action):
            yield Problem(
                ("actions", position),
                f'"{action}" is not an IAM action. Write service:Action, such as s3:PutObject.',
            )
    for position, resource in enumerate(items(statement, "resources")):
        if isinstance(resource, str) and resource != "*" and not resource.startswith("arn:"):
            yield Problem(("resources", position), f'"{resource}" is not an ARN.')
