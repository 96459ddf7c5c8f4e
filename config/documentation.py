"""docs/configuration.md, made from the keys: each with its type, default, allowed values, description and AWS's name.

`python -m config.documentation` writes it; a test fails when it is stale.
"""

import inspect
import re
import typing
from collections.abc import Sequence
from pathlib import Path

from typing_extensions import is_typeddict

from components.aws.spelling import camel_case
from components.keys.annotations import Duration
from components.keys.description import default_in_words, in_camel_case, in_words
from components.keys.reference import Key, Type, descriptions_of, forms, keys_of, shapes_in

from .documented import EXAMPLES, INTRODUCTION, SAME_AS, SECTIONS
from .key_examples import PLACES, example
from .keys import Call, Stack, Task
from .schema import shown_name

FILE = Path(__file__).parents[1] / "docs" / "configuration.md"
_KINDS = {str: "string", int: "integer", bool: "boolean"}


def shapes() -> dict[str, type]:
    """All objects of the configuration, by the name that the page and the schema use."""
    return {shown_name(shape): shape for shape in (*shapes_in(Stack), *shapes_in(Task), *shapes_in(Call))}


def text() -> str:
    """The page."""
    found = shapes()
    return "\n\n".join([INTRODUCTION.strip(), *(_section(name, found[name]) for name in SECTIONS)]) + "\n"


def described_elsewhere(name: str) -> list[str]:
    """The keys of an object that another object describes already: same type, default and description."""
    if name not in SAME_AS:
        return []
    shape, other = shapes()[name], shapes()[SAME_AS[name][0]]
    known, described, own = keys_of(other), descriptions_of(other), descriptions_of(shape)
    return [
        key.name
        for key in keys_of(shape).values()
        if key.name in known
        and known[key.name].type == key.type
        and _default(known[key.name]) == _default(key)
        and described[key.name] == own[key.name]
    ]


def _section(name: str, shape: type) -> str:
    title, description = SECTIONS[name], in_camel_case(" ".join(inspect.cleandoc(shape.__doc__ or "").split()))
    paragraphs = [f"## {title}", *([] if description == f"{title}." else [description])]
    if together := EXAMPLES.get(name):
        paragraphs.append(f"```yaml\n{together.strip()}\n```")
    if known := described_elsewhere(name):
        other, words = SAME_AS[name]
        links = [f"[`{camel_case(key)}`](#{_anchor(heading(other, keys_of(shapes()[other])[key]))})" for key in known]
        paragraphs.append(f"{words}: {', '.join(links)}.")
    descriptions = descriptions_of(shape)
    paragraphs += (
        _entry(name, key, descriptions[key.name]) for key in keys_of(shape).values() if key.name not in known
    )
    return "\n\n".join(paragraphs)


_LIKE_A_KEY_OF_TASKS = frozenset({"notify.after"})
"""Keys of a stack whose anchor would be that of a task's key: `notifyAfter`."""


def heading(shape: str, key: Key) -> str:
    """Return the path of a key, as its heading shows it: `network.subnets`."""
    title = f"{PLACES[shape][0]}{camel_case(key.name)}"
    return f"scheduled-tasks:{title}" if title in _LIKE_A_KEY_OF_TASKS else title


def _entry(shape: str, key: Key, description: str) -> str:
    """Return the heading, the facts, the description and the example of a key."""
    facts = [_capitalized(_type(key.type)), "required" if key.required else f"default: {_default(key)}"]
    if key.aws:
        facts.append(f"AWS: {key.aws}")
    words = in_camel_case(in_words(key, description))
    return f"### `{heading(shape, key)}`\n\n{' · '.join(facts)}\n\n{words}\n\n```yaml\n{example(shape, key)}\n```"


def _default(key: Key) -> str:
    if key.default and not key.default.words:
        return f"`{key.default}`"
    return in_camel_case(default_in_words(key))


def _capitalized(words: str) -> str:
    return words[:1].upper() + words[1:]


def _type(found: Type) -> str:
    return " or ".join(dict.fromkeys(_form(form) for form in forms(found)))


def _form(found: Type) -> str:
    if is_typeddict(found.base):
        title = SECTIONS[shown_name(found.base)]
        return f"[{title}](#{_anchor(title)})"
    if found.is_object:
        inner = _type(found.inner) if found.inner.base in _KINDS or is_typeddict(found.inner.base) else ""
        return f"object of {_plural(inner)}" if inner else "object"
    if typing.get_origin(found.base) in (Sequence, list):
        return f"list of {_plural(_type(found.inner))}"
    if found.annotation(Duration):
        return "duration"
    if found.choices:
        return _KINDS[type(found.choices[0])]
    return _KINDS.get(found.base, "null")


def _plural(words: str) -> str:
    return f"{words}s" if words in _KINDS.values() else words


def _anchor(title: str) -> str:
    return re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-")


if __name__ == "__main__":
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(text(), encoding="utf-8")
