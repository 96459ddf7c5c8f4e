"""Benchmarks. Each compares this project with something else, in one run on one machine."""
