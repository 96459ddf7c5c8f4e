"""Trials under kills, faults and hostile input: `make torture`. docs/reliability.md shows their results."""
