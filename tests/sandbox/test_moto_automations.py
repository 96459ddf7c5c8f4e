"""Executions of runbooks in the sandbox."""

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from sandbox.moto_fixes import apply_fixes
from tests.mocks import REGION

RUNBOOK = {
    "schemaVersion": "0.3",
    "parameters": {"Group": {"type": "StringList"}, "Wait": {"type": "String", "default": "PT1M"}},
    "mainSteps": [{"name": "wait", "action": "aws:sleep", "inputs": {"Duration": "{{ Wait }}"}}],
}


@pytest.mark.parametrize(
    ("name", "parameters", "error"),
    [
        ("RestartHosts", {"Group": ["web"]}, ""),
        ("RestartHosts", {"Group": ["web"], "Wait": ["PT5M"]}, ""),
        # AWS: botocore ssm, the errors of StartAutomationExecution.
        ("RestartHosts", {}, "InvalidAutomationExecutionParameters"),
        ("RestartHosts", {"Group": ["web"], "Other": ["a"]}, "InvalidAutomationExecutionParameters"),
        ("Command", {}, "AutomationDefinitionNotFound"),
        ("AWS-StopEC2Instance", {}, "AutomationDefinitionNotFound"),
    ],
)
def test_a_runbook_that_exists_is_started_with_its_parameters(name: str, parameters: dict[str, Any], error: str):
    apply_fixes()
    with mock_aws():
        ssm = boto3.client("ssm", region_name=REGION)
        ssm.create_document(Name="RestartHosts", DocumentType="Automation", Content=json.dumps(RUNBOOK))
        command = {"schemaVersion": "2.2", "mainSteps": []}
        ssm.create_document(Name="Command", DocumentType="Command", Content=json.dumps(command))
        if error:
            with pytest.raises(ClientError, match=error):
                ssm.start_automation_execution(DocumentName=name, Parameters=parameters)
            return
        started = ssm.start_automation_execution(DocumentName=name, Parameters=parameters)["AutomationExecutionId"]
        found = ssm.get_automation_execution(AutomationExecutionId=started)["AutomationExecution"]
        assert (found["DocumentName"], found["Parameters"]) == (name, parameters)
