"""Executions of runbooks of AWS Systems Manager, which moto lacks: they start, and nothing runs.

Only runbooks of the account exist, not those of AWS. AWS: Systems Manager API reference, StartAutomationExecution,
GetAutomationExecution.
"""

import json
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import yaml
from moto.core.exceptions import JsonRESTError
from moto.ssm.responses import SimpleSystemManagerResponse

_STORE = "_scheduled_tasks_automations"
_AUTOMATION = "Automation"
"""AWS: botocore ssm, DocumentType."""


def fix_automations() -> None:
    """Add the operations to moto in this process."""
    responses: Any = SimpleSystemManagerResponse
    responses.start_automation_execution = start_automation_execution
    responses.get_automation_execution = get_automation_execution


def start_automation_execution(response: Any) -> str:
    """Start an execution of a runbook that exists, with parameters that it has."""
    name: str = response._get_param("DocumentName")
    found = response.ssm_backend._documents.get(name)
    document = found.get_default_version() if found else None
    if document is None or document.document_type != _AUTOMATION:
        raise JsonRESTError(
            "AutomationDefinitionNotFoundException",
            f"Automation definition {name} not found. The sandbox has only runbooks that were created in it.",
        )
    given: Mapping[str, Any] = response._get_param("Parameters") or {}
    refuse_parameters(yaml.safe_load(document.content).get("parameters", {}), given)
    execution = {
        "AutomationExecutionId": str(uuid4()),
        "DocumentName": name,
        "Parameters": given,
        "AutomationExecutionStatus": "InProgress",
    }
    _executions(response)[str(execution["AutomationExecutionId"])] = execution
    return json.dumps({"AutomationExecutionId": execution["AutomationExecutionId"]})


def refuse_parameters(known: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    """Raise an error for parameters that a runbook lacks, or that it requires."""
    unknown = sorted(given.keys() - known.keys())
    missing = sorted(name for name, each in known.items() if "default" not in each and name not in given)
    if unknown or missing:
        raise JsonRESTError(
            "InvalidAutomationExecutionParametersException",
            f"Parameters that the runbook doesn't have: {unknown}. Parameters without a value: {missing}.",
        )


def get_automation_execution(response: Any) -> str:
    """Read an execution."""
    execution = _executions(response).get(response._get_param("AutomationExecutionId"))
    if execution is None:
        raise JsonRESTError("AutomationExecutionNotFoundException", "There is no such execution.")
    return json.dumps({"AutomationExecution": execution})


def _executions(response: Any) -> dict[str, dict[str, Any]]:
    return vars(response.ssm_backend).setdefault(_STORE, {})
