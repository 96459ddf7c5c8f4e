"""The live sandbox: all parts on one clock, in the process of the emulator."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from moto.events.models import events_backends

from ops.output import counted
from ops.simulation.clock import Clock
from ops.simulation.executor import REFUSALS, Refusal
from ops.simulation.faults import OfLaunch

from ..calls import Client
from ..errors import SandboxError
from ..quotas import NO_VCPUS, VCPUS
from ..rule_deliveries import Delivery
from .alarms import Alarms
from .events import Event
from .executions import Executions, LiveExecution
from .executors import Executor
from .faults import Faults
from .lifecycle import Lifecycle
from .mailbox import Mail, Mailbox
from .metric_filters import counted as metrics_of
from .metrics import Metrics
from .requests import Fire, Jump, Requests
from .rule_targets import RuleTargets
from .scheduler import Scheduler
from .task_objects import capacity_of, task_name

REQUEST_SECONDS = 0.5
"""How often the clock looks for requests of commands."""


@dataclass(frozen=True, slots=True)
class Place:
    """The folder of a live sandbox, and the account and Region that it emulates."""

    folder: Path
    account: str
    region: str


class LiveSandbox:
    """Fires schedules, leads tasks through their states, and sends what AWS would send.

    Args:
        clock: A virtual clock, or one of real time.
        client: Makes clients of the emulator.
        executor: Executes containers.
        place: The files, the account and the Region.
        is_on: Whether schedules fire, and new runs live.
        say: Gets a line about what happens: the task, or an empty string, and a sentence.
    """

    def __init__(
        self,
        clock: Clock,
        client: Client,
        executor: Executor,
        place: Place,
        *,
        is_on: Callable[[], bool] = lambda: True,
        say: Callable[[str, str], None],
    ):
        self.clock, self.place, self._client, self._is_on, self.say = clock, place, client, is_on, say
        self.faults = Faults(place.folder / "faults.json")
        self.mailbox = Mailbox(place.folder / "mail.jsonl")
        self.requests = Requests(place.folder / "requests")
        self.metrics = Metrics(clock, place.account, place.region)
        self.rule_targets = RuleTargets(clock, self.faults, self.metrics, say)
        self.lifecycle = Lifecycle(clock, client, executor, self.faults, self.publish, say)
        self.scheduler = Scheduler(clock, client, self.faults, self.metrics, say, is_on)
        self.alarms = Alarms(clock, client, self.metrics, self.publish, say, is_on)
        self.executions = Executions(clock, client, self.lifecycle, self.metrics, self.publish, say)

    def begin(self) -> None:
        """Let everything begin on the clock."""
        self.scheduler.begin()
        self.alarms.begin()
        self._look_for_requests()

    def publish(self, event: Event) -> None:
        """Put an event of an AWS service on the default event bus, not by its API: customers may not use its sources.

        AWS: EventBridge API reference, PutEventsRequestEntry, Source.
        """
        entry = {
            "Source": event.source,
            "DetailType": event.detail_type,
            "Detail": json.dumps(event.detail),
            "Resources": list(event.resources),
            "Time": event.time,
        }
        cast("Any", events_backends)[self.place.account][self.place.region].put_events([entry])

    # Calls of moto

    @property
    def on(self) -> bool:
        """Whether schedules fire, and new runs live."""
        return self._is_on()

    def refusal(self, task: str) -> Refusal | None:
        """The fault of a launch of a task; None if it is launched."""
        fault = self.faults.take(task, REFUSALS)
        return REFUSALS[cast("OfLaunch", fault.kind)] if fault else None

    def launched(self, tasks: Sequence[Any]) -> int:
        """RunTask made these tasks. Returns how many of them start within the account's quota."""
        started = self.lifecycle.launched(tasks)
        if missing := len(tasks) - started:
            self.say(
                task_name(tasks[0]),
                f"{counted(missing, 'ECS task')} of {len(tasks)} did not start: {NO_VCPUS}. The quota of "
                f"{capacity_of(tasks[0])} is {VCPUS} vCPUs.",
            )
        return started

    def stop(self, task: Any, reason: str) -> None:
        """StopTask was called for a live task."""
        self.lifecycle.stop(task, reason)

    def start_execution(self, machine: Any, name: str, text: str) -> LiveExecution:
        """StartExecution was called for a state machine."""
        return self.executions.start(machine, name, text)

    def stop_execution(self, execution: LiveExecution, error: str | None, cause: str | None) -> datetime:
        """StopExecution was called for a live execution."""
        return self.executions.stop(execution, error, cause)

    def published(self, topic: Any, subject: str | None, message: str) -> None:
        """A message was published to an SNS topic. It arrives in the mailbox if an email address is subscribed."""
        subscriptions = topic.sns_backend.list_subscriptions_by_topic(topic_arn=topic.arn)[0]
        to = [each.endpoint for each in subscriptions if each.protocol in ("email", "email-json")]
        if to:
            self._mail(topic.name, to, subject or "", message)

    def delivered(self, delivery: Delivery) -> None:
        """An event matched a rule."""
        self.rule_targets.deliver(delivery)

    def requested(self, destination: Any, message: str) -> None:
        """A message was sent to an API destination without a receiver on this machine. It arrives in the mailbox too.

        Only the host is shown: the path of a URL can contain a secret.
        """
        host = str(urlsplit(destination.invocation_endpoint).hostname)
        self._mail(destination.name, [host], f"Request to {host}", message)

    def logged(self, filters: Sequence[Mapping[str, Any]], events: Sequence[Mapping[str, Any]]) -> None:
        """Events were written to a log group with these metric filters, which count them."""
        for event in events if filters else ():
            try:
                for found in metrics_of(filters, event["message"]):
                    self.metrics.put(found.namespace, found.name, found.dimensions, found.value)
            except NotImplementedError as error:
                self.say("", f"A metric filter is not evaluated: {error}.")

    def _mail(self, name: str, to: Sequence[str], subject: str, text: str) -> None:
        time = datetime.fromtimestamp(self.clock.now, UTC).isoformat(timespec="seconds")
        self.mailbox.add(Mail(time, name, to, subject, text))
        self.say("", f"Mail to {', '.join(to)}. To read it, run: python -m sandbox mail")

    # Requests of commands

    def _look_for_requests(self) -> None:
        self.clock.at(self.clock.now + REQUEST_SECONDS, self._look_for_requests)
        found = list(self.requests.take())
        # A request for a session that has ended is too late.
        for request in found if self.on else ():
            try:
                if isinstance(request, Fire):
                    self.scheduler.fire(request.group, request.schedule)
                else:
                    self._jump(request)
            except SandboxError as error:
                self.say("", str(error))

    def _jump(self, jump: Jump) -> None:
        self.say("", f"The clock of the schedules jumps ahead by {jump.seconds:g} seconds.")
        self.scheduler.jump(jump.seconds)
