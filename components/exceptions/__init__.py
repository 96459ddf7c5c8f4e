"""Times that a task leaves out: own dates, public holidays, events of calendars, and weekends. Pure."""
