"""`terraform show -json`: the state, or a plan. Pure.

Source: Terraform, "JSON Output Format"; the AWS provider's schemas of aws_cloudwatch_event_rule,
aws_cloudwatch_event_target, aws_scheduler_schedule and aws_ecs_task_definition.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ..aws.mapping import reading_of
from ..aws.model import Definition, Found, Rule, Schedule, Target, text_at
from ..aws.values import Unresolved, is_empty, parsed_json, spelled
from ..json_sources import json_document
from ..model import Answers, Reading, Source, SourceError
from ..yaml_sources import Value

RULE, TARGET = "aws_cloudwatch_event_rule", "aws_cloudwatch_event_target"
SCHEDULE, DEFINITION = "aws_scheduler_schedule", "aws_ecs_task_definition"
_TYPES = (RULE, TARGET, SCHEDULE, DEFINITION)
_RUN = "Run `terraform show -json` for the state, or `terraform show -json PLAN` for a plan, and pass its output."
_COMPUTED = frozenset({"id", "arn", "region", "tags", "name_prefix", "force_destroy", "rule", "timeouts"})
"""Attributes that the provider computes, or that only matter to Terraform. `tags_all` has all tags."""
_OF_DEFINITIONS = frozenset(
    {"id", "arn", "arn_without_revision", "region", "revision", "skip_destroy", "tags", "track_latest"}
)
_RENAMED = {
    "targetid": "Id",
    "ecstarget": "EcsParameters",
    "sqstarget": "SqsParameters",
    "sagemakerpipelinetarget": "SageMakerPipelineParameters",
    "pipelineparameter": "PipelineParameterList",
    "orderedplacementstrategy": "PlacementStrategy",
    "placementconstraint": "PlacementConstraints",
    "tagsall": "tags",
    "volume": "volumes",
    "inferenceaccelerator": "inferenceAccelerators",
}
_RULE_MEMBERS = {
    "name": "Name",
    "schedule_expression": "ScheduleExpression",
    "event_pattern": "EventPattern",
    "state": "State",
    "is_enabled": "IsEnabled",
    "description": "Description",
    "role_arn": "RoleArn",
    "event_bus_name": "EventBusName",
    "tags_all": "Tags",
}
_TARGET_MEMBERS = {
    "target_id": "Id",
    "input_path": "InputPath",
    "input_transformer": "InputTransformer",
    "event_bus_name": "EventBusName",
}
_SCHEDULE_MEMBERS = {
    "name": "Name",
    "group_name": "GroupName",
    "schedule_expression": "ScheduleExpression",
    "schedule_expression_timezone": "ScheduleExpressionTimezone",
    "state": "State",
    "start_date": "StartDate",
    "end_date": "EndDate",
    "description": "Description",
    "kms_key_arn": "KmsKeyArn",
    "flexible_time_window": "FlexibleTimeWindow",
    "action_after_completion": "ActionAfterCompletion",
    "target": "Target",
}
_WINDOW_MEMBERS = {"mode": "Mode", "maximum_window_in_minutes": "MaximumWindowInMinutes"}


@dataclass(frozen=True, slots=True)
class _Resource:
    """A resource of the state or plan."""

    type: str
    address: str
    values: Value

    @property
    def name(self) -> str:
        """Its name without the module."""
        return self.address.rsplit(".", 1)[-1]


def read(sources: Sequence[Source], answers: Answers) -> Reading:
    """Make drafts of the rules and schedules of states and plans. Raises SourceError."""
    found = Found()
    for source in sources:
        _read(source, found)
    return reading_of(found, answers)[0]


def _read(source: Source, found: Found) -> None:
    root = _root(source)
    resources: list[_Resource] = []
    others = Counter[str]()
    unknown = {
        text_at(change, "address"): after
        for change in _items(root, "resource_changes")
        if (after := change.at("change", "after_unknown"))
    }
    for resource in _resources(root.at("values", "root_module") or root.at("planned_values", "root_module")):
        address, kind = text_at(resource, "address"), text_at(resource, "type")
        if text_at(resource, "mode") == "data" or kind not in _TYPES:
            others[kind] += 1
            continue
        values = resource.at("values") or Value("values", resource.line, children={})
        values = _overlaid(_at(values, address), unknown.get(address), _later(address))
        values = _overlaid(values, resource.at("sensitive_values"), _sensitive(address))
        resources.append(_Resource(kind, address, values))
    if not any(resource.type in (RULE, TARGET, SCHEDULE) for resource in resources):
        raise SourceError(source.file, root.line, f"There is no {RULE} and no {SCHEDULE} in this file. {_RUN}")
    if others:
        number = sum(others.values())
        these = "1 other resource wasn't" if number == 1 else f"{number} other resources weren't"
        found.remarks.append(f"{source.file}: {these} read.")
    _definitions(source, resources, found)
    _rules(source, resources, found)
    for resource in resources:
        if resource.type == SCHEDULE:
            found.schedules.append(_schedule(source, resource))


def _root(source: Source) -> Value:
    text = source.text.lstrip()
    if not text.startswith("{"):
        raise SourceError(source.file, 1, f"This isn't JSON. {_RUN}")
    if text.startswith('{"@level"'):
        raise SourceError(source.file, 1, f"This is the log of a command of Terraform. {_RUN}")
    root = json_document(source)
    if root.at("values") or root.at("planned_values"):
        return root
    if root.at("terraform_version") and root.at("resources"):
        raise SourceError(source.file, root.line, f"This is a state file of Terraform, whose format changes. {_RUN}")
    raise SourceError(source.file, root.line, f"This isn't a state or a plan of Terraform. {_RUN}")


def _items(value: Value | None, key: str) -> list[Value]:
    found = value.at(key) if value else None
    return found.items if found else []


def _resources(module: Value | None) -> Iterator[Value]:
    yield from _items(module, "resources")
    for child in _items(module, "child_modules"):
        yield from _resources(child)


def _at(value: Value, path: str) -> Value:
    """The value with its path from a resource on, instead of from the document on."""
    cut = len(value.path)

    def moved(each: Value) -> Value:
        children = each.children
        if isinstance(children, dict):
            children = {key: moved(child) for key, child in children.items()}
        elif isinstance(children, list):
            children = [moved(child) for child in children]
        return Value(path + each.path[cut:], each.line, each.data, children)

    return moved(value)


def _later(address: str) -> Unresolved:
    note = "The plan doesn't know it yet. Apply the plan, and pass the output of `terraform show -json` for the state."
    return Unresolved(address, note)


def _sensitive(address: str) -> Unresolved:
    note = "It is sensitive, so it isn't copied to a file. Without --expand, a task definition is kept as it is."
    return Unresolved(address, note)


def _overlaid(value: Value, flags: Value | None, mark: Unresolved) -> Value:
    """The value in which everything that is flagged as `true` is unresolved."""
    if flags is None or (not flags.children and flags.data is not True):
        return value
    if flags.data is True:
        return Value(value.path, value.line, mark)
    if isinstance(flags.children, dict) and (isinstance(value.children, dict) or is_empty(value)):
        children = dict(value.entries)
        for key, flag in flags.children.items():
            before = children.get(key) or Value(f"{value.path}.{key}", value.line)
            children[key] = _overlaid(before, flag, mark)
        return Value(value.path, value.line, None, children)
    if isinstance(flags.children, list) and isinstance(value.children, list):
        pairs = zip(value.children, flags.children, strict=False)
        items = [_overlaid(child, flag, mark) for child, flag in pairs]
        return Value(value.path, value.line, None, [*items, *value.children[len(items) :]])
    return value


def _renamed(value: Value, names: dict[str, str], without: frozenset[str] = _COMPUTED) -> Value:
    children = {names.get(key, key): child for key, child in value.entries.items() if key not in without}
    return Value(value.path, value.line, None, children)


def _definitions(source: Source, resources: Sequence[_Resource], found: Found) -> None:
    for resource in resources:
        if resource.type != DEFINITION:
            continue
        values = resource.values
        arn, family, revision = (text_at(values, key) for key in ("arn", "family", "revision"))
        definition = Definition(_definition(values), source.file, arn if arn.startswith("arn:") else "")
        for name in {arn, text_at(values, "arn_without_revision"), family, f"{family}:{revision}"} - {""}:
            found.definitions[name] = definition


def _definition(values: Value) -> Value:
    kept = {key: child for key, child in values.entries.items() if key not in _OF_DEFINITIONS}
    containers = kept.get("container_definitions")
    if containers is not None and (parsed := parsed_json(containers)) is not None:
        kept["container_definitions"] = parsed
    if (listed := kept.get("volume")) is not None and listed.items:
        kept["volume"] = replace(listed, children=[_volume(volume) for volume in listed.items])
    return spelled(Value(values.path, values.line, None, kept), "ecs", "RegisterTaskDefinitionRequest", _RENAMED)


def _volume(volume: Value) -> Value:
    entries = dict(volume.entries)
    if (path := entries.pop("host_path", None)) is not None and not is_empty(path):
        entries["host"] = Value(path.path, path.line, None, {"sourcePath": path})
    elif path is not None:
        entries["host"] = path
    return Value(volume.path, volume.line, None, entries)


def _rules(source: Source, resources: Sequence[_Resource], found: Found) -> None:
    rules: dict[tuple[str, str], Rule] = {}
    for resource in resources:
        if resource.type == RULE:
            values = resource.values
            arn, name, bus = text_at(values, "arn"), text_at(values, "name"), _bus(values)
            rule = Rule(source.file, resource.address, _renamed(values, _RULE_MEMBERS), [], arn, bus)
            rules[name, bus] = rule
            found.rules.append(rule)
    for resource in resources:
        if resource.type != TARGET:
            continue
        values = resource.values
        name, bus = text_at(values, "rule"), _bus(values)
        rule = rules.get((name, bus))
        if rule is None:
            # The rule isn't in this state, so the times of the target aren't known.
            label = Value(values.path, values.line, None, {"Name": Value(values.path, values.line, resource.name)})
            rule = rules[name, bus] = Rule(source.file, resource.address, label, [], "", bus)
            missing = Unresolved(name, f"The rule {name} isn't in this file. Pass the state that has it.")
            label.entries["ScheduleExpression"] = Value(f"{values.path}.rule", values.line, missing)
            found.rules.append(rule)
        rule.targets.append(Target(_target(_renamed(values, _TARGET_MEMBERS, _COMPUTED - {"arn"}), "ecs_target")))


def _bus(values: Value) -> str:
    return text_at(values, "event_bus_name").rsplit("/", 1)[-1] or "default"


def _target(value: Value, block: str) -> Value:
    """A target in AWS's spelling. `block` is the name of its ECS settings."""
    entries = dict(value.entries)
    settings = entries.get(block)
    if settings is not None and len(settings.items) == 1:
        entries[block] = _with_network(settings.items[0])
    return spelled(Value(value.path, value.line, None, entries), "scheduler", "Target", _RENAMED)


def _with_network(settings: Value) -> Value:
    entries = dict(settings.entries)
    network = entries.get("network_configuration")
    if network is not None and network.items:
        inner = {"awsvpc_configuration": network.items[0]} if len(network.items) == 1 else {}
        entries["network_configuration"] = Value(network.path, network.line, None, inner) if inner else network
    return Value(settings.path, settings.line, None, entries)


def _schedule(source: Source, resource: _Resource) -> Schedule:
    values = resource.values
    value = _renamed(values, _SCHEDULE_MEMBERS)
    entries = dict(value.entries)
    window, target = entries.get("FlexibleTimeWindow"), entries.get("Target")
    if window is not None and len(window.items) == 1:
        entries["FlexibleTimeWindow"] = _renamed(window.items[0], _WINDOW_MEMBERS, frozenset())
    if target is not None and len(target.items) == 1:
        entries["Target"] = _target(target.items[0], "ecs_parameters")
    group = text_at(values, "group_name") or "default"
    value = Value(value.path, value.line, None, entries)
    return Schedule(source.file, resource.address, value, text_at(values, "arn"), group)
