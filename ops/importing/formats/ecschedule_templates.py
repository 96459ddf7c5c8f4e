"""Template functions of ecschedule files, replaced by values of the user. Pure.

Only the functions of ecschedule and its plugins have values: `env`, `must_env`, `tfstate`, `tfstatef` and `ssm`. The
name of a value is their first argument, and `tfstatef` fills in the others. Source: Songmu/ecschedule, README.md and
template.go.
"""

import re
from collections.abc import Mapping

from ..model import Source, SourceError

_LONGEST = 2000
"""Characters of a function, so that a hostile file costs no time."""
_STRING = r"(?:\"(?:[^\"\\]|\\.)*\"|`[^`]*`)"
_CALL = re.compile(rf"(?:plugin\s+[`\"])?(\w+?)[`\"]?((?:\s+(?:{_STRING}|\(\s*\w+\s+{_STRING}\s*\)))+)", re.DOTALL)
_ARGUMENT = re.compile(rf"\([^)]*\)|{_STRING}")
_NAMES = re.compile(r"(?:\w+_)??(must_env|env|tfstatef|tfstate|ssm)")


def filled(source: Source, values: Mapping[str, str]) -> Source:
    """The source with the values in place of template functions.

    Raises:
        SourceError: A value is missing, or the template has something else than these functions.
    """
    found: list[str] = []
    position, line = 0, 1
    while (start := source.text.find("{{", position)) >= 0:
        line += source.text.count("\n", position, start)
        end = source.text.find("}}", start, start + _LONGEST)
        if end < 0:
            raise SourceError(source.file, line, "A template function isn't closed with }} within 2,000 characters.")
        action = source.text[start + 2 : end].strip()
        action = action.removeprefix("-").removesuffix("-").strip()
        before = source.text[source.text.rfind("\n", 0, start) + 1 : start]
        if before.lstrip().startswith("#"):
            value = source.text[start : end + 2]
        elif action.startswith("/*") and action.endswith("*/"):
            value = "\n" * action.count("\n")
        else:
            value = _value(action, values, source.file, line) + "\n" * action.count("\n")
        found += [source.text[position:start], value]
        line += source.text.count("\n", start, end)
        position = end + 2
    return Source(source.file, "".join([*found, source.text[position:]]))


def _value(action: str, values: Mapping[str, str], file: str, line: int) -> str:
    call = _CALL.fullmatch(action)
    function = _NAMES.fullmatch(call[1]) if call else None
    if call is None or function is None:
        raise SourceError(
            file, line, f"{{{{ {action} }}}} isn't a function with a value, such as must_env. Write its result instead."
        )
    names = [_argument(text, values, file, line) for text in _ARGUMENT.findall(call[2])]
    name = names[0]
    if function[1] == "tfstatef":
        for each in names[1:]:
            name = name.replace("%s", each, 1)
    if function[1] == "env":
        # The first variable that is set counts. The last argument is the default.
        given = next((values[each] for each in names if each in values), None)
        if given is None:
            default = f" The default is {names[-1]}." if len(names) > 1 else ""
            raise SourceError(file, line, f"What is the value of {name}? Pass --set {name}=VALUE.{default}")
        return given
    if name not in values:
        raise SourceError(file, line, f"What is the value of {name}? Pass --set '{name}=VALUE'.")
    return values[name]


def _argument(text: str, values: Mapping[str, str], file: str, line: int) -> str:
    if text.startswith("("):
        return _value(text.strip("() \t\n"), values, file, line)
    return text[1:-1] if text.startswith("`") else re.sub(r"\\(.)", r"\1", text[1:-1])
