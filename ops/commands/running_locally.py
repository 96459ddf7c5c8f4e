"""`run --local`: runs a task of a stack's configuration in the container engine of this machine."""

import json
import os
from collections.abc import Mapping, Sequence
from typing import Any, cast

from components.aws import names
from components.aws.names import GroupNames
from components.problems import listed, nearest
from components.schedules.of_task import TaskSchedule, task_schedules
from components.task import overrides
from components.task.capacity import is_windows
from components.task.definition import deciding_container
from config import ConfigError
from config.yaml_files import YamlError

from ..aws.secrets import secret_value
from ..errors import NO_RUN, OpsError
from ..json_values import Json, as_json, mapping
from ..output import note
from ..planning.plans import DEFAULT_STACK, PROJECT_NAME, ROOT, load_stack, stack_problem
from ..runs.container_engines import call_engine, find_engine
from ..runs.containers import containers_of, main_container, overridden
from ..runs.definition import definition_of
from ..runs.local_container import Container, build_arguments, container_of
from ..runs.request import LaunchContext, RunChanges, with_changes
from .options import Where

Args = Mapping[str, Any]


def run_locally(
    where: Where,
    task: str,
    schedule: str | None,
    context: LaunchContext,
    changes: RunChanges,
    inherited: Sequence[str],
    *,
    secrets: bool,
) -> int:
    """Run the container of a task locally and return its exit code.

    `inherited` are the names of environment variables to pass on. Raises OpsError if the container can't run.
    """
    stack = where.stack or DEFAULT_STACK
    args = _arguments(stack, task)
    own_names = GroupNames(f"{PROJECT_NAME}-{stack}")
    definition = _definition(where, args, own_names, task)
    given = _overrides(args, _schedule(task, args, schedule), context)
    main = main_container(containers_of(definition["containerDefinitions"]), overridden(given))
    container = container_of(definition, with_changes(given, changes, main))
    passed = _from_environment(inherited)
    engine = find_engine()
    passed |= _secrets(where, container, set(container.environment) | set(passed), wanted=secrets)
    for part in container.omitted:
        note(f"Not available locally: {part}.")
    if build := args.get("build"):
        _build(engine, build, container.image, args)
    return call_engine(engine, ["run", "--rm", *container.arguments(list(passed))], passed)


def _arguments(stack: str, task: str) -> Args:
    try:
        tasks = cast("Mapping[str, Args]", load_stack(stack).tasks)
    except (ConfigError, YamlError) as error:
        raise OpsError(stack_problem(stack, error)) from None
    if task not in tasks:
        raise OpsError(f'Stack {stack} has no task "{task}".{nearest(task, tasks)}')
    return tasks[task]


def _definition(where: Where, args: Args, own_names: GroupNames, task: str) -> Mapping[str, Any]:
    """The task definition from the configuration, or an existing one from AWS."""
    if reference := args.get("task_definition"):
        found = where.connect().client("ecs").describe_task_definition(taskDefinition=reference)
        return found["taskDefinition"]
    if is_windows(args):
        raise OpsError(f"{task} runs on Windows, which --local doesn't support.")
    stored = {variable: own_names.parameter(task, variable) for variable in args.get("secret_values", {})}
    image = {"image": f"{own_names.repository(task)}:local"} if "build" in args else {}
    return definition_of({**args, **image}, secrets={**args.get("secrets", {}), **stored})


def _schedule(task: str, args: Args, name: str | None) -> TaskSchedule:
    by_name = {names.schedule(task, number): schedule for number, schedule in enumerate(task_schedules(args))}
    if name and name not in by_name:
        raise OpsError(
            f'{task} has no schedule "{name}". Its schedules: {listed(by_name, "and")}.{nearest(name, by_name)}'
        )
    if not name and len(by_name) > 1:
        raise OpsError(f"{task} has several schedules. Choose one: --schedule {listed(by_name)}.")
    return by_name[name] if name else next(iter(by_name.values()))


def _overrides(args: Args, schedule: TaskSchedule, context: LaunchContext) -> Mapping[str, Json]:
    text = overrides.document(schedule.args, container=deciding_container(args))
    return mapping(as_json(json.loads(context.fill_in(text)))) if text else {}


def _from_environment(names_of_variables: Sequence[str]) -> dict[str, str]:
    for name in names_of_variables:
        if name not in os.environ:
            raise OpsError(
                f"--env {name}: The variable isn't set in your environment. Set it, or pass --env {name}=VALUE."
            )
    return {name: os.environ[name] for name in names_of_variables}


def _secrets(where: Where, container: Container, known: set[str], *, wanted: bool) -> dict[str, str]:
    missing = {name: source for name, source in container.secrets.items() if name not in known}
    if missing and not wanted:
        note(
            f"Not set: {listed(missing, 'and')}. To read them from AWS, pass --secrets. To pass one from your "
            "environment, use --env NAME."
        )
    if not missing or not wanted:
        return {}
    aws = where.connect()
    return {name: secret_value(aws, name, source) for name, source in missing.items()}


def _build(engine: str, build: Args, image: str, args: Args) -> None:
    arguments = build_arguments(build, image, str(ROOT), args.get("architecture", "x86_64"))
    if code := call_engine(engine, ["build", *arguments]):
        raise OpsError(f"The image build failed with exit code {code}.", NO_RUN)
