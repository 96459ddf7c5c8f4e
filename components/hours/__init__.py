"""Office hours: a state machine that stops resources at the closing and restores them at the opening.

All modules but `resources` are data in, data out.
"""
