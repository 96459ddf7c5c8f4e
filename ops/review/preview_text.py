"""The changed resources of a preview in words."""

from collections.abc import Iterable, Iterator, Mapping

from components.problems import listed as listed_in_words

from .document import Count, Tone, code, strong
from .formatting import listed
from .preview import Preview, Step

_DONE: Mapping[str, tuple[str, str, Tone]] = {
    "create": ("created", "", "created"),
    "import": ("imported", "", "created"),
    "update": ("updated", "", "updated"),
    "replace": ("", " with a new revision next to the old one", ""),
    "delete": ("removed from the stack", ", kept in AWS", "lost"),
}
_CONSEQUENCES = {
    "aws:cloudwatch/logGroup:LogGroup": "Its log is lost.",
    "aws:sqs/queue:Queue": "Messages in it are lost.",
    "aws:ssm/parameter:Parameter": "The secret in it is lost.",
    "aws:ecr/repository:Repository": "The images in it are lost.",
    "aws:sns/topic:Topic": "Subscriptions that others created are lost.",
    "aws:scheduler/scheduleGroup:ScheduleGroup": "All of its schedules are deleted.",
}
"""The data that is lost with a resource."""


def lost_steps(preview: Preview) -> list[Step]:
    """The steps that delete a resource in AWS."""
    return [step for step in preview.steps if step.operation in ("replace", "delete") and not step.keeps_old]


def lost(step: Step) -> str:
    """A resource that is deleted, why, and what is lost with it."""
    word = "Replaced" if step.operation == "replace" else "Deleted"
    reasons = f", because of {', '.join(code(reason) for reason in step.reasons)}" if step.reasons else ""
    consequence = f". {_CONSEQUENCES[step.type]}" if step.type in _CONSEQUENCES else ""
    return f"{strong(f'{word}: {code(step.name)}')} ({code(step.type)}){reasons}{consequence}"


def counts(steps: Iterable[Step], limit: int) -> Iterator[Count]:
    """The number of steps per operation, with the names of some."""
    every = list(steps)
    for operation, (done, more, tone) in _DONE.items():
        if found := [step for step in every if step.operation == operation]:
            names = listed(map(_named, found), limit)
            yield Count(f"{len(found):,} {done}".rstrip(), f"{more} ({names})", tone)


def _named(step: Step) -> str:
    """A resource, and the changed properties of an update, which are the only description of drift."""
    differing = listed_in_words(map(code, step.reasons), "and") if step.operation == "update" else ""
    return f"{code(step.name)} in {differing}" if differing else code(step.name)
