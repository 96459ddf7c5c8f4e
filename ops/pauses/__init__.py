"""Pausing and resuming schedules by hand."""
