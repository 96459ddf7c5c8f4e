"""Steps about the deployment, its permissions, and pauses."""

from dataclasses import replace

from components.aws.arn import Arn
from components.problems import abbreviated

from .. import waiting
from ..aws.schedules import chosen_schedule, get_schedule
from ..doctor.checks import run_checks
from ..doctor.finding import PROBLEM
from ..pauses.record import pause_now
from ..pauses.switching import pause, resume
from .configuration import PRINTS
from .step import MissingError, NotSeenError, NotTestedError, Scene

_PAUSE = 130
"""Seconds in which a schedule with a rate of a minute would start two runs."""
_SETTLES, _RESUMES = 90, 240


def deploys(scene: Scene) -> str:
    """AWS accepts every request of a deployment."""
    scene.deployer.up()
    return f"Schedule group {scene.deployment.name}"


def is_unchanged(scene: Scene) -> str:
    """A second deployment changes nothing."""
    if not scene.deployer.unchanged():
        raise MissingError("A second deployment would change resources. To see them, run pulumi preview --refresh.")
    return "No changes"


def has_permissions(scene: Scene) -> str:
    """The roles can do what they must, as AWS's simulator of policies says, and `doctor` finds no other problem."""
    if scene.aws.emulated:
        raise NotTestedError("A local emulator doesn't simulate policies.")
    findings = run_checks(scene.deployment, None, scene.now(), lambda _: None)
    if problems := [str(finding.message) for finding in findings if finding.level == PROBLEM]:
        raise NotSeenError(abbreviated(problems))
    schedule = chosen_schedule(scene.deployment, PRINTS)
    other = Arn.parse(schedule.task_definition_arn)
    neighbor = str(replace(other, resource=f"task-definition/neighbor-of-{other.family}:1"))
    # Without the cluster, the condition of the policy would deny every task definition.
    decision = scene.aws.client("iam").simulate_principal_policy(
        PolicySourceArn=schedule.role_arn,
        ActionNames=["ecs:RunTask"],
        ResourceArns=[neighbor],
        ContextEntries=[
            {"ContextKeyName": "ecs:cluster", "ContextKeyType": "string", "ContextKeyValues": [schedule.target_arn]}
        ],
    )["EvaluationResults"][0]["EvalDecision"]
    if decision == "allowed":
        raise NotSeenError(f"{schedule.role_arn} may run {neighbor}.")
    return f"{len(findings)} checks of doctor; the neighbor's task definition: {decision}"


def pauses(scene: Scene) -> str:
    """A paused schedule starts no run."""
    deployment, now = scene.deployment, scene.now()
    result = pause(deployment, PRINTS, pause_now(scene.who, "Smoke test", now), scene.tell)
    if not result.complete or get_schedule(deployment, PRINTS).enabled:
        raise NotSeenError(f"The schedule of {PRINTS} is still enabled.")
    # A launch of the minute in which it is disabled may be on its way.
    waiting.wait(_SETTLES)
    before = {run.id for run in scene.runs(PRINTS)}
    waiting.wait(_PAUSE)
    if more := {run.id for run in scene.runs(PRINTS)} - before:
        raise NotSeenError(f"{len(more)} runs started during the pause.")
    return f"No run in {_PAUSE} s"


def resumes(scene: Scene) -> str:
    """A resumed schedule starts runs again."""
    deployment = scene.deployment
    before = {run.id for run in scene.runs(PRINTS)}
    resume(deployment, PRINTS, scene.now(), scene.tell, force=False)

    def started() -> str | None:
        return next((run.short_id for run in scene.runs(PRINTS) if run.id not in before), None)

    return f"Run {scene.until(_RESUMES, 'No run started', started)}"
