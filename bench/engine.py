"""The real engine on the sandbox, with a backend of files: preview, first `up`, `up` without a change and with one task
changed, beside a bare Pulumi program of the same resources with literal inputs."""

from collections.abc import Callable, Sequence
from pathlib import Path

from .child import in_child
from .figures import Figure, Part

COUNTS = (10, 100, 300)
BARE = "bare"


def measure(folder: Path, say: Callable[[str], None], counts: Sequence[int] = COUNTS) -> Part:
    """A process of its own for each program; what changes something is measured once, as it takes minutes."""
    figures: list[Figure] = []
    for count in counts:
        say(f"{count} tasks")
        ours = in_child("engine", folder / f"engine-{count}", count)
        say(f"{count} tasks, bare")
        bare = in_child("bare_engine", folder / f"engine-{count}")
        figures += [
            Figure(what, count, unit, round(ours[what], 2), {BARE: round(bare[what], 2)})
            for what, unit in UNITS.items()
        ]
    return Part(sorted(figures, key=lambda figure: list(UNITS).index(figure.what)))


UNITS = {
    "preview": "s",
    "first up": "s",
    "up without a change": "s",
    "up of one changed task": "s",
    "peak memory of the program": "MB",
    "AWS resources": "resources",
}
"""What is measured of each program."""
