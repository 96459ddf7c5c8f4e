"""`make up`, `make up` again and `make down` with variables in the user's environment that change what libraries do."""

import os
import random
import re
import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from stat import S_IMODE
from tempfile import TemporaryDirectory

from sandbox.pulumi_cli import cache_folder

from .small_stack import STACK
from .trials import Part, Say, Section, Trial
from .user_settings import COMBINED, SETTINGS, UMASKS

ROOT = Path(__file__).parents[1]
SECONDS = 240
"""A command that takes longer hangs."""
TOGETHER = 12
"""Variables per combination."""
CHECKOUTS = 2
"""Checkouts in which commands run at the same time."""
_COPIED = ("Makefile", "Pulumi.yaml", "__main__.py", "requirements-dev.txt", "sandbox", "ops", "config", "components")
# No proxy, so that a user's proxy settings don't affect the trial itself.
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True, slots=True)
class Case:
    """The user's variables, and the user's umask.

    `{missing}`, `{spaced}` and `{shadow}` in a value are folders of the trial.
    """

    name: str
    variables: Mapping[str, str | None]
    umask: int = 0o022
    alone: bool = False
    """Whether only `make up` runs, in a sandbox that was deployed without the variable. This is four times as fast."""


def cases(count: int, seed: int) -> list[Case]:
    """Return `count` cases: combinations that cover all variables, each umask, then each variable by itself."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    shuffled = chance.sample(SETTINGS, len(SETTINGS))
    groups = [shuffled[start : start + TOGETHER] for start in range(0, len(shuffled), TOGETHER)]
    made = [Case("the worst at once", dict(COMBINED), 0)]
    made += [Case(f"{', '.join(name for name, _ in group)}", dict(group), chance.choice(UMASKS)) for group in groups]
    made += [Case(f"umask {umask:03o}", {}, umask) for umask in UMASKS]
    made += [Case(f"{name}={value}", {name: value}, alone=True) for name, value in shuffled]
    return made[:count]


def measure(count: int, seed: int, say: Say) -> Part:
    """Try the cases in two checkouts of the project at the same time."""
    tried = cases(count, seed)
    with TemporaryDirectory(prefix="environment-") as folder, ThreadPoolExecutor(CHECKOUTS) as pool:
        runs = [
            pool.submit(_all_tried, Path(folder, str(number)), tried[number::CHECKOUTS], say)
            for number in range(CHECKOUTS)
        ]
        lost = {name: why for run in runs for name, why in run.result().items()}
    kinds = {
        "Up, up and down with 12 variables, or a umask": [case.name for case in tried if not case.alone],
        "Up with one variable": [case.name for case in tried if case.alone],
    }
    return Part([_trial(what, names, lost) for what, names in kinds.items() if names])


def _trial(what: str, names: Sequence[str], lost: Mapping[str, str]) -> Trial:
    found = [name for name in names if name in lost]
    return Trial(what, len(names), len(names) - len(found), "; ".join(f"{name}: {lost[name]}" for name in found))


def _all_tried(folder: Path, part: Sequence[Case], say: Say) -> dict[str, str]:
    """Try cases one after the other. Return the problem of each case that did not survive."""
    lost: dict[str, str] = {}
    checkout = Checkout(folder)
    try:
        for number, case in enumerate(part):
            if found := checkout.tried(case):
                lost[case.name] = found
                say(f"{case.name}: {found}")
            elif number % 10 == 0:
                say(f"{number + 1} of {len(part)}")
    finally:
        checkout.clear()
    return lost


class Checkout:
    """A copy of the project with a small stack, in which `make` runs."""

    def __init__(self, folder: Path):
        self.root, self.folder = folder / "check out", folder
        self.root.mkdir(parents=True)
        for name in _COPIED:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
            copy(ROOT / name, self.root / name)
        (self.root / ".venv").symlink_to((ROOT / ".venv").resolve())
        (self.root / "Pulumi.local.yaml").write_text(STACK, encoding="utf-8")
        (folder / "spaced folder").mkdir()
        # Libraries that fail when they are imported, for PYTHONPATH.
        (folder / "shadow").mkdir()
        for library in ("pulumi", "typer", "yaml"):
            (folder / "shadow" / f"{library}.py").write_text("raise SystemExit('The wrong library.')\n")

    @property
    def sandbox(self) -> Path:
        """The folder of the sandbox."""
        return self.root / ".sandbox"

    def tried(self, case: Case, *, twice: bool = True) -> str:
        """Run the commands of a case.

        Args:
            case: The variables.
            twice: Whether `make up` also runs a second time, unless the variable is tried alone.

        Returns:
            The first problem; empty if there is none.
        """
        found = self._up_alone(case) if case.alone else self._whole(case, twice=twice)
        if found or not case.alone:
            self.clear()
        return found

    def _up_alone(self, case: Case) -> str:
        if not self.sandbox.exists() and (failed := self.make(CLEAN, "up")).returncode:
            return _failure("up without the variable", failed)
        run = self.make(case, "up")
        return _failure("up", run) if run.returncode or "no changes" not in run.stdout else self._public()

    def _whole(self, case: Case, *, twice: bool) -> str:
        self.clear()
        first = self.make(case, "up")
        if first.returncode:
            return _failure("up", first)
        if public := self._public():
            return public
        if twice:
            second = self.make(case, "up")
            if second.returncode or "no changes" not in second.stdout:
                return _failure("the second up", second)
        down = self.make(case, "down")
        if down.returncode:
            return _failure("down", down)
        if self.sandbox.exists():
            return "down leaves files"
        address = re.search(r"http://127\.0\.0\.1:\d+", first.stdout)
        return "" if address and not _answers(address[0]) else "the emulator still runs"

    def _public(self) -> str:
        found = public_files(self.sandbox)
        return f"not private: {', '.join(found[:3])}" if found else ""

    def make(self, case: Case, target: str) -> subprocess.CompletedProcess[str]:
        """Run a target of the Makefile with the variables of a case."""
        given = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(Path.home()),
            # Finds the Pulumi CLI, whatever HOME is.
            "XDG_CACHE_HOME": str(cache_folder().parent),
            **{name: self._filled(value) for name, value in case.variables.items()},
        }
        try:
            return subprocess.run(
                # The environment is known to be ready.
                ["make", "--old-file=.venv/ready", target],
                cwd=self.root,
                env={name: value for name, value in given.items() if value is not None},
                umask=case.umask,
                capture_output=True,
                text=True,
                check=False,
                timeout=SECONDS,
            )
        except subprocess.TimeoutExpired as error:
            return subprocess.CompletedProcess(error.cmd, 1, "", f"no end after {SECONDS} s")

    def _filled(self, value: str | None) -> str | None:
        folders = {"missing": "missing folder", "spaced": "spaced folder", "shadow": "shadow"}
        for name, folder in folders.items():
            value = value.replace(f"{{{name}}}", str(self.folder / folder)) if value else value
        return value

    def clear(self) -> None:
        """Remove the sandbox."""
        if self.sandbox.exists():
            self.make(CLEAN, "down")
            shutil.rmtree(self.sandbox, ignore_errors=True)


def public_files(folder: Path) -> list[str]:
    """List the files and folders whose mode is not 0600 or 0700."""
    found = [path for path in (folder, *folder.rglob("*")) if not path.is_symlink()]
    return [f"{path.relative_to(folder)} {S_IMODE(path.stat().st_mode):04o}" for path in found if not _private(path)]


def _private(path: Path) -> bool:
    mode = S_IMODE(path.stat().st_mode)
    return mode == 0o700 if path.is_dir() else mode in (0o600, 0o700)


def _failure(step: str, run: subprocess.CompletedProcess[str]) -> str:
    return f"{step}: " + " ".join((run.stderr or run.stdout).split())[-300:]


def _answers(address: str) -> bool:
    try:
        with _DIRECT.open(f"{address}/moto-api/", timeout=5):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


CLEAN = Case("no variables", {})
_COUNT = len(cases(10_000, 1))

SECTION = Section(
    "User's environment",
    f"""\
`make up` runs twice, then `make down`, with one or {TOGETHER} of {len(dict(SETTINGS))} variables of Pulumi, AWS,
Python, proxies and locales, and with different umasks. The second `up` must change nothing, and all files must be
private.""",
    measure,
    _COUNT,
)
