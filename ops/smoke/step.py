"""The steps of the smoke test: an assumption about AWS each, and how it is checked."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from components.aws.names import GroupNames, fit

from .. import waiting
from ..aws.deployment import Deployment, find
from ..aws.session import Aws
from ..errors import OpsError
from ..output import in_words
from ..runs.history import history
from ..runs.home import home_of
from ..runs.records import Run
from .deployer import Deployer

Found = TypeVar("Found")

POLL_SECONDS = 5
MOST_RUNS = 60
AS_ASSUMED, DIFFERENT, GAP, NOT_TESTED = "as assumed", "different", "emulator gap", "not tested"
"""The outcomes. In an emulator, something that it lacks is a gap of the emulator, and says nothing about AWS."""


class NotSeenError(OpsError):
    """AWS did something else than assumed; the message says what was seen."""


class MissingError(NotSeenError):
    """Nothing was seen of what AWS is assumed to do."""


class NotTestedError(OpsError):
    """An assumption can't be tested here; the message says why."""


@dataclass(slots=True)
class Scene:
    """The stack of the smoke test, and what its steps need.

    Args:
        aws: The connection.
        names: The names of the stack's resources.
        deployer: Deploys the stack.
        who: The name of the user, for runs and pauses.
        tell: Gets messages for the user.
        now: The current time.
        in_emulator: Whether an emulator answers in place of AWS, which may lack something.
    """

    aws: Aws
    names: GroupNames
    deployer: Deployer
    who: str
    tell: Callable[[str], None]
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    in_emulator: bool = False
    began: datetime = field(init=False)
    messages: str = ""
    """URL of the queue that receives the messages of the topic; empty before it exists."""
    started: dict[str, str] = field(default_factory=dict[str, str])
    """The IDs of the runs by hand, by task."""

    def __post_init__(self) -> None:
        self.began = self.now()

    @property
    def deployment(self) -> Deployment:
        """The deployed stack. Raises OpsError if there is none."""
        return find(self.aws, self.names.schedule_group)

    @property
    def message_queue(self) -> str:
        """The name of the queue that receives the messages of the topic: see `GroupNames.dead_letter_queue`."""
        return fit(f"{self.names.prefix}-messages", 80)

    def runs(self, task: str) -> list[Run]:
        """The runs of a task since the beginning of the test, newest first."""
        deployment = self.deployment
        return history(
            deployment,
            task,
            home_of(deployment, task),
            since=self.began,
            until=self.now(),
            most=MOST_RUNS,
        )

    def until(self, seconds: float, missing: str, probe: Callable[[], Found | None]) -> Found:
        """Ask again and again until there is an answer.

        Args:
            seconds: The longest wait.
            missing: The answer that didn't come, for the error.
            probe: Returns the answer, or None.

        Raises:
            MissingError: There was no answer in time.
        """
        deadline = waiting.now() + seconds
        while True:
            if (found := probe()) is not None:
                return found
            if waiting.now() >= deadline:
                raise MissingError(f"{missing} within {in_words(timedelta(seconds=seconds))}.")
            waiting.wait(POLL_SECONDS)


@dataclass(frozen=True, slots=True)
class Step:
    """A step.

    Args:
        name: A short name.
        assumption: The assumption about AWS, as a sentence.
        check: Returns what was seen. Raises NotSeenError, or an error of AWS.
        needs: Names of steps without which this one can't be checked.
    """

    name: str
    assumption: str
    check: Callable[[Scene], str]
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a step.

    Args:
        step: The step.
        outcome: `as assumed`, `different`, `emulator gap` or `not tested`.
        seen: The observation, or why there is none.
        seconds: The duration.
    """

    step: Step
    outcome: str
    seen: str
    seconds: float

    def as_data(self) -> dict[str, object]:
        """The result for JSON output."""
        return {
            "step": self.step.name,
            "assumption": self.step.assumption,
            "outcome": self.outcome,
            "seen": self.seen,
            "seconds": round(self.seconds),
        }
