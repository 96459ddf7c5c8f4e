"""Templates of AWS CloudFormation, also those that CDK and SAM write. Pure.

Source: AWS CloudFormation template reference: AWS::Events::Rule, AWS::Scheduler::Schedule, AWS::ECS::TaskDefinition.
"""

from collections.abc import Sequence

from ..aws.mapping import reading_of
from ..aws.model import Definition, Found, Rule, Schedule, Target, text_at
from ..aws.values import Unresolved, spelled
from ..cloudformation.functions import DEFINITION, Resolver
from ..cloudformation.template import template_of
from ..model import Answers, Reading, Source, SourceError
from ..yaml_sources import Value

_RENAMED = {"taglist": "Tags", "placementstrategies": "PlacementStrategy"}
_RULE, _SCHEDULE, _NESTED = "AWS::Events::Rule", "AWS::Scheduler::Schedule", "AWS::CloudFormation::Stack"


def read(sources: Sequence[Source], answers: Answers) -> Reading:
    """Make drafts of the rules and schedules of templates. Raises SourceError."""
    found = Found()
    for source in sources:
        _Template(source, answers, found).read()
    return reading_of(found, answers)[0]


class _Template:
    """One template."""

    def __init__(self, source: Source, answers: Answers, found: Found):
        self.source, self.found, self.parameters = source, found, answers.parameters
        self.root = template_of(source)
        self.resolver = Resolver(self.root, answers.parameters)

    def read(self) -> None:
        """Add its rules, schedules and task definitions."""
        resources = self.root.entries["Resources"].entries
        kinds = {name: text_at(resource, "Type") for name, resource in resources.items()}
        if nested := [name for name, kind in kinds.items() if kind == _NESTED]:
            self._remark(f"nested stacks weren't read: {', '.join(nested)}. Pass their templates.")
        if loops := [name for name in resources if name.startswith("Fn::")]:
            self._remark(f"loops weren't read: {', '.join(loops)}. Use `import aws` for the deployed stack.")
        if not {_RULE, _SCHEDULE} & set(kinds.values()):
            line = self.root.entries["Resources"].line
            raise SourceError(self.source.file, line, f"The template has no {_RULE} and no {_SCHEDULE}.")
        for name, resource in resources.items():
            if kinds[name] in (_RULE, _SCHEDULE, DEFINITION):
                self._resource(name, kinds[name], resource)

    def _resource(self, name: str, kind: str, resource: Value) -> None:
        result = self._condition(resource)
        if result is False:
            self._remark(f"{name} isn't created, because its condition is false.")
            return
        properties = self._properties(name, resource)
        if isinstance(result, Unresolved):
            line = resource.entries["Condition"].line
            properties.entries["Condition"] = Value(f"{name}.Condition", line, result)
        add = {_RULE: self._rule, _SCHEDULE: self._schedule, DEFINITION: self._definition}
        add[kind](name, properties)

    def _remark(self, text: str) -> None:
        self.found.remarks.append(f"{self.source.file}: {text}")

    def _condition(self, resource: Value) -> bool | Unresolved:
        condition = resource.at("Condition")
        return True if condition is None else self.resolver.condition(condition)

    def _properties(self, name: str, resource: Value) -> Value:
        """The properties without functions, with paths from the resource on."""
        found = resource.at("Properties")
        if found is None:
            return Value(name, resource.line, None, {})
        resolved = self.resolver.property(found)
        return _at(resolved or Value(found.path, found.line, None, {}), name, len(found.path), resource.line)

    def _rule(self, name: str, properties: Value) -> None:
        entries = dict(properties.entries)
        listed = entries.pop("Targets", None)
        value = Value(properties.path, properties.line, None, entries)
        rule = Rule(self.source.file, name, value, bus=text_at(properties, "EventBusName") or "default")
        if listed is not None and not isinstance(listed.children, list):
            entries["Targets"] = listed
        for target in listed.items if listed else []:
            rule.targets.append(Target(spelled(target, "scheduler", "Target", _RENAMED)))
        self.found.rules.append(rule)

    def _schedule(self, name: str, properties: Value) -> None:
        entries = dict(properties.entries)
        if target := entries.get("Target"):
            entries["Target"] = spelled(target, "scheduler", "Target", _RENAMED)
        value = Value(properties.path, properties.line, None, entries)
        self.found.schedules.append(Schedule(self.source.file, name, value))

    def _definition(self, name: str, properties: Value) -> None:
        value = spelled(properties, "ecs", "RegisterTaskDefinitionRequest", {})
        definition = Definition(value, self.source.file)
        # The user may have answered with the family that AWS gave it.
        for key in {name, definition.family, self.parameters.get(name, "")} - {""}:
            self.found.definitions[key] = definition


def _at(value: Value, name: str, cut: int, line: int) -> Value:
    """A value whose paths start with the name of the resource. `line` is that of the resource."""
    children = value.children
    if isinstance(children, dict):
        children = {key: _at(child, name, cut, child.line) for key, child in children.items()}
    elif isinstance(children, list):
        children = [_at(child, name, cut, child.line) for child in children]
    return Value(name + value.path[cut:], line, value.data, children)
