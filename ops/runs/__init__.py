"""Runs: how to start and follow them, and how to read their outcome. The calls of AWS are in `ops.aws`."""
