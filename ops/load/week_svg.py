"""A week of launches as an SVG: one row per day (UTC), one bar per five minutes, red if launches are throttled."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time

from ..svg import BAD, BAR, LIMIT, RULE, SOFT, TEXT, legend, picture, text
from .launches import DAY, WEEK, Launch
from .limits import CALLS
from .week import LoadedWeek

_SECONDS_PER_BAR = 300
_BARS_PER_DAY = int(DAY.total_seconds()) // _SECONDS_PER_BAR
_BAR_WIDTH = 3.5
_ROW, _HIGH = 56, 40
_LEFT, _TOP, _LEGEND, _MARGIN = 96, 86, 48, 24
_RIGHT = _LEFT + _BARS_PER_DAY * _BAR_WIDTH
_HOUR = _BARS_PER_DAY * _BAR_WIDTH / 24
_SHOWN = 5
_LEAST = 3
"""The least height of a bar that is still visible."""


@dataclass(slots=True)
class _Bar:
    """The launches of five minutes."""

    seconds: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    tasks: dict[str, None] = field(default_factory=dict[str, None])
    throttled: bool = False

    def add(self, launch: Launch, *, throttled: bool) -> None:
        self.seconds[launch.second] += 1
        self.tasks[f"{launch.demand.plan.stack}/{launch.demand.plan.task}"] = None
        self.throttled = self.throttled or throttled

    @property
    def peak(self) -> int:
        """The most launches in one second."""
        return max(self.seconds.values())


def week_svg(week: LoadedWeek, title: str) -> str:
    """The chart. The dashed line is the number of RunTask calls per second that Fargate accepts. The tooltip of a bar
    names its tasks."""
    midnight = datetime.combine(week.begin, time(), week.begin.tzinfo)
    bars = _bars(week, midnight)
    days = -(-(week.begin + WEEK - midnight) // DAY)
    height = _TOP + days * _ROW + _MARGIN
    most = max([CALLS.refill, *(bar.peak for bar in bars.values())])
    entries = [
        (BAR, "launches per second, the most in 5 minutes"),
        (BAD, "some are throttled"),
        (LIMIT, f"Fargate's limit of {CALLS.refill} per second"),
    ]
    parts = [
        *legend(_LEGEND, entries, line=True),
        *(
            f'<text x="{_LEFT + _HOUR * hour:g}" y="{_TOP - 12}" {SOFT.fill}>{hour:02}:00</text>'
            for hour in range(0, 24, 3)
        ),
    ]
    line = _HIGH * CALLS.refill / most
    for day in range(days):
        base = _TOP + day * _ROW + _HIGH
        parts += [
            f'<text x="16" y="{base}" {TEXT.fill}>{midnight + day * DAY:%a %d %b}</text>',
            f'<path d="M{_LEFT} {base}H{_RIGHT:g}" {RULE.stroke}/>',
            f'<path d="M{_LEFT} {base - line:.1f}H{_RIGHT:g}" {LIMIT.stroke} stroke-dasharray="3 3"/>',
        ]
    parts += [_rectangle(position, bar, most) for position, bar in sorted(bars.items())]
    return picture(_RIGHT + _MARGIN, height, f"{title}: launches per second, {most} at peak (UTC)", parts)


def _bars(week: LoadedWeek, midnight: datetime) -> Mapping[int, _Bar]:
    """The bars with launches, by their position from midnight on."""
    throttled = {each.launch for each in week.throttled}
    offset = int((week.begin - midnight).total_seconds())
    bars: dict[int, _Bar] = defaultdict(_Bar)
    for launch in week.launches:
        if launch.in_week:
            bars[(offset + launch.second) // _SECONDS_PER_BAR].add(launch, throttled=launch in throttled)
    return bars


def _rectangle(position: int, bar: _Bar, most: int) -> str:
    day, along = divmod(position, _BARS_PER_DAY)
    high = max(_LEAST, _HIGH * bar.peak / most)
    tasks = list(bar.tasks)
    more = f" and {len(tasks) - _SHOWN} more" if len(tasks) > _SHOWN else ""
    return (
        f'<rect x="{_LEFT + along * _BAR_WIDTH:g}" y="{_TOP + day * _ROW + _HIGH - high:.1f}" width="3" '
        f'height="{high:.1f}" {(BAD if bar.throttled else BAR).fill}>'
        f"<title>{bar.peak} per second: {text(', '.join(tasks[:_SHOWN]))}{more}</title></rect>"
    )
