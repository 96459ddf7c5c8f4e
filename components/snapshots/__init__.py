"""Snapshots with `keep`: a state machine that creates a snapshot of a database and then deletes older ones.

Data in, data out. `components/call_machines.py` creates the resources.
"""
