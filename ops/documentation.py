"""docs/commands.md, made from the help of the commands and their permissions.

`python -m ops.documentation` writes it; a test fails if it is stale.
"""

import inspect
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from typer.main import get_command

from components.problems import listed

from . import NAME
from .command_line import GROUPS, app
from .markdown_tables import table
from .permissions import rows

if TYPE_CHECKING:
    from typer._click import Command, Parameter

FILE = Path(__file__).parents[1] / "docs" / "commands.md"
_COMMON = ("--stack", "--group", "--profile", "--region", "--json", "--debug")
"""Options that most commands have, with the same help. They are described once."""
_CODE = re.compile(r"`[^`]*`|[\w.]*<[^>]+>(?:\.\w+)?|(?<![\w-])--[a-z][a-z-]+")
_ALIKE = 30
"""Characters that two sentences about an exit code have in common if they say the same."""
_INTRODUCTION = f"""
<!-- `make docs` writes this page from the help of the commands. Do not edit it. -->
# Commands

`{NAME}` has the short name `stasks`. Commands of the group Plan look for `Pulumi.yaml` in the current folder and
above. The others need only AWS credentials. [Operating](operating.md) shows their output and exit codes.

For completion in your shell, run `{NAME} --install-completion`.
"""
_PERMISSIONS = """
## Permissions

The rows `all` apply to every command that finds a deployment. Without a permission, `doctor` reports `cannot tell` for
that check. To start supervised tasks, you need neither `ecs:RunTask` nor `iam:PassRole`. Someone who may `run` a task
with `--command` can use all permissions of its task role.
"""


def text() -> str:
    """Return the text of the page."""
    commands = cast("dict[str, Command]", cast("Any", get_command(app)).commands)
    common = [record for record in _records(commands["run"]) if record[0].split(" <")[0].split(", ")[-1] in _COMMON]
    common.append(("-h, --help", "Show the help of the command."))
    # The same option in the words of commands that read only files.
    described = [*common, *(record for record in _records(commands["next"]) if "--stack" in record[0])]
    parts = [_INTRODUCTION.strip(), "## Common options", _options(common)]
    for title, group in GROUPS.items():
        parts.append(f"## {title}")
        for name in group:
            parts += _command(name, commands[name], described)
    parts += [_PERMISSIONS.strip(), table(("Command", "If", "Actions"), rows())]
    return "\n\n".join(parts) + "\n"


def _command(name: str, command: "Command", common: Sequence[tuple[str, str]], said: str = "") -> Iterator[str]:
    """Yield the blocks of a command. `said` is the help of its group, whose exit code isn't repeated."""
    if subcommands := cast("dict[str, Command]", getattr(command, "commands", {})):
        shared, others = _shared({word: list(_records(each)) for word, each in subcommands.items()}, common)
        yield f"### {name}"
        yield _prose(inspect.cleandoc(command.help or ""))
        if shared:
            without = f" except {listed([f'`{word}`' for word in others], 'and')}" if others else ""
            yield f"Options of all `{name}` commands{without}:"
            yield _options(shared)
        for word, subcommand in subcommands.items():
            yield from _command(
                f"{name} {word}",
                subcommand,
                common if word in others else [*common, *shared],
                said=inspect.cleandoc(command.help or ""),
            )
        return
    arguments = [_argument(parameter) for parameter in command.params if parameter.param_type_name == "argument"]
    yield f"### {name}"
    yield f"`{' '.join([NAME, name, *arguments, '[OPTIONS]'])}`"
    yield "\n\n".join(
        _prose(words)
        for words in inspect.cleandoc(command.help or "").split("\n\n")
        if not (words.startswith("Exit code") and words[:_ALIKE] in said)
    )
    if options := _options(record for record in _records(command) if record not in common):
        yield options


def _shared(
    every: Mapping[str, Sequence[tuple[str, str]]], common: Sequence[tuple[str, str]]
) -> tuple[list[tuple[str, str]], list[str]]:
    """Return the options that most subcommands have in common, and the other subcommands."""
    counts = Counter(record for records in every.values() for record in records if record not in common)
    usual = {record for record, count in counts.items() if count > len(every) / 2}
    others = [word for word, records in every.items() if 2 * len(usual & set(records)) < len(usual)]
    alike = [set(records) for word, records in every.items() if word not in others]
    return [record for record in counts if all(record in records for records in alike)], others


def _argument(parameter: "Parameter") -> str:
    word = f"{(parameter.name or '').upper()}{'...' if parameter.nargs == -1 else ''}"
    return word if parameter.required else f"[{word}]"


def _options(records: Iterable[tuple[str, str]]) -> str:
    rows = [(f"`{names}`".replace("|", "\\|"), _meaning(meaning).replace("|", "\\|")) for names, meaning in records]
    return table(("Option", "Meaning"), rows) if rows else ""


def _records(command: "Command") -> Iterator[tuple[str, str]]:
    """Yield the names and the help of each option."""
    context = command.context_class(command)
    for parameter in command.params:
        record = parameter.get_help_record(context)
        if record and parameter.param_type_name == "option":
            yield record


def _meaning(record: str) -> str:
    """Return the help of an option, with its bounds and its default as sentences."""
    words, _, notes = record.removesuffix("]").rpartition("  [") if record.endswith("]") else (record, "", "")
    sentences = [_prose(words)]
    for note in filter(None, notes.split("; ")):
        if bounds := re.fullmatch(r"(?:(\d+)<=)?x(?:>=(\d+)|<=(\d+))", note):
            least, alone, most = bounds.groups()
            sentences.append(f"{least} to {most}." if least else f"At least {alone}." if alone else f"At most {most}.")
        else:
            name, _, value = note.partition(": ")
            sentences.append(f"{name.capitalize()}: `{value}`." if value else f"{name.capitalize()}.")
    return " ".join(sentences)


def _prose(words: str) -> str:
    """Return help as Markdown: options and placeholders are code."""
    shown = "\n\n".join(" ".join(paragraph.split()) for paragraph in words.split("\n\n"))
    return _CODE.sub(lambda found: found[0] if found[0].startswith("`") else f"`{found[0]}`", shown)


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
