"""Targets other than ECS as calls: what each target does, as keys of a task. Pure.

AWS: EventBridge Scheduler user guide, "Using templated targets" and "Using universal targets"; EventBridge API
reference, Target.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from components.aws.arn import Arn
from components.calls.targets import is_fifo
from components.json_values import Object, is_object

from ..yaml_sources import Value
from .model import service_of, text_at
from .values import is_empty, parsed_json, plain, unresolved
from .work import Work

_ROLE = "The call makes its own role, which may make this call only."
_OTHER_EVENT = (
    "Without an input, the target gets an event of EventBridge Scheduler. Its source is aws.scheduler, not aws.events, "
    "and its detail is a string."
)
_DATA = "AWS doesn't document how a universal target encodes `Data`, which is binary."
_NO_CALL: Mapping[str, str] = {
    "kinesis": f"Write it as `call: kinesis:putRecord`, and try it. {_DATA}",
    "firehose": f"Write it as `call: firehose:putRecord`, and try it. {_DATA}",
}
"""Targets with an operation that no key writes in the same way. AWS: EventBridge Scheduler user guide, "Using templated
targets": it writes the input as the record."""


@dataclass(frozen=True, slots=True)
class _Input:
    """The input of a target.

    Args:
        value: The value that decisions are about. None if there is no input.
        data: The object, or the text of anything else.
    """

    value: Value | None = None
    data: Object | str | None = None


@dataclass(frozen=True, slots=True)
class _Target:
    """A target.

    Args:
        value: Its members.
        arn: Its ARN.
        input: Its input.
        of_rule: Whether it is one of a rule.
    """

    value: Value
    arn: Arn
    input: _Input
    of_rule: bool


def refusal_of(target: Value, *, of_rule: bool) -> str:
    """Why a target can't be a call, as sentences. Empty if it can."""
    arn = target.at("Arn")
    if open_ := unresolved(arn):
        return f"The source doesn't contain the ARN of its target. {open_[0][1].note}"
    service = service_of(text_at(target, "Arn"))
    if service in _kinds(of_rule):
        return ""
    if service == "events" and of_rule:
        return "A rule forwards its own event to an event bus, which a schedule doesn't have."
    if service in _NO_CALL:
        return f"The target is {service}. {_NO_CALL[service]}"
    return f"The target is {service}, which no call can reach." if service else "The target isn't known."


def apply_call(work: Work, target: Value, *, of_rule: bool) -> None:
    """Set the keys of a call. `refusal_of` must be empty."""
    arn = target.at("Arn")
    assert arn is not None
    for key in ("InputPath", "InputTransformer"):
        value = target.at(key)
        if value is not None and not is_empty(value):
            work.block(value, "", "A schedule has no event to read from. Write the input into the task.")
    if (value := target.at("RoleArn")) is not None and not is_empty(value):
        work.ledger.change(value, "", _ROLE, whole=True)
    else:
        work.default("RoleArn", target.line, "", _ROLE)
    found = _Target(target, Arn.parse(arn.text), _input_of(work, target), of_rule)
    _kinds(of_rule)[service_of(arn.text)](work, found)
    work.ledger.change(arn, next(iter(set(work.draft.keys) & _KEYS), ""))


_KEYS = frozenset({"invoke", "execute", "send", "submit", "call"})
_Apply = Callable[[Work, _Target], None]


def _input_of(work: Work, target: Value) -> _Input:
    value = work.found(target.at("Input"), "Input")
    if value is None:
        return _Input()
    parsed = value if value.children is not None else parsed_json(value)
    if parsed is None or not isinstance(parsed.children, dict):
        return _Input(value, value.text)
    if parsed is not value:
        # Its keys are counted, and get a decision together.
        value.decided = True
    data = plain(parsed)
    return _Input(parsed, data if is_object(data) else None)


def _object(work: Work, given: _Input, key: str) -> Object:
    """An input that must be an object."""
    if isinstance(given.data, str):
        if given.value is not None:
            work.block(given.value, key, "It isn't a JSON object. A call has an object as its input.")
        return {}
    work.ledger.take(given.value, key, whole=True)
    return given.data or {}


def _default_event(work: Work, target: _Target, key: str) -> None:
    if target.of_rule:
        work.default("Input", target.value.line, key, _OTHER_EVENT)


def _invoke(work: Work, target: _Target) -> None:
    keys: dict[str, object] = {"function": str(target.arn)}
    if target.input.value is None:
        _default_event(work, target, "invoke.payload")
    else:
        keys["payload"] = dict(_object(work, target.input, "invoke.payload"))
    work.draft.keys["invoke"] = keys


def _execute(work: Work, target: _Target) -> None:
    keys: dict[str, object] = {"stateMachine": str(target.arn)}
    if target.input.value is not None:
        keys["input"] = dict(_object(work, target.input, "execute.input"))
    elif target.of_rule:
        note = (
            "The execution gets the event of the rule, which a schedule doesn't have. Set an input on the rule first."
        )
        work.draft.block(target.value.line, "Input", note, "not possible")
    work.draft.keys["execute"] = keys


def _queue(work: Work, target: _Target) -> None:
    keys = {"queue": str(target.arn), **_body(work, target)}
    group = work.found(target.value.at("SqsParameters", "MessageGroupId"), "send.messageGroup")
    if group is not None:
        keys["messageGroup"] = group.text
        note = "A deduplication ID drops duplicates, also if the queue doesn't compare contents."
        work.ledger.change(group, "send.messageGroup", note if is_fifo(target.arn.resource) else "")
    work.draft.keys["send"] = keys


def _topic(work: Work, target: _Target) -> None:
    work.draft.keys["send"] = {"topic": str(target.arn), **_body(work, target)}


def _body(work: Work, target: _Target) -> dict[str, object]:
    if target.input.value is None:
        _default_event(work, target, "send.body")
        return {}
    work.ledger.take(target.input.value, "send.body", whole=True)
    return {"body": target.input.data}


def _bus(work: Work, target: _Target) -> None:
    keys: dict[str, object] = {"bus": str(target.arn)}
    for member, key in (("Source", "source"), ("DetailType", "detailType")):
        value = work.found(target.value.at("EventBridgeParameters", member), f"send.{key}")
        if value is not None:
            keys[key] = value.text
            work.ledger.take(value, f"send.{key}")
    if target.input.value is not None:
        keys["body"] = dict(_object(work, target.input, "send.body"))
    work.draft.keys["send"] = keys


def _build(work: Work, target: _Target) -> None:
    _no_input(work, target.input, "submit.build")
    work.draft.keys["submit"] = {"build": {"project": target.arn.resource_id}}


def _pipeline(work: Work, target: _Target) -> None:
    _no_input(work, target.input, "submit.pipeline")
    work.draft.keys["submit"] = {"pipeline": target.arn.resource}


def _job(work: Work, target: _Target) -> None:
    _no_input(work, target.input, "submit.batch")
    keys: dict[str, object] = {"queue": str(target.arn)}
    for member, key in (("JobDefinition", "definition"), ("JobName", "name")):
        value = work.found(target.value.at("BatchParameters", member), f"submit.batch.{key}")
        if value is not None:
            keys[key] = value.text
            work.ledger.take(value, f"submit.batch.{key}")
    for member in ("ArrayProperties", "RetryStrategy"):
        value = target.value.at("BatchParameters", member)
        if value is not None and not is_empty(value):
            work.block(value, "submit.batch", f"No key of a job is {member}. Write the job as `call: batch:submitJob`.")
    work.draft.keys["submit"] = {"batch": keys}


def _no_input(work: Work, given: _Input, key: str) -> None:
    if given.value is not None:
        work.block(given.value, key, "It changes parameters of the work that no key of the call has.")


def _model_pipeline(work: Work, target: _Target) -> None:
    """A pipeline of SageMaker. Its execution has parameters, and no input. AWS: SageMaker API reference,
    StartPipelineExecution; EventBridge Scheduler API reference, SageMakerPipelineParameters."""
    _no_input(work, target.input, "with")
    given: dict[str, object] = {"pipelineName": target.arn.resource_id}
    found = work.found(
        target.value.at("SageMakerPipelineParameters", "PipelineParameterList"), "with.pipelineParameters"
    )
    if found is not None:
        if any(text.startswith("$.") for each in found.items for text in [text_at(each, "Value")]):
            work.block(found, "with.pipelineParameters", "A schedule has no event to read from. Write the values.")
        else:
            pairs = [{"name": text_at(each, "Name"), "value": text_at(each, "Value")} for each in found.items]
            given["pipelineParameters"] = pairs
            work.ledger.take(found, "with.pipelineParameters", whole=True)
    work.draft.keys |= {"call": "sagemaker:startPipelineExecution", "with": given}


def _assessment(work: Work, target: _Target) -> None:
    """An assessment template of Amazon Inspector Classic. AWS: Amazon Inspector API reference, StartAssessmentRun."""
    _no_input(work, target.input, "with")
    given = {"assessmentTemplateArn": str(target.arn)}
    work.draft.keys |= {"call": "inspector:startAssessmentRun", "with": given}


def _call(work: Work, target: _Target) -> None:
    """A universal target. `check` compares the operation and its parameters with AWS's models."""
    work.draft.keys["call"] = target.arn.resource.removeprefix("aws-sdk:")
    found = _object(work, target.input, "with")
    if found:
        work.draft.keys["with"] = dict(found)


_BOTH: Mapping[str, _Apply] = {
    "lambda": _invoke,
    "states": _execute,
    "sqs": _queue,
    "sns": _topic,
    "codebuild": _build,
    "codepipeline": _pipeline,
    "sagemaker": _model_pipeline,
    "inspector": _assessment,
}
_OF_SCHEDULES: Mapping[str, _Apply] = {**_BOTH, "events": _bus, "scheduler": _call}
_OF_RULES: Mapping[str, _Apply] = {**_BOTH, "batch": _job}


def _kinds(of_rule: bool) -> Mapping[str, _Apply]:
    return _OF_RULES if of_rule else _OF_SCHEDULES
