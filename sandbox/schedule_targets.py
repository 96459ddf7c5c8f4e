"""Targets that EventBridge Scheduler accepts: its templated targets, and API calls (universal targets).

AWS: EventBridge Scheduler user guide, "Using templated targets", "Using universal targets".
"""

import gzip
import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import botocore
from botocore.model import ServiceModel

from .validation import service_model

Params = Mapping[str, Any]

_ARN = re.compile(r"arn:([^:]+):([^:]+):([^:]*):([^:]*):(.+)", re.DOTALL)
_CALL = re.compile(r"aws-sdk:([^:]*):(.*)", re.DOTALL)
_TEMPLATED = frozenset({
    "codebuild", "codepipeline", "ecs", "events", "firehose", "inspector", "kinesis", "lambda", "sagemaker", "sns",
    "sqs", "states",
})  # fmt: skip
"""AWS: EventBridge Scheduler user guide, "Using templated targets"."""
_WITH_JSON = frozenset({"events", "lambda", "states"})
"""AWS: botocore scheduler, Target.Input: "If you are configuring a templated Lambda, AWS Step Functions, or Amazon
EventBridge target, the input must be a well-formed JSON"."""
_PARAMETERS = {
    "EcsParameters": "ecs",
    "EventBridgeParameters": "events",
    "KinesisParameters": "kinesis",
    "SageMakerPipelineParameters": "sagemaker",
    "SqsParameters": "sqs",
}
"""The service of each member of a target. AWS: botocore scheduler, Target."""
_REQUIRED = {"ecs": "EcsParameters", "events": "EventBridgeParameters", "kinesis": "KinesisParameters"}
_HEAD = 4096
"""Characters of a model that contain its metadata."""
_NOT_CALLABLE = (
    "get", "describe", "list", "poll", "receive", "search", "scan", "query", "select", "read", "lookup", "discover",
    "validate", "batchGet", "batchDescribe", "batchRead", "transactGet", "adminGet", "adminList", "testMigration",
    "retrieve", "testConnection", "translateDocument", "isAuthorized", "isAuthorizedWithToken", "invokeModel",
)  # fmt: skip
"""AWS: EventBridge Scheduler user guide, "Using universal targets", unsupported APIs: operations that begin with one of
these words."""


def target_problems(params: Params) -> Iterator[str]:
    """Refusals of a target by CreateSchedule, which never looks at the input of an API call."""
    target: Params = params.get("Target", {})
    if "Arn" not in target:
        return
    found = _ARN.fullmatch(str(target["Arn"]))
    if found is None:
        yield f"Target.Arn: {target['Arn']!r} is not an ARN"
    elif found[2] == "scheduler" and (call := _CALL.fullmatch(found[5])):
        yield from _call_problems(call[1], call[2])
        yield from _parameter_problems(target, "")
    elif found[2] in _TEMPLATED:
        yield from _parameter_problems(target, found[2])
    else:
        # AWS's own text: github.com/boto/boto3/issues/3558.
        yield f"{found[2]} is not a supported service for a target."


def _parameter_problems(target: Params, service: str) -> Iterator[str]:
    """Refusals of the parameters and the input of a templated target. `service` is empty for an API call."""
    for member, of_service in _PARAMETERS.items():
        if member in target and service != of_service:
            yield f"Target.{member}: is only for targets of {of_service}"
    if (member := _REQUIRED.get(service)) and member not in target:
        yield f"Target.{member}: is required for a target of {service}"
    if service in _WITH_JSON and "Input" in target and not _is_json(target["Input"]):
        yield f"Target.Input: must be well-formed JSON for a target of {service}"


def _call_problems(service: str, action: str) -> Iterator[str]:
    model = model_of(service)
    operation = action[:1].upper() + action[1:]
    unsupported = action[:1].isupper() or action.startswith(_NOT_CALLABLE)
    if model is None or unsupported or operation not in model.operation_names:
        # AWS's own text.
        yield f"The api {action} is not valid for the service aws-sdk:{service}"


def model_of(service: str) -> ServiceModel | None:
    """botocore's model of a service, by its id in the AWS SDK for Java 2.x in lower case. None for an unknown id."""
    name = _services().get(service)
    return service_model(name) if name else None


@cache
def _services() -> Mapping[str, str]:
    """boto3's name of each service, by its id in the AWS SDK for Java 2.x in lower case."""
    folder = Path(botocore.__file__).parent / "data"
    found: dict[str, str] = {}
    for file in sorted(folder.glob("*/*/service-2.json.gz")):
        # The metadata comes first. Decoding all models would take seconds.
        with gzip.open(file, "rt", encoding="utf-8") as text:
            service_id = re.search(r'"serviceId"\s*:\s*"([^"]+)"', text.read(_HEAD))
        if service_id:
            found.setdefault(_java_id(service_id[1]), file.parts[-3])
    return found


def _java_id(service_id: str) -> str:
    """`Database Migration Service` is `databasemigration`.

    AWS: aws-sdk-java-v2, codegen, DefaultNamingStrategy.getServiceName: without redundant prefixes and suffixes.
    """
    words = re.sub(r"[^A-Za-z0-9 ]", " ", service_id).split()
    if len(words) > 1 and words[0].lower() in ("amazon", "aws"):
        words = words[1:]
    if len(words) > 1 and words[-1].lower() == "service":
        words = words[:-1]
    return "".join(words).lower()


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
