"""Runs a task for scheduled times that it missed."""
