"""Pulumi's mocks with the answers to the look-ups of the components, and a record of what a program registers."""

from __future__ import annotations

from typing import Any, cast

from pulumi.runtime import mocks
from pulumi.runtime.rpc import deserialize_properties

from .lookups import ACCOUNT, AWSX, LOOKUPS, REGION, Answers, Outputs
from .recorded import Recorded, Resource


class Mocks(mocks.Mocks):
    """Mocks for `pulumi.runtime.set_mocks`, for test suites that have their own way to run programs.

    Resources return their inputs, an ID and an ARN. Look-ups return the answers in `LOOKUPS`.

    Example:
        ```python
        pulumi.runtime.set_mocks(testing.Mocks(), project="shop", stack="dev")
        ```
    """

    def __init__(self, answers: Answers | None = None, outputs: Outputs | None = None):
        """Create the mocks.

        Args:
            answers: Answers that replace those in `LOOKUPS`, by token.
            outputs: Outputs of resources, by type.
        """
        self.answers = {**LOOKUPS, **(answers or {})}
        self.outputs = {**AWSX, **(outputs or {})}
        self.invokes: list[str] = []
        """The tokens of all look-ups."""

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        """The ID and the outputs of a resource."""
        if args.typ in self.outputs:
            return f"{args.name}-id", dict(self.outputs[args.typ])
        inputs = cast("dict[str, Any]", args.inputs)
        kind = args.typ.split(":")[1].split("/")[0]
        name = inputs.get("name") or inputs.get("family") or args.name
        resource = args.typ.rsplit(":", 1)[-1]
        arns = {
            "EventApiDestination": f"arn:aws:events:{REGION}:{ACCOUNT}:api-destination/{name}/1",
            "EventConnection": f"arn:aws:events:{REGION}:{ACCOUNT}:connection/{name}/1",
            "Cluster": f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/{name}",
            "LogGroup": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{name}",
            "Parameter": f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter{name}",
            "Queue": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}",
            "Role": f"arn:aws:iam::{ACCOUNT}:role{inputs.get('path', '/')}{name}",
            "StateMachine": f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{name}",
            "TaskDefinition": f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/{name}:1",
        }
        arn = arns.get(resource, f"arn:aws:{kind}:{REGION}:{ACCOUNT}:{resource}/{name}")
        return f"{args.name}-id", {"url": f"https://sqs/{name}", "arn": arn, **inputs}

    def call(self, args: mocks.MockCallArgs) -> Any:
        """The answer of a look-up."""
        self.invokes.append(args.token)
        answer = self.answers.get(args.token)
        if answer is None:
            message = f'no answer for the look-up "{args.token}". Pass one in `answers`.'
            raise NotImplementedError(message)
        return answer(cast("dict[str, Any]", args.args))


class Monitor(mocks.MockMonitor):
    """Records parents, dependencies, components and their outputs, which plain mocks do not see."""

    def __init__(self, recorded: Recorded, answers: Answers | None = None, outputs: Outputs | None = None):
        """Create the monitor.

        Args:
            recorded: The record that it adds to.
            answers: Answers that replace those in `LOOKUPS`, by token.
            outputs: Outputs of resources, by type.
        """
        own = Mocks(answers, outputs)
        own.invokes = recorded.invokes
        super().__init__(own)
        self.recorded = recorded

    def RegisterResource(  # noqa: N802 - as the SDK calls it
        self, request: Any
    ) -> Any:
        """Record a resource."""
        answer: Any = cast("Any", super()).RegisterResource(request)
        if request.type != "pulumi:pulumi:Stack":
            inputs = _with_whole_numbers(deserialize_properties(request.object))
            self.recorded.resources.append(
                Resource(
                    request.type,
                    request.name,
                    answer.urn,
                    request.parent,
                    inputs,
                    list(request.dependencies),
                    [self._alias(request, alias) for alias in request.aliases],
                    list(request.ignoreChanges),
                )
            )
        return answer

    def _alias(self, request: Any, alias: Any) -> str:
        spec = alias.spec
        parent = "" if spec.noParent else spec.parentUrn or request.parent
        return alias.urn or self.make_urn(parent, spec.type or request.type, spec.name or request.name)

    def RegisterResourceOutputs(  # noqa: N802 - as the SDK calls it
        self, request: Any
    ) -> Any:
        """Record the outputs of a component."""
        self.recorded.outputs[request.urn] = deserialize_properties(request.outputs)
        return cast("Any", super()).RegisterResourceOutputs(request)


def _with_whole_numbers(value: Any) -> Any:
    """All numbers are floats on their way to the engine."""
    if isinstance(value, dict):
        return {key: _with_whole_numbers(item) for key, item in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [_with_whole_numbers(item) for item in cast("list[Any]", value)]
    return int(value) if isinstance(value, float) and value.is_integer() else value
