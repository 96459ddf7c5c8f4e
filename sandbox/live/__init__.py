"""A sandbox that lives: a clock fires the deployed schedules, runs take time, and their outcomes are reported.

The parts run in the process of the emulator. They take any clock of `ops.simulation.clock`, so tests use a virtual one.
"""
