"""The reference of a group as a string, and in previews with parts that are not known yet."""

import json
from typing import Any, cast

import pulumi
import pytest

from components import GroupReference, ScheduledTask, ScheduledTaskGroup, ScheduledTaskGroupArgs
from plugin.reference import from_text, to_text
from tests.mocks import Recorded, run

GROUP: Any = {"prefix": "shop-dev", "cluster": "main", "logs": {"retention_days": 7}, "tags": {"team": "data"}}


def deployed(*, preview: bool, through_text: bool = True, unknown: str = "") -> tuple[Recorded, list[str]]:
    """A group with a task, and the string that the task received. `unknown` is a part of the reference that is not known
    yet, because mocks know everything at once."""
    texts: list[str] = []

    def program() -> None:
        group = ScheduledTaskGroup("jobs", cast("ScheduledTaskGroupArgs", GROUP))
        if not through_text:
            ScheduledTask("job", {"group": group.reference, "image": "job:1", "schedule": "rate(6 hours)"})
            return
        later = pulumi.Output.from_input("").apply(lambda _: pulumi.UNKNOWN)
        text = to_text(cast("GroupReference", {**group.reference, **({unknown: later} if unknown else {})}))

        def make(known: str) -> None:
            texts.append(known)
            ScheduledTask("job", {"group": from_text(known, text), "image": "job:1", "schedule": "rate(6 hours)"})

        text.apply(make)

    recorded = run(program, preview=preview)
    if recorded.error:
        raise recorded.error
    return recorded, texts


@pytest.mark.parametrize("preview", [True, False])
def test_task_is_the_same_with_the_string(preview: bool):
    direct, _ = deployed(preview=preview, through_text=False)
    through, [text] = deployed(preview=preview)
    assert {r.urn: r.inputs for r in through.resources} == {r.urn: r.inputs for r in direct.resources}
    assert json.loads(text)["prefix"] == "shop-dev"


def test_task_depends_on_the_resources_of_the_group():
    recorded, _ = deployed(preview=False)
    waited_for = {urn.rsplit("::", 1)[-1] for urn in recorded.named("job-schedule").dependencies}
    assert {"jobs-schedules", "jobs-dead-letters", "jobs-scheduler", "jobs-scheduler-policy"} <= waited_for


def test_string_is_known_in_the_first_preview_and_omits_unknown_parts():
    recorded, [text] = deployed(preview=True, unknown="scheduler_role_arn")
    assert json.loads(text)["scheduler_role_arn"] is None
    schedule = recorded.named("job-schedule").inputs
    assert (schedule["name"], schedule["target"]["arn"].rsplit("/", 1)[-1]) == ("job", "main")
    assert isinstance(schedule["target"]["roleArn"], type(pulumi.UNKNOWN))


def test_string_is_complete_outside_of_a_preview():
    with pytest.raises(ValueError, match="lacks scheduler_role_arn"):
        deployed(preview=False, unknown="scheduler_role_arn")


@pytest.mark.parametrize(
    ("text", "why"),
    [("arn:aws:ecs:eu-west-1:1:cluster/main", "not the string"), ("[]", "not the string"), ("{}", "lacks prefix, ")],
)
def test_other_strings_are_refused(text: str, why: str):
    with pytest.raises(ValueError, match=why):
        from_text(text, cast("pulumi.Output[Any]", None))
