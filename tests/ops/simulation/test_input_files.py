"""Files with faults and durations: what they mean, and all problems at once."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from ops.simulation.duration_file import read_durations
from ops.simulation.fault_file import Scene, read_faults
from ops.simulation.faults import Fault
from ops.simulation.input_file import InputError
from tests.ops.simulation.scene import BEGIN, DAY, HOUR

KINDS = (
    "doubleDelivery, paused, noCapacity, throttled, accessDenied, exitCode, outOfMemory, imageNotFound, "
    "spotInterruption or outage"
)
SCENE = Scene({"etl", "call"}, {"call"}, BEGIN, BEGIN + timedelta(days=7))


def faults(tmp_path: Path, text: str) -> list[Fault]:
    (tmp_path / "faults.yaml").write_text(text)
    return read_faults(tmp_path / "faults.yaml", SCENE)


def test_a_fault_of_a_task(tmp_path: Path):
    [fault] = faults(
        tmp_path,
        """
        faults:
          - kind: exitCode
            tasks: [etl]
            from: 2026-12-02T00:00:00Z
            to: "2026-12-02T02:00:00+01:00"
            percent: 50
            times: 3
            exitCode: 75
            after: 5m
        """,
    )
    begin = BEGIN.timestamp() + DAY
    assert (fault.kind, fault.begin, fault.end) == ("exitCode", begin, begin + HOUR)
    assert (fault.tasks, fault.percent, fault.times, fault.exit_code, fault.after) == (
        frozenset({"etl"}),
        50,
        3,
        75,
        300,
    )
    assert fault.concerns("etl")
    assert not fault.concerns("other")


def test_the_defaults_of_a_fault(tmp_path: Path):
    launch, outage = faults(tmp_path, "faults: [{kind: noCapacity}, {kind: outage, service: ecs}]")
    week = BEGIN.timestamp(), BEGIN.timestamp() + 7 * DAY
    assert (launch.begin, launch.end) == (outage.begin, outage.end) == week
    assert (launch.percent, launch.times, launch.tasks) == (100, None, None)
    assert launch.concerns("etl")
    assert not outage.concerns("etl")


def test_all_problems_are_reported_at_once_with_their_lines(tmp_path: Path):
    with pytest.raises(InputError) as raised:
        faults(
            tmp_path,
            """faults:
  - { kind: oom, percent: 200 }
  - { kind: outage, percent: 5, times: 1, tasks: [etl] }
  - { kind: exitCode, tasks: [elt], Tasks: [etl] }
  - { kind: exitCode, tasks: [elt, call] }
  - 7
  - { kind: paused, from: yesterday }
  - { kind: throttled, from: 2026-12-03T00:00:00Z, to: 2026-12-02T00:00:00Z, exitCode: 1, after: 5m, service: ecs }
""",
        )
    file = tmp_path / "faults.yaml"
    shown = str(raised.value).replace(str(file), "F").splitlines()
    assert shown == [
        f'F:2:7: faults.0.kind: "oom" is not one of {KINDS}.',
        "F:2:18: faults.0.percent: 200 is not allowed. Use 1 to 100.",
        "F:3:43: faults.1.tasks: outage has no tasks. Remove it.",
        "F:3:21: faults.1.percent: outage has no percent. Remove it.",
        "F:3:33: faults.1.times: outage has no times. Remove it.",
        "F:3:5: faults.1: An outage needs a service. Write: service: ecs",
        'F:4:37: faults.2.Tasks: unknown key. Did you mean "tasks"?',
        'F:5:31: faults.3.tasks.0: There is no task "elt". Did you mean "etl"?',
        'F:5:36: faults.3.tasks.1: "call" is a call, which starts no container. It can\'t have exitCode.',
        "F:6:5: faults.4: must be an object, not a number.",
        'F:7:21: faults.5.from: "yesterday" is not a time. Write ISO 8601 with an offset: 2026-12-01T00:00:00Z.',
        "F:8:52: faults.6.to: The fault ends at 2026-12-02T00:00:00+00:00, which is not after 2026-12-03T00:00:00+00:00.",
        "F:8:102: faults.6.service: throttled has no service. Remove it.",
        "F:8:78: faults.6.exitCode: throttled has no exitCode. Remove it.",
        "F:8:91: faults.6.after: throttled has no after. Remove it.",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("faults: 3", "faults: must be a list, such as [a, b], not 3."),
        ("faults: []", "faults: is empty. Write at least one fault, or pass no file."),
        ("", "must be an object, not nothing."),
        ("other: []", "other: unknown key."),
        (
            "faults: [{kind: exitCode}]\nfaults: [{kind: exitCode}]",
            'faults: the key "faults" occurs twice. Remove one.',
        ),
        ("a: [", "is not YAML"),
    ],
)
def test_a_file_that_has_no_faults(tmp_path: Path, text: str, message: str):
    with pytest.raises(InputError) as raised:
        faults(tmp_path, text)
    assert message in str(raised.value)


def test_a_file_that_does_not_exist(tmp_path: Path):
    with pytest.raises(InputError, match="cannot be read: No such file or directory"):
        read_faults(tmp_path / "none.yaml", SCENE)


def test_durations_by_hand(tmp_path: Path):
    (tmp_path / "d.yaml").write_text("etl: 5m\ncall: [30s, 2h]\n")
    assert read_durations([tmp_path / "d.yaml"], SCENE.tasks) == {"etl": [300], "call": [30, 7200]}


def test_durations_from_history(tmp_path: Path):
    runs = [
        {"task": "etl", "outcome": "succeeded", "seconds": 42},
        {"task": "etl", "outcome": "failed", "seconds": 1},
        {"task": "etl", "outcome": "running", "seconds": None},
        {"task": "etl", "outcome": "succeeded", "seconds": 0},
        {"task": "etl", "outcome": "succeeded", "seconds": 1e9},
    ]
    for name in ("one.json", "two.json"):
        (tmp_path / name).write_text(json.dumps(runs))
    found = read_durations([tmp_path / "one.json", tmp_path / "two.json"], SCENE.tasks)
    assert found == {"etl": [42, 1, 31 * DAY] * 2}


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        (
            "elt: 5m\netl: soon\n",
            ['elt: There is no task "elt". Did you mean "etl"?', 'etl: "soon" is not a duration.'],
        ),
        ("etl: 5\n", ['etl: "5" is not a duration. Use an integer and a unit: 45s, 15m, 26h or 7d. Write 5m.']),
        ("etl: 32d\n", ['etl: "32d" is not allowed. Use 1s to 31d.']),
        ("etl: [0s, 1m]\n", ['etl: "0s" is not allowed. Use 1s to 31d.']),
        ("5", ["has no durations. Write TASK: 5m"]),
        (
            '[3, {"task": "elt", "outcome": "succeeded", "seconds": 1}]',
            ["0: is not a run.", '1.task: There is no task "elt".'],
        ),
    ],
)
def test_problems_of_durations(tmp_path: Path, text: str, messages: list[str]):
    (tmp_path / "d.yaml").write_text(text)
    with pytest.raises(InputError) as raised:
        read_durations([tmp_path / "d.yaml"], SCENE.tasks)
    assert len(str(raised.value).splitlines()) == len(messages)
    assert all(message in str(raised.value) for message in messages)
