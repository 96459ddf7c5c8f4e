"""Runs: how one is started, followed and judged. What AWS is told and what it answers is data here; see `ops.aws`."""
