"""Schedules in words: their expressions, and the words that are refused."""

import contextlib
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.schedules import next_runs, parse
from ops.creation.words import EXAMPLES, WordsError, expression_of

WORDS = {
    "every minute": "rate(1 minute)",
    "Every 15 minutes.": "rate(15 minutes)",
    "every 90 min": "rate(90 minutes)",
    "every 6 hours": "rate(6 hours)",
    "every hour": "rate(1 hour)",
    "hourly": "rate(1 hour)",
    "every 2 days": "rate(2 days)",
    "every hour at minute 5": "cron(5 * * * ? *)",
    "at minute 0 of every hour": "cron(0 * * * ? *)",
    "every hour at :30": "cron(30 * * * ? *)",
    "every day at 3:30": "cron(30 3 * * ? *)",
    "daily at noon": "cron(0 12 * * ? *)",
    "run every day at midnight": "cron(0 0 * * ? *)",
    "every day at 12:15 am": "cron(15 0 * * ? *)",
    "every day at 12pm": "cron(0 12 * * ? *)",
    "every weekday at 9:00": "cron(0 9 ? * MON-FRI *)",
    "at 9:00 every weekday": "cron(0 9 ? * MON-FRI *)",
    "on weekdays at 9:00 and 17:00": "cron(0 9,17 ? * MON-FRI *)",
    "every weekday at 17:30, 9:30, and 13:30": "cron(30 9,13,17 ? * MON-FRI *)",
    "on weekends at 8:00": "cron(0 8 ? * SUN,SAT *)",
    "every monday 9:00": "cron(0 9 ? * MON *)",
    "every thursday at 6pm": "cron(0 18 ? * THU *)",
    "each Mon, Wed and Fri at 6:00": "cron(0 6 ? * MON,WED,FRI *)",
    "on tuesdays and thursdays at 6:00": "cron(0 6 ? * TUE,THU *)",
    "every monday to friday at 6:00": "cron(0 6 ? * MON-FRI *)",
    "every fri-mon at 6:00": "cron(0 6 ? * SUN,MON,FRI,SAT *)",
    "on the first of each month at 3:30": "cron(30 3 1 * ? *)",
    "on the 1st and 15th of every month at 6:00": "cron(0 6 1,15 * ? *)",
    "on day 28 of each month at 6:00": "cron(0 6 28 * ? *)",
    "monthly on the 2nd at 6:00": "cron(0 6 2 * ? *)",
    "on the last day of each month at 23:00": "cron(0 23 L * ? *)",
    "on the first day of every month at 0:00": "cron(0 0 1 * ? *)",
    "on the first monday of each month at 9:00": "cron(0 9 ? * MON#1 *)",
    "on the 3rd wed of the month at 9:00": "cron(0 9 ? * WED#3 *)",
    "last friday of every month at 17:00": "cron(0 17 ? * FRIL *)",
    "every year on january 5 at 10:00": "cron(0 10 5 JAN ? *)",
    "yearly on 31 Dec at 10:00": "cron(0 10 31 DEC ? *)",
    "2027-01-05 10:00": "at(2027-01-05T10:00:00)",
    "once on 2027-01-05 at 9am": "at(2027-01-05T09:00:00)",
    "2027-01-05T10:00:30": "at(2027-01-05T10:00:30)",
    " rate(5 minutes) ": "rate(5 minutes)",
    "cron(0 9 ? * MON-FRI *)": "cron(0 9 ? * MON-FRI *)",
    "at(2027-01-05T10:00:00)": "at(2027-01-05T10:00:00)",
}

REFUSED = {
    "every monday at 9": '"at 9" can mean 9:00 or 21:00.',
    "every day at 12": '"at 12" can mean 12:00 or 0:00.',
    "every day at 17": "Write a time with minutes: 17:00.",
    "every day at 24:00": "Times are 0:00 to 23:59.",
    "every day at 13pm": "With am and pm, hours are 1 to 12.",
    "every day at 9:75": "Times are 0:00 to 23:59.",
    "on monday at 9:00": '"on monday" can mean one day or every week. Write every monday',
    "monday at 9:00": "can mean one day or every week",
    "every weekend at 9:00": "can mean one day or both",
    "every other monday at 9:00": "can't skip weeks",
    "every second tuesday at 9:00": "can't skip weeks",
    "every day": "At which time? Write every day at 9:00.",
    "every weekday": "At which time? Add it, such as: every weekday at 9:00.",
    "on the first of each month": "At which time?",
    "2027-01-05": "At which time? Write 2027-01-05 10:00.",
    "every 2 days at 9:00": "AWS counts an interval from the deployment",
    "every 2 weeks": "Write every 14 days.",
    "every week": "Or write the day, such as every monday at 9:00.",
    "every month": "A month has no fixed length.",
    "every 2 years": "A year has no fixed length.",
    "every 30 seconds": "The shortest interval is 1 minute.",
    "every 0 minutes": "A rate must be at least 1.",
    "every hour at minute 60": "There is no minute 60.",
    "on the 31st of each month at 9:00": "Not every month has a day 31.",
    "on the 32nd of each month at 9:00": "A month has no day 32.",
    "on the fifth friday of each month at 9:00": "Not every month has a fifth friday.",
    "on the first weekday of each month at 9:00": "AWS has no expression",
    "every year on february 29 at 9:00": "There is no 29 February in every year.",
    "every day at 9:15 and 17:30": "same minute of each hour",
    "05/01/2027 10:00": "A date has the format year-month-day",
    "5.1.2027 10:00": "A date has the format year-month-day",
    "tomorrow at 9:00": "Write the date of a single run",
    "2027-02-30 10:00": "2027-02-30 isn't a date",
    "0 3 * * *": "Write cron(0 3 * * ? *).",
    "@daily": "Write cron(0 0 * * ? *).",
    "cron(0 9 * * *)": "has six fields",
    "every 5 minutes on weekdays": "isn't a schedule in words. Examples: every 15 minutes",
    "": "isn't a schedule in words.",
    "sometimes": "isn't a schedule in words.",
}


@pytest.mark.parametrize("words", WORDS)
def test_words_have_one_expression(words: str):
    assert expression_of(words) == WORDS[words]


@pytest.mark.parametrize("words", REFUSED)
def test_words_with_no_or_several_meanings_are_refused(words: str):
    with pytest.raises(WordsError) as refused:
        expression_of(words)
    assert REFUSED[words] in str(refused.value)


@pytest.mark.parametrize("words", EXAMPLES)
def test_the_examples_of_help_are_accepted(words: str):
    parse(expression_of(words))


@pytest.mark.parametrize("words", [words for words in REFUSED if "Write " in REFUSED[words]])
def test_advice_is_accepted_in_turn(words: str):
    with pytest.raises(WordsError) as refused:
        expression_of(words)
    advice = str(refused.value).split("Write ")[1].split(".")[0].split(",")[0].split(" or ")[0].split(": ")[-1]
    if advice not in ("every monday", "one of them", "17:00", "a time with minutes"):
        expression_of(advice)


DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


@given(st.sets(st.sampled_from(DAYS), min_size=1, max_size=6), st.integers(0, 23), st.integers(0, 59))
def test_runs_are_on_the_days_and_at_the_time_of_the_words(days: set[str], hour: int, minute: int):
    expression = parse(expression_of(f"every {' and '.join(sorted(days))} at {hour}:{minute:02}"))
    runs = list(islice(next_runs(expression, "UTC", NOW), 14))
    assert {DAYS[run.weekday()] for run in runs} == days
    assert {(run.hour, run.minute) for run in runs} == {(hour, minute)}


@given(st.integers(1, 28), st.integers(1, 12), st.sampled_from(["am", "pm"]))
def test_runs_are_on_the_day_of_the_month(day: int, hour: int, half: str):
    expression = parse(expression_of(f"on the {day}th of each month at {hour}{half}"))
    runs = list(islice(next_runs(expression, "UTC", NOW), 12))
    assert {run.day for run in runs} == {day}
    assert {run.hour for run in runs} == {hour % 12 + (12 if half == "pm" else 0)}
    assert runs[-1] - runs[0] > timedelta(days=330)


@given(st.text(max_size=40))
def test_any_text_is_understood_or_refused(text: str):
    with contextlib.suppress(WordsError):
        parse(expression_of(text))
