"""`run --local`: runs a task of a stack's configuration in the container engine of this machine."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace

from components.aws.names import GroupNames
from components.json_values import Data, Json, as_json, mapping
from components.problems import listed, nearest
from components.resolved import Schedule, Task
from components.task import overrides
from components.task.schedule_names import schedule_names
from config import ConfigError
from config.yaml_files import YamlError

from ..aws.schedules import chosen_name
from ..aws.secrets import secret_value
from ..errors import NO_RUN, OpsError
from ..output import note
from ..project import Project, project
from ..runs.container_engines import call_engine, find_engine
from ..runs.containers import containers_of, main_container, overridden
from ..runs.definition import definition_of
from ..runs.local_container import Container, build_arguments, container_of
from ..runs.request import LaunchContext, RunChanges, with_changes
from .options import Where
from .planning_options import planned_stack


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
    here = project()
    stack = planned_stack(here, where.stack, NO_RUN)
    where = replace(where, stack=stack)
    configured = _configured(here, stack, task)
    own_names = here.names(stack)
    definition = _definition(where, configured, own_names)
    containers = containers_of(definition["containerDefinitions"])
    decided = configured.with_container(main_container(containers, overridden({})))
    given = _overrides(decided, _schedule(configured, schedule), context)
    main = main_container(containers, overridden(given))
    container = container_of(definition, with_changes(given, changes.filled_in(context), main))
    passed = _from_environment(inherited)
    engine = find_engine()
    passed |= _secrets(where, container, set(container.environment) | set(passed), wanted=secrets)
    for part in container.omitted:
        note(f"Not available locally: {part}.")
    if configured.build:
        _build(engine, build_arguments(configured.build, container.image, str(here.folder), configured.architecture))
    return call_engine(engine, ["run", "--rm", *container.arguments(list(passed))], passed)


def _configured(here: Project, stack: str, task: str) -> Task:
    try:
        config = here.load(stack)
    except (ConfigError, YamlError) as error:
        raise OpsError(here.problem(stack, error)) from None
    tasks = config.tasks
    if task in config.calls:
        raise OpsError(f"{task} makes an API call and runs no container, so --local has nothing to run.")
    if task not in tasks:
        raise OpsError(f'Stack {stack} has no task "{task}".{nearest(task, tasks)}')
    return tasks[task]


def _definition(where: Where, task: Task, own_names: GroupNames) -> Data:
    """The task definition from the configuration, or an existing one from AWS."""
    if task.task_definition is not None:
        found = where.connect().client("ecs").describe_task_definition(taskDefinition=task.task_definition)
        return found["taskDefinition"]
    if task.is_windows:
        raise OpsError(f"{task.name} runs on Windows, which --local doesn't support.")
    image = f"{own_names.repository(task.name)}:local" if task.build else str(task.image)
    given = {variable: str(arn) for variable, arn in task.secrets.items()}
    stored = {variable: own_names.parameter(task.name, variable) for variable in task.secret_values}
    return definition_of(task, image=image, secrets={**given, **stored})


def _schedule(task: Task, name: str | None) -> Schedule:
    full = [own.in_aws for own in schedule_names(task)]
    return dict(zip(full, task.schedules, strict=True))[chosen_name(task.name, full, name)]


def _overrides(task: Task, schedule: Schedule, context: LaunchContext) -> Mapping[str, Json]:
    text = overrides.document(task, schedule)
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


def _build(engine: str, arguments: Sequence[str]) -> None:
    if code := call_engine(engine, ["build", *arguments]):
        raise OpsError(f"The image build failed with exit code {code}.", NO_RUN)
