"""Prints the day's report."""

import os

print(f"report of version {os.environ['VERSION']}")
