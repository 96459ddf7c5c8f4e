"""Section "weeks": random weeks of schedules and faults, in which no scheduled time may end unnoticed."""
