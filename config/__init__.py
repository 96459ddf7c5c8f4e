"""The configuration of a stack: from YAML to validated tasks."""

from .advice import ended, warnings
from .links import outside_links
from .loader import NO_CONFIG, ConfigError, StackConfig, load
from .places import LocatedProblem, Place
from .shared_tasks import SharedTasks, read_shared_tasks
from .sources import Source, StoredSecret, from_engine, from_file, stacks
from .unselected import Unselected, unselected

__all__ = [
    "NO_CONFIG",
    "ConfigError",
    "LocatedProblem",
    "Place",
    "SharedTasks",
    "Source",
    "StackConfig",
    "StoredSecret",
    "Unselected",
    "ended",
    "from_engine",
    "from_file",
    "load",
    "outside_links",
    "read_shared_tasks",
    "stacks",
    "unselected",
    "warnings",
]
