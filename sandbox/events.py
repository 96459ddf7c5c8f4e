"""The outcome of an operation, collected from the engine's events."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from pulumi import automation as auto

from components.component_types import TASK_TYPE

from . import STACK
from .changes import OPERATIONS, Changed, Operation, name_of, type_of

__all__ = ["STACK", "Events", "Outcome", "Say", "each_once"]

Say = Callable[[str], None]
_OF_ENGINE = "an unhandled error occurred: "  # prose: quoted
_UNCHANGED = ("same", "read", "refresh")


@dataclass(slots=True)
class Outcome:
    """The result of an operation of the engine."""

    changes: dict[str, int] = field(default_factory=dict[str, int])
    """The number of resources per operation: create, update, replace, delete, same."""
    steps: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    """(operation, URN) of each resource that changed."""
    changed: list[Changed] = field(default_factory=list[Changed])
    """Each resource and component that changed, once."""
    outputs: dict[str, Any] = field(default_factory=dict[str, Any])
    """The stack's outputs after an `up`."""
    error: str = ""
    """One line per problem; empty if there was none."""


class Events:
    """Collects the events of one operation. An instance is the function that receives them."""

    def __init__(self, say: Say, *, steps: bool = True):
        """`say` gets warnings, and with `steps` a line per resource when its change begins."""
        self.outcome = Outcome()
        self.any = False
        """Whether the engine got as far as to send an event."""
        self.provider_ended = False
        """Whether the engine reported that a provider ended before the engine ended it."""
        self._say, self._steps, self._errors = say, steps, list[str]()
        self._parents, self._warnings = dict[str, str](), set[str]()

    def __call__(self, event: auto.EngineEvent) -> None:
        """Receive an event."""
        self.any = True
        if step := event.resource_pre_event or event.res_outputs_event:
            self._step(step.metadata)
        if event.res_outputs_event and event.res_outputs_event.metadata.type == "pulumi:pulumi:Stack":
            stack = event.res_outputs_event.metadata.new
            self.outcome.outputs = dict(stack.outputs or {}) if stack else {}
        if event.diagnostic_event:
            self._diagnostic(event.diagnostic_event)
        if event.summary_event:
            changes = event.summary_event.resource_changes or {}
            self.outcome.changes = {str(getattr(op, "value", op)): count for op, count in changes.items()}

    def _step(self, metadata: auto.StepEventMetadata) -> None:
        step = (str(metadata.op.value), metadata.urn)
        if state := metadata.new or metadata.old:
            self._parents[metadata.urn] = state.parent
        if metadata.op not in _UNCHANGED and step not in self.outcome.steps:
            self.outcome.steps.append(step)
            self._change(metadata, OPERATIONS.get(step[0]))

    def _change(self, metadata: auto.StepEventMetadata, operation: Operation | None) -> None:
        """Keep a change. A replacement has several steps."""
        if operation is None or any(each.urn == metadata.urn for each in self.outcome.changed):
            return
        old, new = (dict(state.inputs or {}) if state else {} for state in (metadata.old, metadata.new))
        keys = tuple(metadata.diffs or ())
        change = Changed(operation, metadata.urn, self._task(metadata.urn), old, new, keys)
        self.outcome.changed.append(change)
        if self._steps and not change.type.startswith("pulumi:"):
            self._say(f"  {operation:<8} {change.type} {change.name}")

    def _task(self, urn: str) -> str:
        """The task that a resource belongs to; empty if there is none."""
        while urn:
            if type_of(urn) == TASK_TYPE:
                return name_of(urn)
            urn = self._parents.get(urn, "")
        return ""

    def _diagnostic(self, event: auto.DiagnosticEvent) -> None:
        text = _plain(event)
        if event.severity == "error":
            # Pulumi's sdk/go/common/resource/plugin/plugin.go.
            self.provider_ended |= "exited prematurely" in text
            self._errors.append(text)
        elif event.severity == "warning" and not text.startswith("using pulumi-resource-aws from $PATH"):
            if text not in self._warnings:
                self._say(f"  warning: {text}")
            self._warnings.add(text)

    @property
    def errors(self) -> str:
        """The errors, one per line."""
        return "\n".join(each_once(self._errors))


def each_once(errors: Iterable[str]) -> list[str]:
    """The errors without repetitions. The engine reports an error of the program again, after words of its own."""
    texts = dict.fromkeys(errors)
    return [text for text in texts if text and text.removeprefix(_OF_ENGINE) not in texts.keys() - {text}]


def _plain(event: auto.DiagnosticEvent) -> str:
    """Return a message without colors, after the name of its resource."""
    text = event.message
    while "<{%" in text:
        before, _, rest = text.partition("<{%")
        text = before + rest.partition("%}>")[2]
    name = event.urn.split("::")[-1] if event.urn and not event.urn.endswith(f"-{STACK}") else ""
    # The SDK's server appends the plugin's traceback to the message.
    text = text.partition(':\n  File "')[0].replace("Unexpected <class 'Exception'>: ", "").strip()
    if text in ("update failed", "preview failed"):
        return ""
    return f"{name}: {text}" if name else text
