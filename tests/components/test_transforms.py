"""Transforms on mocks: what the engine needs to pass each resource of a component to its transforms."""

from typing import Any

import pulumi

from components import ScheduledTask
from tests.mocks import run

ARGS: dict[str, Any] = {
    "image": "job:1",
    "schedule": "rate(1 day)",
    "timeout": "1h",
    "expect_success_within": "26h",
    "permissions": [{"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::a/*"]}],
    "secrets": {"TOKEN": "/prod/token"},
    "logs": {"retention_days": 90},
    "group_args": {"create_cluster": {}, "notify": {"emails": ["a@example.com"]}},
}


def test_each_resource_is_below_the_component_whose_transforms_it_gets():
    """The engine applies the transforms of a resource's ancestors.

    Pulumi: https://www.pulumi.com/docs/iac/concepts/resources/options/transforms/
    """

    def unchanged(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
        del args
        return None

    def program() -> None:
        ScheduledTask("job", ARGS, pulumi.ResourceOptions(transforms=[unchanged]))  # pyright: ignore[reportArgumentType]

    recorded = run(program, preview=False)
    assert recorded.error is None
    parents = {resource.urn: resource.parent for resource in recorded.resources}
    [component] = [resource.urn for resource in recorded.resources if resource.type.endswith(":ScheduledTask")]
    assert len(recorded.of_aws) > 20
    for resource in recorded.of_aws:
        above = [resource.parent]
        while above[-1] in parents:
            above.append(parents[above[-1]])
        assert component in above, resource.urn
