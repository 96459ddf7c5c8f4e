"""The number of keys in a crontab, counted without the reader that maps them: a referee for completeness. Pure."""

import re

_NAME = re.compile(r"[\"']?[^\s\"'*@]+[\"']?\s*=")
_TIME = re.compile(r"@every\s+\S\s*\S|@[a-z]+\s*\S|(\S+\s+){5}\S", re.DOTALL)


def keys_of(text: str, columns: str) -> int:
    """One per variable, and for each job its time, its command, and its column for the user or the seconds.

    Args:
        text: The file. Each line is a job, a variable, a comment or blank.
        columns: The column of jobs besides: `user`, `seconds`, or another string for none.
    """
    lines = [line.strip() for line in text.splitlines()]
    used = [line for line in lines if line and line[0] != "#"]
    jobs = [line for line in used if not _NAME.match(line) and _TIME.match(line)]
    with_column = {"user": len(jobs), "seconds": sum(line[0] != "@" for line in jobs)}
    return len(used) - len(jobs) + 2 * len(jobs) + with_column.get(columns, 0)
