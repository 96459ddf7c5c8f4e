"""`scheduled-tasks simulate` for a year."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import process_time

from components.garbage import without_garbage_collection
from ops.project import project_at
from ops.simulation.durations import Durations
from ops.simulation.engine import Simulation
from ops.simulation.faults import Fault
from ops.simulation.tasks import channels_of, simulated_tasks

from .figures import Figure, Part
from .workload import STACK, write_project

COUNTS = (100, 1000)
BEGIN, YEAR = datetime(2026, 1, 1, tzinfo=UTC), timedelta(days=365)
YEAR_OF_RUNS = "a year of daily runs (scheduled-tasks simulate)"


def measure(folder: Path, say: Callable[[str], None], counts: Sequence[int] = COUNTS) -> Part:
    """Simulate a year of tasks that run daily, and one in a hundred of whose runs fails.

    The simulation is one thread that waits for nothing, so CPU time is its duration on an idle machine.
    """
    figures: list[Figure] = []
    for count in counts:
        say(f"{count} tasks")
        config = project_at(write_project(folder / f"simulation-{count}", count)).load(STACK)
        begin = process_time()
        simulation = Simulation(
            tasks=simulated_tasks(STACK, config),
            channels=channels_of(config.group),
            begin=BEGIN,
            end=BEGIN + YEAR,
            durations=Durations(600),
            faults=[Fault("exitCode", 0, BEGIN.timestamp() + YEAR.total_seconds(), percent=1)],
        )
        with without_garbage_collection():
            record = simulation.run()
        seconds = round(process_time() - begin, 2)
        figures.append(Figure(YEAR_OF_RUNS, count, "s", seconds))
        figures.append(Figure("scheduled times of the year", count, "runs", len(record.runs)))
    return Part(sorted(figures, key=lambda figure: figure.what))
