"""The program of this repository, with a transform that adds the owner to each container and to each schedule."""

# ruff: noqa: E402 - the garbage collector is off before the other imports

from components.garbage import disable_garbage_collection

disable_garbage_collection()

import json
from pathlib import Path

import pulumi

from config.program import run

OWNER = "data-platform"


def with_owner(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
    """Change task definitions and schedules, and leave other resources alone."""
    props = dict(args.props)
    if args.type_ == "aws:ecs/taskDefinition:TaskDefinition":
        # The JSON is an output if a container has a value of another resource.
        text: pulumi.Output[str] = pulumi.Output.from_input(props["containerDefinitions"])
        props["containerDefinitions"] = text.apply(labeled)
    elif args.type_ == "aws:scheduler/schedule:Schedule":
        props["description"] = f"{props.get('description', 'Scheduled task')} (owner: {OWNER})"
    else:
        return None
    return pulumi.ResourceTransformResult(props, args.opts)


def labeled(containers: str) -> str:
    """Container definitions with a label on each container, as JSON with sorted keys.

    The order of the keys matters: another order would register a new revision.
    """
    every = [{**container, "dockerLabels": {"owner": OWNER}} for container in json.loads(containers)]
    return json.dumps(every, sort_keys=True, separators=(",", ":"))


def main() -> None:
    """Run the program of this folder with the transform."""
    pulumi.runtime.register_resource_transform(with_owner)
    run(Path(__file__).resolve().parent)


main()
