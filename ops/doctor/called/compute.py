"""Called instances, services and Auto Scaling groups.

AWS: Amazon EC2 API reference, StopInstances; Amazon EC2 user guide, "Stop and start Amazon EC2 instances"; Amazon ECS
API reference, UpdateService; Amazon EC2 Auto Scaling API reference, UpdateAutoScalingGroup.
"""

from collections.abc import Iterator

from ...aws.called_clients import CalledClients
from .resources import Called
from .state import MISSING, State, doubtful, in_order, refused

_GROUP_TAG = "aws:autoscaling:groupName"
"""The tag of instances that a group starts. AWS: Amazon EC2 Auto Scaling user guide, "Tag Auto Scaling groups and
instances"."""
_REMOVE = "Name another instance, or remove the task."


def instance_states(clients: CalledClients, called: Called) -> Iterator[State]:
    """Say if an EC2 instance can be stopped or started."""
    reservations = clients("ec2").describe_instances(InstanceIds=[called.name])["Reservations"]
    [found] = [instance for reservation in reservations for instance in reservation["Instances"]]
    state = str(found["State"]["Name"])
    group = next((tag["Value"] for tag in found.get("Tags", ()) if tag["Key"] == _GROUP_TAG), None)
    if state in ("terminated", "shutting-down"):
        yield refused(f"is {state}. It can't be stopped or started any more.", _REMOVE)
    elif found.get("RootDeviceType") == "instance-store":
        yield refused("has a root volume in the instance store. AWS doesn't stop such instances.", _REMOVE)
    elif group:
        yield doubtful(
            f"belongs to the Auto Scaling group {group}, which replaces stopped instances.",
            f"Scale the group instead: scale: {{ group: {group}, to: 0, min: 0 }}",
        )
    else:
        yield in_order(state)


def service_states(clients: CalledClients, called: Called) -> Iterator[State]:
    """Say if an ECS service can get another desired count."""
    cluster = str(called.parameters.get("Cluster", "default"))
    name = called.name
    changes_bounds = called.operation != "ecs:updateService"
    if changes_bounds:
        # AWS: Application Auto Scaling API reference, RegisterScalableTarget, ResourceId: service/cluster/name.
        _, cluster, name = called.name.split("/")
    found = next(iter(clients("ecs").describe_services(cluster=cluster, services=[name])["services"]), None)
    if found is None or found["status"] == "INACTIVE":
        yield MISSING
    elif found["status"] != "ACTIVE":
        yield refused(f"is {found['status']}.", "Create it again, or remove the task.")
    elif found.get("schedulingStrategy") == "DAEMON":
        yield refused("runs one task per instance (DAEMON), so it has no desired count.", "Remove the task.")
    elif changes_bounds:
        yield in_order("active")
    else:
        yield from _bounds(clients, called, cluster, name)


def _bounds(clients: CalledClients, called: Called, cluster: str, name: str) -> Iterator[State]:
    """Autoscaling raises a desired count to its minimum, and lowers it to its maximum.

    AWS: Application Auto Scaling user guide, "Register a scalable target", minimum and maximum capacity.
    """
    wanted = called.parameters.get("DesiredCount")
    resource = f"service/{cluster.rsplit('/', 1)[-1]}/{name.rsplit('/', 1)[-1]}"
    targets = clients("application-autoscaling").describe_scalable_targets(
        ServiceNamespace="ecs", ResourceIds=[resource]
    )["ScalableTargets"]
    for target in targets:
        least, most = int(target["MinCapacity"]), int(target["MaxCapacity"])
        if isinstance(wanted, int) and not least <= wanted <= most:
            yield doubtful(
                f"has autoscaling between {least} and {most}, which changes the desired count {wanted} again.",
                "Set the bounds instead: `min` and `max` in place of `to`.",
            )
            return
    yield in_order("active")


def group_states(clients: CalledClients, called: Called) -> Iterator[State]:
    """Say if an Auto Scaling group can get another size."""
    groups = clients("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=[called.name])
    found = next(iter(groups["AutoScalingGroups"]), None)
    if found is None:
        yield MISSING
        return
    if found.get("Status"):
        # AWS: Amazon EC2 Auto Scaling API reference, AutoScalingGroup, Status: only while it is deleted.
        yield refused(f"is in the state {found['Status']}.", "Create it again, or remove the task.")
        return
    sizes = {name: called.parameters.get(name, found[name]) for name in ("MinSize", "MaxSize")}
    wanted = called.parameters.get("DesiredCapacity")
    least, most = int(str(sizes["MinSize"])), int(str(sizes["MaxSize"]))
    if isinstance(wanted, int) and not least <= wanted <= most:
        yield refused(
            f"has a size between {least} and {most}. AWS refuses the size {wanted}.", "Set `min` and `max` too."
        )
    else:
        yield in_order("active")
