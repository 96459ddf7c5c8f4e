"""Resource policies of single log groups, which moto does not support.

There is one per log group, beside the ten policies of the account. A change must name the current revision. Deleting
the log group deletes its policy. AWS: CloudWatch Logs API reference, PutResourcePolicy.
"""

import json
from hashlib import md5
from typing import Any

from moto.logs.exceptions import InvalidParameterException, ResourceNotFoundException
from moto.logs.models import LogsBackend
from moto.logs.responses import LogsResponse

_Policies = dict[str, str]
"""Policy documents by the ARN of their log group."""

_responses: Any = LogsResponse
_backend: Any = LogsBackend
_put, _delete, _delete_log_group = (
    _responses.put_resource_policy,
    _responses.delete_resource_policy,
    _backend.delete_log_group,
)


def fix_log_policies() -> None:
    """Add the policies to moto in this process."""
    _responses.put_resource_policy = put_resource_policy
    _responses.delete_resource_policy = delete_resource_policy
    _responses.describe_resource_policies = describe_resource_policies
    _backend.delete_log_group = delete_log_group


def put_resource_policy(response: Any) -> str:
    """Create or change a policy; moto handles a policy of the account."""
    arn = response._get_param("resourceArn")
    if not arn:
        return _put(response)
    if arn not in [_arn(group) for group in response.logs_backend.groups.values()]:
        raise ResourceNotFoundException
    policies = _policies(response.logs_backend)
    _check_revision(policies, arn, response._get_param("expectedRevisionId"))
    policies[arn] = response._get_param("policyDocument")
    return json.dumps({"resourcePolicy": _described(policies, arn)})


def delete_resource_policy(response: Any) -> str:
    """Delete a policy; moto handles a policy of the account."""
    arn = response._get_param("resourceArn")
    if not arn:
        return _delete(response)
    policies = _policies(response.logs_backend)
    _check_revision(policies, arn, response._get_param("expectedRevisionId"))
    if policies.pop(arn, None) is None:
        raise ResourceNotFoundException
    return ""


def describe_resource_policies(response: Any) -> str:
    """List the policies of the account, of one log group, or of all log groups."""
    backend, wanted = response.logs_backend, response._get_param("resourceArn")
    if response._get_param("policyScope") == "RESOURCE":
        policies = _policies(backend)
        found = [_described(policies, arn) for arn in policies if not wanted or arn == wanted]
    else:
        found = [{**policy.describe(), "policyScope": "ACCOUNT"} for policy in backend.describe_resource_policies()]
    return json.dumps({"resourcePolicies": found})


def delete_log_group(backend: Any, log_group_name: str) -> None:
    """Delete a log group and its policy."""
    group = backend.groups.get(log_group_name)
    _delete_log_group(backend, log_group_name)
    _policies(backend).pop(_arn(group), None)


def policies_of(backend: Any, log_group_name: str) -> list[str]:
    """The policy of a log group, if it has one."""
    group = backend.groups.get(log_group_name)
    return [_policies(backend)[_arn(group)]] if group and _arn(group) in _policies(backend) else []


def _policies(backend: Any) -> _Policies:
    return vars(backend).setdefault("policies_of_log_groups", {})


def _arn(group: Any) -> str:
    return group.arn.removesuffix(":*")


def _described(policies: _Policies, arn: str) -> dict[str, str]:
    return {
        "policyScope": "RESOURCE",
        "resourceArn": arn,
        "policyDocument": policies[arn],
        "revisionId": _revision(policies[arn]),
    }


def _revision(document: str) -> str:
    return md5(document.encode(), usedforsecurity=False).hexdigest()


def _check_revision(policies: _Policies, arn: str, given: str | None) -> None:
    if arn in policies and _revision(policies[arn]) != given:
        raise InvalidParameterException(
            constraint="expectedRevisionId is not that of the policy", parameter="expectedRevisionId", value=given
        )
