"""Hostile configurations, and what commands do with them."""
