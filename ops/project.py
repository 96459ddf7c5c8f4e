"""The project of a planning command: the folder with `Pulumi.yaml`, and the name in that file."""

from dataclasses import dataclass
from pathlib import Path

from components.aws.names import GroupNames
from components.garbage import without_garbage_collection
from components.json_values import Json, as_json, is_object, value_at
from config import ConfigError, Source, StackConfig, from_file, load, outside_links, stacks, yaml_files
from config.places import Place
from config.yaml_files import YamlError

from .errors import OpsError

FILE = "Pulumi.yaml"


class NoProjectError(OpsError):
    """There is no project in the current folder or above."""


@dataclass(frozen=True, slots=True)
class Project:
    """A project with its stacks.

    Args:
        folder: The folder with `Pulumi.yaml`.
        name: The name in `Pulumi.yaml`. It is the namespace of the configuration, and the prefix of all names in AWS
            starts with it.
    """

    folder: Path
    name: str

    @property
    def shared_tasks(self) -> Path:
        """The folder with the files of shared tasks."""
        return self.folder / "config" / "tasks"

    @property
    def stacks(self) -> list[str]:
        """The stacks that have a `Pulumi.<stack>.yaml`."""
        return stacks(self.folder)

    def source(self, stack: str) -> Source:
        """The values of a stack's file. Raises YamlError."""
        return from_file(self.name, stack, self.folder)

    def load(self, stack: str) -> StackConfig:
        """The configuration of a stack. Raises ConfigError or YamlError."""
        with without_garbage_collection():
            return load(self.source(stack), self.shared_tasks)

    def names(self, stack: str) -> GroupNames:
        """The names of the resources that a stack's tasks share."""
        return GroupNames(f"{self.name}-{stack}")

    def region(self, stack: str) -> str | None:
        """The Region of a stack from its file or the project's file; None if neither sets it."""
        places = ((f"Pulumi.{stack}.yaml", ("config", "aws:region")), (FILE, ("config", "aws:region", "value")))
        for name, keys in places:
            if isinstance(region := value_at(_content(self.folder / name), *keys), str):
                return region
        return None

    def secrets_provider(self, stack: str) -> str:
        """`secretsprovider` of a stack's file, such as `awskms://alias/pulumi`; empty if it has none."""
        found = value_at(_content(self.folder / f"Pulumi.{stack}.yaml"), "secretsprovider")
        return found if isinstance(found, str) else ""

    def problem(self, stack: str, error: ConfigError | YamlError) -> str:
        """Why a stack's configuration can't be loaded, and the existing stacks if it has no file."""
        if isinstance(error, ConfigError):
            return str(error)
        return f"{error.located(f'Pulumi.{stack}.yaml')}{self.existing(stack)}"

    def existing(self, stack: str) -> str:
        """A sentence with the existing stacks if this one has no file, else the empty string."""
        known = self.stacks
        return "" if stack in known else f" Existing stacks: {', '.join(known) or 'none'}."


def project() -> Project:
    """The project of the current folder: the nearest `Pulumi.yaml` here or in a folder above, as Pulumi looks for it.

    Raises NoProjectError if there is none, or if it has no name.
    """
    here = Path.cwd()
    folder = next((folder for folder in (here, *here.parents) if (folder / FILE).is_file()), None)
    if folder is None:
        raise NoProjectError(
            f"There is no {FILE} in {here} or above. Change to the folder of the project, or pass it: -C FOLDER."
        )
    return project_at(folder)


def project_at(folder: Path) -> Project:
    """The project in a folder. Raises NoProjectError if `Pulumi.yaml` is missing or has no name."""
    if links := [problem for problem in outside_links(folder) if problem.place == Place(FILE)]:
        raise NoProjectError(str(links[0]))
    content = _content(folder / FILE)
    name = content.get("name") if is_object(content) else None
    if not isinstance(name, str):
        raise NoProjectError(f"{folder / FILE} can't be read, or has no name. Every project needs one.")
    return Project(folder, name)


def project_or_none() -> Project | None:
    """The project of the current folder; None if there is none. Commands for deployed stacks don't need one."""
    try:
        return project()
    except NoProjectError:
        return None


def _content(file: Path) -> Json:
    try:
        return as_json(yaml_files.read(file))
    except YamlError:
        return None
