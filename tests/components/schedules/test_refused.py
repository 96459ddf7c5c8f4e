"""Expressions that AWS does not document as valid: the position of the mistake, and a suggestion."""

import re

import pytest

from components.schedules import ExpressionError, parse

MINUTES = "minutes can be 0 to 59 or *, with lists (,), ranges (-) and steps (/)."
HOURS = "hours can be 0 to 23 or *, with lists (,), ranges (-) and steps (/)."
DAYS = "day-of-month can be 1 to 31 or *, with lists (,), ranges (-) and steps (/)."
MONTHS = "month can be 1 to 12, JAN to DEC or *, with lists (,), ranges (-) and steps (/)."
WEEKDAYS = "day-of-week can be 1 to 7, SUN to SAT or *, with lists (,) and ranges (-)."
YEARS = "year can be 1970 to 2199 or *, with lists (,), ranges (-) and steps (/)."
BARE = "A cron expression must be inside cron(...)."
SIX = "A cron expression has six fields (minutes hours day-of-month month day-of-week year), but this one has"
BOTH = "day-of-month and day-of-week cannot both be set: one of them must be ?."
RATE = "A rate is a positive integer, a space, and minutes, hours or days, such as rate(6 hours)."
AT = "The time must have the format yyyy-mm-ddThh:mm:ss."
NONE = "Must be rate(...), cron(...) or at(...), in lowercase."

REFUSED = [
    # text, position of the caret, message
    ("0 3 * * 0", 0, f"{BARE} Write cron(0 3 ? * SUN *)."),
    ("0 3 * * *", 0, f"{BARE} Write cron(0 3 * * ? *)."),
    ("*/5 * * * *", 0, f"{BARE} Write cron(*/5 * * * ? *)."),
    ("0 3 1 * *", 0, f"{BARE} Write cron(0 3 1 * ? *)."),
    ("0 3 1 * MON", 0, f"{BARE} Unix cron runs on either day. Use one schedule for each."),
    ("0 3 * * 1-5", 0, f"{BARE} Write cron(0 3 ? * MON-FRI *)."),
    ("0 3 * * 7", 0, f"{BARE} Write cron(0 3 ? * SUN *)."),
    ("0 3 * * 5-7", 0, f"{BARE} Write cron(0 3 ? * SUN,FRI,SAT *)."),
    ("0 3 * * 6,0", 0, f"{BARE} Write cron(0 3 ? * SUN,SAT *)."),
    ("0 3 * * sun", 0, f"{BARE} Write cron(0 3 ? * SUN *)."),
    ("0 0 3 * * *", 0, f"{BARE} Write cron(0 3 * * ? *)."),
    ("0 3 * * ? *", 0, f"{BARE} Write cron(0 3 * * ? *)."),
    ("cron(0 3 * * *)", 5, f"{SIX} 5. Write cron(0 3 * * ? *)."),
    ("cron(0 3 * * 1-5)", 5, f"{SIX} 5. Write cron(0 3 ? * MON-FRI *)."),
    ("cron(0 0 3 * * ? *)", 5, f"{SIX} 7. There is no field for seconds."),
    ("cron(0 3 1 * MON *)", 9, f"{BOTH} Write ? for the one that does not matter."),
    ("cron(0 3 * * * *)", 9, f"{BOTH} Write cron(0 3 * * ? *)."),
    ("cron(0 3 * * MON *)", 9, f"{BOTH} Write cron(0 3 ? * MON *)."),
    ("cron(0 3 1 * * *)", 9, f"{BOTH} Write cron(0 3 1 * ? *)."),
    ("cron(0 3 * * 0 *)", 9, f"{BOTH} Write cron(0 3 ? * SUN *)."),
    ("cron(0 3 ? * ? *)", 13, "Only one of day-of-month and day-of-week can be ?."),
    ("cron(0 3 ? * 0 *)", 13, f"{WEEKDAYS} Sunday is 1 or SUN, Monday is 2 or MON."),
    ("cron(0 3 ? * 0-4 *)", 13, f"{WEEKDAYS} Sunday is 1 or SUN, Monday is 2 or MON."),
    ("cron(0 3 ? * 8 *)", 13, WEEKDAYS),
    ("cron(0 3 ? * fri *)", 13, f"{WEEKDAYS} Write FRI."),
    ("cron(0 3 ? * FRIDAY *)", 13, f"{WEEKDAYS} Write FRI."),
    (
        "cron(0 3 ? * FRI-MON *)",
        13,
        "AWS does not document ranges that run backward, such as FRI-MON. Write FRI-SAT,SUN-MON.",
    ),
    ("cron(0 3 ? * 6-2 *)", 13, "AWS does not document ranges that run backward, such as 6-2. Write 6-7,1-2."),
    ("cron(0 20-2 ? * MON-FRI *)", 7, "AWS does not document ranges that run backward, such as 20-2. Write 20-23,0-2."),
    (
        "cron(0 20-2/2 ? * MON-FRI *)",
        7,
        "AWS does not document ranges that run backward, such as 20-2. Write two ranges.",
    ),
    ("cron(0 3 ? * MON/2 *)", 13, "day-of-week does not support steps (/). List the days, such as MON,WED,FRI."),
    ("cron(0 3 ? * 3#1,6#3 *)", 13, "day-of-week accepts only one # expression, without other values."),
    ("cron(0 3 ? * 3#6 *)", 13, "The number after # must be 1 to 5: the first to the fifth such day of the month."),
    ("cron(0 3 ? * 3#0 *)", 13, "The number after # must be 1 to 5: the first to the fifth such day of the month."),
    ("cron(0 3 ? * FRI#L *)", 13, f"{WEEKDAYS} Write FRIL for the last such day of the month."),
    ("cron(0 3 ? * #2 *)", 13, WEEKDAYS),
    ("cron(0 3 0 * ? *)", 9, DAYS),
    ("cron(0 3 32 * ? *)", 9, DAYS),
    ("cron(0 3 32W * ? *)", 9, "day-of-month can be 1 to 31."),
    ("cron(0 3 W * ? *)", 9, DAYS),
    ("cron(0 3 LW * ? *)", 9, f"{DAYS} Write L for the last day of the month."),
    ("cron(0 3 L-3 * ? *)", 9, f"{DAYS} Write L for the last day of the month."),
    ("cron(0 3 3L * ? *)", 9, DAYS),
    ("cron(0 3 1#2 * ? *)", 9, DAYS),
    ("cron(60 3 * * ? *)", 5, MINUTES),
    ("cron(-1 3 * * ? *)", 5, MINUTES),
    ("cron(0/0 3 * * ? *)", 7, "The step of minutes must be 1 to 59."),
    ("cron(0/60 3 * * ? *)", 7, "The step of minutes must be 1 to 59."),
    ("cron(0/ 3 * * ? *)", 7, "The step of minutes must be 1 to 59."),
    ("cron(/5 3 * * ? *)", 5, MINUTES),
    ("cron(0,,5 3 * * ? *)", 7, MINUTES),
    ("cron(0,5, 3 * * ? *)", 9, MINUTES),
    ("cron(1-2-3 3 * * ? *)", 5, MINUTES),
    ("cron(0- 3 * * ? *)", 5, MINUTES),
    ("cron(0.5 3 * * ? *)", 5, MINUTES),
    ("cron(? 3 * * ? *)", 5, "minutes cannot be ?. Use 0 to 59 or *."),
    ("cron(0 24 * * ? *)", 7, HOURS),
    ("cron(0 3am * * ? *)", 7, HOURS),
    ("cron(H 3 * * ? *)", 5, MINUTES),
    ("cron(0 3 * 13 ? *)", 11, MONTHS),
    ("cron(0 3 * 0 ? *)", 11, MONTHS),
    ("cron(0 3 * jan ? *)", 11, f"{MONTHS} Write JAN."),
    ("cron(0 3 * JANUARY ? *)", 11, f"{MONTHS} Write JAN."),
    ("cron(0 3 * L ? *)", 11, MONTHS),
    ("cron(0 3 * ? ? *)", 11, "month cannot be ?. Use 1 to 12, JAN to DEC or *."),
    ("cron(0 3 * * ? 1969)", 15, YEARS),
    ("cron(0 3 * * ? 2200)", 15, YEARS),
    ("cron(0 3 * * ? 26)", 15, YEARS),
    ("cron(0 3 * * ? ?)", 15, "year cannot be ?. Use 1970 to 2199 or *."),
    ("cron()", 5, f"{SIX} 0."),
    ("cron(0 3 * * ? *", 16, "The closing parenthesis is missing. Add )."),
    ("CRON(0 3 * * ? *)", 0, NONE),
    ("rate(0 hours)", 5, "A rate must be at least 1."),
    ("rate(-1 hours)", 5, RATE),
    ("rate(1.5 hours)", 5, RATE),
    ("rate(30 seconds)", 5, f"{RATE} The shortest interval is 1 minute."),
    ("rate(5)", 5, RATE),
    ("rate(hour)", 5, RATE),
    ("rate(5m)", 5, f"{RATE} Write rate(5 minutes)."),
    ("rate(1  hour)", 5, f"{RATE} Write rate(1 hours)."),
    ("rate(2 weeks)", 5, f"{RATE} Write rate(14 days)."),
    ("rate(1 month)", 5, f"{RATE} Months and years vary in length. Use cron(...)."),
    ("rate(5 Minutes)", 5, f"{RATE} Write rate(5 minutes)."),
    ("rate(one hour)", 5, RATE),
    ("rate(1 hour 30 minutes)", 5, RATE),
    ("at(2026-12-24)", 3, f"{AT} Write at(2026-12-24T00:00:00)."),
    ("at(2026-12-24 18:00:00)", 3, f"{AT} Write at(2026-12-24T18:00:00)."),
    ("at(2026-12-24T18:00)", 3, f"{AT} Write at(2026-12-24T18:00:00)."),
    ("at(2026-12-24T18:00:00Z)", 3, f"{AT} Write at(2026-12-24T18:00:00), and set timezone."),
    ("at(2026-12-24T18:00:00+01:00)", 3, f"{AT} Write at(2026-12-24T18:00:00), and set timezone."),
    ("at(2026-12-24T18:00:00.5)", 3, f"{AT} Write at(2026-12-24T18:00:00)."),
    ("at(2026-02-30T18:00:00)", 3, "The time does not exist: day is out of range for month."),
    ("at(2026-12-24T24:00:00)", 3, "The time does not exist: hour must be in 0..23."),
    ("at(tomorrow)", 3, AT),
    ("@daily", 0, "AWS does not support @daily. Write cron(0 0 * * ? *)."),
    ("@hourly", 0, "AWS does not support @hourly. Write cron(0 * * * ? *)."),
    ("@reboot", 0, "AWS does not support @reboot."),
    ("@every 5m", 0, "AWS does not support @every 5m. Write rate(5 minutes)."),
    ("TZ=Europe/Berlin 0 3 * * *", 0, "The time zone is not part of the expression. Set timezone instead."),
    ("CRON_TZ=Europe/Berlin 0 3 * * *", 0, "The time zone is not part of the expression. Set timezone instead."),
    (" rate(1 hour)", 0, "The expression has white space around it. Write rate(1 hour)."),
    ("every day", 0, NONE),
    ("", 0, NONE),
    ("5 minutes", 0, NONE),
    ("cron(" + "0" * 300 + ")", 256, "The expression has 306 characters. AWS accepts at most 256."),
]


@pytest.mark.parametrize(("text", "column", "message"), REFUSED, ids=[text[:30] for text, _, _ in REFUSED])
def test_the_message_says_what_to_write_instead(text: str, column: int, message: str):
    with pytest.raises(ExpressionError) as error:
        parse(text)
    assert error.value.message == message
    assert error.value.start == column
    assert str(error.value).splitlines()[-1].index("^") == column + 2


@pytest.mark.parametrize("message", [message for _, _, message in REFUSED if "Write " in message])
def test_suggestions_are_valid(message: str):
    for offered in re.findall(r"Write ((?:cron|rate|at)\([^.)]+\))", message):
        parse(offered)
