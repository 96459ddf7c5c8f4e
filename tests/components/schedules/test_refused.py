"""What AWS does not document as valid is refused: where, and with what to write instead."""

import re

import pytest

from components.schedules import ExpressionError, parse

MINUTES = "minutes can be 0 to 59, *, lists with , and ranges with -, steps with /."
HOURS = "hours can be 0 to 23, *, lists with , and ranges with -, steps with /."
DAYS = "day-of-month can be 1 to 31, *, lists with , and ranges with -, steps with /."
MONTHS = "month can be 1 to 12 or JAN to DEC, *, lists with , and ranges with -, steps with /."
WEEKDAYS = "day-of-week can be 1 to 7 or SUN to SAT, *, lists with , and ranges with -."
YEARS = "year can be 1970 to 2199, *, lists with , and ranges with -, steps with /."
BARE = "cron expressions stand in cron(...)."
SIX = "cron has six fields (minutes hours day-of-month month day-of-week year); here are"
BOTH = "day-of-month and day-of-week cannot both be set: one of them must be ?."
RATE = "a rate is a positive whole number, a space and minutes, hours or days, such as rate(6 hours)."
AT = "a time is written as yyyy-mm-ddThh:mm:ss."
NONE = "it is none of rate(...), cron(...) and at(...), in small letters."

REFUSED = [
    # text, where the caret begins, message
    ("0 3 * * 0", 0, f"{BARE} Write cron(0 3 ? * SUN *)."),
    ("0 3 * * *", 0, f"{BARE} Write cron(0 3 * * ? *)."),
    ("*/5 * * * *", 0, f"{BARE} Write cron(*/5 * * * ? *)."),
    ("0 3 1 * *", 0, f"{BARE} Write cron(0 3 1 * ? *)."),
    ("0 3 1 * MON", 0, f"{BARE} Unix cron runs on either day; write one schedule for each."),
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
    ("cron(0 3 ? * ? *)", 13, "only one of day-of-month and day-of-week can be ?."),
    ("cron(0 3 ? * 0 *)", 13, f"{WEEKDAYS} Sunday is 1 (or SUN), Monday 2."),
    ("cron(0 3 ? * 0-4 *)", 13, f"{WEEKDAYS} Sunday is 1 (or SUN), Monday 2."),
    ("cron(0 3 ? * 8 *)", 13, WEEKDAYS),
    ("cron(0 3 ? * fri *)", 13, f"{WEEKDAYS} Write FRI."),
    ("cron(0 3 ? * FRIDAY *)", 13, f"{WEEKDAYS} Write FRI."),
    ("cron(0 3 ? * FRI-MON *)", 13, "FRI-MON runs backwards, which is not documented to work. Write FRI-SAT,SUN-MON."),
    ("cron(0 3 ? * 6-2 *)", 13, "6-2 runs backwards, which is not documented to work. Write 6-7,1-2."),
    ("cron(0 20-2 ? * MON-FRI *)", 7, "20-2 runs backwards, which is not documented to work. Write 20-23,0-2."),
    ("cron(0 20-2/2 ? * MON-FRI *)", 7, "20-2 runs backwards, which is not documented to work. Write two ranges."),
    ("cron(0 3 ? * MON/2 *)", 13, "day-of-week has no steps (/): name the days, such as MON,WED,FRI."),
    ("cron(0 3 ? * 3#1,6#3 *)", 13, "day-of-week takes only one # expression, and nothing beside it."),
    ("cron(0 3 ? * 3#6 *)", 13, "# is followed by 1 to 5: the first to the fifth of the month."),
    ("cron(0 3 ? * 3#0 *)", 13, "# is followed by 1 to 5: the first to the fifth of the month."),
    ("cron(0 3 ? * FRI#L *)", 13, f"{WEEKDAYS} The last of the month is FRIL."),
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
    ("cron(0/0 3 * * ? *)", 7, "a step of minutes is 1 to 59."),
    ("cron(0/60 3 * * ? *)", 7, "a step of minutes is 1 to 59."),
    ("cron(0/ 3 * * ? *)", 7, "a step of minutes is 1 to 59."),
    ("cron(/5 3 * * ? *)", 5, MINUTES),
    ("cron(0,,5 3 * * ? *)", 7, MINUTES),
    ("cron(0,5, 3 * * ? *)", 9, MINUTES),
    ("cron(1-2-3 3 * * ? *)", 5, MINUTES),
    ("cron(0- 3 * * ? *)", 5, MINUTES),
    ("cron(0.5 3 * * ? *)", 5, MINUTES),
    ("cron(? 3 * * ? *)", 5, "minutes cannot be ?; it can be 0 to 59 or *."),
    ("cron(0 24 * * ? *)", 7, HOURS),
    ("cron(0 3am * * ? *)", 7, HOURS),
    ("cron(H 3 * * ? *)", 5, MINUTES),
    ("cron(0 3 * 13 ? *)", 11, MONTHS),
    ("cron(0 3 * 0 ? *)", 11, MONTHS),
    ("cron(0 3 * jan ? *)", 11, f"{MONTHS} Write JAN."),
    ("cron(0 3 * JANUARY ? *)", 11, f"{MONTHS} Write JAN."),
    ("cron(0 3 * L ? *)", 11, MONTHS),
    ("cron(0 3 * ? ? *)", 11, "month cannot be ?; it can be 1 to 12 or JAN to DEC or *."),
    ("cron(0 3 * * ? 1969)", 15, YEARS),
    ("cron(0 3 * * ? 2200)", 15, YEARS),
    ("cron(0 3 * * ? 26)", 15, YEARS),
    ("cron(0 3 * * ? ?)", 15, "year cannot be ?; it can be 1970 to 2199 or *."),
    ("cron()", 5, f"{SIX} 0."),
    ("cron(0 3 * * ? *", 16, "it ends without its closing parenthesis. Write )."),
    ("CRON(0 3 * * ? *)", 0, NONE),
    ("rate(0 hours)", 5, "a rate is at least 1."),
    ("rate(-1 hours)", 5, RATE),
    ("rate(1.5 hours)", 5, RATE),
    ("rate(30 seconds)", 5, f"{RATE} Runs are at least a minute apart."),
    ("rate(5)", 5, RATE),
    ("rate(hour)", 5, RATE),
    ("rate(5m)", 5, f"{RATE} Write rate(5 minutes)."),
    ("rate(1  hour)", 5, f"{RATE} Write rate(1 hours)."),
    ("rate(2 weeks)", 5, f"{RATE} Write rate(14 days)."),
    ("rate(1 month)", 5, f"{RATE} Months and years differ in length: write cron(...)."),
    ("rate(5 Minutes)", 5, f"{RATE} Write rate(5 minutes)."),
    ("rate(one hour)", 5, RATE),
    ("rate(1 hour 30 minutes)", 5, RATE),
    ("at(2026-12-24)", 3, f"{AT} Write at(2026-12-24T00:00:00)."),
    ("at(2026-12-24 18:00:00)", 3, f"{AT} Write at(2026-12-24T18:00:00)."),
    ("at(2026-12-24T18:00)", 3, f"{AT} Write at(2026-12-24T18:00:00)."),
    ("at(2026-12-24T18:00:00Z)", 3, f"{AT} Write at(2026-12-24T18:00:00), and the zone under timezone."),
    ("at(2026-12-24T18:00:00+01:00)", 3, f"{AT} Write at(2026-12-24T18:00:00), and the zone under timezone."),
    ("at(2026-12-24T18:00:00.5)", 3, f"{AT} Write at(2026-12-24T18:00:00)."),
    ("at(2026-02-30T18:00:00)", 3, "there is no such time: day is out of range for month."),
    ("at(2026-12-24T24:00:00)", 3, "there is no such time: hour must be in 0..23."),
    ("at(tomorrow)", 3, AT),
    ("@daily", 0, "@daily is not known to AWS. Write cron(0 0 * * ? *)."),
    ("@hourly", 0, "@hourly is not known to AWS. Write cron(0 * * * ? *)."),
    ("@reboot", 0, "@reboot is not known to AWS."),
    ("@every 5m", 0, "@every 5m is not known to AWS. Write rate(5 minutes)."),
    ("TZ=Europe/Berlin 0 3 * * *", 0, "a time zone is no part of the expression. Write it under timezone."),
    ("CRON_TZ=Europe/Berlin 0 3 * * *", 0, "a time zone is no part of the expression. Write it under timezone."),
    (" rate(1 hour)", 0, "it has white space around it. Write rate(1 hour)."),
    ("every day", 0, NONE),
    ("", 0, NONE),
    ("5 minutes", 0, NONE),
    ("cron(" + "0" * 300 + ")", 256, "it has 306 characters; AWS takes at most 256."),
]


@pytest.mark.parametrize(("text", "column", "message"), REFUSED, ids=[text[:30] for text, _, _ in REFUSED])
def test_it_is_refused_with_a_way_out(text: str, column: int, message: str):
    with pytest.raises(ExpressionError) as error:
        parse(text)
    assert error.value.message == message
    assert error.value.start == column
    assert str(error.value).splitlines()[-1].index("^") == column + 2


@pytest.mark.parametrize("message", [message for _, _, message in REFUSED if "Write " in message])
def test_what_is_offered_instead_is_accepted(message: str):
    for offered in re.findall(r"Write ((?:cron|rate|at)\([^.)]+\))", message):
        parse(offered)
