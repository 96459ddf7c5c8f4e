"""The steps of the smoke test, in their order."""

from . import deletion, failures, launches, stack_steps
from .step import Step

DEPLOYED, FIRED, REFUSED, PAUSED = "deployment", "schedule", "refused launch", "pause"
STARTED, SUPERVISED = "run by hand", "supervised run"

STEPS = (
    Step(DEPLOYED, "AWS accepts every request of a deployment.", stack_steps.deploys),
    Step(STARTED, "A run starts without its schedule.", failures.start_failing, needs=(DEPLOYED,)),
    Step(SUPERVISED, "A state machine starts.", failures.start_too_long, needs=(DEPLOYED,)),
    Step(
        "second deployment",
        "AWS returns what was deployed, so that a second deployment changes nothing.",
        stack_steps.is_unchanged,
        needs=(DEPLOYED,),
    ),
    Step(
        "permissions",
        "The roles may do what they must, and not more.",
        stack_steps.has_permissions,
        needs=(DEPLOYED,),
    ),
    Step(FIRED, "A schedule starts a container, which succeeds.", launches.fires, needs=(DEPLOYED,)),
    Step("tags", "The ECS task has the tags of its task.", launches.has_tags, needs=(FIRED,)),
    Step(
        "log",
        "The output of the container is in the log group, with the scheduled time in place of its keyword.",
        launches.logs,
        needs=(FIRED,),
    ),
    Step(
        "first run",
        "A rate without a start runs when its schedule is created.",
        launches.begins_at_creation,
        needs=("log",),
    ),
    Step(
        "outcome log",
        "EventBridge writes the end of the run to the outcome log, as the policy of the log group allows.",
        launches.is_in_outcome_log,
        needs=(FIRED,),
    ),
    Step("success metric", "A metric filter counts the success.", launches.is_counted, needs=(FIRED,)),
    Step("exit code", "ECS reports the exit code of a container.", failures.has_exit_code, needs=(STARTED,)),
    Step(
        "failure message",
        "EventBridge sends a message about a failed run to the topic.",
        failures.sends_message,
        needs=(STARTED,),
    ),
    Step("timeout", "Step Functions stops a run after its timeout.", failures.times_out, needs=(SUPERVISED,)),
    Step(
        REFUSED,
        "A launch that AWS refuses arrives in the dead-letter queue.",
        failures.is_refused,
        needs=(DEPLOYED,),
    ),
    Step("redrive", "The refused launch starts a run later.", failures.is_redriven, needs=(REFUSED,)),
    Step(PAUSED, "A disabled schedule starts no runs.", stack_steps.pauses, needs=(FIRED,)),
    Step("resume", "An enabled schedule starts runs again.", stack_steps.resumes, needs=(PAUSED,)),
)
"""They take about ten minutes in an account."""

DELETION = Step("deletion", "A deletion leaves nothing.", deletion.is_deleted)
"""The last step, which always runs."""
