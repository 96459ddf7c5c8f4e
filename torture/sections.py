"""The sections of docs/reliability.md, in its order. Each section is a module of this package."""

from . import environment, faults, files, fuzz, letters, markdown
from .trials import Section

SECTIONS: dict[str, Section] = {
    "environment": environment.SECTION,
    "faults": faults.SECTION,
    "files": files.SECTION,
    "fuzz": fuzz.SECTION,
    "letters": letters.SECTION,
    "markdown": markdown.SECTION,
}
"""Names for `python -m torture NAME`, and their sections."""
