"""Supervised runs: a state machine runs each task that has a timeout, an overlap policy, or retries of the run.

All modules but `resources` are data in, data out.
"""
