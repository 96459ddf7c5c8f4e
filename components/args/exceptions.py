"""Arguments of the times that a task leaves out."""

from collections.abc import Sequence
from typing import Annotated, Literal

from typing_extensions import TypedDict

from ..exceptions.calendars import calendar_text
from ..exceptions.dates import date_range
from ..exceptions.public_holidays import holiday_code
from ..keys.annotations import Aws, Default, Example, Form, NotEmpty
from .strict import strict

Days = Literal["workdays"]


@strict
class ExceptArgs(TypedDict, total=False):
    """Days and times without runs, in the time zone of each schedule. The task then runs through Step Functions."""

    dates: Annotated[
        Sequence[Annotated[str, Form(date_range)]],
        NotEmpty(),
        Default((), "none"),
        Aws("Condition of a Choice state"),
        Example('dates: ["2026-12-24", "2026-12-27/2027-01-02 Year-end freeze"]'),
    ]
    """Days, or ranges with their first and last day. A reason can follow, of up to 100 characters."""

    holidays: Annotated[
        Sequence[Annotated[str, Form(holiday_code)]],
        NotEmpty(),
        Default((), "none"),
        Aws("Condition of a Choice state"),
        Example("holidays: [DE-BY]"),
    ]
    """Public holidays, by the ISO 3166 codes of countries (`US`) and subdivisions (`US-CA`). They are those of the
    Python package `holidays`."""

    calendars: Annotated[
        Sequence[Annotated[str, Form(calendar_text)]],
        NotEmpty(),
        Default((), "none"),
        Aws("Condition of a Choice state"),
        Example(
            "calendars: "
            '["BEGIN:VCALENDAR\\nBEGIN:VEVENT\\nDTSTART;VALUE=DATE:20261224\\nEND:VEVENT\\nEND:VCALENDAR\\n"]'
        ),
    ]
    """Contents of iCalendar files (.ics), whose events are left out."""
