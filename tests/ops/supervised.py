"""Supervised tasks in a deployed stack: adds a state machine between a schedule and its runs."""

import json
import uuid
from typing import Any

from components.supervised.language import Supervised
from components.supervised.machine import definition
from components.supervised.run_task import RunTask
from tests.components.supervised.machines import supervised_task
from tests.ops.cloud import ACCOUNT, REGION, Deployed


def state_machine(
    deployed: Deployed, run: RunTask, *, task: str = "etl", table: str = "leases", **settings: Any
) -> str:
    """The definition that a deployment gives to the state machine of a task."""
    made = supervised_task(**(settings or {"timeout": "24h"})).supervision
    assert made
    return definition(
        Supervised(
            task=task,
            container="main",
            prefix=deployed.names.prefix,
            table=table,
            settings=made,
            run=run,
            index_machine_arn=_index_machine_arn(deployed, task) if "parallel" in settings else "",
        )
    )


def _index_machine_arn(deployed: Deployed, task: str) -> str:
    return f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{deployed.names.index_machine(task)}"


def change_count(deployed: Deployed, task: str, count: int) -> None:
    """Set the number of ECS tasks that a schedule starts."""
    scheduler = deployed.cloud.client("scheduler")
    schedule = scheduler.get_schedule(GroupName=deployed.names.schedule_group, Name=task)
    schedule["Target"]["EcsParameters"]["TaskCount"] = count
    given = {key: schedule[key] for key in (*_KEPT, "Target") if schedule.get(key)}
    scheduler.update_schedule(GroupName=deployed.names.schedule_group, Name=task, State="ENABLED", **given)


_KEPT = ("ScheduleExpression", "ScheduleExpressionTimezone", "FlexibleTimeWindow", "StartDate")


def supervise(deployed: Deployed, task: str, **settings: Any) -> str:
    """Add a state machine between a schedule and its runs, and return the ARN of the state machine."""
    scheduler = deployed.cloud.client("scheduler")
    schedule = scheduler.get_schedule(GroupName=deployed.names.schedule_group, Name=task)
    target = schedule["Target"]
    run: RunTask = {
        "Cluster": deployed.cluster_arn,
        "TaskDefinition": target.pop("EcsParameters")["TaskDefinitionArn"],
        "Group": "supervised:etl",
    }
    arn = deployed.cloud.client("stepfunctions").create_state_machine(
        name=deployed.names.family(task),
        definition=state_machine(deployed, run, task=task, **settings),
        roleArn=target["RoleArn"],
    )["stateMachineArn"]
    text = json.dumps({"schedule": task, "time": "<aws.scheduler.scheduled-time>", "overrides": {}})
    scheduler.update_schedule(
        GroupName=deployed.names.schedule_group,
        Name=task,
        **{key: schedule[key] for key in _KEPT if schedule.get(key)},
        State="ENABLED",
        Target={**target, "Arn": arn, "Input": text},
    )
    return arn


def run_inside(deployed: Deployed, execution: str, code: int) -> None:
    """Start an ECS task as the state machine would."""
    deployed.cloud.client("ecs").run_task(
        cluster=deployed.cluster_arn,
        taskDefinition=deployed.names.family("etl"),
        launchType="FARGATE",
        group="supervised:etl",
        networkConfiguration={"awsvpcConfiguration": {"subnets": [deployed.subnet], "securityGroups": []}},
        overrides={
            "containerOverrides": [
                {"name": "main", "environment": [{"name": "SCHEDULED_TASKS_RUN", "value": execution}]}
            ]
        },
        clientToken=str(uuid.uuid4()),
    )
    task = deployed.cloud.tasks()[-1]
    task.containers[0].exitCode = code
    deployed.log(deployed.names.log_group, f"etl/main/{task.id}", "inside")
