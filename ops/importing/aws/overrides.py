"""The input of a target: RunTask's overrides as keys of a task. Pure.

Source: Amazon ECS API reference, TaskOverride and ContainerOverride.
"""

from components.problems import listed

from ..yaml_sources import Value
from .model import Definition, text_at
from .values import is_empty, parsed_json, unresolved
from .work import Work, cpu_units, mebibytes

_EXPAND = "Pass --expand to put it into the task definition, or remove it."


def overrides_of(work: Work, target: Value) -> Value | None:
    """The overrides in a target's input. None if there are none, or if they can't be read."""
    for key in ("InputPath", "InputTransformer"):
        value = target.at(key)
        if not is_empty(value) and value is not None:
            work.block(value, "command", "A schedule has no event to read from. Write the command into the task.")
    value = target.at("Input")
    if value is None or is_empty(value):
        return None
    if unresolved(value):
        work.found(value, "command")
        return None
    parsed = value if value.children is not None else parsed_json(value)
    if parsed is None or not isinstance(parsed.children, dict):
        work.ledger.lose(value, "It isn't a JSON object with overrides, so ECS ignores it.")
        return None
    if not parsed.children:
        work.ledger.change(value, "", "It overrides nothing.", whole=True)
        return None
    if parsed is not value:
        # Its keys are counted, and get a decision each.
        value.decided = True
    return parsed


def apply_overrides(work: Work, overrides: Value, definition: Definition | None, chosen: str) -> None:
    """Override an existing task definition.

    Args:
        work: The task.
        overrides: The overrides.
        definition: The task definition, if it is known.
        chosen: The name of the container that the user chose.
    """
    container = _container(work, overrides, definition, chosen)
    if container is not None:
        _of_container(work, container)
    _of_task(work, overrides)
    work.ledger.lose(overrides.at("executionRoleArn"), f"A schedule can't override it. {_EXPAND}")
    work.ledger.finish([overrides], "ECS or this tool has no such override.")


def _container(work: Work, overrides: Value, definition: Definition | None, chosen: str) -> Value | None:
    """The container that the overrides are for: a task overrides one, whose exit code is the outcome of the run."""
    value = overrides.at("containerOverrides")
    items = [item for item in (value.items if value else []) if item.entries]
    changed = [item for item in items if set(item.entries) - {"name"}]
    names = [text_at(item, "name") for item in changed]
    essential = definition.essential if definition else []
    for item in items:
        if item not in changed:
            work.ledger.change(item, "", "It overrides nothing.", whole=True)
    if value is not None and len(set(names)) > 1:
        work.block(value, "command", f"The overrides are for {listed(names, 'and')}, and a task has one. {_EXPAND}")
        return None
    if value is not None and names and essential and names[0] not in essential:
        note = f"The overrides are for {names[0]}, but the outcome of a run is that of {listed(essential)}. {_EXPAND}"
        work.block(value, "command", note)
        return None
    choose_container(work, definition, names[0] if names else chosen)
    return changed[0] if changed else None


def choose_container(work: Work, definition: Definition | None, name: str) -> None:
    """Set the container of an existing task definition, or ask for it."""
    essential = definition.essential if definition else []
    if name and essential != [name]:
        # The containers aren't known if they are sensitive.
        names = [text_at(each, "name") for each in definition.containers] if definition else []
        if names and name not in names:
            work.draft.block(work.draft.line, "container", f"The task definition has no container {name}.")
            return
        work.draft.keys["container"] = name
    elif len(essential) > 1 and "main" not in essential:
        note = f"Which container does the work? Pass --container: {listed(essential)}."
        work.draft.block(work.draft.line, "container", note)


def _of_container(work: Work, container: Value) -> None:
    ledger, keys = work.ledger, work.draft.keys
    ledger.change(container.at("name"), "container")
    command = container.at("command")
    if command is not None and command.items and all(item.children is None for item in command.items):
        keys["command"] = command.texts
        ledger.take(command, "command", whole=True)
    variables = container.at("environment")
    if variables is not None and variables.items:
        known = {text_at(item, "name"): text_at(item, "value") for item in variables.items}
        if all(set(item.entries) <= {"name", "value"} for item in variables.items):
            keys["environment"] = known
            ledger.take(variables, "environment", whole=True)
    for key in ("cpu", "memory", "memoryReservation", "resourceRequirements", "environmentFiles"):
        value = container.at(key)
        if not is_empty(value):
            ledger.lose(value, f"A schedule overrides only the size of the whole task. {_EXPAND}")


def _of_task(work: Work, overrides: Value) -> None:
    for key, read in (("cpu", cpu_units), ("memory", mebibytes)):
        value = overrides.at(key)
        if value is None or is_empty(value):
            continue
        size = read(value.text)
        if size is None:
            work.block(value, key, f"{value.text} isn't a size that ECS accepts.")
        else:
            work.take(value, key, size)
    size = overrides.at("ephemeralStorage", "sizeInGiB")
    work.take(size, "ephemeralStorage")
    work.take(overrides.at("taskRoleArn"), "taskRole")
