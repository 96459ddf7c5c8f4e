"""Check the types of the files that a change can affect: `python -m tools.types`.

These are the Python files that differ from the main branch, and the files that import them. A check of all files takes
more than a tenth of the processor time of `make test`, so that is left to `make types` and `make test-all`.
"""

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
BASES = ("origin/HEAD", "origin/main", "main")
"""The main branch, by the first of these names that exists."""
OF_ALL = ("pyproject.toml", "requirements-dev.txt")
"""Files with the settings of the checks, and with the versions of the libraries."""
MOST = 400
"""The largest number of files to name. Above it, all are checked."""


def changed(root: Path) -> set[str] | None:
    """The files that differ from the main branch, also uncommitted and deleted ones; None without a main branch."""
    for base in BASES:
        start = _git(root, "merge-base", "HEAD", base)
        if start is not None:
            differing = _git(root, "diff", "--name-only", "--no-renames", "-z", start.strip())
            added = _git(root, "ls-files", "--others", "--exclude-standard", "-z")
            if differing is None or added is None:
                return None
            return set(f"{differing}{added}".split("\0")) - {""}
    return None


def _git(root: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(["git", *arguments], cwd=root, check=False, capture_output=True, text=True)
    except FileNotFoundError:
        return None
    return None if done.returncode else done.stdout


def affected(root: Path, names: Iterable[str]) -> set[str]:
    """The changed Python files that still exist, and the files that import one of them.

    A package's `__init__.py` that imports a changed file counts as changed, because it can export the file's names.
    """
    changed_files = {name for name in names if name.endswith(".py")}
    texts = {file.relative_to(root).as_posix(): file.read_text(encoding="utf-8") for file in _checked(root)}
    found, pending = set[str](), set(changed_files)
    while pending:
        modules = {_module(name) for name in pending}
        words = {module.rpartition(".")[2] for module in modules}
        importers = {
            name
            for name, text in texts.items()
            if name not in found and any(word in text for word in words) and modules & set(_imports(name, text))
        }
        found |= pending | importers
        pending = {name for name in importers if name.endswith("__init__.py")} - changed_files
        changed_files |= pending
    return found & texts.keys()


def _checked(root: Path) -> Iterator[Path]:
    """The Python files that basedpyright checks."""
    included: list[str] = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["basedpyright"]["include"]
    for name in included:
        path = root / name
        yield from [path] if path.is_file() else path.rglob("*.py")


def _module(name: str) -> str:
    return name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _imports(name: str, text: str) -> Iterator[str]:
    """The modules that a file may import. An imported name may be a module or not."""
    package = _module(name).split(".") if name.endswith("__init__.py") else _module(name).split(".")[:-1]
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*above, *([node.module] if node.module else [])])
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def main() -> int:
    """Run basedpyright. Returns its exit code, or 0 if no file is to be checked."""
    names = changed(ROOT)
    everything = names is None or not names.isdisjoint(OF_ALL)
    files = [] if names is None or everything else sorted(affected(ROOT, names))
    if len(files) > MOST:
        files, everything = [], True
    if not files and not everything:
        print("No Python file differs from the main branch. To check all files, run: make types")  # noqa: T201
        return 0
    print("All files" if everything else f"{len(files)} files: changed ones and those that import them", flush=True)  # noqa: T201
    return subprocess.run([sys.executable, "-m", "basedpyright", *files], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
