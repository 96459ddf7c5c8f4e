"""Dead letters: launches that EventBridge Scheduler gave up, and events that EventBridge could not deliver."""
