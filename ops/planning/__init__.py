"""Planning: when the tasks of a stack run, without AWS."""
