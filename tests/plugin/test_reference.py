"""A group's reference as a text, in previews with parts that are not known yet."""

import json
from typing import Any, cast

import pulumi
import pytest

from components import GroupReference, ScheduledTask, ScheduledTaskGroup, ScheduledTaskGroupArgs
from plugin.reference import from_text, to_text
from tests.mocks import Recorded, run

GROUP: Any = {"prefix": "shop-dev", "cluster": "main", "logs": {"retention_days": 7}, "tags": {"team": "data"}}


def deployed(*, preview: bool, through_text: bool = True, unknown: str = "") -> tuple[Recorded, list[str]]:
    """A group and a task of it; the text that went from one to the other. `unknown` is a part of the reference that
    is not known yet: mocks know everything at once."""
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
def test_a_task_is_the_same_through_the_text(preview: bool):
    direct, _ = deployed(preview=preview, through_text=False)
    through, [text] = deployed(preview=preview)
    assert {r.urn: r.inputs for r in through.resources} == {r.urn: r.inputs for r in direct.resources}
    assert json.loads(text)["prefix"] == "shop-dev"


def test_the_task_waits_for_the_groups_resources():
    recorded, _ = deployed(preview=False)
    waited_for = {urn.rsplit("::", 1)[-1] for urn in recorded.named("job-schedule").dependencies}
    assert {"jobs-schedules", "jobs-dead-letters", "jobs-scheduler", "jobs-scheduler-policy"} <= waited_for


def test_in_the_first_preview_the_text_is_known_and_leaves_out_what_is_not():
    recorded, [text] = deployed(preview=True, unknown="scheduler_role_arn")
    assert json.loads(text)["scheduler_role_arn"] is None
    schedule = recorded.named("job-schedule").inputs
    assert (schedule["name"], schedule["target"]["arn"].rsplit("/", 1)[-1]) == ("job", "main")
    assert isinstance(schedule["target"]["roleArn"], type(pulumi.UNKNOWN))


def test_outside_of_a_preview_nothing_may_be_left_out():
    with pytest.raises(ValueError, match="lacks scheduler_role_arn"):
        deployed(preview=False, unknown="scheduler_role_arn")


@pytest.mark.parametrize(
    ("text", "why"),
    [("arn:aws:ecs:eu-west-1:1:cluster/main", "not the text"), ("[]", "not the text"), ("{}", "lacks prefix, ")],
)
def test_another_text_is_refused(text: str, why: str):
    with pytest.raises(ValueError, match=why):
        from_text(text, cast("pulumi.Output[Any]", None))
