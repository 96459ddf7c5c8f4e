"""Interpreters of the times of other tools.

They share no code with `components.schedules`, so that the times of both can be compared.
"""
