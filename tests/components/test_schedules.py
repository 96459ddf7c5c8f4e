from datetime import UTC, datetime
from itertools import islice

import pytest
from aws_croniter import AwsCroniter
from hypothesis import given, settings
from hypothesis import strategies as st

from components.schedules import ExpressionError, explain, known_timezone, nearest_timezones, next_runs, parse

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def runs(expression: str, zone: str = "UTC", after: datetime = NOW, count: int = 3, **limits: datetime) -> list[str]:
    found = next_runs(parse(expression), zone, after, **limits)
    return [run.strftime("%Y-%m-%dT%H:%M%z") for run in islice(found, count)]


REFUSED = [
    ("0 3 * * 0", "Write cron(0 3 ? * 1 *)."),
    ("cron(0 3 * * *)", "Write cron(0 3 * * ? *)."),
    ("cron(0 3 * * 1-5)", "Write cron(0 3 ? * 2-6 *)."),
    ("cron(0 0 3 * * ? *)", "There is no field for seconds."),
    ("cron(0 3 1 * MON *)", "cannot both be set"),
    ("cron(0 3 * * * *)", "Write cron(0 3 * * ? *)."),
    ("cron(0 3 ? * ? *)", "only one of day-of-month and day-of-week can be ?"),
    ("cron(0 3 ? * 0 *)", "Sunday is 1"),
    ("cron(0 3 ? * fri *)", "Write FRI."),
    ("cron(0 3 ? * FRI-MON *)", "runs backwards"),
    ("cron(0 3 ? * MON/2 *)", "has no steps"),
    ("cron(0 3 ? * 3#1,6#3 *)", "only one # expression"),
    ("cron(0 3 ? * 3#6 *)", "1 to 5"),
    ("cron(0 3 32 * ? *)", "day-of-month can be 1 to 31"),
    ("cron(60 3 * * ? *)", "minutes can be 0 to 59"),
    ("cron(0/0 3 * * ? *)", "a step of minutes is"),
    ("cron(0 24 * * ? *)", "hours can be 0 to 23"),
    ("cron(? 3 * * ? *)", "minutes cannot be ?"),
    ("cron(0 3 * 13 ? *)", "month can be 1 to 12"),
    ("cron(0 3 * * ? 1969)", "year can be 1970 to 2199"),
    ("cron(0 3 LW * ? *)", "day-of-month can be"),
    ("cron(0 3 L-3 * ? *)", "day-of-month can be"),
    ("rate(0 hours)", "a rate is at least 1"),
    ("rate(30 seconds)", "at least a minute apart"),
    ("rate(1.5 hours)", "positive whole number"),
    ("rate(5)", "positive whole number"),
    ("at(2026-12-24)", "yyyy-mm-ddThh:mm:ss"),
    ("at(2026-12-24T18:00:00Z)", "The zone is what timezone says."),
    ("at(2026-02-30T18:00:00)", "there is no such time"),
    ("@daily", "Write cron(0 0 * * ? *)."),
    ("TZ=Europe/Berlin 0 3 * * *", "Write it under timezone."),
    (" rate(1 hour)", "Write rate(1 hour)."),
    ("every day", "none of rate(...), cron(...) and at(...)"),
    ("cron(" + "0" * 300 + ")", "at most 256"),
]


@pytest.mark.parametrize(("text", "message"), REFUSED, ids=[text[:30] for text, _ in REFUSED])
def test_what_aws_does_not_document_is_refused_with_a_way_out(text: str, message: str):
    with pytest.raises(ExpressionError) as error:
        parse(text)
    assert message in error.value.message
    assert str(error.value).splitlines()[-1].strip().startswith("^")


ACCEPTED = {
    "cron(15 10 ? * 6L 2027-2028)": [
        "2027-01-29T10:15+0000",
        "2027-02-26T10:15+0000",
        "2027-03-26T10:15+0000",
    ],
    "cron(0 18 ? * MON-FRI *)": ["2026-11-24T18:00+0000", "2026-11-25T18:00+0000", "2026-11-26T18:00+0000"],
    "cron(0 8 1 * ? *)": ["2026-12-01T08:00+0000", "2027-01-01T08:00+0000", "2027-02-01T08:00+0000"],
    "cron(0/15 * * * ? *)": ["2026-11-24T00:15+0000", "2026-11-24T00:30+0000", "2026-11-24T00:45+0000"],
    "cron(0 9 ? * 3#2 *)": ["2026-12-08T09:00+0000", "2027-01-12T09:00+0000", "2027-02-09T09:00+0000"],
    "cron(0 9 L * ? *)": ["2026-11-30T09:00+0000", "2026-12-31T09:00+0000", "2027-01-31T09:00+0000"],
    "cron(0 9 5W * ? *)": ["2026-12-04T09:00+0000", "2027-01-05T09:00+0000", "2027-02-05T09:00+0000"],
    "cron(0 0 29 2 ? *)": ["2028-02-29T00:00+0000", "2032-02-29T00:00+0000", "2036-02-29T00:00+0000"],
    "cron(0 0 30 2 ? *)": [],
    "rate(1 hours)": ["2026-11-24T01:00+0000", "2026-11-24T02:00+0000", "2026-11-24T03:00+0000"],
    "rate(1 day)": ["2026-11-25T00:00+0000", "2026-11-26T00:00+0000", "2026-11-27T00:00+0000"],
    "at(2026-12-24T18:00:00)": ["2026-12-24T18:00+0000"],
    "at(2026-11-23T18:00:00)": [],
}


@pytest.mark.parametrize(("text", "expected"), ACCEPTED.items(), ids=ACCEPTED.keys())
def test_runs_are_those_that_aws_documents(text: str, expected: list[str]):
    assert runs(text) == expected


def test_a_time_that_the_clock_skips_is_skipped():
    found = runs("cron(30 2 * * ? *)", "America/Los_Angeles", datetime(2027, 3, 13, 12, tzinfo=UTC), 2)
    assert found == ["2027-03-15T02:30-0700", "2027-03-16T02:30-0700"]


def test_a_time_that_comes_twice_runs_once_at_the_first():
    found = runs("cron(30 1 * * ? *)", "America/New_York", datetime(2027, 11, 6, 12, tzinfo=UTC), 2)
    assert found == ["2027-11-07T01:30-0400", "2027-11-08T01:30-0500"]


def test_start_and_end_are_inclusive_and_rates_count_from_start():
    start, end = datetime(2026, 11, 24, 5, 30, tzinfo=UTC), datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
    assert runs("rate(2 hours)", start=start, end=end, count=9) == [
        "2026-11-24T05:30+0000",
        "2026-11-24T07:30+0000",
        "2026-11-24T09:30+0000",
    ]
    assert runs("cron(30 * * * ? *)", start=start, end=end, count=9)[::4] == [
        "2026-11-24T05:30+0000",
        "2026-11-24T09:30+0000",
    ]


def field(least: int, most: int) -> st.SearchStrategy[str]:
    values = st.integers(least, most)
    ranges = st.tuples(values, values).map(lambda pair: f"{min(pair)}-{max(pair)}")
    return st.one_of(
        st.just("*"),
        values.map(str),
        ranges,
        st.lists(values, min_size=2, max_size=3).map(lambda v: ",".join(map(str, v))),
    )


@settings(max_examples=150, deadline=None)
@given(
    field(0, 59),
    field(0, 23),
    field(1, 28),
    field(1, 12),
    st.integers(1, 7) | st.none(),
    st.integers(0, 10**8),
)
def test_runs_in_utc_are_those_of_another_implementation(
    minutes: str, hours: str, days: str, months: str, weekday: int | None, seconds: int
):
    """aws-croniter is right in UTC; it knows no zones."""
    day_fields = f"{days} {months} ?" if weekday is None else f"? {months} {weekday}"
    text = f"cron({minutes} {hours} {day_fields} *)"
    after = datetime.fromtimestamp(1_700_000_000 + seconds, UTC).replace(second=0, microsecond=0)
    expected = AwsCroniter(text[5:-1]).get_next(after, n=4)
    assert list(islice(next_runs(parse(text), "UTC", after), 4)) == [run.replace(tzinfo=UTC) for run in expected if run]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cron(0 9 ? * 2#1 *)", "at 09:00 on the first Monday of every month (Europe/Berlin)"),
        ("cron(0 3 * * ? *)", "at 03:00 every day (Europe/Berlin)"),
        ("cron(0 18 ? * MON-FRI *)", "at 18:00 on weekdays (Europe/Berlin)"),
        ("cron(0 22 ? * SUN *)", "at 22:00 every Sunday (Europe/Berlin)"),
        ("cron(0/15 * * * ? *)", "every 15 minutes every day (Europe/Berlin)"),
        ("cron(0 8 L * ? *)", "at 08:00 on the last day of every month (Europe/Berlin)"),
        ("rate(6 hours)", "every 6 hours"),
        ("rate(1 day)", "every day"),
        ("at(2026-12-24T18:00:00)", "once, on 2026-12-24 at 18:00 (Europe/Berlin)"),
    ],
)
def test_expressions_are_explained(text: str, expected: str):
    assert explain(parse(text), "Europe/Berlin") == expected


def test_zones_are_those_of_the_iana_database():
    assert known_timezone("Europe/Berlin")
    assert not known_timezone("Europe/Berlim")
    assert not known_timezone("../etc/passwd")
    assert not known_timezone("")
    assert nearest_timezones("Europe/Berlim")[0] == "Europe/Berlin"
