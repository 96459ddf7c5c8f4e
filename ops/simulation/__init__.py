"""Simulation of the schedules of a stack on a virtual clock, with faults of AWS and of containers."""
