"""The example `python-shared-stack`, run on mocks in a process that knows the wheel and not the repository."""

import json
import runpy
import sys

import mocks  # pyright: ignore[reportMissingImports] - the test puts it there
import pulumi_ecs_scheduled_tasks as package  # pyright: ignore[reportMissingImports] - the wheel

PLATFORM = {
    "clusterArn": "arn:aws:ecs:eu-west-1:123456789012:cluster/platform",
    "privateSubnetIds": ["subnet-0a", "subnet-0b"],
    "vpcId": "vpc-0f",
    "alertsTopicArn": "arn:aws:sns:eu-west-1:123456789012:alerts",
}

recorded = mocks.run(
    lambda: runpy.run_path(sys.argv[1]),
    preview=False,
    project="invoices",
    config={"invoices:platform": "acme/platform/prod"},
    outputs={
        "pulumi:pulumi:StackReference": {"name": "acme/platform/prod", "outputs": PLATFORM, "secretOutputNames": []}
    },
)
if recorded.error:
    raise recorded.error
print(  # noqa: T201 - what the test reads
    json.dumps(
        {
            "file": package.__file__,
            "version": package.__version__,
            "resources": {found.name: found.inputs for found in recorded.resources},
            "modules": sorted(name for name in sys.modules if name.split(".")[0] in ("components", "config", "ops")),
        }
    )
)
