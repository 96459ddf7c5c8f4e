"""Scheduled tasks on Amazon ECS: the configuration of a stack, built and exported."""

# ruff: noqa: E402 - the garbage collector is off before the other imports

from components.garbage import disable_garbage_collection

disable_garbage_collection()

from pathlib import Path

from config.program import run


def main() -> None:
    """Run the program of this folder."""
    run(Path(__file__).resolve().parent)


main()
