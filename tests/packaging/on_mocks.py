"""Programs on mocks, in a process with the wheel and without the repository: the resources of each, as JSON."""

import json
import runpy
import sys
from typing import Any

import pulumi_ecs_scheduled_tasks as package  # pyright: ignore[reportMissingImports] - the wheel
from pulumi_ecs_scheduled_tasks import testing  # pyright: ignore[reportMissingImports] - the wheel

PLATFORM = {
    "clusterArn": "arn:aws:ecs:eu-west-1:123456789012:cluster/platform",
    "privateSubnetIds": ["subnet-0a", "subnet-0b"],
    "vpcId": "vpc-0f",
    "alertsTopicArn": "arn:aws:sns:eu-west-1:123456789012:alerts",
}
REFERENCE = {"name": "acme/platform/prod", "outputs": PLATFORM, "secretOutputNames": []}


def resources(file: str) -> dict[str, Any]:
    """The inputs of the resources of a program, by name."""
    recorded = testing.run(
        lambda: runpy.run_path(file),
        project="invoices",
        config={"invoices:platform": "acme/platform/prod"},
        outputs={"pulumi:pulumi:StackReference": REFERENCE},
    )
    return {found.name: found.inputs for found in recorded.resources}


made = [resources(file) for file in sys.argv[1:]]
seen = sorted(name for name in sys.modules if name.split(".")[0] in ("components", "config", "ops"))
print(json.dumps({"file": package.__file__, "modules": seen, "made": made}))  # noqa: T201 - what the test reads
