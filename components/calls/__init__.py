"""Calls: API calls that EventBridge Scheduler makes, checked offline. Pure: data in, data out."""
