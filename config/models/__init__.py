"""The configuration as people write it: its keys and their types.

The models say the shape: which keys there are and of what type. What the values mean, and which go together,
is checked by `components.checks`, so that the library refuses the same things when it is used without this
configuration. The bounds that stand here are those of the checks, for the JSON schema that editors use.
"""

from .base import TASK_NAME_SCHEMA, Model
from .stack import ByTags, ClusterToCreate, Stack, VpcToCreate
from .task import Build, SecretOfConfig, Task, Ulimit

__all__ = [
    "TASK_NAME_SCHEMA",
    "Build",
    "ByTags",
    "ClusterToCreate",
    "Model",
    "SecretOfConfig",
    "Stack",
    "Task",
    "Ulimit",
    "VpcToCreate",
]
