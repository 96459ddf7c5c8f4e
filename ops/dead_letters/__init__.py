"""Dead-message messages: launches that failed in EventBridge Scheduler, and events that EventBridge didn't deliver."""
