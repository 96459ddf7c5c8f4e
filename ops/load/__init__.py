"""What a stack's schedules ask of AWS's limits in a week: where launches are throttled, and which windows help."""
