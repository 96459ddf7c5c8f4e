"""The sections of docs/reliability.md, in its order. Each section is a module of this package."""

from .trials import Section

SECTIONS: dict[str, Section] = {}
"""Names for `python -m torture NAME`, and their sections."""
