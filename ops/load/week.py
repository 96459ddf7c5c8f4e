"""The launches of a week and everything that follows from them: throttled launches, overloads, and better windows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

from components.schedules import durations

from .launches import Demand, DueTime, Following, Launch, due_times, followings, launches
from .limits import LIMITS, Limit
from .overloads import Overload, find_overloads, suggested_windows
from .run_sizes import VCPU_QUOTAS
from .throttling import Throttled, peak_usage, throttled, throttled_launches
from .vcpus import VcpuPeak, vcpu_peak


@dataclass(frozen=True)
class LoadedWeek:
    """The launches of the week from `begin`, in UTC."""

    begin: datetime
    due: Sequence[DueTime]
    following: Sequence[Following] = ()
    """The tasks that start after others, whose launches have no known time."""

    @cached_property
    def launches(self) -> list[Launch]:
        """All launches in chronological order with the current windows, including some before and after the week."""
        return launches(self.due, {})

    @property
    def count(self) -> int:
        """The number of launches in the week."""
        return sum(launch.in_week for launch in self.launches)

    @cached_property
    def throttled(self) -> list[Throttled]:
        """The throttled launches with the current windows."""
        return throttled(self.launches)

    @cached_property
    def overloads(self) -> list[Overload]:
        """The overloads with the current windows, the worst first."""
        return find_overloads(self.launches, self.throttled, {})

    @cached_property
    def windows(self) -> dict[Demand, timedelta]:
        """The schedules that need a longer flexible window, and its length.

        These are the schedules of the overloads, and those that exceed a limit after the overloads are spread.
        """
        return suggested_windows(self.due)

    @cached_property
    def throttled_with_windows(self) -> list[Throttled]:
        """The launches that are still throttled if all of `windows` are configured."""
        return throttled(launches(self.due, self.windows))

    @cached_property
    def vcpu_peaks(self) -> list[VcpuPeak]:
        """The most vCPUs at the same time, for each capacity of Fargate that runs use."""
        return [peak for quota in VCPU_QUOTAS if (peak := vcpu_peak(self.launches, quota))]

    @property
    def tasks_of_unknown_size(self) -> list[tuple[str, str]]:
        """The stacks and names of tasks on Fargate whose vCPUs aren't known."""
        plans = (launch.demand.plan for launch in self.launches if launch.in_week and launch.demand.size.unknown)
        return sorted({(plan.stack, plan.task) for plan in plans})

    def time(self, minute: int) -> datetime:
        """The time of a minute of the week."""
        return self.begin + timedelta(minutes=minute)

    def usage(self, limit: Limit) -> tuple[float, int, float]:
        """The peak usage per second, the number of throttled launches, and the longest wait in seconds."""
        waits = [each.wait for each in self.throttled if each.limit is limit]
        return peak_usage(self.launches, limit), len(waits), max(waits, default=0)

    def as_data(self) -> dict[str, object]:
        """The week as JSON shows it."""
        return {
            "from": self.begin,
            "launches": self.count,
            "throttled": throttled_launches(self.throttled),
            "limits": [
                {"limit": limit.name, "bucket": limit.bucket, "refill": limit.refill}
                | dict(zip(("mostInASecond", "throttled", "longestWaitSeconds"), self.usage(limit), strict=True))
                for limit in LIMITS
            ],
            "crowds": [self._overload_as_data(overload) for overload in self.overloads],
            "windows": [
                _schedule(demand) | {"flexibleWindow": as_flexible_window(window)}
                for demand, window in sorted(self.windows.items(), key=lambda pair: _sort_key(pair[0]))
            ],
            "throttledWithWindows": throttled_launches(self.throttled_with_windows),
            "vcpus": [self._peak_as_data(peak) for peak in self.vcpu_peaks],
            "vcpusUnknown": [{"stack": stack, "task": task} for stack, task in self.tasks_of_unknown_size],
            "withoutTime": [
                {"stack": each.plan.stack, "task": each.plan.task, "after": each.plan.after, "launches": each.launches}
                for each in self.following
            ],
        }

    def _peak_as_data(self, peak: VcpuPeak) -> dict[str, object]:
        return {
            "capacity": peak.quota.capacity,
            "quota": peak.quota.code,
            "mostAtOnce": peak.vcpus,
            "at": self.time(peak.minute),
            "tasks": [{"stack": stack, "task": task, "vcpus": vcpus} for stack, task, vcpus in peak.tasks],
        }

    def _overload_as_data(self, overload: Overload) -> dict[str, object]:
        return {
            "minutes": [self.time(minute) for minute in overload.minutes],
            "throttled": overload.throttled,
            "limit": overload.limit.name,
            "longestWaitSeconds": overload.wait,
            "schedules": [_schedule(demand) for demand in sorted(overload.demands, key=_sort_key)],
        }


def _sort_key(demand: Demand) -> tuple[str, str, str]:
    return demand.plan.stack, demand.plan.task, demand.plan.expression


def _schedule(demand: Demand) -> dict[str, str]:
    return dict(zip(("stack", "task", "expression"), _sort_key(demand), strict=True))


def loaded_week(demands: Sequence[Demand], begin: datetime) -> LoadedWeek:
    """The launches of the week from the minute of `begin`."""
    minute = begin.astimezone(UTC).replace(second=0, microsecond=0)
    return LoadedWeek(minute, due_times(demands, minute), followings(demands, minute))


def as_flexible_window(window: timedelta) -> str:
    """A window as a value of `flexibleWindow`."""
    return durations.in_words(int(window.total_seconds()))
