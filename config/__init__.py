"""The configuration of a stack: from YAML to validated tasks."""

from .advice import ended, warnings
from .loader import NO_CONFIG, ConfigError, StackConfig, load
from .sources import Source, StoredSecret, from_engine, from_file, stacks

__all__ = [
    "NO_CONFIG",
    "ConfigError",
    "Source",
    "StackConfig",
    "StoredSecret",
    "ended",
    "from_engine",
    "from_file",
    "load",
    "stacks",
    "warnings",
]
