"""The reference of the components for Python programs, from the types of their arguments and outputs.

`tools/site_hooks.py` adds the pages to the site, so that they are always current.
"""

import inspect
import json
import re
import typing
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

import yaml
from typing_extensions import is_typeddict

from components import ScheduledTask, ScheduledTaskArgs, ScheduledTaskGroup, ScheduledTaskGroupArgs
from components.args import GroupReference
from components.aws.spelling import snake_case
from components.keys.annotations import Between, Duration, Matches, Widest
from components.keys.description import default_in_words, in_words
from components.keys.reference import Key, Type, descriptions_of, forms, keys_of, shapes_in
from components.keys.validation import validated
from components.outputs import output_names

_MANY = 12
"""Choices that are too many for the line with the type. The description lists them."""
_WIDTH = 100
_KINDS = {str: "str", int: "int", bool: "bool"}
_OWN: Mapping[str, object] = {
    "ScheduledTaskArgs.group_args": {"cluster": "main"},
    "ScheduledTaskArgs.schedule": "cron(0 3 * * ? *)",
    "ScheduledTaskArgs.image": "backup:12",
    "ScheduledTaskArgs.task_definition": "legacy-report:7",
    "ScheduledTaskArgs.secrets": {"DB_PASSWORD": "/prod/db/password"},
    "ScheduledTaskArgs.sidecars": {"proxy": {"image": "proxy:1"}},
    "ScheduledTaskArgs.volumes": {"scratch": {"path": "/scratch"}},
    "ScheduledTaskArgs.capacity_providers": [{"provider": "FARGATE_SPOT", "weight": 4}],
    "ScheduledTaskGroupArgs.prefix": "shop-prod",
    "ScheduledTaskGroupArgs.cluster": "main",
    "ScheduledTaskGroupArgs.containers": {"legacy-report": "app"},
    "ScheduledTaskGroupArgs.task_definitions": ["legacy-report"],
    "ScheduledTaskGroupArgs.registry_accounts": ["111122223333"],
    "ScheduledTaskGroupArgs.iam_path": "/teams/data/",
    "ScheduledTaskGroupArgs.permissions_boundary": "arn:aws:iam::123456789012:policy/boundary",
    "NetworkArgs.vpc": "vpc-0123456789abcdef0",
    "NetworkArgs.vpc_tags": {"env": "prod"},
    "NetworkArgs.vpc_id": "vpc-0123456789abcdef0",
    "NetworkArgs.subnet_ids": ["subnet-0123456789abcdef0"],
    "NetworkArgs.security_group_ids": ["sg-0123456789abcdef0"],
}
"""Examples of keys that the configuration spells in another way."""
_GROUP_EXAMPLE = "group=group"


def pages() -> dict[str, str]:
    """The pages, by their path in the site."""
    shapes = [*shapes_in(ScheduledTaskArgs), *shapes_in(ScheduledTaskGroupArgs)]
    of_components = {ScheduledTaskArgs, ScheduledTaskGroupArgs, *shapes_in(GroupReference)}
    others = sorted({shape for shape in shapes if shape not in of_components}, key=lambda shape: shape.__name__)
    return {
        "api/scheduled-task.md": _component(ScheduledTask, ScheduledTaskArgs),
        "api/scheduled-task-group.md": _component(ScheduledTaskGroup, ScheduledTaskGroupArgs),
        "api/types.md": "\n\n".join(
            [
                "# Types of arguments",
                "Each type is a dictionary. The package exports it for type annotations.",
                *(part for shape in others for part in _object(shape)),
            ]
        )
        + "\n",
    }


def _component(component: type, args: type) -> str:
    about, _, example = inspect.cleandoc(component.__doc__ or "").partition("Example:")
    parts = [
        f"# {component.__name__}",
        about.strip(),
        inspect.cleandoc(example.replace("\n    ", "\n")),
        "Keys of the YAML configuration have their own page: [Keys](../configuration.md).",
        "## Inputs",
        "Keyword arguments, or keys of one dictionary.",
        *(_input(args, key, keyword=True) for key in keys_of(args).values()),
        "## Outputs",
        *_outputs(component),
    ]
    return "\n\n".join(parts) + "\n"


def _object(shape: type) -> Iterator[str]:
    yield f"## {shape.__name__}"
    yield " ".join(inspect.cleandoc(shape.__doc__ or "").split())
    yield from (_input(shape, key, keyword=False) for key in keys_of(shape).values())


def _input(shape: type, key: Key, *, keyword: bool) -> str:
    facts = [f"`{_type(key.type)}`", "required" if key.required else f"default: {_default(key)}"]
    if bounds := _bounds(key.type):
        facts.append(bounds)
    if key.aws:
        facts.append(f"AWS: {key.aws}")
    words = in_words(key, descriptions_of(shape)[key.name])
    level = "###" if keyword else "####"
    code = f"```python\n{_code(shape, key, keyword=keyword)}\n```"
    title = f"`{key.name}`" if keyword else f"`{shape.__name__}.{key.name}`"
    return f"{level} {title}\n\n{' · '.join(facts)}\n\n{words}\n\n{code}"


def _default(key: Key) -> str:
    return f"`{key.default}`" if key.default and not key.default.words else default_in_words(key)


def _bounds(found: Type) -> str:
    for annotation in found.annotations:
        match annotation:
            case Between(least, most) | Widest(least, most) | Duration(least, most):
                return f"{least} to {most}"
            case _:
                pass
    return ""


def _type(found: Type) -> str:
    words = " | ".join(dict.fromkeys(_form(form) for form in forms(found)))
    return f"Input[{words}]" if found.may_be_output else words


def _form(found: Type) -> str:
    if found.base is GroupReference:
        return "ScheduledTaskGroup | GroupReference"
    if is_typeddict(found.base):
        return cast("str", found.base.__name__)
    if found.is_object:
        return f"Mapping[str, {_type(found.inner)}]"
    if typing.get_origin(found.base) in (Sequence, list):
        return f"Sequence[{_type(found.inner)}]"
    if len(found.choices) > _MANY:
        return "str"
    if found.choices:
        return f"Literal[{', '.join(map(_python, found.choices))}]"
    return _KINDS.get(found.base, "object")


def _code(shape: type, key: Key, *, keyword: bool) -> str:
    if key.type.base is GroupReference:
        return _GROUP_EXAMPLE
    value = example(shape, key)
    return f"{key.name}={_python(value)}" if keyword else _python({key.name: value})


def _python(value: object, indent: str = "") -> str:
    """A value as Python source."""
    more = f"{indent}    "
    if isinstance(value, Mapping):
        entries = cast("Mapping[str, object]", value).items()
        parts, ends = [f"{json.dumps(name)}: {_python(item, more)}" for name, item in entries], "{}"
    elif isinstance(value, list):
        parts, ends = [_python(item, more) for item in cast("list[object]", value)], "[]"
    else:
        return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)
    line = ends[0] + ", ".join(parts) + ends[1]
    if len(line) + len(indent) <= _WIDTH:
        return line
    return f"{ends[0]}\n" + "".join(f"{more}{part},\n" for part in parts) + f"{indent}{ends[1]}"


def example(shape: type, key: Key) -> object:
    """A value of a key that is valid by itself.

    Raises:
        LookupError: There is none. Add one to its type (`Example`).
    """
    for value in _candidates(shape, key):
        if _is_valid(shape, key, value):
            return value
    message = f"{shape.__name__}.{key.name} needs an example: add Example(...) to its type"
    raise LookupError(message)


def _is_valid(shape: type, key: Key, value: object) -> bool:
    return not any(problem.path[:1] == (key.name,) for problem in validated(shape, {key.name: value}).problems)


def _candidates(shape: type, key: Key) -> Iterator[object]:
    name = f"{shape.__name__}.{key.name}"
    if name in _OWN:
        yield _OWN[name]
    yield from (value for other, value in _OWN.items() if other.endswith(f".{key.name}"))
    written = _in_python(yaml.safe_load(_as_yaml(key.example))) if key.example else None
    yield from _values_of(key.name, written)
    yield written
    yield from _of_type(key.type)


def _values_of(name: str, value: Any) -> Iterator[object]:
    """The values of a key, at any depth."""
    if isinstance(value, dict):
        found = cast("dict[str, Any]", value)
        if name in found:
            yield found[name]
        for item in found.values():
            yield from _values_of(name, item)
    elif isinstance(value, list):
        for item in cast("list[Any]", value):
            yield from _values_of(name, item)


def _as_yaml(text: str) -> str:
    """An example as YAML by itself: some are entries of a list without its brackets."""
    return f"[{text}]" if text.startswith("{") else text


def _in_python(value: Any) -> Any:
    if isinstance(value, dict):
        found = cast("dict[str, Any]", value)
        return {snake_case(name) if name[:1].islower() else name: _in_python(item) for name, item in found.items()}
    return [_in_python(item) for item in cast("list[Any]", value)] if isinstance(value, list) else value


def _of_type(found: Type) -> Iterator[object]:
    """Values of a type, from its bounds."""
    for form in forms(found):
        yield from form.choices[:1]
        if is_typeddict(form.base):
            keys = list(keys_of(form.base).values())
            needed = [key for key in keys if key.required] or keys[:1]
            yield {key.name: example(form.base, key) for key in needed}
        elif form.is_object:
            yield from ({"NAME": item} for item in _of_type(form.inner))
        elif typing.get_origin(form.base) in (Sequence, list):
            yield from ([item] for item in _of_type(form.inner))
        elif form.base is bool:
            yield True
        elif form.base is int:
            bounds = form.annotation(Between) or form.annotation(Widest)
            yield bounds.least if bounds else 1
        elif form.base is str:
            yield from _strings(form)


def _strings(form: Type) -> Iterator[str]:
    if duration := form.annotation(Duration):
        yield duration.least
    if matches := form.annotation(Matches):
        yield re.sub("<(.*?)>", lambda found: _PLACEHOLDERS.get(found[1], found[1]), matches.write)
    yield from ("value", "/value")


_PLACEHOLDERS = {"region": "eu-west-1", "account": "123456789012", "name": "jobs"}


def _outputs(component: type) -> Iterator[str]:
    hints: Mapping[str, Any] = inspect.get_annotations(component)
    descriptions = descriptions_of(component)
    names = output_names(cast("Any", component))
    yield "\n".join(
        [
            "| Output | Type | Description |",
            "|---|---|---|",
            *(
                f"| `{name}` | `{hints[name]}` | {descriptions[name]} |"
                for name in output_names(cast("Any", component))
            ),
        ]
    )
    others = [name for name in hints if name not in names]
    yield "Python programs also have:"
    yield "\n".join(f"- `{name}` (`{hints[name]}`): {descriptions[name]}" for name in others)
