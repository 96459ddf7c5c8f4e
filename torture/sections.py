"""The sections of docs/reliability.md, in its order. Each section is a module of this package."""

from . import damage, environment, faults, files, full_disk, fuzz, growth, kills, letters, markdown
from .lease.report import SECTION as LEASE
from .trials import Section
from .weeks.report import SECTION as WEEKS

SECTIONS: dict[str, Section] = {
    "kills": kills.SECTION,
    "damage": damage.SECTION,
    "disk": full_disk.SECTION,
    "environment": environment.SECTION,
    "faults": faults.SECTION,
    "files": files.SECTION,
    "fuzz": fuzz.SECTION,
    "letters": letters.SECTION,
    "markdown": markdown.SECTION,
    "lease": LEASE,
    "weeks": WEEKS,
    "growth": growth.SECTION,
}
"""Names for `python -m torture NAME`, and their sections."""
