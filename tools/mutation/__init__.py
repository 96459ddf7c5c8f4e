"""Mutation sampling: change the code in random places and see whether a test fails.

`make mutants` runs it, and docs/testing.md explains it. Existing tools don't fit. mutmut changes neither tables at
module level nor decorated functions, which are much of this code. cosmic-ray runs the whole suite for each mutant.
"""
