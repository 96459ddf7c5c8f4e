"""The program of an accepted configuration, on Pulumi's mocks or in the sandbox."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import pulumi
from pulumi.runtime import mocks

from bench.mocked import Counted, run_program
from bench.workload import ACCOUNT, PROJECT_NAME, REGION
from components.testing import AWSX
from config.yaml_files import read

from .project import STACK

_PROGRAM = Path(__file__).parents[2] / "__main__.py"
_STACK = "test"
_OF_ANOTHER_FORM = "(not shown) is not an HTTPS URL"
_ANSWERS: Mapping[str, dict[str, Any]] = {
    "getVpcEndpoint": {"id": "vpce-0a", "routeTableIds": ["rtb-0bench"]},
    "getResource": {"properties": '{"CapacityProviders":["FARGATE","FARGATE_SPOT"]}'},
    "getTaskDefinition": {
        "arn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/job:7",
        "status": "ACTIVE",
        "requiresCompatibilities": ["FARGATE"],
        "containerDefinitions": json.dumps([{"name": "main", "image": "job:7", "essential": True}]),
        "networkMode": "awsvpc",
        "cpu": "256",
        "memory": "512",
        "taskRoleArn": "",
        "executionRoleArn": "",
    },
}
ACCEPTED: Mapping[str, bytes] = {
    STACK: rb"""
config:
  aws:region: eu-west-1
  scheduled-tasks:cluster: {create: true}
  scheduled-tasks:network: {vpc: default}
  scheduled-tasks:catalogue: false
  scheduled-tasks:tasks:
    "0": {image: "a", schedule: "rate(3652058 days)", "end": "9999-12-31T23:59:59Z"}
    null-true-0x10:
      image: "public.ecr.aws/docker/library/busybox:1.37"
      description: "\"; rm -rf / # {{ }} ${{ secrets.A }} <script> | `id` [a](b) @org \U0001F4A3 \u00e9"
      schedules:
        - {name: last, expression: "at(9999-12-30T23:59:59)", timezone: Etc/GMT+12, flexibleWindow: 24h}
        - {name: first, expression: "cron(* * ? * 1#5 2199)", timezone: Pacific/Kiritimati}
      command: &words ["sh", "-c", "$(id) `id` ${A} %s {} '\"\\ \t\n\r \u0085 \u2028 \U0001F4A3",
                       "", "--", "-rf", "{{.Value}}"]
      environment: {"PATH": "", "A": "null", "B": "\n", "C": "{\"a\": [1, 2, {}]}", "_": "%00",
                    "D": "<aws.scheduler.execution-id>"}
      tags: {"a b:c/d=e+f-g@h": " ", "\u00e9": "_.:/=+-@ \u65e5\u672c"}
      timeout: 7d
    Z-z: {image: "a:b", schedule: "rate(1 minute)", "command": *words, enabled: false}
"""
}
"""A configuration that looks hostile, and that AWS accepts."""


class _Account(Counted):
    """An account with everything that a configuration can refer to."""

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        made, outputs = Counted.new_resource(self, args)
        return made, dict(AWSX.get(args.typ, outputs))

    def call(self, args: mocks.MockCallArgs) -> Any:
        name = args.token.rsplit(":", 1)[-1]
        return _ANSWERS[name] if name in _ANSWERS else Counted.call(self, args)


def resources_on_mocks(project: Path) -> int:
    """Run the program on the files of a project. Return the number of resources; 0 if it refused with a message.

    Raises everything else that the program raises.
    """
    program = project / "__main__.py"
    program.write_bytes(_PROGRAM.read_bytes())
    account = _Account()
    values, secret = _as_the_engine_passes(project)
    try:
        run_program(program, account, _STACK, values, secret)
    except pulumi.RunError:
        return 0
    except ValueError as error:
        # The form of a secret is known only when the engine has decrypted it.
        if _OF_ANOTHER_FORM not in str(error):
            raise
        return 0
    return len(account.resources)


_SECRETS = {
    f"{PROJECT_NAME}:ordersPing": "https://ping.example.com/orders",
    f"{PROJECT_NAME}:teamsUrl": "https://teams.example.com/workflow?sig=secret",
}
"""Decrypted secrets whose form is checked. Others are "secret"."""


def _as_the_engine_passes(folder: Path) -> tuple[dict[str, str], list[str]]:
    """The values of a stack as strings, and the keys of secrets."""
    found = cast("dict[str, Any]", read(folder / f"Pulumi.{_STACK}.yaml") or {})
    config = cast("dict[str, Any]", found.get("config") or {})
    values: dict[str, str] = {"aws:region": REGION}
    secret: list[str] = []
    for written, value in config.items():
        key = written if ":" in written else f"{PROJECT_NAME}:{written}"
        text = json.dumps(value)
        if '"secure"' in text:
            secret.append(key)
            values[key] = _SECRETS.get(key, "secret") if "secure" in value else text
        else:
            values[key] = "" if value is None else value if isinstance(value, str) else text
    return values, secret
