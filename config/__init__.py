"""The configuration of a stack: from YAML to validated tasks."""

from .advice import ended, warnings
from .links import outside_links
from .loader import NO_CONFIG, ConfigError, StackConfig, load
from .places import LocatedProblem, Place
from .sources import Source, StoredSecret, from_engine, from_file, stacks
from .unselected import Unselected, unselected

__all__ = [
    "NO_CONFIG",
    "ConfigError",
    "LocatedProblem",
    "Place",
    "Source",
    "StackConfig",
    "StoredSecret",
    "Unselected",
    "ended",
    "from_engine",
    "from_file",
    "load",
    "outside_links",
    "stacks",
    "unselected",
    "warnings",
]
