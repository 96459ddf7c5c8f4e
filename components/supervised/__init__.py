"""Supervised runs: a task with a timeout, an overlap policy or retries of the run is run through a state machine.

All of it is data in, data out; `components.supervisor` makes the resources.
"""
