"""Monitoring: event rules, outcome logs, alarms, and the dashboard of a group."""
