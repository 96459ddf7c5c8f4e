"""The state `Map` in inline mode: states per item, some at the same time.

AWS: Step Functions developer guide, "Using Map state in Inline mode in Step Functions workflows".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .errors import EvaluationError, ServiceError
from .processes import Process, concurrently
from .tasks import catch

if TYPE_CHECKING:
    from .flow import Entered

AT_ONCE = 40
"""The most iterations at the same time without `MaxConcurrency`, or with more. AWS: that page, "Inline mode"."""


def run_map(this: Entered) -> Process[tuple[Any, str | None]]:
    """Run the states for each item. Returns its output and the next state."""
    try:
        items = this.value("Items", this.state.get("Items", this.given))
        if not isinstance(items, list):
            raise EvaluationError(f"The field 'Items' of the state '{this.name}' is not a list", "Items")
        at_once = this.value("MaxConcurrency", this.state.get("MaxConcurrency", 0))
        this.write("MapStateStarted", length=len(items))
        each = (_iterate(this, number, item) for number, item in enumerate(items))
        try:
            results = yield from concurrently(each, min(at_once or AT_ONCE, AT_ONCE), this.of.execution.clock)
        except ServiceError:
            this.write("MapStateFailed")
            raise
        this.write("MapStateSucceeded")
        return this.leave(this.state, list(results), this.following, result=list(results))
    except ServiceError as error:
        this.failed(error)
        return catch(this, error)


def _iterate(this: Entered, number: int, item: Any) -> Process[Any]:
    """One iteration. It reads the variables of the state, and has its own."""
    event = {"name": this.name, "index": number}
    this.write("MapIterationStarted", **event)
    try:
        output = yield from this.of.inner(this.state["ItemProcessor"]).run(item)
    except ServiceError:
        this.write("MapIterationFailed", **event)
        raise
    except GeneratorExit:
        this.write("MapIterationAborted", **event)
        raise
    this.write("MapIterationSucceeded", **event)
    return output
