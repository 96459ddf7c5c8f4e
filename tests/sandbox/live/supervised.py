"""A supervised task in the live sandbox: what a deployment creates for it, and runs that take as long as a test says."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from components.aws.account import Account
from components.infrastructure.startable import startable, supervisor_policy
from components.infrastructure.trust import supervisor_trust
from components.monitoring import events
from components.resolver import resolve_group
from components.supervised.language import Supervised
from components.supervised.machine import definition, index_definition
from components.supervised.run_task import RunTask
from components.supervised.settings import Supervision
from ops.simulation.clock import VirtualClock
from sandbox.live.executors import TERMINATED, End, Observer, Stop, Work
from tests.components.supervised.machines import supervised_task

from .world import ACCOUNT, CLUSTER, DEFINITION, NAMES, REGION, TOPIC, World, client, failure_transformer

OWN = Account("aws", REGION, ACCOUNT)
ROLE = OWN.iam_arn("role/supervisor")
MACHINE = OWN.arn("states", f"stateMachine:{NAMES.family('job')}")
INDEX = OWN.arn("states", f"stateMachine:{NAMES.index_machine('job')}")
RUN_SECONDS = 60.0


@dataclass
class Runs:
    """Runs whose duration and exit code a test says. The last one is repeated.

    Args:
        clock: Their clock.
        script: Seconds and exit codes.
        stop_seconds: How long a run takes to stop.
    """

    clock: VirtualClock
    script: list[tuple[float, int]] = field(default_factory=lambda: [(RUN_SECONDS, 0)])
    stop_seconds: float = 0
    begun: list[float] = field(default_factory=list[float])

    def start(self, work: Work, observer: Observer) -> Stop:
        """Start a run."""
        seconds, code = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        self.begun.append(self.clock.now)
        left = [True]

        def end(exit_code: int) -> None:
            if left:
                left.clear()
                observer.ended(End(exit_code))

        observer.started()
        self.clock.at(self.clock.now + seconds, lambda: end(code))
        return lambda: self.clock.at(self.clock.now + self.stop_seconds, lambda: end(TERMINATED))


def deploy(stack: World, *script: tuple[float, int], **args: Any) -> Runs:
    """Create the task `job` with these keys as a deployment does: state machines, role, lease table and rules.

    Args:
        stack: The stack.
        script: Seconds and exit codes of its runs. The last one is repeated.
        args: Its keys, besides the image and the schedule.
    """
    settings = supervised_task(**args).supervision
    assert settings
    deploy_settings(stack, settings)
    runs = Runs(stack.clock, list(script) or [(RUN_SECONDS, 0)])
    stack.live.lifecycle.executor = runs
    return runs


def deploy_settings(stack: World, settings: Supervision) -> None:
    """Create the task `job` with these settings as a deployment does."""
    run: RunTask = {
        "Cluster": CLUSTER,
        "TaskDefinition": DEFINITION,
        "Group": "supervised:job",
        "LaunchType": "FARGATE",
        "NetworkConfiguration": {
            "AwsvpcConfiguration": {
                "Subnets": [stack.subnet],
                "SecurityGroups": [stack.security_group],
                "AssignPublicIp": "ENABLED",
            }
        },
    }
    _create_role(parallel=settings.parallel is not None)
    create_table()
    _create_rules()
    of = Supervised("job", "main", "shop-dev", NAMES.lease_table, settings, run, index_machine_arn=INDEX)
    machines = {MACHINE: definition(of), **({INDEX: index_definition(of)} if settings.parallel else {})}
    for arn, text in machines.items():
        name = arn.rsplit(":", 1)[-1]
        client("stepfunctions").create_state_machine(name=name, definition=text, roleArn=ROLE)


def _create_role(*, parallel: bool) -> None:
    trust = supervisor_trust(NAMES, OWN)
    client("iam").create_role(RoleName="supervisor", AssumeRolePolicyDocument=trust)
    group = replace(resolve_group({}), parallel=parallel)
    may_start = startable(NAMES, OWN, group, [])
    policy = supervisor_policy(NAMES, OWN, group, [CLUSTER], may_start)
    client("iam").put_role_policy(RoleName="supervisor", PolicyName="own", PolicyDocument=policy)


def create_table() -> None:
    """Create the lease table."""
    client("dynamodb").create_table(
        TableName=NAMES.lease_table,
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )


def _create_rules() -> None:
    """The rules on outcomes: those of direct runs don't match the ECS tasks of state machines."""
    prefix = DEFINITION.removesuffix("job:1")
    for outcome in (events.FAILED, events.SUCCEEDED):
        direct = events.pattern(outcome, CLUSTER, "main", [prefix], supervised=True)
        client("events").put_rule(Name=outcome, EventPattern=direct)
        name, group = f"supervised-{outcome}", NAMES.outcome_log_group(outcome)
        client("events").put_rule(Name=name, EventPattern=events.supervised_pattern(outcome, "shop-dev"))
        arn = OWN.arn("logs", f"log-group:{group}")
        targets: list[dict[str, Any]] = [{"Id": "log", "Arn": arn}]
        if outcome == events.FAILED:
            transformer = failure_transformer(supervised=True)
            targets.append({"Id": "topic", "Arn": TOPIC, "InputTransformer": transformer})
        client("events").put_targets(Rule=name, Targets=targets)


def start(name: str, time: str = "") -> str:
    """Start an execution as a schedule does. Returns its ARN."""
    given = json.dumps({"schedule": "job", "time": time or f"at {name}", "overrides": {}})
    answer = client("stepfunctions").start_execution(stateMachineArn=MACHINE, name=name, input=given)
    return answer["executionArn"]


def described(arn: str) -> dict[str, Any]:
    return client("stepfunctions").describe_execution(executionArn=arn)


def history(arn: str) -> list[dict[str, Any]]:
    return client("stepfunctions").get_execution_history(executionArn=arn, maxResults=1000)["events"]


def entered(arn: str) -> list[str]:
    """The states that an execution has entered."""
    return [each["stateEnteredEventDetails"]["name"] for each in history(arn) if "stateEnteredEventDetails" in each]


def until(stack: World, happened: Callable[[], bool], seconds: float = 86_400) -> None:
    """Let time pass until something has happened."""
    end = stack.clock.now + seconds
    while not happened():
        assert stack.clock.now < end, f"it has not happened: {stack.lines[-10:]}"
        stack.run(10)
