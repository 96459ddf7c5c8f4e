"""The places where moto hands over to the live sandbox. Without one, moto behaves as before."""

import threading
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Protocol

from moto.core import errors
from moto.core.responses import ActionResult
from moto.ecs.exceptions import ECSException
from moto.ecs.models import EC2ContainerServiceBackend
from moto.ecs.responses import EC2ContainerServiceResponse
from moto.events.models import events_backends
from moto.logs.models import LogsBackend
from moto.moto_api import state_manager
from moto.sns.models import Topic

from components.supervised.settings import SUPERVISED_GROUP
from ops.simulation.executor import Refusal

from .. import moto_events
from ..moto_api_destinations import receiver
from ..quotas import NO_VCPUS
from ..rule_deliveries import Delivery, DeliveryError
from .execution_hooks import LiveExecutions, hook_executions
from .lifecycle import MODEL


class Live(LiveExecutions, Protocol):
    """The live sandbox, as moto sees it."""

    @property
    def on(self) -> bool:
        """Whether new runs live. Runs that have begun continue in any case."""
        ...

    def refusal(self, task: str) -> Refusal | None:
        """The fault of a launch of a task; None if it is launched."""
        ...

    def launched(self, tasks: Sequence[Any]) -> int:
        """RunTask made these tasks. Returns how many of them start within the account's quota, from the first on."""
        ...

    def stop(self, task: Any, reason: str) -> None:
        """StopTask was called for a live task."""
        ...

    def published(self, topic: Any, subject: str | None, message: str) -> None:
        """A message was published to an SNS topic."""
        ...

    def delivered(self, delivery: Delivery) -> None:
        """An event matched a rule, and one of its targets gets it now."""
        ...

    def requested(self, destination: Any, message: str) -> None:
        """A message was sent to an API destination, and there is no receiver on this machine."""
        ...

    def logged(self, filters: Sequence[Mapping[str, Any]], events: Sequence[Mapping[str, Any]]) -> None:
        """Events were written to a log group with these metric filters."""
        ...


_attached: list[Live] = []


def attach(live: Live) -> None:
    """Hand over to a live sandbox, from now on. There is at most one per process."""
    _hook()
    _attached[:] = [live]


def detach() -> None:
    """Hand over no longer."""
    _attached.clear()


def _on() -> Live | None:
    return next((live for live in _attached if live.on), None)


@cache
def _hook() -> None:
    """Change moto, once."""
    # AWS: Amazon ECS API reference, "Common Errors". Else, moto warns about an error that the model lacks.
    errors.COMMON_ERROR_CODES.append("ThrottlingException")
    state_manager.set_transition(MODEL, {"progression": "manual", "times": 2**31})
    _hook_run_task()
    _hook_stop_task()
    hook_executions(_on, _attached)
    _hook_messages()
    _hook_rule_targets()
    _hook_destinations()
    _hook_logs()


def _hook_run_task() -> None:
    response: Any = EC2ContainerServiceResponse
    backend: Any = EC2ContainerServiceBackend
    answer, create = response.run_task, backend.run_task
    # Both run in the thread of the request.
    refused = threading.local()

    def run_task(self: Any) -> Any:
        group = str(self._get_param("group") or "").removeprefix(SUPERVISED_GROUP)
        if (live := _on()) and (fault := live.refusal(group)):
            if fault.is_error:
                raise ECSException(fault.code, fault.reason)
            arn = str(self._get_param("cluster", "default"))
            return ActionResult({"tasks": [], "failures": [{"arn": arn, "reason": fault.code, "detail": fault.reason}]})
        refused.number = 0
        found = answer(self)
        # An answer to a known client token has its failures already.
        found.result["failures"] += [{"reason": NO_VCPUS}] * refused.number
        return found

    def created(self: Any, *arguments: Any, **named: Any) -> Any:
        tasks = create(self, *arguments, **named)
        if not (live := _on()):
            return tasks
        started = live.launched(tasks)
        for task in tasks[started:]:
            del self.tasks[task.cluster_name][task.task_arn]
        refused.number = len(tasks) - started
        return tasks[:started]

    response.run_task, backend.run_task = run_task, created


def _hook_stop_task() -> None:
    backend: Any = EC2ContainerServiceBackend
    stop = backend.stop_task

    def stop_task(self: Any, cluster_str: str, task_str: str, reason: str) -> Any:
        wanted = task_str.rsplit("/", 1)[-1]
        tasks = [task for tasks in self.tasks.values() for arn, task in tasks.items() if arn.endswith(wanted)]
        if not _attached or not tasks or tasks[0].model_name != MODEL:
            return stop(self, cluster_str, task_str, reason)
        _attached[0].stop(tasks[0], reason)
        return tasks[0]

    backend.stop_task = stop_task


def _hook_messages() -> None:
    topic: Any = Topic
    publish: Callable[..., str] = topic.publish

    def published(self: Any, message: str, subject: str | None = None, *arguments: Any, **named: Any) -> str:
        sent = publish(self, message, subject, *arguments, **named)
        for live in _attached:
            live.published(self, subject, message)
        return sent

    topic.publish = published


def _hook_rule_targets() -> None:
    deliver = moto_events.deliver

    def delivered(delivery: Delivery) -> None:
        if live := _on():
            live.delivered(delivery)
        else:
            deliver(delivery)

    moto_events.deliver = delivered


def _hook_destinations() -> None:
    invoke = moto_events.invoked

    def invoked(arn: str, message: str) -> DeliveryError | None:
        _, _, _, region, account, resource = arn.split(":")
        backends: Any = events_backends
        for live in _attached if not receiver() else ():
            live.requested(backends[account][region].destinations[resource.split("/")[1]], message)
        return invoke(arn, message)

    moto_events.invoked = invoked


def _hook_logs() -> None:
    backend: Any = LogsBackend
    put = backend.put_log_events

    def put_log_events(self: Any, log_group_name: str, log_stream_name: str, log_events: Any) -> Any:
        answer = put(self, log_group_name, log_stream_name, log_events)
        # moto keeps all versions of a metric filter.
        newest = {it["filterName"]: it for it in self.filters.get_matching_filters(log_group_name=log_group_name)}
        for live in _attached:
            live.logged(list(newest.values()), log_events)
        return answer

    backend.put_log_events = put_log_events
