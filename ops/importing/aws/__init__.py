"""Rules, schedules and task definitions of AWS as tasks: one model, which each source fills, and one mapping. Pure."""
