"""The features of definitions that the interpreter doesn't know. Pure.

AWS: Step Functions developer guide, "State machine structure in Amazon States Language", and its pages about
each state.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from components.json_values import Data

MACHINE = frozenset({"Comment", "QueryLanguage", "StartAt", "States", "TimeoutSeconds"})
_PROCESSOR = frozenset({"ProcessorConfig", "StartAt", "States"})
_ANY = frozenset({"Type", "Comment", "QueryLanguage"})
_FLOW = frozenset({*_ANY, "Next", "End", "Assign", "Output"})
_STATES: Mapping[str, frozenset[str]] = {
    "Task": _FLOW | {"Resource", "Arguments", "Retry", "Catch", "TimeoutSeconds"},
    "Map": _FLOW | {"Items", "MaxConcurrency", "ItemProcessor", "Catch"},
    "Choice": _ANY | {"Choices", "Default", "Assign", "Output"},
    "Wait": _FLOW | {"Seconds"},
    "Pass": _FLOW,
    "Succeed": _ANY | {"Output"},
    "Fail": _ANY | {"Error", "Cause"},
}
"""The fields of each state in JSONata."""
_ENTRIES: Mapping[str, frozenset[str]] = {
    "Retry": frozenset(
        {"ErrorEquals", "IntervalSeconds", "MaxAttempts", "BackoffRate", "MaxDelaySeconds", "JitterStrategy"}
    ),
    "Catch": frozenset({"ErrorEquals", "Next", "Assign", "Output"}),
    "Choices": frozenset({"Condition", "Next", "Assign", "Output"}),
}
_WITHOUT_DATA = frozenset({"Assign", "Output", "Arguments", "Choices", "Catch", "Items"})
"""Fields whose meaning depends on the query language."""


def unknown(machine: Data, knows: Callable[[str], bool]) -> Sequence[str]:
    """The features of a definition that the interpreter doesn't know: sentences without a period.

    Args:
        machine: The definition.
        knows: Whether the services know the resource of a task.
    """
    found = _fields(machine, MACHINE, "The state machine")
    return [*found, *_states(machine, str(machine.get("QueryLanguage", "JSONPath")), knows)]


def _states(flow: Data, language: str, knows: Callable[[str], bool]) -> Iterator[str]:
    for name, state in flow["States"].items():
        yield from _state(f'State "{name}"', state, str(state.get("QueryLanguage", language)), knows)


def _state(where: str, state: Data, language: str, knows: Callable[[str], bool]) -> Iterator[str]:
    kind = state["Type"]
    if kind not in _STATES:
        yield f"{where} has the type {kind}"
        return
    yield from _fields(state, _STATES[kind], where)
    if language != "JSONata" and not _WITHOUT_DATA.isdisjoint(state):
        yield f"{where} uses {language}"
    for entries, fields in _ENTRIES.items():
        for entry in state.get(entries, ()):
            yield from _fields(entry, fields, f"{where}, {entries},")
    if kind == "Task" and not knows(state["Resource"]):
        yield f"{where} calls {state['Resource']}"
    if kind == "Map":
        processor = state.get("ItemProcessor", {"States": {}})
        mode = processor.get("ProcessorConfig", {}).get("Mode", "INLINE")
        if mode != "INLINE":
            yield f"{where} has the mode {mode}"
        yield from _fields(processor, _PROCESSOR, f"{where}, ItemProcessor,")
        yield from _states(processor, language, knows)


def _fields(value: Data, known: frozenset[str], where: str) -> list[str]:
    return [f"{where} has the field {name}" for name in value if name not in known]
