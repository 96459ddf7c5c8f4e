"""Auto Scaling groups of Amazon EC2. Pure.

Scheduled actions and alarms set the size of a group again, unless their processes are suspended. A desired capacity
below the minimum is refused. AWS: Amazon EC2 Auto Scaling user guide, "Suspend and resume Amazon EC2 Auto Scaling
processes", and "Set scaling limits for your Auto Scaling group".
"""

from __future__ import annotations

from ..aws.account import Account
from ..json_values import Json
from ..supervised.language import expression
from .sleeper import Look, Needed, Refusal, Sleeper, Step

PROCESSES = ("AlarmNotification", "ScheduledActions")
"""The processes that change the sizes of a group. AWS: botocore autoscaling, SuspendProcesses, ScalingProcesses."""
_FOUND = "$states.result.AutoScalingGroups[0]"


def group(account: Account, written: object) -> Sleeper:
    """An Auto Scaling group. Its ARN contains an ID of AWS. AWS: Service Authorization Reference, Amazon EC2 Auto
    Scaling."""
    name = str(written)
    by_name: dict[str, Json] = {"AutoScalingGroupName": name}
    all_suspended = "$seen.suspended = [true, true]"
    sizes_lost = "($seen.max = 0 and $memory.max > 0)"
    processes_differ = "$not($seen.suspended = $memory.suspended)"
    resumed = ", ".join(f"($not($memory.suspended[{place}]) ? '{process}')" for place, process in enumerate(PROCESSES))
    return Sleeper(
        kind="group",
        name=name,
        looks=(
            Look(
                "look",
                "aws-sdk:autoscaling:describeAutoScalingGroups",
                {"AutoScalingGroupNames": [name]},
                "seen",
                _now(),
            ),
        ),
        refusals=(Refusal("$not($seen.exists)", "'There is no such Auto Scaling group. Remove it from sleeps.'"),),
        status="$string($seen.inService) & ' of ' & $string($seen.desired) & ' instances in service'",
        memory="{'min': $seen.min, 'max': $seen.max, 'desired': $seen.desired, 'suspended': $seen.suspended}",
        asleep=f"$seen.max = 0 and $seen.desired = 0 and $seen.left = 0 and {all_suspended}",
        may_stop=f"$seen.max > 0 or $seen.desired > 0 or $not({all_suspended})",
        stop=(
            Step("suspend", "aws-sdk:autoscaling:suspendProcesses", {**by_name, "ScalingProcesses": [*PROCESSES]}),
            Step(
                "scale to 0",
                "aws-sdk:autoscaling:updateAutoScalingGroup",
                {**by_name, "MinSize": 0, "MaxSize": 0, "DesiredCapacity": 0},
            ),
        ),
        awake=f"$not({sizes_lost}) and $not({processes_differ}) and $seen.inService >= $seen.desired",
        may_start=f"{sizes_lost} or {processes_differ}",
        start=(
            Step(
                "scale",
                "aws-sdk:autoscaling:updateAutoScalingGroup",
                {
                    **by_name,
                    "MinSize": expression("$memory.min"),
                    "MaxSize": expression("$memory.max"),
                    "DesiredCapacity": expression("$memory.desired"),
                },
                when=sizes_lost,
            ),
            Step(
                "resume",
                "aws-sdk:autoscaling:resumeProcesses",
                {**by_name, "ScalingProcesses": expression(f"[{resumed}]")},
                # ResumeProcesses without processes resumes all of them.
                when="$memory.suspended[0] = false or $memory.suspended[1] = false",
            ),
        ),
        needs=[
            Needed(
                ("autoscaling:ResumeProcesses", "autoscaling:SuspendProcesses", "autoscaling:UpdateAutoScalingGroup"),
                (account.arn("autoscaling", f"autoScalingGroup:*:autoScalingGroupName/{name}"),),
            ),
            # It has no resource types. AWS: Service Authorization Reference, Amazon EC2 Auto Scaling.
            Needed(("autoscaling:DescribeAutoScalingGroups",), ("*",)),
        ],
    )


def _now() -> str:
    suspended = ", ".join(f"'{process}' in {_FOUND}.SuspendedProcesses.ProcessName" for process in PROCESSES)
    found = (
        f"{{'exists': true, 'min': {_FOUND}.MinSize, 'max': {_FOUND}.MaxSize, 'desired': {_FOUND}.DesiredCapacity, "
        f"'left': $count({_FOUND}.Instances), "
        f"'inService': $count({_FOUND}.Instances[LifecycleState = 'InService']), 'suspended': [{suspended}]}}"
    )
    missing = "{'exists': false, 'min': 0, 'max': 0, 'desired': 0, 'left': 0, 'inService': 0, 'suspended': []}"
    return f"$exists({_FOUND}) ? {found} : {missing}"
