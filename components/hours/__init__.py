"""Office hours: a state machine that stops resources at the closing and restores them at the opening.

Data in, data out. `components/call_machines.py` creates the resources.
"""
