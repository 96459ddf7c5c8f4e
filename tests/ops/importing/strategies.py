"""Random schedules of other tools."""

import os

from hypothesis import strategies as st

EXAMPLES = 1000 if os.environ.get("REFEREES") == "required" else 30
"""The number of random sources: more in `make test-all`."""
NOW_ZONES = (
    "Europe/Berlin", "America/New_York", "America/Santiago", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Kolkata",
    "Australia/Adelaide", "UTC",
)  # fmt: skip
"""Six zones with daylight saving time: also at midnight (Santiago, Cairo), by 30 minutes (Lord Howe), and with 30 minutes
in the offset (Adelaide). Two without."""
zones = st.sampled_from(NOW_ZONES)


def _field(low: int, high: int, names: tuple[str, ...] = (), first: int = 0) -> st.SearchStrategy[str]:
    number = st.integers(low, high).map(str)
    if names:
        number = number | st.sampled_from(names)
    span = st.tuples(st.integers(low, high), st.integers(low, high)).map(lambda pair: f"{min(pair)}-{max(pair)}")
    step = st.integers(1, high).map(str)
    return st.one_of(
        st.just("*"),
        number,
        span,
        st.builds("{}/{}".format, st.just("*") | span, step),
        st.lists(number | span, min_size=2, max_size=3).map(",".join),
    )


_few = st.one_of(st.integers(0, 59).map(str), st.sampled_from(["*/15", "*/29", "0,30", "5-20/5"]))
hours, days = _field(0, 23), _field(1, 31) | st.just("*")
months = st.just("*") | _field(1, 12, ("jan", "MAR", "dec"))
weekdays = st.just("*") | _field(0, 6, ("sun", "MON", "Sat"))
# Runs in each minute take long to compare, so few schedules have many.
five_fields = st.builds("{} {} {} {} {}".format, _few, hours, days, months, weekdays) | st.builds(
    "{} {} {} {} {}".format, _field(0, 59), st.integers(0, 23).map(str), days, months, weekdays
)
_weekdays = st.sampled_from(["*", "?", "1-5", "0-6/2", "mon-5", "*/2", "2/2", "7"])
copilot_schedules = st.one_of(
    st.builds(
        "{} {} {} {} {}".format,
        _few, hours, days | st.sampled_from(["?", "*/3", "*"]), months, weekdays | _weekdays,
    ),
    st.sampled_from(["@daily", "@weekly", "@monthly", "@yearly", "@annually", "@hourly", "@midnight", "none"]),
    st.builds("@every {}{}".format, st.integers(1, 90), st.sampled_from(["m", "h", "s"])),
    st.sampled_from(["rate(1 day)", "cron(0 3 ? * 2#1 *)", "cron(0 0 L * ? *)", "cron(15 10 ? * 6L *)"]),
)  # fmt: skip
"""Texts of `on.schedule`."""
