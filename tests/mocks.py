"""Programs on Pulumi's mocks, isolated from each other, with a record of everything that the engine would see."""

import asyncio
import contextvars
import json
import os
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, cast
from unittest import mock

import pulumi
from pulumi.runtime import mocks, settings
from pulumi.runtime import resource as runtime
from pulumi.runtime.config import set_all_config
from pulumi.runtime.proto import alias_pb2, resource_pb2, source_pb2
from pulumi.runtime.rpc import deserialize_properties
from pulumi.runtime.stack import run_pulumi_func

# An Output that is formatted as a string by mistake fails the test.
os.environ["PULUMI_ERROR_OUTPUT_STRING"] = "true"

ACCOUNT = "123456789012"
REGION = "eu-west-1"


@dataclass
class Resource:
    """A resource as it was registered."""

    type: str
    name: str
    urn: str
    parent: str
    inputs: dict[str, Any]
    dependencies: list[str]
    aliases: list[str]
    """Its earlier URNs."""
    ignored: list[str]
    """Inputs that the engine takes from the last deployment."""


@dataclass
class Recorded:
    """The requests of a program to the engine."""

    resources: list[Resource] = field(default_factory=list[Resource])
    outputs: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    invokes: list[str] = field(default_factory=list[str])
    warnings: list[str] = field(default_factory=list[str])
    error: BaseException | None = None

    def named(self, name: str) -> Resource:
        """The resource with a name. Components do not count."""
        [found] = [resource for resource in self.of_aws if resource.name == name]
        return found

    def schedules(self, task: str) -> list[Resource]:
        """The schedules of a task, in the order of its list."""
        return [resource for resource in self.of_aws if resource.name.startswith(f"{task}-schedule")]

    @property
    def of_aws(self) -> list[Resource]:
        """The resources in AWS: all except components."""
        return [resource for resource in self.resources if resource.type.startswith("aws:")]


Answers = dict[str, Callable[[dict[str, Any]], dict[str, Any]]]
Outputs = dict[str, dict[str, Any]]


def route_table(
    table_id: str, target: str = "", *, vpc: str = "vpc-0d", main: bool = False, subnets: Sequence[str] = ()
) -> dict[str, Any]:
    """A route table as the provider answers it, with a route to all addresses if there is a target."""
    member = next((name for prefix, name in _TARGETS.items() if target.startswith(prefix)), "gatewayId")
    route = dict.fromkeys(("cidrBlock", "ipv6CidrBlock", "destinationPrefixListId", *_ROUTE_TARGETS), "")
    associations = [{"main": False, "subnetId": subnet} for subnet in subnets]
    return {
        "routeTableId": table_id,
        "vpcId": vpc,
        "routes": [{**route, "cidrBlock": "0.0.0.0/0", member: target}] if target else [],
        "associations": [*([{"main": True, "subnetId": ""}] if main else []), *associations],
    }


_TARGETS = {"nat-": "natGatewayId", "tgw-": "transitGatewayId", "eni-": "networkInterfaceId"}
_ROUTE_TARGETS = (
    "natGatewayId", "transitGatewayId", "networkInterfaceId", "instanceId", "vpcPeeringConnectionId",
    "egressOnlyGatewayId", "carrierGatewayId", "localGatewayId", "coreNetworkArn", "gatewayId", "vpcEndpointId",
)  # fmt: skip


def not_found(message: str) -> Any:
    """The answer of a look-up that fails with the provider's text."""
    return {}, [("", message)]


LOOKUPS: Answers = {
    "aws:index/getCallerIdentity:getCallerIdentity": lambda _: {
        "accountId": ACCOUNT,
        "arn": f"arn:aws:iam::{ACCOUNT}:user/test",
        "userId": "test",
        "id": ACCOUNT,
    },
    "aws:index/getRegion:getRegion": lambda _: {"region": REGION, "name": REGION, "id": REGION},
    "aws:ecs/getCluster:getCluster": lambda args: {
        "arn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/{args['clusterName']}",
        "clusterName": args["clusterName"],
        "status": "ACTIVE",
    },
    "aws:ec2/getVpc:getVpc": lambda args: {"id": args.get("id", "vpc-0d")},
    "aws:ec2/getSubnets:getSubnets": lambda _: {"ids": ["subnet-0b", "subnet-0a"]},
    "aws:ec2/getSubnet:getSubnet": lambda _: {"vpcId": "vpc-0d"},
    # All subnets have the main route table, which leads to an internet gateway.
    "aws:ec2/getRouteTables:getRouteTables": lambda _: {"ids": []},
    "aws:ec2/getRouteTable:getRouteTable": lambda _: route_table("rtb-0main", "igw-0a", main=True),
    "aws:ec2/getVpcEndpoint:getVpcEndpoint": lambda _: {"id": "vpce-0a", "routeTableIds": ["rtb-0main"]},
    "aws:cloudcontrol/getResource:getResource": lambda _: {
        "properties": '{"CapacityProviders":["FARGATE","FARGATE_SPOT"]}'
    },
    "aws:ecs/getTaskDefinition:getTaskDefinition": lambda args: {
        "arn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/{args['taskDefinition'].split(':')[0]}:7",
        "status": "ACTIVE",
        "requiresCompatibilities": ["FARGATE"],
        "containerDefinitions": json.dumps(
            [{"name": "main", "image": "legacy:7", "essential": True}, {"name": "app", "essential": False}]
        ),
        "networkMode": "awsvpc",
        "cpu": "256",
        "memory": "512",
        "taskRoleArn": f"arn:aws:iam::{ACCOUNT}:role/legacy",
        "executionRoleArn": "",
    },
}


_AWSX: Outputs = {
    "awsx:ec2:Vpc": {
        "vpcId": "vpc-0new",
        "privateSubnetIds": ["subnet-0p"],
        "isolatedSubnetIds": ["subnet-0i"],
        "publicSubnetIds": ["subnet-0u"],
        "routeTables": [],
    },
    "awsx:ecr:Repository": {"url": "repo"},
    "awsx:ecr:Image": {"imageUri": "repo@sha256:built"},
}
"""Outputs of the components of awsx. Same as in `bench.mocked`: programs with only the wheel use a copy of this file."""


class _Mocks(mocks.Mocks):
    def __init__(self, recorded: Recorded, answers: Answers, outputs: Outputs):
        self.recorded, self.answers, self.outputs = recorded, answers, outputs

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        outputs = dict(args.inputs)
        kind = args.typ.split(":")[1].split("/")[0]
        name = args.inputs.get("name") or args.inputs.get("family") or args.name
        resource = args.typ.rsplit(":", 1)[-1]
        arns = {
            "Cluster": f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/{name}",
            "Parameter": f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter{name}",
            "Queue": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}",
            "Role": f"arn:aws:iam::{ACCOUNT}:role{args.inputs.get('path', '/')}{name}",
            "TaskDefinition": f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/{name}:1",
        }
        arn = arns.get(resource, f"arn:aws:{kind}:{REGION}:{ACCOUNT}:{resource}/{name}")
        if args.typ in self.outputs:
            return f"{args.name}-id", self.outputs[args.typ]
        return f"{args.name}-id", {"url": f"https://sqs/{name}", "arn": arn, **outputs}

    def call(self, args: mocks.MockCallArgs) -> Any:
        self.recorded.invokes.append(args.token)
        return self.answers[args.token](args.args)


class Monitor(mocks.MockMonitor):
    """Records parents, dependencies, components and their outputs, which plain mocks do not see."""

    def __init__(self, recorded: Recorded, answers: Answers, outputs: Outputs):
        super().__init__(_Mocks(recorded, answers, outputs))
        self.recorded = recorded

    def RegisterResource(  # noqa: N802 - as the SDK calls it
        self, request: resource_pb2.RegisterResourceRequest
    ) -> Any:
        answer = super().RegisterResource(request)
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

    def _alias(self, request: resource_pb2.RegisterResourceRequest, alias: alias_pb2.Alias) -> str:
        spec = alias.spec
        parent = "" if spec.noParent else spec.parentUrn or request.parent
        return alias.urn or self.make_urn(parent, spec.type or request.type, spec.name or request.name)

    def RegisterResourceOutputs(  # noqa: N802 - as the SDK calls it
        self, request: resource_pb2.RegisterResourceOutputsRequest
    ) -> Any:
        self.recorded.outputs[request.urn] = deserialize_properties(request.outputs)
        return super().RegisterResourceOutputs(request)


class _AtOnce(ThreadPoolExecutor):
    """The mocks answer immediately. Passing each answer through a thread would take a sixth of the time."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        done = Future[Any]()
        try:
            answer = fn(*args, **kwargs)
            # A monitor may also answer later.
            if isinstance(answer, Future):
                return answer
            done.set_result(answer)
        except BaseException as error:
            done.set_exception(error)
        return done


def finished(answer: Coroutine[Any, Any, Any]) -> Any:
    """The result of a coroutine that waits for nothing. The mocks would run an event loop for it."""
    try:
        answer.send(None)
    except StopIteration as end:
        return end.value
    raise AssertionError("the mocks' answer waits for something")


def _with_whole_numbers(value: Any) -> Any:
    """All numbers are floats on their way to the engine."""
    if isinstance(value, dict):
        return {key: _with_whole_numbers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_whole_numbers(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def run(
    program: Callable[[], object],
    *,
    preview: bool,
    project: str = "shop",
    stack: str = "dev",
    config: dict[str, str] | None = None,
    answers: Answers | None = None,
    outputs: Outputs | None = None,
) -> Recorded:
    """Run a program to its end, with all of its outputs resolved. An error is recorded.

    `outputs` are the outputs of resources, by type. URNs are unique, as the engine requires.
    """
    recorded = Recorded()
    monitor = Monitor(recorded, {**LOOKUPS, **(answers or {})}, {**_AWSX, **(outputs or {})})
    run_against(monitor, program, recorded, preview=preview, project=project, stack=stack, config=config)
    urns = [resource.urn for resource in recorded.resources]
    assert len(urns) == len(set(urns)), "two resources have one URN"
    return recorded


def run_against(
    monitor: mocks.MockMonitor,
    program: Callable[[], object],
    recorded: Recorded,
    *,
    preview: bool = False,
    project: str = "shop",
    stack: str = "dev",
    config: dict[str, str] | None = None,
    loop: asyncio.AbstractEventLoop | None = None,
) -> None:
    """Run a program to its end against a resource monitor, and record its warnings and its error."""

    def isolated() -> None:
        running = loop or asyncio.new_event_loop()
        asyncio.set_event_loop(running)
        running.set_default_executor(_AtOnce())
        set_all_config(config or {}, [])
        mocks.set_mocks(monitor.mocks, project=project, stack=stack, preview=preview, monitor=monitor)
        settings.get_engine()
        # A program that failed leaves pending outputs behind, for which the next program would wait.
        outputs = cast("Any", settings.SETTINGS).outputs
        outputs.clear()
        try:
            with (
                mock.patch.object(pulumi.log, "warn", lambda message, *_, **__: recorded.warnings.append(message)),
                # Only the engine needs the source positions of resources, which take a fifth of the time.
                mock.patch.object(runtime, "_get_stack_trace", source_pb2.StackTrace),
                mock.patch.object(mocks, "_sync_await", finished),
            ):
                running.run_until_complete(run_pulumi_func(lambda: (program(), None)[1]))
        except Exception as error:
            recorded.error = error
        finally:
            outputs.clear()
            running.close()

    contextvars.Context().run(isolated)
