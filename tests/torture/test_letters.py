"""A few of the trials of poisoned dead letters: all of them in one queue, and some of them alone."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from components.aws.names import GroupNames
from ops.dead_letters.grouping import grouped
from ops.dead_letters.message import EVENTS, LAUNCHES, dead_letter
from ops.dead_letters.request import malformed, refusal, target_in
from ops.output import json_text
from torture.letters.cases import Case, Place, cases
from torture.letters.stack import ACCOUNT, REGION, Stack, client, stack
from torture.letters.trial import ID_LENGTH, problems, run

ALONE = (
    "attempts ²",
    "time 0001-01-01T00:00:00+14:00",
    "an error that makes patterns backtrack",
    "an error with a lone surrogate",
    "a body nested 100,000 deep",
    "a request for -1 tasks",
)
NAMES = GroupNames("scheduled-tasks-test")
GROUP = f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule-group/scheduled-tasks-test"
PLACE = Place(
    f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/scheduled-tasks-test/etl",
    f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/scheduled-tasks-test/gone",
    f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/scheduled-tasks-test",
    f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/scheduled-tasks-test__etl:1",
)
ACCEPTED = {"a request with a nameless container"}
"""Odd requests that can only start what the stack itself can start. ECS refuses them."""


@pytest.fixture
def deployed() -> Iterator[Stack]:
    with stack() as found:
        yield found


def test_there_are_more_cases_than_known_faults(deployed: Stack):
    every = cases(deployed.place)
    assert len(every) >= 65
    assert len({case.name for case in every}) == len(every)


@pytest.mark.thorough
@pytest.mark.parametrize("case", cases(PLACE), ids=lambda case: ascii(case.name))
def test_any_message_can_be_shown_and_its_request_is_refused_or_well_formed(case: Case):
    sent: Any = {"MessageId": "m", "Body": case.body, "MessageAttributes": case.attributes}
    message = dead_letter(sent, case.queue)
    [group] = grouped([message])
    assert sum(map(len, [group.heading(), *group.lines()])) < 5_000
    assert json_text(message.as_data()).isascii()
    run_task = client("ecs").meta.service_model.operation_model("RunTask").input_shape
    if not malformed(message, run_task) and (target := target_in(message)):
        refused = refusal(target, NAMES, (PLACE.cluster_arn,), GROUP)
        assert bool(refused) == (case.name not in ACCEPTED)


@pytest.mark.thorough
def test_poisoned_messages_in_one_queue_are_listed_and_block_no_good_one(deployed: Stack):
    every = cases(deployed.place)[::5]
    sent = {deployed.send(case): case for case in every}
    good = deployed.send_good()
    result = run("list")
    assert result.exit_code == 0, result.exception
    listed = json.loads(run("list", "--json").stdout)
    assert {each["id"] for each in listed} == {*sent, good}
    result = run("redrive", "--all")
    assert isinstance(result.exception, SystemExit)
    left = deployed.messages()
    assert good not in left
    unreadable = {each["id"] for each in listed if each["unreadable"]}
    assert unreadable <= left
    assert deployed.started() == len({*sent, good} - left)
    assert {id_ for id_, case in sent.items() if case.queue == EVENTS} <= left
    for options in (("--all", "--yes"), ("--all", "--events", "--yes")):
        assert run("delete", *options).exit_code == 0
    assert deployed.messages() == set()


@pytest.mark.parametrize("name", ALONE)
def test_a_poisoned_message_blocks_nothing(deployed: Stack, name: str):
    [case] = [case for case in cases(deployed.place) if case.name == name]
    assert list(problems(deployed, case)) == []


UNREADABLE = {
    "no SCHEDULE_ARN": "It has no SCHEDULE_ARN, so its schedule is unknown.",
    "binary SCHEDULE_ARN": 'Its SCHEDULE_ARN is "(2 bytes)", which is not the ARN of a schedule.',
    "time 0001-01-01T00:00:00+14:00": (
        'Its SCHEDULED_TIME is "0001-01-01T00:00:00+14:00", which is not a time from 1970 to 2199.'
    ),
    "from Lambda": "It has no SCHEDULE_ARN, so its schedule is unknown.",
}


def test_an_unreadable_message_tells_why(deployed: Stack):
    by_name = {case.name: case for case in cases(deployed.place)}
    for name, reason in UNREADABLE.items():
        id_ = deployed.send(by_name[name])
        [message] = [each for each in json.loads(run("list", "--json").stdout) if each["id"] == id_]
        assert message["unreadable"] == reason
        shown = " ".join(run("list").stdout.split())
        assert f"1 unreadable message. {reason}" in shown
        assert f"Messages: {id_[:ID_LENGTH]}" in shown
        assert run("delete", id_[:ID_LENGTH], "--yes").exit_code == 0


@pytest.mark.parametrize("sent", ["9" * 18, "9" * 5_000, "-1", "²", ""])
def test_a_message_with_any_time_of_sending_is_accepted(sent: str):
    for queue in (LAUNCHES, EVENTS):
        message = dead_letter({"MessageId": "m", "Attributes": {"SentTimestamp": sent}}, queue)
        assert message.sent is None
        assert json.dumps(message.unreadable)
