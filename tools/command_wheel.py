"""Builds the wheel of the command: the modules that it imports, together in one package.

In the repository, `components`, `config` and `ops` are packages of the top level, like in many Pulumi programs.
Installed under these names, they would hide packages of other projects. So the wheel has them in the package
`scheduled_tasks`, and their imports of each other are written accordingly.
"""

import ast
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = "scheduled_tasks"
PARTS = ("components", "config", "ops")
_RESOURCES = (".html", ".css", ".js")
_DATA = ("ecs_model.json", "operations.zip")
_IMPORT = re.compile(rf"^( *)from ({'|'.join(PARTS)})(?=[. ])", re.MULTILINE)


PROGRAM = "config.program"
"""The program of projects from `templates/`. It needs Pulumi, which the extra `program` installs."""


def command_modules() -> dict[str, Path]:
    """The modules of the command by name. They need no Pulumi."""
    commands = (_name(file) for file in (ROOT / "ops" / "commands").glob("*.py"))
    return _with_imported([*commands, "ops.__main__", "ops.command_line"])


def modules() -> dict[str, Path]:
    """All modules of the wheel by name."""
    return {**command_modules(), **_with_imported([PROGRAM, "components.garbage", "components.testing"])}


def _with_imported(waiting: list[str]) -> dict[str, Path]:
    """Modules by name and, recursively, those that they import."""
    found: dict[str, Path] = {}
    while waiting:
        name = waiting.pop()
        if name in found or (file := _file(name)) is None:
            continue
        found[name] = file
        waiting += _imported(name, file)
        waiting += [name.rpartition(".")[0]]
    return found


def resources() -> list[Path]:
    """The other files in the folders of the modules, such as the template of the board."""
    folders = {file.parent for file in modules().values()}
    return sorted(file for folder in folders for file in folder.iterdir() if _is_resource(file))


def _is_resource(file: Path) -> bool:
    return file.suffix in _RESOURCES or file.name in _DATA


def rewritten(text: str) -> str:
    """A module's text with the imports of the wheel."""
    return _IMPORT.sub(rf"\1from {PACKAGE}.\2", text)


def _name(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _file(name: str) -> Path | None:
    path = ROOT.joinpath(*name.split("."))
    candidates = (path.with_suffix(".py"), path / "__init__.py")
    return next((file for file in candidates if name.split(".")[0] in PARTS and file.is_file()), None)


def _imported(name: str, file: Path) -> Iterator[str]:
    """The modules that a module imports when it runs, also inside functions, but not only for its types."""
    package = name.split(".") if file.name == "__init__.py" else name.split(".")[:-1]
    for node in _running(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*above, *([node.module] if node.module else [])])
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def _running(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        types = isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING"
        # A package's `__getattr__` imports components, which need Pulumi, for programs.
        if types or (isinstance(child, ast.FunctionDef) and child.name == "__getattr__"):
            continue
        yield child
        yield from _running(child)


class CommandHook(BuildHookInterface[Any]):
    """Adds the modules to the wheel."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - of the base class
        """Write the modules to a temporary folder, which the wheel takes them from."""
        self._folder = Path(tempfile.mkdtemp())
        target = self._folder / PACKAGE
        for file in modules().values():
            relative = file.relative_to(ROOT)
            (target / relative).parent.mkdir(parents=True, exist_ok=True)
            (target / relative).write_text(rewritten(file.read_text(encoding="utf-8")), encoding="utf-8")
            build_data["force_include"][str(target / relative)] = f"{PACKAGE}/{relative.as_posix()}"
        for file in resources():
            build_data["force_include"][str(file)] = f"{PACKAGE}/{file.relative_to(ROOT).as_posix()}"
        package = target / "__init__.py"
        package.write_text('"""The command `scheduled-tasks`."""\n', encoding="utf-8")
        build_data["force_include"][str(package)] = f"{PACKAGE}/__init__.py"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        """Remove the temporary folder."""
        shutil.rmtree(self._folder)
