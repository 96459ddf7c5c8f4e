"""Keywords that EventBridge Scheduler replaces in what it sends to a target.

It replaces them only there, and not in the task definition. `overrides` therefore sends each part of a task that
contains one. AWS: EventBridge Scheduler user guide, "Adding context attributes".
"""

import re
from collections.abc import Sequence
from typing import cast

SCHEDULED_TIME = "<aws.scheduler.scheduled-time>"
"""The scheduled time, which is the same for each delivery."""
KEYWORDS = (
    SCHEDULED_TIME,
    "<aws.scheduler.execution-id>",
    "<aws.scheduler.attempt-number>",
    "<aws.scheduler.schedule-arn>",
)
LONGEST_VALUES = {
    "<aws.scheduler.attempt-number>": "186",
    "<aws.scheduler.schedule-arn>": (
        f"arn:aws-us-gov:scheduler:us-gov-west-1:123456789012:schedule/{'g' * 64}/{'s' * 64}"
    ),
}
"""Values that are as long as they can be. Those of the other keywords are shorter than the keywords."""
_LIKE_A_KEYWORD = re.compile(r"<\s*aws[.]scheduler[.][^<>]*>", re.IGNORECASE)


def like_keywords(text: str) -> list[str]:
    """The keywords in a text, and what looks like one but is not."""
    return _LIKE_A_KEYWORD.findall(text)


def has_keyword(value: object) -> bool:
    """Whether a value contains a keyword: a string, or a list with such a string.

    False for values that other resources produce, which are not known yet.
    """
    if isinstance(value, str):
        return any(keyword in value for keyword in KEYWORDS)
    return isinstance(value, Sequence) and any(map(has_keyword, cast("Sequence[object]", value)))
