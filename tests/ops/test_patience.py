"""The waits of a command whose calls fail. All take place on the clock of the trials."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError

from ops import waiting
from ops.aws import parallel
from ops.aws.errors import explained, is_uncertain
from ops.aws.patience import RETRY_SECONDS, STOP_SECONDS, WINDOW_SECONDS, NotCalledError, merged
from ops.aws.session import CONNECT_SECONDS, READ_SECONDS, Aws
from tests.ops.cloud import REGION, Cloud, Deployed, refusal
from tests.ops.conftest import Ops
from tests.ops.healthy_stack import HealthyStack
from torture.faults.clock import Clock, HangError

LIMIT_SECONDS = 60
SCHEDULER = "https://scheduler.eu-west-1.amazonaws.com"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(waiting, "wait", found.wait)
    monkeypatch.setattr(waiting, "now", found.now)
    monkeypatch.setattr("time.sleep", found.pass_time)
    monkeypatch.setattr(parallel, "ThreadPoolExecutor", found.pool)
    # botocore's longest delays.
    monkeypatch.setattr("botocore.retries.standard.random.random", lambda: 1.0)
    return found


def never_answer(clock: Clock, error: Callable[..., Exception], seconds: float) -> Callable[[Any], None]:
    def hang(request: Any) -> None:
        clock.pass_time(seconds)
        options = {"error": "refused"} if error is EndpointConnectionError else {}
        raise error(endpoint_url=request.url, **options)

    return hang


def throttle(request: Any) -> Any:
    return refusal(request.url, 400, "ThrottlingException", "Rate exceeded")


SILENT = [(ReadTimeoutError, READ_SECONDS), (ConnectTimeoutError, CONNECT_SECONDS), (EndpointConnectionError, 0.0)]


@pytest.mark.parametrize(("error", "seconds"), SILENT)
@pytest.mark.parametrize("command", [["doctor"], ["status", "--full"], ["dead-letters", "redrive", "--all"]])
@pytest.mark.parametrize("answered", [0, 12])
def test_a_command_whose_connection_breaks_ends_within_a_minute(
    deployed: Deployed,
    ops: Ops,
    clock: Clock,
    error: Callable[..., Exception],
    seconds: float,
    command: list[str],
    answered: int,
):
    HealthyStack(deployed, ops)
    hang, begun = never_answer(clock, error, seconds), len(deployed.cloud.calls)

    def cut(request: Any) -> None:
        if len(deployed.cloud.calls) - begun > answered:
            hang(request)

    deployed.cloud.rules.insert(0, ("", cut))
    result = ops(*command)
    told = " ".join((result.stdout + result.stderr).split())
    if len(deployed.cloud.calls) - begun > answered:
        assert result.exit_code == 1
        assert "AWS doesn't answer" in told
    assert clock.now() <= LIMIT_SECONDS


@pytest.mark.parametrize(("error", "seconds"), SILENT)
def test_one_silent_service_does_not_hide_the_others(
    deployed: Deployed, ops: Ops, clock: Clock, error: Callable[..., Exception], seconds: float
):
    HealthyStack(deployed, ops)
    deployed.cloud.rules.insert(0, ("iam", never_answer(clock, error, seconds)))
    deployed.cloud.calls.clear()
    result = ops("doctor", "--json")
    assert result.exit_code == 1
    assert "AWS doesn't answer" in result.stdout
    assert clock.now() <= LIMIT_SECONDS
    assert {"sqs.GetQueueAttributes", "ec2.DescribeSubnets", "events.ListTargetsByRule"} <= {
        call.replace("eventbridge", "events") for call in deployed.cloud.calls
    }
    # 8 calls at a time, with up to 4 attempts each while the time of failed calls is short.
    assert 1 <= sum(call.startswith("iam.") for call in deployed.cloud.calls) <= 32


def test_throttling_of_everything_ends_within_a_minute(deployed: Deployed, ops: Ops, clock: Clock):
    HealthyStack(deployed, ops)
    for service in ("iam", "sqs", "events", "sns", "ec2", "ecs"):
        deployed.cloud.rules.insert(0, (service, throttle))
    result = ops("doctor", "--json")
    assert result.exit_code == 1
    assert result.stdout.count("throttled the call") > 5
    assert RETRY_SECONDS <= clock.now() <= LIMIT_SECONDS


def test_calls_end_after_too_many_failures_and_are_possible_again_later(cloud: Cloud, clock: Clock):
    aws = Aws(region=REGION)
    sqs, ecs = aws.client("sqs"), aws.client("ecs")
    cloud.rules.append(("sqs", never_answer(clock, ReadTimeoutError, READ_SECONDS)))
    cloud.rules.append(("ec2", never_answer(clock, ReadTimeoutError, READ_SECONDS)))
    for call in (sqs.list_queues, aws.client("ec2").describe_vpcs):
        with pytest.raises(ReadTimeoutError):
            call()
    assert STOP_SECONDS <= clock.now() <= LIMIT_SECONDS
    cloud.calls.clear()
    with pytest.raises(
        NotCalledError, match=r"ListClusters wasn't called because other endpoints of AWS didn't answer"
    ):
        ecs.list_clusters()
    with pytest.raises(NotCalledError, match=r"ListQueues wasn't called because https://sqs\.eu-west-1\.\S+ didn't"):
        sqs.list_queues()
    assert cloud.calls == []
    clock.pass_time(WINDOW_SECONDS + 1)
    assert ecs.list_clusters()["clusterArns"] == []


def test_refusals_and_answers_do_not_count(cloud: Cloud, clock: Clock):
    def slow(request: Any) -> Any:
        clock.pass_time(15)
        return refusal(request.url, 400, "AccessDeniedException") if "Clusters" in str(request.headers) else None

    aws = Aws(region=REGION)
    cloud.rules.append(("", slow))
    for _ in range(5):
        with pytest.raises(Exception, match="AccessDenied"):
            aws.client("ecs").list_clusters()
        aws.client("sts").get_caller_identity()
    assert clock.now() == 150


def test_calls_at_the_same_time_count_once():
    assert merged([], (1, 3)) == [(1, 3)]
    assert merged([(1, 3)], (2, 5)) == [(1, 5)]
    assert merged([(1, 3), (7, 9)], (2, 8)) == [(1, 9)]
    assert merged([(1, 3)], (4, 5)) == [(1, 3), (4, 5)]
    assert merged([(1, 9)], (4, 5)) == [(1, 9)]


# Calls that may have taken effect


@pytest.mark.parametrize(
    "last",
    [
        throttle,
        lambda request: never_answer(Clock(), ConnectTimeoutError, 0)(request),
    ],
    ids=["throttled", "no connection"],
)
@pytest.mark.parametrize("first", ["lost answer", "server error", "no connection"])
def test_a_run_that_an_earlier_attempt_may_have_started_is_not_known(
    deployed: Deployed, ops: Ops, clock: Clock, first: str, last: Callable[[Any], Any]
):
    faults: list[Callable[[Any], Any]] = [
        {
            "lost answer": never_answer(clock, ReadTimeoutError, 1),
            "server error": lambda request: refusal(request.url, 500, "ServerException"),
            "no connection": never_answer(clock, ConnectTimeoutError, 1),
        }[first]
    ]
    deployed.cloud.rules.append(("ecs.RunTask", lambda request: (faults.pop() if faults else last)(request)))
    result = ops("run", "etl")
    assert result.exit_code == (125 if first == "no connection" else 123)
    assert ("not known whether a run started" in result.stderr) == (first != "no connection")


@pytest.mark.parametrize("certain", [True, False])
def test_an_error_is_uncertain_only_if_an_attempt_may_have_taken_effect(cloud: Cloud, clock: Clock, certain: bool):
    faults = [] if certain else [never_answer(clock, ReadTimeoutError, 1)]
    cloud.rules.append(("ecs", lambda request: (faults.pop() if faults else throttle)(request)))
    ecs = Aws(region=REGION).client("ecs")
    with pytest.raises(Exception, match="Rate exceeded") as found:
        ecs.list_clusters()
    assert is_uncertain(found.value) is not certain
    assert explained(found.value) == (
        "ListClusters: AWS throttled the call (ThrottlingException), even after retries. Try again in a minute."
    )


# The clock


def test_threads_that_wait_at_the_same_time_share_the_time():
    clock, order = Clock(), list[float]()

    def work(seconds: float) -> float:
        clock.pass_time(seconds)
        order.append(seconds)
        return clock.now()

    with clock.pool(2) as pool:
        found = [pool.submit(work, seconds) for seconds in (3.0, 1.0, 1.5)]
        assert [each.result() for each in found] == [3.0, 1.0, 2.5]
    assert order == [1.0, 1.5, 3.0]
    assert clock.now() == 3.0


def test_an_endless_wait_ends():
    clock = Clock()
    with clock.pool(2) as pool:
        found = pool.submit(clock.pass_time, 1e9)
        assert isinstance(found.exception(), HangError)
