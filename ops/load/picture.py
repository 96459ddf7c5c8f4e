"""A week of launches as an SVG: a row a day, a bar for five minutes, red where launches are throttled."""

from collections import Counter, defaultdict
from datetime import timedelta
from html import escape

from .launches import WEEK
from .limits import CALLS
from .throttling import MINUTE
from .week import LoadedWeek

_BAR = 5 * MINUTE
_BARS_A_DAY = 24 * 60 * 60 // _BAR
_BAR_WIDTH = 3.5
_ROW, _HIGH = 56, 40
_LEFT, _TOP, _MARGIN = 96, 56, 24
_SHOWN = 5


def week_svg(week: LoadedWeek, title: str) -> str:
    """The picture; the dashed line is what RunTask takes in a second, and a bar's tooltip names its tasks."""
    days = WEEK // timedelta(days=1)
    width, height = _LEFT + _BARS_A_DAY * _BAR_WIDTH + _MARGIN, _TOP + days * _ROW + _MARGIN
    peaks, tasks = _peaks(week)
    red = {each.launch.second // _BAR for each in week.refused}
    most = max([CALLS.refill, *peaks.values()])
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height}" font-size="12">',
        f'<rect width="{width:g}" height="{height}" fill="white"/>',
        f'<text x="16" y="24" font-size="16">{escape(title)}: launches a second, {most} at the most (UTC)</text>',
    ]
    for day in range(days):
        base = _TOP + day * _ROW + _HIGH
        line = base - _HIGH * CALLS.refill / most
        right = _LEFT + _BARS_A_DAY * _BAR_WIDTH
        parts += [
            f'<text x="16" y="{base}" fill="#333">{week.begin + timedelta(days=day):%a %d %b}</text>',
            f'<path d="M{_LEFT} {base}H{right:g}" stroke="#ced4da"/>',
            f'<path d="M{_LEFT} {line:.1f}H{right:g}" stroke="#868e96" stroke-dasharray="3 3"/>',
        ]
    parts += [_hour(week, hour) for hour in range(0, 24, 3)]
    parts += [_bar(bar, peak, most, tasks[bar], throttled=bar in red) for bar, peak in sorted(peaks.items())]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _peaks(week: LoadedWeek) -> tuple[dict[int, int], dict[int, list[str]]]:
    """For each bar that has any: the most launches in a second of it, and its tasks."""
    seconds = Counter(launch.second for launch in week.launches)
    peaks: dict[int, int] = {}
    for second, count in seconds.items():
        peaks[second // _BAR] = max(count, peaks.get(second // _BAR, 0))
    tasks: dict[int, dict[str, None]] = defaultdict(dict)
    for launch in week.launches:
        tasks[launch.second // _BAR][launch.demand.plan.task] = None
    # A window can end after the week.
    end = int(WEEK.total_seconds()) // _BAR
    return {bar: peak for bar, peak in peaks.items() if bar < end}, {bar: list(names) for bar, names in tasks.items()}


def _hour(week: LoadedWeek, hour: int) -> str:
    x = _LEFT + hour * 60 * 60 / _BAR * _BAR_WIDTH
    return f'<text x="{x:g}" y="{_TOP - 12}" fill="#666">{week.begin + timedelta(hours=hour):%H:%M}</text>'


def _bar(bar: int, peak: int, most: int, tasks: list[str], *, throttled: bool) -> str:
    day, place = divmod(bar, _BARS_A_DAY)
    high = max(1, _HIGH * peak / most)
    more = f" and {len(tasks) - _SHOWN} more" if len(tasks) > _SHOWN else ""
    return (
        f'<rect x="{_LEFT + place * _BAR_WIDTH:g}" y="{_TOP + day * _ROW + _HIGH - high:.1f}" width="3" '
        f'height="{high:.1f}" fill="{"#e03131" if throttled else "#1c7ed6"}">'
        f"<title>{peak} a second: {escape(', '.join(tasks[:_SHOWN]))}{more}</title></rect>"
    )
