"""The program: it deploys the tasks of the stack's configuration."""

from pathlib import Path

from scheduled_tasks.components.garbage import disable_garbage_collection

disable_garbage_collection()

from scheduled_tasks.config.program import run  # noqa: E402 - after the garbage collector is off

run(Path(__file__).resolve().parent)
