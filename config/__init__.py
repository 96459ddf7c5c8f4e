"""The stack's configuration: from YAML to the components' arguments."""

from .advice import ended, warnings
from .loader import ConfigError, StackConfig, load
from .sources import Source, StoredSecret, from_engine, from_file, stacks
from .written import group_as_written, task_as_written

__all__ = [
    "ConfigError",
    "Source",
    "StackConfig",
    "StoredSecret",
    "ended",
    "from_engine",
    "from_file",
    "group_as_written",
    "load",
    "stacks",
    "task_as_written",
    "warnings",
]
