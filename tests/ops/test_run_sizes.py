"""The size, the console links and the messages of `scheduled-tasks run`."""

import json
from io import StringIO
from typing import Any, cast

import pytest

from components.aws.console import ecs_task_url, execution_url
from ops import waiting
from ops.aws.session import Aws
from ops.commands import following_run, running
from ops.output import Screen
from ops.runs.following import RunState
from ops.runs.sizes import launch_type_of, size_problems
from tests.ops.cloud import Deployed
from tests.ops.conftest import Ops
from tests.ops.supervised import supervise

CPU_300 = "--cpu: 300 is not a size that Fargate offers. Use 256, 512, 1024, 2048, 4096, 8192, 16384 or 32768."
FARGATE_256 = "Fargate does not offer 700 MiB with --cpu 256. Use 512, 1024 or 2048."


@pytest.mark.parametrize("supervised", [False, True], ids=["direct", "supervised"])
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--memory", "700"), f"--memory: {FARGATE_256}"),
        (("--cpu", "300"), "--cpu: 300 is not a size that Fargate offers."),
        (
            ("--cpu", "1024"),
            "--memory: Fargate does not offer 512 MiB with --cpu 1024. Use 2048 to 8192 in steps of 1024.",
        ),
        (("--cpu", "1024", "--memory", "8193"), "--memory: Fargate does not offer 8193 MiB with --cpu 1024."),
    ],
)
def test_a_size_that_fargate_does_not_offer_is_refused_before_anything_starts(
    deployed: Deployed, ops: Ops, supervised: bool, arguments: Any, words: str
):
    if supervised:
        supervise(deployed, "etl")
    deployed.cloud.calls.clear()
    result = ops("run", "etl", *arguments)
    assert result.exit_code == 125
    assert words in result.stderr
    assert not {"ecs.RunTask", "sfn.StartExecution"} & set(deployed.cloud.calls)


def test_a_size_that_fargate_offers_is_passed_on(deployed: Deployed, ops: Ops):
    arguments = ("--cpu", "1024", "--memory", "2048", "--ephemeral-storage", "50")
    assert ops("run", "etl", *arguments, "--detach").exit_code == 0
    [run] = deployed.cloud.tasks()
    assert run.overrides == {"cpu": "1024", "memory": "2048", "ephemeralStorage": {"sizeInGiB": 50}}


def test_a_supervised_run_gets_its_storage(deployed: Deployed, ops: Ops):
    supervise(deployed, "etl")
    assert ops("run", "etl", "--ephemeral-storage", "50", "--detach").exit_code == 0
    [request] = deployed.cloud.requests
    assert json.loads(request["input"])["overrides"]["EphemeralStorage"] == {"SizeInGiB": 50}


@pytest.mark.parametrize("size", ["20", "201"])
def test_storage_has_the_bounds_of_fargate(deployed: Deployed, ops: Ops, size: str):
    # botocore ecs, EphemeralStorage.sizeInGiB: "The minimum supported value is 21 GiB and the maximum [...] 200 GiB."
    assert ops("run", "etl", "--ephemeral-storage", size).exit_code == 2
    assert deployed.cloud.tasks() == []


@pytest.mark.parametrize(
    ("parameters", "launch_type"),
    [
        ({"LaunchType": "FARGATE"}, "FARGATE"),
        ({"LaunchType": "EC2"}, "EC2"),
        ({"CapacityProviderStrategy": [{"capacityProvider": "FARGATE_SPOT"}]}, "FARGATE"),
        ({"CapacityProviderStrategy": [{"CapacityProvider": "FARGATE"}]}, "FARGATE"),
        ({"CapacityProviderStrategy": [{"capacityProvider": "instances"}]}, None),
        ({}, None),
    ],
)
def test_the_launch_type_of_a_run(parameters: Any, launch_type: str | None):
    assert launch_type_of(parameters) == launch_type


@pytest.mark.parametrize(
    ("definition", "overrides", "launch_type", "problems"),
    [
        ({"cpu": "256", "memory": "512"}, {"memory": "700"}, "FARGATE", [f"--memory: {FARGATE_256}"]),
        ({"cpu": "256", "memory": "512"}, {"memory": "700"}, "EC2", []),
        ({"cpu": "256", "memory": "512"}, {"memory": "700"}, None, []),
        ({}, {"memory": "700"}, "EC2", []),
        ({"cpu": "256", "memory": "512", "requiresCompatibilities": ["FARGATE"]}, {"cpu": "300"}, None, [CPU_300]),
        ({"cpu": "256", "memory": "512", "requiresCompatibilities": ["EC2", "FARGATE"]}, {"cpu": "300"}, None, []),
        ({"cpu": "1 vCPU", "memory": "2 GB"}, {"memory": "700"}, "FARGATE", []),
        (
            {"cpu": "256", "memory": "512"},
            {"ephemeralStorage": {"sizeInGiB": 30}},
            "EC2",
            ["--ephemeral-storage: is for Fargate only. Instances use their own disk. Remove it."],
        ),
        (
            {"cpu": "1024", "memory": "2048", "runtimePlatform": {"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}},
            {"cpu": "512"},
            "FARGATE",
            ["--cpu: 512 is not a size of Windows on Fargate. Use 1024, 2048 or 4096."],
        ),
    ],
)
def test_sizes_are_checked_like_those_of_the_configuration(
    definition: Any, overrides: Any, launch_type: Any, problems: list[str]
):
    assert list(size_problems(definition, overrides, launch_type)) == problems


# Console links


TASK = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    ("partition", "region", "host"),
    [
        ("aws", "eu-west-1", "eu-west-1.console.aws.amazon.com"),
        ("aws-cn", "cn-north-1", "cn-north-1.console.amazonaws.cn"),
        ("aws-us-gov", "us-gov-west-1", "us-gov-west-1.console.amazonaws-us-gov.com"),
    ],
)
def test_links_name_the_console_of_the_partition(partition: str, region: str, host: str):
    assert ecs_task_url(partition=partition, region=region, cluster="main", task_id=TASK) == (
        f"https://{host}/ecs/v2/clusters/main/tasks/{TASK}/configuration?region={region}"
    )
    arn = f"arn:{partition}:states:{region}:123456789012:execution:etl:manual-1"
    assert execution_url(partition=partition, region=region, execution_arn=arn) == (
        f"https://{host}/states/home?region={region}#/v2/executions/details/{arn}"
    )


def test_a_partition_with_an_unknown_console_has_no_links():
    assert ecs_task_url(partition="aws-iso", region="us-iso-east-1", cluster="main", task_id=TASK) == ""
    assert execution_url(partition="aws-iso", region="us-iso-east-1", execution_arn="x") == ""


@pytest.mark.parametrize("detach", [False, True], ids=["followed", "detached"])
def test_a_run_prints_its_link(deployed: Deployed, ops: Ops, detach: bool):
    result = ops("run", "etl", *(["--detach"] if detach else []))
    [run] = deployed.cloud.tasks()
    console = "https://eu-west-1.console.aws.amazon.com/ecs/v2/clusters/scheduled-tasks-test"
    link = f"Console: {console}/tasks/{run.id}/configuration?region=eu-west-1"
    assert link in result.stderr.splitlines()


def test_a_supervised_run_prints_the_link_of_its_execution(deployed: Deployed, ops: Ops):
    arn = supervise(deployed, "etl")
    result = ops("run", "etl", "--detach")
    execution = f"{arn.replace(':stateMachine:', ':execution:')}:{result.stdout.strip()}"
    assert f"/states/home?region=eu-west-1#/v2/executions/details/{execution}\n" in result.stderr


def test_an_emulator_has_no_console_and_starts_no_containers(
    deployed: Deployed, ops: Ops, monkeypatch: pytest.MonkeyPatch
):
    assert running.EMULATED not in ops("run", "etl", "--detach").stderr
    monkeypatch.setattr(Aws, "emulated", True)
    result = ops("run", "etl", "--detach")
    assert running.EMULATED in result.stderr
    assert "Console" not in result.stderr


# Elapsed time


def test_a_state_that_does_not_change_is_repeated_each_minute_with_its_time(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    seconds = [0.0]
    monkeypatch.setattr(waiting, "now", lambda: seconds[0])
    with following_run.Display(Screen(file=StringIO())) as display:
        for seconds[0] in cast("list[float]", [3, 59, 63, 66, 123, 129]):
            display.show(RunState("RUNNING" if seconds[0] < 129 else "STOPPED", [], ended=False))
    assert capsys.readouterr().err.splitlines() == [
        "RUNNING",
        "Still RUNNING after 1 min 3 s",
        "Still RUNNING after 2 min 3 s",
        "STOPPED",
    ]


def test_a_terminal_shows_the_elapsed_time(monkeypatch: pytest.MonkeyPatch):
    seconds = [0.0]
    monkeypatch.setattr(waiting, "now", lambda: seconds[0])
    shown: list[str] = []
    with following_run.Display(Screen(file=StringIO(), terminal=True)) as display:
        monkeypatch.setattr(display, "_replace", shown.append)
        for seconds[0] in cast("list[float]", [0, 3, 63]):
            display.show(RunState("PENDING", [], ended=False))
    assert shown == ["PENDING 0 s", "PENDING 3 s", "PENDING 1 min 3 s"]
