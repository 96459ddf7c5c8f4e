"""The policies of existing roles that a stack uses, for the administrators who create these roles.

They come from the functions that make the policies of the roles that a deployment creates.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import cast

from components.aws import policies
from components.aws.arn import Arn
from components.calls.kinds import call_of, machine_name
from components.infrastructure.execution import (
    divided_secrets,
    each_once,
    execution_policy,
    files_of,
    log_groups_of,
    secrets_of,
)
from components.infrastructure.startable import Startable, scheduler_policy, startable, supervisor_policy
from components.infrastructure.trust import scheduler_trust, supervisor_trust, task_trust
from components.json_values import Data
from components.resolved import CallTask, Group, Task
from components.task.volumes import references_of, statements_of
from config import StackConfig

from .access import Place
from .documents import policy_file

FOLDER = "roles"
"""The folder of the files, with one folder per role."""


@dataclass(frozen=True, slots=True)
class _Use:
    """A use of an existing role, and what the role needs for it."""

    role_arn: str
    trust: str
    documents: Sequence[str] = ()
    """The inline policy, then managed policies for what has no room in it."""


def role_files(config: StackConfig, where: Place) -> dict[str, str]:
    """The policies of the existing roles that a stack uses, by path: `roles/<role>/trust.json`,
    `roles/<role>/policy.json`, and `policy-2.json` and so on for what has no room in one policy."""
    trust: dict[str, list[object]] = {}
    documents: dict[str, list[str]] = {}
    for use in _uses(config, where):
        name = Arn.parse(use.role_arn).name
        statements = trust.setdefault(name, [])
        statements += [one for one in json.loads(use.trust)["Statement"] if one not in statements]
        own = documents.setdefault(name, [])
        own += [text for text in use.documents if text not in own]
    found: dict[str, str] = {}
    for name, statements in trust.items():
        found[f"{FOLDER}/{name}/trust.json"] = policy_file(statements)
        for number, text in enumerate(documents[name], 1):
            found[f"{FOLDER}/{name}/policy{'' if number == 1 else f'-{number}'}.json"] = _file(json.loads(text))
    return found


def unknown_roles(config: StackConfig) -> list[str]:
    """Existing task definitions whose roles an existing role must pass. AWS tells these roles, not the
    configuration."""
    existing = config.group.scheduler_role is not None or config.group.supervisor_role is not None
    return list(config.group.task_definitions) if existing else []


def creates_roles(config: StackConfig) -> bool:
    """Whether a deployment creates any role."""
    group = config.group
    for_runs = bool(config.tasks) and (
        group.scheduler_role is None
        or (group.supervised and group.supervisor_role is None)
        or _creates_run_roles(group, config.tasks.values())
    )
    return for_runs or any(
        call.machine is not None or (call.role is None and group.scheduler_role is None)
        for call in config.calls.values()
    )


def _creates_run_roles(group: Group, tasks: Iterable[Task]) -> bool:
    return bool(group.execution_role is None or group.shared_roles or any(task.creates_task_role for task in tasks))


def _uses(config: StackConfig, where: Place) -> Iterator[_Use]:
    group, names, account = config.group, where.names, where.account
    starts = _may_start(config, where)
    clusters = _clusters(group, where)
    if isinstance(group.scheduler_role, str):
        parts = starts.divided(partial(scheduler_policy, names, account, group, clusters), clusters)
        inline = scheduler_policy(names, account, group, clusters, parts.inline)
        more = [part.more(clusters) for part in parts.managed]
        own = {name: call for name, call in config.calls.items() if call.role is None}
        runs = [inline, *more] if config.tasks else []
        calls = [_call_policy(own, group, where)] if own else []
        rules = any(task.after is not None for task in config.tasks.values())
        yield _Use(group.scheduler_role, scheduler_trust(names, account, rules=rules), [*runs, *calls])
    if group.supervised and isinstance(group.supervisor_role, str):
        parts = starts.divided(partial(supervisor_policy, names, account, group, clusters), clusters)
        inline = supervisor_policy(names, account, group, clusters, parts.inline)
        more = [part.more(clusters) for part in parts.managed]
        yield _Use(group.supervisor_role, supervisor_trust(names, account), [inline, *more])
    for name, call in config.calls.items():
        if isinstance(call.role, str):
            yield _Use(call.role, scheduler_trust(names, account), [_call_policy({name: call}, group, where)])
    yield from _execution_roles(config, where)
    for task in config.tasks.values():
        mounts = statements_of(
            task,
            account,
            {name: {key: str(it) for key, it in found.items()} for name, found in references_of(task).items()},
        )
        needed = [policies.run_policy(mounts, enter=task.exec_path is not None)] if mounts or task.exec_path else []
        for arn in task.task_roles:
            yield _Use(arn, task_trust(account), needed)


def _call_policy(calls: Mapping[str, CallTask], group: Group, where: Place) -> str:
    """The policy of a role that makes calls."""
    statements: list[policies.Statement] = []
    for name, call in calls.items():
        args, unique = cast("Data", call.args), where.names.family(name)
        made = call_of(args, where.account, unique, machine_name(args, where.names, name))
        for statement in made.statements:
            # A policy can't have the same statement ID twice. AWS: IAM user guide, "IAM JSON policy elements: Sid".
            number = sum(str(each.get("Sid", "")).startswith(str(statement.get("Sid"))) for each in statements)
            same = {**statement, "Sid": f"{statement.get('Sid', '')}{number + 1}"} if number else statement
            statements.append(cast("policies.Statement", same))
    keys = [key for key in (group.encryption.dead_letters, group.encryption.schedules) if key is not None]
    queue = where.account.arn("sqs", where.names.dead_letter_queue)
    return policies.call_policy(statements, queue, keys)


def _execution_roles(config: StackConfig, where: Place) -> Iterator[_Use]:
    group, names, account = config.group, where.names, where.account
    tasks_of: dict[str, list[Task]] = {}
    if isinstance(group.execution_role, str):
        tasks_of[group.execution_role] = []
    for task in config.tasks.values():
        role = task.execution_role or group.execution_role
        if isinstance(role, str) and task.task_definition is None:
            tasks_of.setdefault(role, []).append(task)
    for role, tasks in tasks_of.items():
        policy = partial(
            execution_policy,
            names,
            account,
            [account.account_id, *group.registry_accounts],
            key_arns=group.encryption.secrets,
            caches=group.pull_through_caches,
            file_arns=_each(files_of(task) for task in tasks),
            log_groups=_each(log_groups_of(task) for task in tasks),
        )
        secrets = list(each_once(arn for task in tasks for arn in secrets_of(task, names, account)))
        parts = divided_secrets(policy, secrets, account)
        known = [[str(arn) for arn in part] for part in (parts.inline, *parts.managed)]
        yield _Use(
            role, task_trust(account), [policy(known[0]), *(policies.more_secrets_policy(part) for part in known[1:])]
        )


def _each(values: Iterable[Iterable[object]]) -> list[str]:
    """Each value once. The configuration has no outputs."""
    return list(dict.fromkeys(str(value) for some in values for value in some))


def _may_start(config: StackConfig, where: Place) -> Startable:
    """Everything that runs may use, without the roles of existing task definitions."""
    group, account = config.group, where.account
    own = startable(where.names, account, group, (), own_roles=_creates_run_roles(group, config.tasks.values()))
    return Startable(
        (*own.task_definition_arns, *(_any_revision(it, where) for it in group.task_definitions)), own.role_arns
    )


def _any_revision(reference: str, where: Place) -> str:
    """The ARN of an existing task definition. A family selects its newest revision at each deployment."""
    arn = Arn.parse_if_arn(reference)
    if arn:
        return reference if arn.revision else f"{reference}:*"
    return where.account.arn("ecs", f"task-definition/{reference if ':' in reference else f'{reference}:*'}")


def _clusters(group: Group, where: Place) -> list[str]:
    """The clusters that runs start on."""
    own = where.names.cluster if group.create_cluster else str(group.cluster)
    return [
        reference if Arn.parse_if_arn(reference) else where.account.arn("ecs", f"cluster/{reference}")
        for reference in (own, *group.clusters)
    ]


def _file(document: object) -> str:
    return json.dumps(document, indent=2) + "\n"
