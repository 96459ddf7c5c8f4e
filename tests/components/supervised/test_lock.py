"""The lock that tasks share, on a real DynamoDB emulator (moto): two executions never hold it, and none waits forever."""

from contextlib import ExitStack
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from moto import mock_aws

from components.supervised import lease, lock
from tests.interpreter import TABLE, client, make_table
from tests.referees import examples

from .test_lease import HALF, SETTINGS, TestLeases, allowed

NAME = "orders-db"
TURN = 10 + lease.PLACE_SECONDS + lease.CLOCK_SKEW
"""How long a turn lasts that is renewed after ten seconds."""
WHICH, SKEW = st.integers(0, 3), st.sampled_from([-HALF, 0, HALF])
HELD = SETTINGS.lease + lease.CLOCK_SKEW


def by(holder: str, now: int) -> lock.Holder:
    ends, expires = str(now + HELD), str(now + lease.KEPT_SECONDS)
    return {"holder": holder, "cluster": "main", "family": f"family-{holder}", "ends": ends, "expires": expires}


class Locks(RuleBasedStateMachine):
    """Executions ask for, acquire, take over, release and leave a lock, with clocks that differ. A lower number started
    earlier."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.stack.enter_context(mock_aws())
        make_table()
        self.dynamodb = client("dynamodb")
        self.now = 1_800_000_000
        self.holder: int | None = None
        self.since = 0
        """The true time at which the holder last acquired or renewed the lock."""
        self.first: int | None = None
        self.asked = 0
        """The true time at which the next one last asked."""

    def teardown(self) -> None:
        self.stack.close()

    def update(self, request: Any) -> bool:
        return allowed(self.dynamodb.update_item, request)

    @rule(number=WHICH, skew=SKEW)
    def acquire(self, number: int, skew: int) -> None:
        now = self.now + skew
        if self.update(lock.acquire(TABLE, NAME, by=by(str(number), now), now=str(now))):
            assert self.holder in {None, number}
            waits = self.first not in {None, number} and self.now - self.asked <= lease.PLACE_SECONDS
            assert self.holder == number or not waits, "it is not its turn"
            self.holder, self.since, self.first = number, self.now, None
        else:
            turn_of_another = self.first not in {None, number} and self.now - self.asked <= TURN + lease.CLOCK_SKEW
            assert self.holder not in {None, number} or (self.holder is None and turn_of_another)

    @rule(number=WHICH, skew=SKEW)
    def ask(self, number: int, skew: int) -> None:
        now = self.now + skew
        times = {"now": str(now), "ends": str(now + TURN), "expires": str(now + lease.KEPT_SECONDS)}
        if self.update(lock.wait_for(TABLE, NAME, holder=str(number), since=str(number), **times)):
            earlier = self.first is not None and self.first < number and self.now - self.asked <= lease.PLACE_SECONDS
            assert not earlier
            self.first, self.asked = number, self.now
        else:
            assert self.first is not None
            assert self.first < number

    @rule(number=WHICH, skew=SKEW)
    def take_over(self, number: int, skew: int) -> None:
        if self.holder in {None, number}:
            return
        now = self.now + skew
        request = lock.take_over(TABLE, NAME, by=by(str(number), now), left=str(self.holder), now=str(now))
        if self.update(request):
            assert self.now - self.since > SETTINGS.lease
            self.holder, self.since, self.first = number, self.now, None

    @rule(number=WHICH)
    def release(self, number: int) -> None:
        assert self.update(lock.release(TABLE, NAME, holder=str(number))) == (self.holder == number)
        self.holder = None if self.holder == number else self.holder

    @rule(number=WHICH)
    def leave(self, number: int) -> None:
        assert self.update(lock.leave(TABLE, NAME, holder=str(number))) == (self.first == number)
        self.first = None if self.first == number else self.first

    @rule(seconds=st.sampled_from([1, 10, lease.PLACE_SECONDS, TURN + 2 * lease.CLOCK_SKEW, HELD, HELD + HALF + 1]))
    def time_passes(self, seconds: int) -> None:
        self.now += seconds

    @invariant()
    def the_item_names_the_holder(self) -> None:
        [item] = self.dynamodb.scan(TableName=TABLE)["Items"] or [{}]
        assert item.get("holder", {}).get("S") == (None if self.holder is None else str(self.holder))
        assert ("runFamily" in item) == ("ends" in item) == (self.holder is not None)


TestLocks = Locks.TestCase
TestLocks.settings = settings(TestLeases.settings, max_examples=examples(15))


def test_a_lock_is_neither_a_lease_nor_a_claim():
    assert lock.lock_key("orders-db") == "#orders-db"
    with mock_aws():
        make_table()
        dynamodb = client("dynamodb")
        assert allowed(dynamodb.update_item, lock.acquire(TABLE, NAME, by=by("a", 1), now="1"))
        assert allowed(dynamodb.put_item, lease.acquire(TABLE, NAME, holder="b", since="1", ends="9", expires="9")), (
            "a task has the same name"
        )


def test_only_the_holder_can_end_a_lock():
    with mock_aws():
        make_table()
        dynamodb = client("dynamodb")
        assert allowed(dynamodb.update_item, lock.acquire(TABLE, NAME, by=by("a", 1), now="1"))
        assert not allowed(dynamodb.update_item, lock.end(TABLE, NAME, holder="b"))
        assert allowed(dynamodb.update_item, lock.end(TABLE, NAME, holder="a"))
        assert not allowed(dynamodb.update_item, lock.acquire(TABLE, NAME, by=by("b", 2), now="2"))
        assert allowed(dynamodb.update_item, lock.take_over(TABLE, NAME, by=by("b", 2), left="a", now="2"))
