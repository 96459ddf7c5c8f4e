"""Prices, and the monthly cost of a stack: an estimate."""
