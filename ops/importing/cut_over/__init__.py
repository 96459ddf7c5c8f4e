"""`import cut-over`: a stack's schedules take over from the rules and schedules that its tasks were imported from.

Both sides exist in AWS: the old rule or schedule is enabled, and the new schedule is disabled. A switch enables the new
one, checks that, and disables the old one, at a time without runs. AWS has no call that does both at once, so the order
decides what an interruption leaves: both are enabled. No run is lost then, and if the switch continues before the next
run, none is doubled either. The other order could lose runs. An undo has the same order in the other direction.

Each state of AWS tells what is left to do, so a second run continues the first. The undo file (`undo.py`) holds what
AWS's states don't tell: the settings before the first change.
"""
