"""What a task refers to and its group may not use: found at once, as each run would be refused later."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from ..args import GroupReference, ScheduledTaskArgs
from ..aws.images import registry_account
from ..infrastructure.lookup import Account
from ..problems import Name, Problem, listed
from ..supervised.settings import SUPERVISED_KEYS, is_supervised
from ..task.capacity import runs_on
from ..task.definition import deciding_container
from .capacity import not_in_cluster
from .same_account import elsewhere
from .shared import tags_together


def reference_problems(args: ScheduledTaskArgs, group: GroupReference) -> list[Problem]:
    """What the group does not know of, and a task definition that does not fit what it is to run on."""
    lists = (
        ("task_definition", "task_definitions", list(group["task_definitions"])),
        ("task_role", "pass_role_arns", list(group["pass_role_arns"])),
    )
    problems: list[Problem] = []
    for key, list_key, allowed in lists:
        if isinstance(value := args.get(key), str) and value not in allowed:
            problems.append(Problem((key,), f'"{value}" is not among the group\'s {list_key}. Add it there.'))
    if "expect_success_within" in args and group["succeeded_log_group"] == "":
        problems.append(
            Problem(("expect_success_within",), "needs the outcomes of runs, which monitoring.outcomes switches off.")
        )
    if is_supervised(cast("Mapping[str, Any]", args)) and group["supervisor_role_arn"] == "":
        key = next(key for key in SUPERVISED_KEYS if key in args)
        problems.append(Problem((key,), "needs a group with supervised tasks. Set supervised: true on the group."))
    task = cast("Mapping[str, Any]", args)
    problems += elsewhere(task, Account(group["partition"], group["region"], group["account_id"]))
    problems += [*not_in_cluster(task, group["capacity_providers"]), *tags_together(task, group["tags"])]
    return [*problems, *_registries(args, group), *_compatibility(args, group)]


def _registries(args: ScheduledTaskArgs, group: GroupReference) -> Iterator[Problem]:
    images: list[tuple[tuple[str | int, ...], object]] = [(("image",), args.get("image"))]
    images += [
        (("sidecars", Name(name), "image"), sidecar.get("image")) for name, sidecar in args.get("sidecars", {}).items()
    ]
    for path, image in images:
        account = registry_account(image)
        if account and account not in group["registry_accounts"]:
            allowed = listed(group["registry_accounts"], "and")
            yield Problem(
                path,
                f"is in the registry of account {account}; the group pulls from {allowed} only. Add it to the group.",
            )


def _compatibility(args: ScheduledTaskArgs, group: GroupReference) -> Iterator[Problem]:
    reference = args.get("task_definition", "")
    known = group["task_definitions"].get(reference)
    if known is None:
        return
    container, decides = deciding_container(cast("Mapping[str, Any]", args)), group["containers"][reference]
    if container != decides and not is_supervised(cast("Mapping[str, Any]", args)):
        yield Problem(
            ("container",),
            f'"{container}" is not by what the group tells how runs of "{reference}" ended: that is "{decides}". Say '
            "so under the group's containers.",
        )
    wanted = runs_on(cast("Mapping[str, Any]", args))
    if wanted not in known["compatibilities"]:
        made_for = listed(known["compatibilities"], "and") or "nothing"
        yield Problem(
            ("task_definition",),
            f'"{reference}" is made for {made_for}, and this task runs on {wanted} '
            "(requiresCompatibilities). Register a revision that is, or change launch.",
        )
