"""The functions of a template, resolved with its parameters and the user's answers. Pure.

Source: AWS CloudFormation template reference, "Intrinsic functions" and "Pseudo parameters".
"""

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ..aws.values import Unresolved, plain, unresolved, value_of
from ..yaml_sources import Value

_DEPTH = 60
_REFERENCE = re.compile(r"\$\{(!?)([^{}]*)\}")
_DYNAMIC = re.compile(r"\{\{resolve:([^{}]*)\}\}")
_PSEUDO = (
    "AWS::AccountId", "AWS::NotificationARNs", "AWS::Partition", "AWS::Region", "AWS::StackId", "AWS::StackName",
    "AWS::URLSuffix",
)  # fmt: skip
_NAMED = {
    "AWS::ECS::Cluster": ("ClusterName", "Arn", "ecs", "cluster"),
    "AWS::Scheduler::ScheduleGroup": ("Name", "Arn", "scheduler", "schedule-group"),
    "AWS::Events::EventBus": ("Name", "Arn", "events", "event-bus"),
}
"""Resources whose `Ref` is a property: the property, and the attribute, the service and the type of their ARN."""
DEFINITION = "AWS::ECS::TaskDefinition"


class _NoValueError(Exception):
    """`AWS::NoValue`: the property isn't set."""


@dataclass(slots=True)
class Resolver:
    """Resolves the values of one template.

    Args:
        template: The template.
        answers: The user's values: of parameters, pseudo parameters, `Resource`, `Resource.Attribute`, and exports.
    """

    template: Value
    answers: Mapping[str, str]
    depth: int = field(default=0)

    def property(self, value: Value) -> Value | None:
        """A value without functions; None for `AWS::NoValue`. Values that aren't in the template are open."""
        try:
            return self.value(value)
        except _NoValueError:
            return None

    def value(self, value: Value) -> Value:
        """A value without functions. Raises _NoValueError."""
        if self.depth > _DEPTH:
            return _open(value, Unresolved(value.path, "Its functions refer to each other without an end."))
        self.depth += 1
        try:
            call = _call(value)
            if call:
                return self._resolved(value, *call)
            if isinstance(value.children, dict):
                found = {key: each for key, child in value.children.items() if (each := self.property(child))}
                return Value(value.path, value.line, None, found)
            if isinstance(value.children, list):
                items = [each for child in value.children if (each := self.property(child))]
                return Value(value.path, value.line, None, items)
            return self._dynamic(value)
        finally:
            self.depth -= 1

    def condition(self, value: Value) -> bool | Unresolved:
        """The result of a condition, or what it depends on."""
        call = _call(value)
        name, argument = call or ("", value)
        if not call and isinstance(value.data, str):
            return self._named_condition(value.data)
        if name == "Condition":
            return self._named_condition(argument.text)
        if name in ("Fn::And", "Fn::Or"):
            results = [self.condition(item) for item in argument.items]
            decisive = name == "Fn::Or"
            if any(result is decisive for result in results):
                return decisive
            return next((result for result in results if isinstance(result, Unresolved)), not decisive)
        if name == "Fn::Not" and argument.items:
            result = self.condition(argument.items[0])
            return result if isinstance(result, Unresolved) else not result
        if name == "Fn::Equals" and len(argument.items) == 2:
            left, right = (self.property(item) for item in argument.items)
            open_ = [*unresolved(left), *unresolved(right)]
            return open_[0][1] if open_ else _text(left) == _text(right)
        return Unresolved(name or value.text, f"The import can't evaluate {name or value.text}. Resolve it by hand.")

    def _named_condition(self, name: str) -> bool | Unresolved:
        found = self.template.at("Conditions", name)
        self.depth += 1
        try:
            if found is None or self.depth > _DEPTH:
                return Unresolved(name, f"The template has no condition {name}.")
            return self.condition(found)
        finally:
            self.depth -= 1

    def _dynamic(self, value: Value) -> Value:
        if isinstance(value.data, str) and (match := _DYNAMIC.search(value.data)):
            name = f"resolve:{match[1]}"
            if name in self.answers:
                text = value.data.replace(match[0], self.answers[name])
                return self._dynamic(Value(value.path, value.line, text))
            note = f"CloudFormation reads it from {match[1].split(':')[0]} at the deployment."
            public = f" Pass --parameter {name}=VALUE." if match[1].startswith("ssm:") else " Use `secrets` for it."
            return _open(value, Unresolved(match[0], note + public))
        return value

    def _resolved(self, value: Value, name: str, argument: Value) -> Value:
        simple: dict[str, Callable[[Value, Value], Value]] = {
            "Ref": self._ref,
            "Fn::GetAtt": self._attribute,
            "Fn::Sub": self._sub,
            "Fn::Join": self._join,
            "Fn::If": self._if,
            "Fn::FindInMap": self._find_in_map,
            "Fn::Select": self._select,
            "Fn::Split": self._split,
            "Fn::ImportValue": self._import,
            "Fn::Base64": self._base64,
            "Fn::ToJsonString": self._json,
        }
        if name in simple:
            return simple[name](value, argument)
        return _open(value, Unresolved(name, f"The import can't resolve {name}. Write the value in its place."))

    def _ref(self, value: Value, argument: Value) -> Value:
        return self._reference(value, argument.text)

    def _reference(self, value: Value, name: str) -> Value:
        if name == "AWS::NoValue":
            raise _NoValueError
        parameter = self.template.at("Parameters", name)
        if parameter is not None:
            return self._parameter(value, name, parameter)
        if name in self.answers:
            return Value(value.path, value.line, self.answers[name])
        if name in _PSEUDO:
            return self._pseudo(value, name)
        return self._resource(value, name)

    def _parameter(self, value: Value, name: str, parameter: Value) -> Value:
        kind, default = _text_at(parameter, "Type"), parameter.at("Default")
        if _text_at(parameter, "NoEcho").lower() == "true":
            return _open(value, Unresolved(name, f"{name} is a secret (NoEcho). Use `secrets` instead of its value."))
        if name in self.answers:
            return _as(value, self.answers[name], kind)
        # The default of an SSM parameter is its name, not its value.
        if default is None or kind.startswith("AWS::SSM::Parameter::Value"):
            return _open(value, _ask(name))
        return _as(value, default.text, kind)

    def _resource(self, value: Value, name: str) -> Value:
        """The `Ref` of a resource."""
        resource = self.template.at("Resources", name)
        if resource is None:
            return _open(value, Unresolved(name, f"The template has no parameter and no resource {name}."))
        kind = _text_at(resource, "Type")
        key = "Family" if kind == DEFINITION else _NAMED[kind][0] if kind in _NAMED else ""
        found = resource.at("Properties", key) if key else None
        own = self.property(found) if found else None
        if own is None or unresolved(own):
            return _open(value, _ask(name))
        return Value(value.path, value.line, own.text)

    def _pseudo(self, value: Value, name: str) -> Value:
        region = self.answers.get("AWS::Region", "")
        china = region.startswith("cn-")
        if region and name == "AWS::Partition":
            partition = "aws-cn" if china else "aws-us-gov" if region.startswith("us-gov-") else "aws"
            return Value(value.path, value.line, partition)
        if region and name == "AWS::URLSuffix":
            return Value(value.path, value.line, "amazonaws.com.cn" if china else "amazonaws.com")
        return _open(value, _ask(name))

    def _attribute(self, value: Value, argument: Value) -> Value:
        parts = argument.texts or argument.text.split(".", 1)
        resource, attribute = parts[0], parts[1] if len(parts) > 1 else ""
        name = f"{resource}.{attribute}"
        if name in self.answers:
            return Value(value.path, value.line, self.answers[name])
        found = self.template.at("Resources", resource)
        kind = _text_at(found, "Type")
        if kind == DEFINITION and attribute == "TaskDefinitionArn":
            return self._reference(value, resource)
        if kind in _NAMED and attribute == _NAMED[kind][1]:
            key, _, service, noun = _NAMED[kind]
            property_ = found.at("Properties", key) if found else None
            own = self.property(property_) if property_ else None
            if own is not None and not unresolved(own):
                # The Region and the account don't matter: a task has the name only.
                return Value(value.path, value.line, f"arn:aws:{service}:::{noun}/{own.text}")
        return _open(value, _ask(name))

    def _sub(self, value: Value, argument: Value) -> Value:
        own = argument.items[1].entries if len(argument.items) == 2 else {}
        text = argument.items[0].text if argument.items else argument.text
        missing: list[Unresolved] = []

        def fill(match: re.Match[str]) -> str:
            name = match[2].strip()
            if match[1]:
                return f"${{{match[2]}}}"
            if name in own:
                found = self.property(own[name])
            elif "." in name:
                found = self._attribute(value, Value(value.path, value.line, name))
            else:
                found = self._reference(value, name)
            missing.extend(what for _, what in unresolved(found))
            return _text(found)

        filled = _REFERENCE.sub(fill, text)
        return _open(value, missing[0]) if missing else self._dynamic(Value(value.path, value.line, filled))

    def _join(self, value: Value, argument: Value) -> Value:
        if len(argument.items) != 2:
            return _open(value, Unresolved("Fn::Join", "Fn::Join needs a delimiter and a list."))
        found = self.value(argument.items[1])
        if open_ := unresolved(found):
            return _open(value, open_[0][1])
        return self._dynamic(Value(value.path, value.line, argument.items[0].text.join(found.texts)))

    def _if(self, value: Value, argument: Value) -> Value:
        if len(argument.items) != 3:
            return _open(value, Unresolved("Fn::If", "Fn::If needs a condition and two values."))
        result = self._named_condition(argument.items[0].text)
        if isinstance(result, Unresolved):
            return _open(value, result)
        return _moved(self.value(argument.items[1 if result else 2]), value)

    def _find_in_map(self, value: Value, argument: Value) -> Value:
        keys = self.value(argument)
        if open_ := unresolved(keys):
            return _open(value, open_[0][1])
        found = self.template.at("Mappings", *keys.texts[:3])
        if found is None:
            return _open(value, Unresolved("Fn::FindInMap", f"The template has no mapping {'.'.join(keys.texts)}."))
        return _moved(self.value(found), value)

    def _select(self, value: Value, argument: Value) -> Value:
        items = self.value(argument).items
        if open_ := [each for item in items for each in unresolved(item)]:
            return _open(value, open_[0][1])
        index = items[0].text if len(items) == 2 else ""
        if not index.isdecimal() or int(index) >= len(items[1].items):
            return _open(value, Unresolved("Fn::Select", "Fn::Select needs an index within its list."))
        return _moved(items[1].items[int(index)], value)

    def _split(self, value: Value, argument: Value) -> Value:
        items = self.value(argument).items
        if open_ := [each for item in items for each in unresolved(item)]:
            return _open(value, open_[0][1])
        if len(items) != 2 or not items[0].text:
            return _open(value, Unresolved("Fn::Split", "Fn::Split needs a delimiter and a string."))
        return value_of(items[1].text.split(items[0].text), value.path, value.line)

    def _import(self, value: Value, argument: Value) -> Value:
        name = self.value(argument)
        if open_ := unresolved(name):
            return _open(value, open_[0][1])
        if name.text in self.answers:
            return Value(value.path, value.line, self.answers[name.text])
        note = f"Another stack exports it. Pass --parameter {name.text}=VALUE."
        return _open(value, Unresolved(name.text, note))

    def _base64(self, value: Value, argument: Value) -> Value:
        found = self.value(argument)
        if open_ := unresolved(found):
            return _open(value, open_[0][1])
        return Value(value.path, value.line, base64.b64encode(found.text.encode()).decode())

    def _json(self, value: Value, argument: Value) -> Value:
        found = self.value(argument)
        if open_ := unresolved(found):
            return _open(value, open_[0][1])
        return Value(value.path, value.line, json.dumps(plain(found)))


def _call(value: Value) -> tuple[str, Value] | None:
    """The function that a value calls, and its argument."""
    if len(value.entries) != 1:
        return None
    name, argument = next(iter(value.entries.items()))
    return (name, argument) if name in ("Ref", "Condition") or name.startswith("Fn::") else None


def _ask(name: str) -> Unresolved:
    return Unresolved(name, f"The template doesn't contain {name}. Pass --parameter {name}=VALUE.")


def _open(value: Value, what: Unresolved) -> Value:
    return Value(value.path, value.line, what)


def _as(value: Value, text: str, kind: str) -> Value:
    """The value of a parameter. A list is a string with commas."""
    if "CommaDelimitedList" in kind or "List<" in kind:
        return value_of([part.strip() for part in text.split(",")], value.path, value.line)
    return Value(value.path, value.line, text)


def _moved(found: Value, value: Value) -> Value:
    """A value at the place of the function that returned it."""
    return Value(value.path, found.line, found.data, found.children)


def _text(value: Value | None) -> str:
    if value is None:
        return ""
    return ",".join(value.texts) if value.items else value.text


def _text_at(value: Value | None, key: str) -> str:
    found = value.at(key) if value else None
    return found.text if found else ""
