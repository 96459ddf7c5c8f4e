"""One scheduled task in an application's stack, with the cluster, subnets and topic of the platform's stack."""

import pulumi
from pulumi_ecs_scheduled_tasks import ScheduledTask

platform = pulumi.StackReference(pulumi.Config().require("platform"))

task = ScheduledTask(
    "invoices",
    description="Send the invoices of the day",
    image="public.ecr.aws/docker/library/busybox:1.37",
    command=["echo", "invoices"],
    schedule="cron(0 17 ? * MON-FRI *)",
    timezone="Europe/Berlin",
    flexible_window="10m",
    expect_success_within="4d",
    # A task without a group creates its own from these arguments.
    group_args={
        "cluster": platform.require_output("clusterArn"),
        "network": {
            "subnet_ids": platform.require_output("privateSubnetIds"),
            "vpc_id": platform.require_output("vpcId"),
            "assign_public_ip": False,
        },
        "notify": {"topic_arn": platform.require_output("alertsTopicArn")},
    },
)

pulumi.export("invoices", task.summary)
pulumi.export("schedulerRole", task.scheduler_role_arn)
