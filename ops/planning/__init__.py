"""Planning: when the tasks of a stack run, calculated without AWS."""
