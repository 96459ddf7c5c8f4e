"""Facts that other programs can read from the state machine of a supervised task.

The definition's `Comment` ends in a mark: the name and the version of a format, and JSON. AWS keeps the comment as it
is and has no limit for it but the definition's own 1 MB (AWS: Step Functions developer guide, "State machine structure
in Amazon States Language"; API reference, CreateStateMachine). RunTask's arguments are read from the state that calls
it, so that there is no second copy that could differ from what runs.

With `parallel`, another state machine calls RunTask. The mark then has RunTask's arguments, and the second version.

A task with `notifyAfter` counts its failures. The name of the state that counts them tells it, and the detail type of
its event the number.

A change to the JSON, to the name of these states, or to the meaning of either needs a new version.
"""

import json
import re
from dataclasses import dataclass
from typing import cast

from ..json_values import Data, is_object, read_json
from .counting import COUNT, REPORT, threshold
from .language import RUN, Supervised
from .run_task import RunTask
from .settings import ALLOW

FORMAT, FORMAT_OF_PARALLEL = "scheduled-tasks/1", "scheduled-tasks/2"
"""The second is for tasks with `parallel`: another state machine calls RunTask, so the mark has RunTask's arguments."""
OF_EXECUTION = ("Overrides", "ClientToken")
"""RunTask's arguments that differ between executions."""
SENTENCE = "Runs a scheduled task. Generated from its configuration, which overwrites changes made here."
_MARK_START = "scheduled-tasks/"
_MARK = re.compile(rf"({_MARK_START}\S+) (\{{.*\}})", re.DOTALL)


class UnknownMachineError(ValueError):
    """The definition is not in this format; the message says why."""


@dataclass(frozen=True, slots=True)
class MachineFacts:
    """Settings in the state machine of a supervised task."""

    task: str
    prefix: str
    """The prefix of the group's names."""
    container: str
    """The container whose exit code decides the outcome."""
    timeout: int
    """Seconds that one attempt can take."""
    overlap: str
    lease_table: str
    """The table that holds the task's lease and lock; empty if it has neither."""
    run: RunTask
    """RunTask's arguments, without those that differ between executions: the overrides and the client token."""
    lock: str = ""
    """The lock that the task shares with other tasks; empty for none."""
    tasks: int = 1
    """ECS tasks per run."""
    at_once: int = 1
    """How many of them run at the same time."""
    index_machine_arn: str = ""
    """The state machine that runs one task of a run; empty for one task per run."""
    notify_after: int | None = None
    """Failed runs in a row before messages are sent; None if it counts none."""

    @property
    def counts_failures(self) -> bool:
        """Whether it counts failed runs in a row before messages are sent."""
        return self.notify_after is not None

    @property
    def exclusive(self) -> bool:
        """Whether only one run at a time is allowed."""
        return self.overlap != ALLOW

    @property
    def cluster_arn(self) -> str:
        """The cluster that runs are started on."""
        return self.run["Cluster"]

    @property
    def task_definition_arn(self) -> str:
        """The revision that runs are started from."""
        return self.run["TaskDefinition"]


def facts_of(of: Supervised) -> MachineFacts:
    """The facts that `decode` reads from the definition of this state machine."""
    return MachineFacts(
        task=of.task,
        prefix=of.prefix,
        container=of.container,
        timeout=of.settings.timeout,
        overlap=of.settings.overlap,
        lease_table=of.table if of.settings.exclusive or of.settings.lock else "",
        run=of.run,
        lock=of.settings.lock or "",
        tasks=of.settings.parallel.tasks if of.settings.parallel else 1,
        at_once=of.settings.parallel.at_once if of.settings.parallel else 1,
        index_machine_arn=of.index_machine_arn,
        notify_after=of.settings.notify_after,
    )


def comment(of: Supervised) -> str:
    """The comment of the definition: a sentence for people, then the mark."""
    facts = facts_of(of)
    mark = {
        "task": facts.task,
        "prefix": facts.prefix,
        "container": facts.container,
        "timeout": facts.timeout,
        "overlap": facts.overlap,
        "leaseTable": facts.lease_table,
        **({"lock": facts.lock} if facts.lock else {}),
        **(_parallel(facts) if of.settings.parallel else {}),
    }
    which = FORMAT_OF_PARALLEL if of.settings.parallel else FORMAT
    return f"{SENTENCE} {which} {json.dumps(mark, sort_keys=True, separators=(',', ':'), ensure_ascii=False)}"


def _parallel(facts: MachineFacts) -> Data:
    return {
        "tasks": facts.tasks,
        "atOnce": facts.at_once,
        "indexMachine": facts.index_machine_arn,
        "run": facts.run,
    }


def decode(definition: str) -> MachineFacts:
    """The facts of a state machine, from its definition.

    Raises:
        UnknownMachineError: The definition was written by hand, changed by hand, or generated by another version.
    """
    machine = _object(definition)
    if machine is None:
        raise UnknownMachineError("The definition is not a JSON object.")
    mark = _mark(str(machine.get("Comment", "")))
    try:
        return MachineFacts(
            task=mark["task"],
            prefix=mark["prefix"],
            container=mark["container"],
            timeout=mark["timeout"],
            overlap=mark["overlap"],
            lease_table=mark["leaseTable"],
            run=_run(mark["run"] if "run" in mark else machine["States"][RUN]["Arguments"]),
            lock=mark.get("lock", ""),
            tasks=mark.get("tasks", 1),
            at_once=mark.get("atOnce", 1),
            index_machine_arn=mark.get("indexMachine", ""),
            notify_after=_notify_after(machine["States"]),
        )
    except KeyError as error:
        raise _changed(f"{error} is missing") from error
    except TypeError as error:
        raise _changed(f"a value has the wrong type ({error})") from error


def _mark(text: str) -> Data:
    found = _MARK.fullmatch(text, max(0, text.find(_MARK_START)))
    if found is None:
        raise UnknownMachineError(
            f'The definition has no mark "{FORMAT}" in its comment, so scheduled-tasks did not generate it.'
        )
    if found[1] not in (FORMAT, FORMAT_OF_PARALLEL):
        raise UnknownMachineError(
            f"The definition is in the format {found[1]}, and this version reads {FORMAT} and {FORMAT_OF_PARALLEL}."
        )
    mark = _object(found[2])
    if mark is None:
        raise _changed("its comment is not valid")
    return mark


def _run(arguments: Data | str) -> RunTask:
    if isinstance(arguments, str):
        raise _changed(f"the arguments of {RUN} are not an object")
    given = cast("RunTask", {name: value for name, value in arguments.items() if name not in OF_EXECUTION})
    return {**given, "Cluster": given["Cluster"], "TaskDefinition": given["TaskDefinition"]}


def _notify_after(states: Data) -> int | None:
    if COUNT not in states:
        return None
    found = threshold(str(states[REPORT]["Arguments"]["Entries"][0]["DetailType"]))
    if found is None:
        raise _changed(f"the detail type of {REPORT} has no number of failures")
    return found


def _object(text: str) -> Data | None:
    try:
        value = read_json(text)
    except ValueError:
        return None
    return value if is_object(value) else None


def _changed(how: str) -> UnknownMachineError:
    return UnknownMachineError(f"The definition is marked as {FORMAT} but was changed: {how}.")
