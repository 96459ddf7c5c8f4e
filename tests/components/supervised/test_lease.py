"""The lease on a real DynamoDB emulator (moto): two executions never hold it, and none waits longer than it lasts."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from jsonata import Jsonata
from moto import mock_aws

from components.supervised import lease
from components.supervised.settings import Supervision
from tests.interpreter import TABLE, client, make_table
from tests.referees import examples

TASK = "backup"
SETTINGS = Supervision(
    timeout=600, overlap="forbid", attempts=2, delay=60, backoff=2, exit_codes=(), launch_attempts=5, launch_age=300
)
ENDLESS = 10**9
HALF = lease.CLOCK_SKEW // 2
"""If each clock is off by at most this, no two clocks differ by more than the limit."""
WHICH = st.integers(0, 5)


@pytest.fixture
def dynamodb() -> Iterator[Any]:
    with mock_aws():
        make_table()
        yield client("dynamodb")


def allowed(write: Any, request: Mapping[str, Any]) -> bool:
    """Whether DynamoDB accepts a request. Any refusal but an unmet condition is an error."""
    try:
        write(**request)
    except ClientError as refused:
        if refused.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        return False
    return True


def acquire(dynamodb: Any, holder: str, now: int) -> bool:
    """Acquire a free lease, or take over one that has ended, as the state machine does."""
    # The state machine evaluates this with an expression for the current time.
    ends = str(Jsonata(lease.expiry(str(now), SETTINGS.lease)).evaluate(None))
    expires = str(now + lease.KEPT_SECONDS)
    free = lease.acquire(TABLE, TASK, holder=holder, since="1", ends=ends, expires=expires)
    ended = lease.take_over(TABLE, TASK, holder=holder, since="1", now=str(now), ends=ends, expires=expires)
    return allowed(dynamodb.put_item, free) or allowed(dynamodb.put_item, ended)


def release(dynamodb: Any, holder: str) -> bool:
    return allowed(dynamodb.delete_item, lease.release(TABLE, TASK, holder=holder))


@dataclass(eq=False)
class Execution:
    """An execution with its own clock."""

    name: str
    skew: int
    has_until: int = 0
    """The true time at which its run has certainly ended; 0 while it holds no lease."""
    dead: bool = False


class Leases(RuleBasedStateMachine):
    """Executions start, end, and crash in any order, with clocks that differ."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.stack.enter_context(mock_aws())
        make_table()
        self.dynamodb = client("dynamodb")
        self.now = 1_800_000_000
        self.all: list[Execution] = []
        self.ends = self.now
        """The true time at which the last acquired lease ends."""
        self.blocked_until = 0

    def teardown(self) -> None:
        self.stack.close()

    @initialize(skews=st.lists(st.sampled_from([-HALF, 0, HALF]), min_size=2, max_size=3))
    def start(self, skews: list[int]) -> None:
        self.all = [Execution(f"execution-{number}", skew) for number, skew in enumerate(skews)]

    def alive(self, number: int) -> Execution | None:
        """One of the executions, if it has not crashed."""
        execution = self.all[number % len(self.all)]
        return None if execution.dead else execution

    @rule(number=WHICH)
    def acquire(self, number: int) -> None:
        """For the first attempt or a further one."""
        if (execution := self.alive(number)) is None:
            return
        got = acquire(self.dynamodb, execution.name, self.now + execution.skew)
        if got:
            execution.has_until = self.ends = self.now + SETTINGS.lease
            self.blocked_until = self.ends + 2 * lease.CLOCK_SKEW
        else:
            assert self.now <= self.blocked_until, "nobody is kept out for longer than a lease"
            # A refused execution no longer holds the lease.
            execution.has_until = 0

    @rule(number=WHICH)
    def end(self, number: int) -> None:
        if (execution := self.alive(number)) is None:
            return
        if release(self.dynamodb, execution.name):
            self.blocked_until = 0
        execution.has_until = 0

    @rule(number=WHICH)
    def crash(self, number: int) -> None:
        """The execution ends without releasing the lease; its run continues until its timeout at the latest."""
        if len([execution for execution in self.all if not execution.dead]) > 1:
            self.all[number % len(self.all)].dead = True

    @rule(seconds=st.integers(0, SETTINGS.lease))
    def time_passes(self, seconds: int) -> None:
        self.now += seconds

    @rule(seconds=st.integers(-HALF, 2 * lease.CLOCK_SKEW + 1))
    def a_lease_is_about_to_end(self, seconds: int) -> None:
        self.now = max(self.now, self.ends + seconds)

    @rule(number=WHICH)
    def lease_requested(self, number: int) -> None:
        if execution := self.alive(number):
            allowed(self.dynamodb.update_item, lease.request_release(TABLE, TASK, replacer=execution.name, since="2"))

    @invariant()
    def at_most_one_holds_the_lease(self) -> None:
        assert len([execution.name for execution in self.all if execution.has_until > self.now]) <= 1


TestLeases = Leases.TestCase
# Every step calls DynamoDB, so shrinking a failing example would take minutes.
TestLeases.settings = settings(
    max_examples=examples(40),
    stateful_step_count=25,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)


def test_the_holder_can_renew_a_lease_until_another_run_requests_it(dynamodb: Any):
    assert acquire(dynamodb, "a", 1000)
    assert acquire(dynamodb, "a", 2000)
    assert not acquire(dynamodb, "b", 2000)
    assert allowed(dynamodb.update_item, lease.request_release(TABLE, TASK, replacer="b", since="2"))
    assert not acquire(dynamodb, "a", 2001)
    assert release(dynamodb, "a")
    assert acquire(dynamodb, "b", 2002)


def test_an_older_run_cannot_request_the_lease_of_a_newer_one(dynamodb: Any):
    assert acquire(dynamodb, "a", 1000)
    assert not allowed(dynamodb.update_item, lease.request_release(TABLE, TASK, replacer="b", since="1"))
    assert not allowed(dynamodb.update_item, lease.request_release(TABLE, TASK, replacer="b", since="0"))


def test_a_free_lease_cannot_be_requested(dynamodb: Any):
    assert not allowed(dynamodb.update_item, lease.request_release(TABLE, TASK, replacer="b", since="2"))


def test_only_the_holder_can_release_a_lease(dynamodb: Any):
    assert acquire(dynamodb, "a", 1000)
    assert not release(dynamodb, "b")
    assert not acquire(dynamodb, "c", 1001)


def test_a_lease_is_free_one_second_after_it_ends_and_not_before(dynamodb: Any):
    assert acquire(dynamodb, "a", 1000)
    end = 1000 + SETTINGS.lease + lease.CLOCK_SKEW
    assert not acquire(dynamodb, "b", end)
    assert acquire(dynamodb, "b", end + 1)


def test_a_lease_that_has_ended_is_not_free(dynamodb: Any):
    """Its holder didn't confirm that its run has stopped."""
    assert acquire(dynamodb, "a", 1000)
    assert allowed(dynamodb.update_item, lease.end(TABLE, TASK, holder="a"))
    request = lease.acquire(TABLE, TASK, holder="b", since="2", ends="9", expires="9")
    assert not allowed(dynamodb.put_item, request)
    assert acquire(dynamodb, "b", 1001)


def test_only_the_holder_can_end_a_lease(dynamodb: Any):
    assert acquire(dynamodb, "a", 1000)
    assert not allowed(dynamodb.update_item, lease.end(TABLE, TASK, holder="b"))
    assert not acquire(dynamodb, "b", 1001)


def test_time_to_live_does_not_delete_a_lease_that_has_ended(dynamodb: Any):
    """A free lease would let a run start while one that was left is running."""
    assert acquire(dynamodb, "a", 1000)
    [item] = dynamodb.scan(TableName=TABLE)["Items"]
    assert int(item["expires"]["N"]) - int(item["ends"]["N"]) > 365 * 24 * 3600


def test_the_lease_of_an_older_state_machine_ends_at_its_expiry(dynamodb: Any):
    held = {"id": {"S": TASK}, "holder": {"S": "old"}, "since": {"S": "0"}, "expires": {"N": "2000"}}
    dynamodb.put_item(TableName=TABLE, Item=held)
    assert not acquire(dynamodb, "a", 2000)
    assert acquire(dynamodb, "a", 2001)


def test_an_older_state_machine_does_not_take_over_a_lease(dynamodb: Any):
    """An execution that started before an upgrade sees the time to live as the end of the lease."""
    assert acquire(dynamodb, "a", 1000)
    assert allowed(dynamodb.update_item, lease.end(TABLE, TASK, holder="a"))
    request: dict[str, Any] = {
        "TableName": TABLE,
        "Item": {"id": {"S": TASK}},
        "ConditionExpression": (
            "attribute_not_exists(id) OR expires < :now OR (holder = :holder AND attribute_not_exists(replacer))"
        ),
        "ExpressionAttributeValues": {":holder": {"S": "old"}, ":now": {"N": "100000"}},
    }
    assert not allowed(dynamodb.put_item, request)


def test_a_time_is_claimed_once_and_its_holder_can_repeat_the_request(dynamodb: Any):
    def claim(holder: str, what: str = "backup#nightly@1") -> bool:
        return allowed(dynamodb.put_item, lease.claim(TABLE, what, holder=holder, expires=str(ENDLESS)))

    assert claim("a")
    assert claim("a"), "its first answer may have been lost"
    assert not claim("b")
    assert claim("b", "backup#nightly@2")


def test_claims_and_leases_never_share_a_key(dynamodb: Any):
    claim = lease.claim(TABLE, f"{TASK}{lease.CLAIM_SEPARATOR}x@1", holder="a", expires="1")
    assert allowed(dynamodb.put_item, claim)
    assert acquire(dynamodb, "b", 1000)


PLACE_KEPT = 10 + lease.PLACE_SECONDS + lease.CLOCK_SKEW
"""How long a place is kept that is renewed after ten seconds."""


def take_place(dynamodb: Any, holder: str, now: int) -> bool:
    request = lease.take_place(
        TABLE, TASK, holder=holder, now=str(now), ends=str(now + PLACE_KEPT), expires=str(now + lease.CLAIM_SECONDS)
    )
    return allowed(dynamodb.put_item, request)


class Places(RuleBasedStateMachine):
    """Executions enter the queue, renew their place, leave, stall and die in any order, with clocks that differ."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.stack.enter_context(mock_aws())
        make_table()
        self.dynamodb = client("dynamodb")
        self.now = 1_800_000_000
        self.renewed: dict[int, int] = {}
        """The true time at which each execution with a place last renewed it."""

    def teardown(self) -> None:
        self.stack.close()

    @rule(number=WHICH, skew=st.sampled_from([-HALF, 0, HALF]))
    def take(self, number: int, skew: int) -> None:
        taken = take_place(self.dynamodb, str(number), self.now + skew)
        others = [when for other, when in self.renewed.items() if other != number]
        if taken:
            # The others have not renewed their place in time, and will find that out.
            assert all(self.now - when > lease.PLACE_SECONDS for when in others)
            self.renewed = {number: self.now}
        else:
            assert any(self.now - when <= PLACE_KEPT + lease.CLOCK_SKEW for when in others), "a dead one has it"
            self.renewed.pop(number, None)

    @rule(number=WHICH)
    def leave(self, number: int) -> None:
        left = allowed(self.dynamodb.delete_item, lease.leave_place(TABLE, TASK, holder=str(number)))
        assert left == (number in self.renewed)
        self.renewed.pop(number, None)

    @rule(seconds=st.sampled_from([1, 10, lease.PLACE_SECONDS, PLACE_KEPT, PLACE_KEPT + 2 * lease.CLOCK_SKEW]))
    def time_passes(self, seconds: int) -> None:
        self.now += seconds

    @invariant()
    def at_most_one_waits(self) -> None:
        assert len([when for when in self.renewed.values() if self.now - when <= lease.PLACE_SECONDS]) <= 1


TestPlaces = Places.TestCase
TestPlaces.settings = settings(TestLeases.settings, max_examples=examples(15))


def test_a_place_is_neither_a_lease_nor_a_claim(dynamodb: Any):
    assert take_place(dynamodb, "a", 1000)
    assert acquire(dynamodb, "b", 1000)
    # The key of a claim contains an @.
    claim = lease.claim(TABLE, f"{TASK}{lease.CLAIM_SEPARATOR}waiting@1", holder="c", expires="1")
    assert allowed(dynamodb.put_item, claim)
    assert not take_place(dynamodb, "d", 1000)


def test_the_durations_of_a_lease_and_an_execution():
    assert SETTINGS.longest_pause == 120
    assert SETTINGS.lease == 300 + 600 + 15 * 60 + 120
    assert SETTINGS.longest == 3 * SETTINGS.lease + 2 * 15 * 60
    assert [SETTINGS.pause(attempt) for attempt in (2, 3)] == [60, 120]
    queued = replace(SETTINGS, overlap="queue")
    assert queued.longest_wait == 3 * SETTINGS.lease + 15 * 60
    assert queued.longest == SETTINGS.longest + queued.longest_wait + queued.longest_wait // 10
