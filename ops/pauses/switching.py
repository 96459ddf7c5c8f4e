"""Pauses and resumes schedules in AWS."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

from components.schedules import WITHOUT_TIMES, At

from ..aws import errors
from ..aws.deployment import Deployment, tags_of
from ..aws.parallel import call_in_parallel
from ..aws.schedule_states import change_state
from ..aws.schedules import (
    Listed,
    NoScheduleError,
    Schedule,
    catch_up_name,
    get_schedule,
    list_schedules,
    schedule_of,
    schedules_of,
    understood,
)
from ..errors import OpsError
from ..runs.home import home_without_schedule
from .catching_up import CatchUpRun, before_pause, cancel_catch_ups, next_start, set_catch_ups, times_to_catch_up
from .deferral import deferred_start, is_affected, is_deferred, restored_start
from .record import ALL, Pause, Record, changes, read_record

if TYPE_CHECKING:
    from mypy_boto3_scheduler import EventBridgeSchedulerClient

_DONE, _ALREADY, _MISSED, _OVER, _STAYS, _UNAFFECTED = "done", "already", "missed", "over", "stays", "unaffected"
"""The results of switching a schedule."""


@dataclass(slots=True)
class SwitchResult:
    """The results of pausing or resuming: names of schedules."""

    done: list[str] = field(default_factory=list[str])
    failed: dict[str, str] = field(default_factory=dict[str, str])
    """Schedules that could not be switched, with the error."""
    missed: list[str] = field(default_factory=list[str])
    """One-time schedules whose time passed during the pause. AWS may run them at once when they are enabled."""
    over: list[str] = field(default_factory=list[str])
    """One-time schedules whose time passed before the pause, or is caught up. Enabled, they could run a second time."""
    stays: list[str] = field(default_factory=list[str])
    """Paused schedules that somebody has to resume, although the pause has an end: no start date can defer them."""
    unaffected: list[str] = field(default_factory=list[str])
    """Schedules without a run before the end of the pause, which stay as they are."""
    left: list[str] = field(default_factory=list[str])
    """Schedules that stay paused on purpose: not paused by hand, or with their own pause."""
    changed: list[str] = field(default_factory=list[str])
    """Those of `left` that were changed after they were paused by hand."""
    others: dict[str, Pause] = field(default_factory=dict[str, Pause])
    """Pauses that continue: of single tasks, or of all tasks."""
    catch_ups: list[CatchUpRun] = field(default_factory=list[CatchUpRun])
    """The runs that catch up scheduled times of the pause."""
    recorded: bool = False
    """Whether a pause was recorded."""
    unrecorded: str = ""
    """Why the record isn't up to date. Empty if it is."""

    @property
    def complete(self) -> bool:
        """Whether everything was switched."""
        return not self.failed and not self.missed and not self.unrecorded

    def as_data(self) -> dict[str, object]:
        """Return the JSON output of both commands, without `done`, which has another key in each."""
        failed = [{"schedule": name, "why": why} for name, why in self.failed.items()]
        catch_ups = [run.as_data() for run in self.catch_ups]
        return {
            "failed": failed,
            "missed": self.missed,
            "over": self.over,
            "left": self.left,
            "catchUps": catch_ups,
        }


def pause(
    deployment: Deployment, task: str, by: Pause, tell: Callable[[str], None], *, catch_up: bool = True
) -> SwitchResult:
    """Pause the schedules of a task, or of all tasks, and record it.

    The pause is recorded even if another pause already covers all the schedules, because the other may end earlier. The
    record comes first: after an interruption, everything can be paused again, and what was paused can be resumed.

    A pause with an end defers schedules instead of disabling them: see `deferral`.

    Args:
        deployment: The deployment.
        task: Name of the task, or `ALL`.
        by: The pause to record.
        tell: Receives messages for the user.
        catch_up: Whether skipped times of tasks with `catchUp` run at the end of the pause, if it has one.

    Raises OpsError and boto3's errors before anything is paused.
    """
    schedules, record, now = _schedules(deployment, task), read_record(deployment.tags), by.at or datetime.now(UTC)
    _refuse_if_after(deployment, task, schedules)
    if earlier := record.continued_by(task, schedules, now):
        by = replace(by, since=earlier.since or earlier.when)
    enabled = [each.name for each in schedules if each.enabled]
    pauses = {each.name: record.pause_of(each.name, each.modified) for each in schedules}
    by_hand = {name for name, pause in pauses.items() if pause}
    before = [each.name for each in schedules if not each.enabled and each.name not in by_hand]
    result = SwitchResult()

    def save(paused: Iterable[str]) -> None:
        def with_pause(current: Record) -> Record:
            over = current.outdated(current.pauses if task == ALL else [task], schedules, now)
            rest = current.without(over, [each.name for each in schedules])
            return rest.with_pause(task, by, paused, [name for name in before if name not in paused])

        _update_record(deployment, with_pause)
        result.recorded = True

    known = task in record.pauses and not record.outdated([task], schedules, now)
    if enabled or (by_hand and (not known or record.pauses[task].until != by.until)):
        save(enabled)

    def switch(name: str) -> str:
        return _pause(deployment, name, by, result, earlier=pauses[name], now=now, tell=tell, catching_up=catch_up)

    result.left = _switch_each(deployment, [each.name for each in schedules], switch, result)
    # A list can be stale: a schedule that was enabled although the list says otherwise wasn't paused before.
    if late := [name for name in result.done if name in before]:
        _record(result, lambda: save([*enabled, *late]))
    return result


def resume(
    deployment: Deployment,
    task: str,
    now: datetime,
    tell: Callable[[str], None],
    *,
    force: bool,
    catch_up: bool = True,
) -> SwitchResult:
    """Resume the schedules of a task, or of all tasks, that were paused by hand.

    Schedules with their own pause aren't resumed with all tasks. The record is removed last, and stays if a schedule
    could not be resumed.

    Args:
        deployment: The deployment.
        task: Name of the task, or `ALL`.
        now: The current time.
        tell: Receives messages for the user.
        force: Resume all paused schedules, also those that missed their time.
        catch_up: Whether skipped times of tasks with `catchUp` run.
    """
    schedules, record = _schedules(deployment, task), read_record(deployment.tags)
    _refuse_if_after(deployment, task, schedules)
    every = task == ALL and not force
    pauses = {each.name: record.pause_of(each.name, each.modified) for each in schedules}
    own = {each.name for each in schedules if every and record.own_pause(each.name, each.modified)}
    # Not only the disabled ones: the list can be stale, and each schedule is read before it is switched.
    chosen = [
        each.name for each in schedules if each.name not in own and (pauses[each.name] or (force and not each.enabled))
    ]
    left = [each.name for each in schedules if not each.enabled and each.name not in chosen]
    result = SwitchResult(left=_with_times(deployment, left))
    result.changed = [name for name in result.left if record.pause_of(name) and not pauses[name]]

    def switch(name: str) -> str:
        return _resume(deployment, name, pauses[name], result, force=force, now=now, tell=tell, catching_up=catch_up)

    _switch_each(deployment, chosen, switch, result)
    ended = _ended(record, task, schedules, now, force=force)
    result.others = {name: pause for name, pause in record.pauses.items() if name not in ended and ALL in (name, task)}
    if result.complete:
        names = [each.name for each in schedules]
        planned = [name for name in names if name not in own]
        _record(result, lambda: _end(deployment, record, ended, names, planned, result, now))
    return result


def _end(
    deployment: Deployment,
    record: Record,
    tasks: set[str],
    schedules: Sequence[str],
    planned: Sequence[str],
    result: SwitchResult,
    now: datetime,
) -> None:
    """Remove pauses from the record, and what was planned for the ends of those that end early.

    Args:
        deployment: The deployment.
        record: The record.
        tasks: The tasks whose pauses end, or `ALL`.
        schedules: The names of all schedules of these tasks.
        planned: Those that one of the pauses concerns.
        result: The runs that the command has started.
        now: The current time.
    """
    pauses = [record.pauses[task] for task in tasks if task in record.pauses]
    early = [pause.began for pause in pauses if pause.defers(now) and pause.began]
    if early:
        started = {catch_up_name(run.schedule, run.time) for run in result.catch_ups}
        cancel_catch_ups(deployment, planned, since=min(early), keep=started)
    _update_record(deployment, lambda current: current.without(tasks, schedules))


def _refuse_if_after(deployment: Deployment, task: str, schedules: Sequence[Listed]) -> None:
    """Refuse to switch a task that a rule starts after another one: it has no schedule to switch.

    Raises OpsError.
    """
    if task == ALL:
        return
    for each in schedules:
        if not each.enabled and each.supervised and (upstream := get_schedule(deployment, each.name).after):
            raise OpsError(
                f"{task} has no schedule: it starts after each success of {upstream}. Pause {upstream}, or set "
                f"`enabled: false` for {task} in the configuration and run: pulumi up"
            )


def _with_times(deployment: Deployment, names: Sequence[str]) -> list[str]:
    """Return the schedules that have times. One that can't be read counts as such."""

    def on_demand(name: str) -> bool:
        return get_schedule(deployment, name).on_demand

    deployment.client("scheduler")
    read = call_in_parallel(on_demand, names)
    return [name for name, future in read if future.exception() or not future.result()]


def _record(result: SwitchResult, save: Callable[[], None]) -> None:
    """Change the record after schedules were switched. An error must not hide which ones were."""
    try:
        save()
    except Exception as error:
        if (line := errors.explained(error)) is None:
            raise
        result.unrecorded = line


def _ended(record: Record, task: str, schedules: Sequence[Listed], now: datetime, *, force: bool) -> set[str]:
    """Return the tasks whose pauses end with a resume."""
    if task != ALL:
        return {task}
    return set(record.pauses) if force else {ALL, *record.outdated(record.pauses, schedules, now)}


def _schedules(deployment: Deployment, task: str) -> Sequence[Listed]:
    if task == ALL:
        return list_schedules(deployment)
    try:
        return schedules_of(deployment, task)
    except NoScheduleError:
        if home_without_schedule(deployment, task) is None:
            raise
        raise OpsError(f"{task} has no schedule any more, so there is nothing to pause or resume.") from None


def _update_record(deployment: Deployment, change: Callable[[Record], Record]) -> None:
    """Change the current record. Somebody else may have changed it since it was read."""
    scheduler, tags = deployment.client("scheduler"), tags_of(deployment.aws, deployment.arn)
    put, remove = changes(tags, change(read_record(tags)))
    if put:
        scheduler.tag_resource(
            ResourceArn=deployment.arn, Tags=[{"Key": key, "Value": value} for key, value in put.items()]
        )
    if remove:
        scheduler.untag_resource(ResourceArn=deployment.arn, TagKeys=remove)


def _switch_each(
    deployment: Deployment, names: Iterable[str], switch: Callable[[str], str], result: SwitchResult
) -> list[str]:
    """Switch schedules and add to the result. Returns those that were in the wanted state already."""
    # Threads that create the same client at the same time would get in each other's way.
    deployment.client("scheduler")
    by_result = {
        _DONE: result.done,
        _MISSED: result.missed,
        _OVER: result.over,
        _STAYS: result.stays,
        _UNAFFECTED: result.unaffected,
        _ALREADY: list[str](),
    }
    for name, future in call_in_parallel(switch, names):
        try:
            by_result[future.result()].append(name)
        except Exception as error:
            if (line := errors.explained(error)) is None:
                raise
            result.failed[name] = line
    return by_result[_ALREADY]


def _pause(
    deployment: Deployment,
    name: str,
    by: Pause,
    result: SwitchResult,
    *,
    earlier: Pause | None,
    now: datetime,
    tell: Callable[[str], None],
    catching_up: bool,
) -> str:
    """Disable a schedule, or defer it to the end of the pause.

    Args:
        deployment: The deployment.
        name: Name of the schedule.
        by: The pause.
        result: Gets the runs that catch up its times.
        earlier: The pause that it already has.
        now: The current time.
        tell: Receives messages for the user.
        catching_up: Whether skipped times run at the end of the pause.
    """
    scheduler = deployment.client("scheduler")
    current = _settings(scheduler, deployment.name, name)
    if current["ScheduleExpression"] in WITHOUT_TIMES:
        return _ALREADY
    if current["State"] != "ENABLED" and (by.ends is None or earlier is None):
        return _ALREADY
    # Without the start of the earlier pause, the schedule is as it was before both.
    moved = earlier is not None and is_deferred(current, earlier.ends, now)
    if moved:
        current["StartDate"] = restored_start(current, now)
    since = (by.began if earlier else by.at) or now
    before = before_pause(schedule_of(current, deployment.names.state_machine_prefix), since, moved=moved)
    times = times_to_catch_up(before, since, by.ends) if catching_up and by.ends else []
    if by.ends is None:
        change_state(scheduler, current, enabled=False, tell=tell)
        state = _DONE
    else:
        state = _defer(scheduler, current, by.ends, now, tell)
    if state == _STAYS and not isinstance(understood(before.expression), At):
        # Somebody has to resume it, which catches up its times.
        times = []
    if before.catch_up and (times or moved) and state in (_DONE, _STAYS):
        result.catch_ups += set_catch_ups(deployment, before, times, since=since, first=by.ends or now)
    return _DONE if times and state == _STAYS else state


def _settings(scheduler: "EventBridgeSchedulerClient", group: str, name: str) -> dict[str, Any]:
    """The settings of a schedule, which may be changed. A member that AWS leaves out is still an error of its own."""
    return cast("dict[str, Any]", scheduler.get_schedule(GroupName=group, Name=name))


def _defer(
    scheduler: "EventBridgeSchedulerClient",
    current: dict[str, Any],
    until: datetime,
    now: datetime,
    tell: Callable[[str], None],
) -> str:
    """Pause a schedule until a time. If no start date can do that, disable it."""
    enabled = current["State"] == "ENABLED"
    if not is_affected(current, until, now):
        return _UNAFFECTED if enabled else _ALREADY
    start = deferred_start(current, until, now)
    if start is not None:
        deferred = copy(current)
        deferred["StartDate"] = start
        change_state(scheduler, deferred, enabled=True, tell=tell)
        return _DONE
    if enabled:
        change_state(scheduler, current, enabled=False, tell=tell)
    return _STAYS


def _resume(
    deployment: Deployment,
    name: str,
    pause: Pause | None,
    result: SwitchResult,
    *,
    force: bool,
    now: datetime,
    tell: Callable[[str], None],
    catching_up: bool,
) -> str:
    """Enable a schedule, or let a deferred one start again, and catch up what its pause skipped. Without `force`, a
    one-time schedule whose time has passed isn't enabled."""
    scheduler = deployment.client("scheduler")
    current = _settings(scheduler, deployment.name, name)
    deferred = pause is not None and is_deferred(current, pause.ends, now)
    # A task without a schedule has nothing to resume.
    if (current["State"] == "ENABLED" and not deferred) or current["ScheduleExpression"] in WITHOUT_TIMES:
        return _ALREADY
    passed = _passed(current, pause, now) if pause and not force else None
    found = schedule_of(current, deployment.names.state_machine_prefix)
    if pause and found.catch_up and passed != _OVER:
        if passed and pause.has_ended(now):
            # Its run was planned for the end of the pause.
            return _OVER
        # A one-time schedule that is enabled after its time runs by itself.
        catching_up = catching_up and not (force and isinstance(understood(found.expression), At))
        if _catch_up(deployment, found, pause, result, now=now, moved=deferred, wanted=catching_up) and passed:
            return _OVER
    if passed:
        return passed
    if deferred:
        current["StartDate"] = restored_start(current, now)
    change_state(scheduler, current, enabled=True, tell=tell)
    return _DONE


def _catch_up(
    deployment: Deployment,
    schedule: Schedule,
    pause: Pause,
    result: SwitchResult,
    *,
    now: datetime,
    moved: bool,
    wanted: bool,
) -> bool:
    """Start what a pause skipped until now. Tell if there is anything."""
    since = pause.began or now
    before = before_pause(schedule, since, moved=moved)
    times = times_to_catch_up(before, since, now) if wanted else []
    if times:
        result.catch_ups += set_catch_ups(deployment, before, times, since=since, first=next_start(now))
    return bool(times)


def _passed(current: Mapping[str, Any], pause: Pause, now: datetime) -> str | None:
    """Tell if the time of a one-time schedule passed during the pause or before it."""
    expression = understood(current["ScheduleExpression"])
    if not isinstance(expression, At):
        return None
    time = expression.at.replace(tzinfo=ZoneInfo(current.get("ScheduleExpressionTimezone") or "UTC"))
    window = timedelta(minutes=current["FlexibleTimeWindow"].get("MaximumWindowInMinutes") or 0)
    if pause.at and time <= pause.at - window:
        return _OVER
    return _MISSED if time <= now else None
