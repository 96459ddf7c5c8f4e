"""Bounds of the files of a configuration, so that each command ends soon and with a message, whatever they contain.

AWS has no such limits: it never sees the files. docs/limits.md lists them.
"""

from components.keys.bounds import DEPTH, NODES

__all__ = ["DEPTH", "ENTRIES", "FILE_BYTES", "NODES", "PROBLEMS", "STACK_NODES", "TASKS", "TASK_NODES"]

FILE_BYTES = 4 * 2**20
"""Bytes of a YAML file, or of one value that the engine passes. 5,000 tasks in one file take about 1.5 MiB."""
TASK_NODES = 20_000
"""Keys, values and items of a task after merging, and of the other keys of a stack. A task definition of 64 KiB holds
fewer. Validation takes about 10 microseconds for each."""
STACK_NODES = 500_000
"""Keys, values and items of all tasks of a stack after merging, so that large defaults of many tasks end too."""
TASKS = 5_000
"""Tasks of a stack, and shared tasks. `check` must report the problems of all of them within 5 seconds. A preview of
more takes minutes."""
PROBLEMS = 10_000
"""Problems of a stack that are shown. GitHub refuses more than 25,000 results of code scanning, and shows 5,000.
GitHub: SARIF support for code scanning, "Validating your SARIF file"."""
ENTRIES = 20_000
"""Files and folders in the folder of shared tasks that the program lists."""
