"""The sections of docs/reliability.md, in its order. Each section is a module of this package."""

from . import markdown
from .trials import Section

SECTIONS: dict[str, Section] = {
    "markdown": markdown.SECTION,
}
"""Names for `python -m torture NAME`, and their sections."""
