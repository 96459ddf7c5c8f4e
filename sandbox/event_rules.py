"""Rules of EventBridge: input templates, API destinations, and connections."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from .input_templates import is_quoted, strings

Params = Mapping[str, Any]


def event_target_problems(params: Params) -> Iterator[str]:
    """Problems of the targets of a rule."""
    yield from _input_templates(params)
    yield from _roles(params)


_PREDEFINED = frozenset(
    f"aws.events.{name}" for name in ("event", "event.ingestion-time", "event.json", "rule-arn", "rule-name")
)
"""Variables of input templates that need no path. AWS: Amazon EventBridge user guide, "Input transformation"."""


def _input_templates(params: Params) -> Iterator[str]:
    # AWS: Amazon EventBridge user guide, "Input transformation", common issues; API reference, InputTransformer.
    for target in params.get("Targets", []):
        transformer: Params = target.get("InputTransformer", {})
        template = transformer.get("InputTemplate", "{}")
        for name in re.findall(r"<([A-Za-z0-9_.-]+)>", template):
            if name not in _PREDEFINED and name not in transformer.get("InputPathsMap", {}):
                yield f"InputTemplate for target {target['Id']} contains invalid placeholder {name}."
        try:
            if is_quoted(template):
                list(strings(template))
            else:
                json.loads(re.sub(r"<[A-Za-z0-9_.-]+>", "0", template))
        except ValueError as error:
            yield f"Invalid InputTemplate for target {target['Id']} : {error}"


_WITH_ROLE = (":api-destination/", ":stateMachine:")
"""Parts of the ARNs of targets that EventBridge invokes with a role."""


def _roles(params: Params) -> Iterator[str]:
    # AWS: Amazon EventBridge user guide, "API destinations as targets": "you must provide an IAM role with the correct
    # permissions", and "Using identity-based policies": "For Step Functions state machines"; botocore events, Target,
    # RoleArn.
    for target in params.get("Targets", []):
        if any(part in target["Arn"] for part in _WITH_ROLE) and not target.get("RoleArn"):
            yield f"RoleArn is required for target {target['Id']}."


def api_destination_problems(params: Params) -> Iterator[str]:
    """Problems of an API destination."""
    # AWS: Amazon EventBridge user guide, "API destinations as targets": "The URL must use HTTPS."
    if not params.get("InvocationEndpoint", "https://").startswith("https://"):
        yield "InvocationEndpoint: must use HTTPS"


def connection_problems(params: Params) -> Iterator[str]:
    """Problems of a connection."""
    # AWS: botocore events, CreateConnectionRequest, AuthParameters: "You must include only authorization parameters for
    # the AuthorizationType you specify."
    wanted = {"API_KEY": "ApiKeyAuthParameters", "BASIC": "BasicAuthParameters"}.get(
        params.get("AuthorizationType", ""), "OAuthParameters"
    )
    for name in ("ApiKeyAuthParameters", "BasicAuthParameters", "OAuthParameters"):
        if (name in params.get("AuthParameters", {})) != (name == wanted):
            yield f"AuthParameters.{name}: {'is required' if name == wanted else 'is not allowed'} for this type"
