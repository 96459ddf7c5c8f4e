"""AWS's own matcher of event patterns, event-ruler, as a referee."""

import json
import os
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests import referees

RULER = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "scheduled-tasks" / "event-ruler-1.7.3"
MATCH = Path(__file__).parents[1] / "tools" / "event-ruler" / "Match.java"


def matches(pairs: Iterable[tuple[str, dict[str, Any]]]) -> list[bool]:
    """Whether each pattern matches its event. The matcher, which is slow to start, is started once."""
    java = referees.program("java")
    if not RULER.is_dir():
        referees.missing("AWS's event-ruler", "To get it, run: make ruler (needs Java and Maven)")
    lines = "".join(json.dumps([json.loads(pattern), event]) + "\n" for pattern, event in pairs)
    # Optimizing the code takes longer than running it.
    command = [java, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", f"{RULER}/*", str(MATCH)]
    answers = subprocess.run(command, input=lines, capture_output=True, text=True, check=True).stdout.split()
    return [answer == "true" for answer in answers]
