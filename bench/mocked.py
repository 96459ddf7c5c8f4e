"""Programs on Pulumi's mocks, where only the program itself takes time."""

import asyncio
import contextvars
import json
import runpy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any, cast

import pulumi
import yaml
from pulumi.runtime import mocks
from pulumi.runtime.config import set_all_config
from pulumi.runtime.settings import SETTINGS
from pulumi.runtime.stack import run_pulumi_func

from components.testing import route_table

from .workload import ACCOUNT, PROJECT_NAME, REGION, STACK

_ANSWERS: dict[str, dict[str, Any]] = {
    "getCallerIdentity": {"accountId": ACCOUNT, "arn": f"arn:aws:iam::{ACCOUNT}:user/bench", "userId": "bench"},
    "getRegion": {"region": REGION},
    "getCluster": {"arn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/main", "status": "ACTIVE"},
    "getVpc": {"id": "vpc-0bench"},
    "getSubnets": {"ids": ["subnet-0a", "subnet-0b"]},
    "getSubnet": {"vpcId": "vpc-0bench"},
    "getRouteTables": {"ids": []},
    "getRouteTable": route_table("rtb-0bench", "igw-0bench", vpc="vpc-0bench", main=True),
}


@dataclass(slots=True)
class Counted(mocks.Mocks):
    """Returns inputs as outputs, and counts resources and invokes."""

    resources: list[str] = field(default_factory=list[str])
    """The type of each resource, including components."""
    invokes: int = 0
    seconds: float = 0

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        """Return a resource's inputs and an ARN."""
        self.resources.append(args.typ)
        service = args.typ.split(":")[1].split("/")[0]
        inputs = cast("dict[str, Any]", args.inputs)
        return args.name, {"arn": f"arn:aws:{service}:{REGION}:{ACCOUNT}:{args.name}", "url": args.name, **inputs}

    def call(self, args: mocks.MockCallArgs) -> Any:
        """Return the result of a lookup."""
        self.invokes += 1
        return _ANSWERS[args.token.rsplit(":", 1)[-1]]


def run(project: Path) -> Counted:
    """Run a project's program once, until all outputs are known."""
    config: dict[str, Any] = yaml.safe_load((project / f"Pulumi.{STACK}.yaml").read_text(encoding="utf-8"))["config"]
    values = {key: value if isinstance(value, str) else json.dumps(value) for key, value in config.items()}
    counted = Counted()
    run_program(project / "__main__.py", counted, STACK, values)
    return counted


def run_program(
    file: Path, counted: Counted, stack: str, values: Mapping[str, str], secret: Sequence[str] = ()
) -> None:
    """Run a program once, until all outputs are known. Raises everything that it raises.

    Args:
        file: The program.
        counted: Answers it.
        stack: The name of the stack.
        values: The configuration, as the engine passes it.
        secret: The keys of secret values.
    """
    contextvars.Context().run(_run, file, counted, stack, values, secret)


def _run(file: Path, counted: Counted, stack: str, values: Mapping[str, str], secret: Sequence[str]) -> None:
    loop, settings = asyncio.new_event_loop(), cast("Any", SETTINGS)
    asyncio.set_event_loop(loop)
    set_all_config(dict(values), list(secret))
    mocks.set_mocks(counted, project=PROJECT_NAME, stack=stack, preview=False)

    def program() -> None:
        runpy.run_path(str(file), run_name="__main__")

    # Warnings are not part of the measurement.
    real_warn, pulumi.log.warn = pulumi.log.warn, _ignore
    begin = perf_counter()
    try:
        loop.run_until_complete(run_pulumi_func(program))
    finally:
        pulumi.log.warn = real_warn
        # All programs of a process share these outputs. Those of a failed program belong to its loop, which is closed.
        settings.outputs.clear()
        loop.close()
    counted.seconds = perf_counter() - begin


def _ignore(*_: object, **__: object) -> None:
    pass
