"""Steps about runs that fail, and launches that AWS refuses."""

import uuid

from components.aws.names import family_of
from components.aws.policies import document
from components.monitoring.events import FAILED

from ..aws.deployment import Deployment
from ..aws.schedules import chosen_schedule
from ..dead_letters.executions import Executions
from ..dead_letters.message import LAUNCHES, DeadLetter
from ..dead_letters.queue import Queue, Received
from ..dead_letters.redrive import Redrive
from ..errors import OpsError
from ..runs.records import Run, last_part
from ..runs.request import LaunchContext, RunChanges
from ..runs.starting import start
from .configuration import DENIAL, EXIT_CODE, FAILS, REFUSED, TOO_LONG
from .step import NotSeenError, Scene

_ENDS, _ARRIVES, _REFUSED, _PROPAGATES = 300, 180, 300, 180
"""Seconds. IAM's changes take a while to arrive everywhere."""
_MOST_MESSAGES = 100


def start_failing(scene: Scene) -> str:
    """Start the run that fails, which runs while other steps wait."""
    scene.messages = _subscribed_queue(scene)
    return _start(scene, FAILS)


def start_too_long(scene: Scene) -> str:
    """Start the supervised run that takes too long."""
    return _start(scene, TOO_LONG)


def _start(scene: Scene, task: str) -> str:
    deployment = scene.deployment
    schedule = chosen_schedule(deployment, task)
    context = LaunchContext(schedule.arn, scene.now(), str(uuid.uuid4()))
    started = start(deployment, task, schedule, context, RunChanges(), who=scene.who, tell=scene.tell)
    scene.started[task] = started.ids[0]
    return started.ids[0]


def has_exit_code(scene: Scene) -> str:
    """A run reports the exit code of its container."""
    run = _failed(scene, FAILS)
    if run.exit_code != EXIT_CODE:
        raise NotSeenError(f"Run {run.short_id} has exit code {run.exit_code}, not {EXIT_CODE}. {run.reason}")
    return f"Exit code {run.exit_code}"


def sends_message(scene: Scene) -> str:
    """EventBridge sends a message about the failed run to the topic."""
    sqs = scene.aws.client("sqs")

    def received() -> str | None:
        answer = sqs.receive_message(QueueUrl=scene.messages, MaxNumberOfMessages=10, WaitTimeSeconds=1)
        bodies = (message.get("Body", "") for message in answer.get("Messages", []))
        return next((body for body in bodies if f"The scheduled task {FAILS} in " in body), None)

    message = scene.until(_ARRIVES, f"The topic has sent no message about {FAILS}", received)
    return message.splitlines()[0].strip('"')


def times_out(scene: Scene) -> str:
    """Step Functions stops a supervised run after its timeout."""
    run = _failed(scene, TOO_LONG)
    if "Timed out" not in run.reason:
        raise NotSeenError(f"Run {run.short_id} failed for another reason: {run.reason}")
    return run.reason


def is_refused(scene: Scene) -> str:
    """A launch that AWS refuses is in the dead-letter queue."""
    deployment = scene.deployment
    schedule = chosen_schedule(deployment, REFUSED)
    role = last_part(schedule.role_arn)
    family = family_of(schedule.task_definition_arn)
    arn = deployment.resource("ecs", f"task-definition/{family}:*")
    denial = document([{"Sid": "Deny", "Effect": "Deny", "Action": "ecs:RunTask", "Resource": arn}])
    iam = scene.aws.client("iam")
    iam.put_role_policy(RoleName=role, PolicyName=DENIAL, PolicyDocument=denial)
    try:
        message = scene.until(_REFUSED, "The dead-letter queue has no message", lambda: _letter(deployment))
    finally:
        iam.delete_role_policy(RoleName=role, PolicyName=DENIAL)
    return message.error_code


def is_redriven(scene: Scene) -> str:
    """The launch of a message succeeds later."""
    deployment = scene.deployment
    queue = Queue(deployment, LAUNCHES)

    def redriven() -> str | None:
        if (message := _letter(deployment)) is None:
            return None
        ids: list[str] = []
        redrive = Redrive(deployment, queue, Executions(deployment), scene.who, scene.tell)

        def handle(received: Received) -> bool:
            try:
                ids.extend(redrive.one(received).ids)
            except OpsError as error:
                scene.tell(str(error))
            return bool(ids)

        queue.process([message.id], handle)
        return ids[0] if ids else None

    run = scene.until(_PROPAGATES, "No message could be redriven", redriven)
    return f"Run {run[:8]}"


def _failed(scene: Scene, task: str) -> Run:
    started = scene.started[task]

    def ended() -> Run | None:
        return next((run for run in scene.runs(task) if run.id == started and run.outcome == FAILED), None)

    return scene.until(_ENDS, f"The run of {task} has not ended", ended)


def _letter(deployment: Deployment) -> DeadLetter | None:
    found = Queue(deployment, LAUNCHES).messages(_MOST_MESSAGES)
    return next((message for message in found if message.task == REFUSED), None)


def _subscribed_queue(scene: Scene) -> str:
    """Create a queue that gets the messages of the topic, and return its URL."""
    deployment = scene.deployment
    name = scene.message_queue
    topic = deployment.resource("sns", scene.names.topic)
    policy = document(
        [
            {
                "Sid": "Messages",
                "Effect": "Allow",
                "Principal": {"Service": "sns.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": deployment.resource("sqs", name),
                "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
            }
        ]
    )
    sqs = scene.aws.client("sqs")
    url = sqs.create_queue(QueueName=name, Attributes={"Policy": policy})["QueueUrl"]
    scene.aws.client("sns").subscribe(
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=deployment.resource("sqs", name),
        Attributes={"RawMessageDelivery": "true"},
    )
    return url
