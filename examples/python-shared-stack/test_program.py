"""Unit tests of the program: `python -m pytest`, without an AWS account."""

import runpy
from pathlib import Path

from pulumi_ecs_scheduled_tasks import testing

PROGRAM = Path(__file__).with_name("__main__.py")
PLATFORM = {
    "clusterArn": "arn:aws:ecs:eu-west-1:123456789012:cluster/platform",
    "privateSubnetIds": ["subnet-0a", "subnet-0b"],
    "vpcId": "vpc-0f",
    "alertsTopicArn": "arn:aws:sns:eu-west-1:123456789012:alerts",
}


def deployed() -> testing.Recorded:
    """The resources of the program."""
    stack = "acme/platform/prod"
    return testing.run(
        lambda: runpy.run_path(str(PROGRAM)),
        project="invoices",
        config={"invoices:platform": stack},
        outputs={"pulumi:pulumi:StackReference": {"name": stack, "outputs": PLATFORM, "secretOutputNames": []}},
    )


def test_invoices_are_sent_on_weekdays() -> None:
    task = deployed().task("invoices")
    assert [(each.expression, each.timezone) for each in task.schedules] == [
        ("cron(0 17 ? * MON-FRI *)", "Europe/Berlin")
    ]
    assert task.containers["main"]["command"] == ["echo", "invoices"]


def test_runs_start_on_the_cluster_of_the_platform() -> None:
    [schedule] = deployed().task("invoices").schedules
    assert schedule.target["arn"] == PLATFORM["clusterArn"]


def test_the_alarm_notifies_the_platform() -> None:
    alarm = deployed().named("invoices-alarm")
    assert alarm.inputs["alarmActions"] == [PLATFORM["alertsTopicArn"]]
