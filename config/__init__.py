"""The stack's configuration: from YAML to the components' arguments."""

from .loader import ConfigError, StackConfig, load
from .sources import Source, from_engine, from_file, stacks
from .warnings import ended, warnings

__all__ = ["ConfigError", "Source", "StackConfig", "ended", "from_engine", "from_file", "load", "stacks", "warnings"]
