"""A model of the services whose resources sleep, as strict as AWS and as slow: each look lets a minute pass.

AWS: Amazon RDS user guide, "Viewing DB instance status"; Amazon RDS API reference, StopDBInstance,
InvalidDBInstanceState; Amazon EC2 Auto Scaling API reference, UpdateAutoScalingGroup; Application Auto Scaling API
reference, RegisterScalableTarget.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.interpreter import error

SLOW = 2
"""Looks during which a status lasts."""


@dataclass
class Switch:
    """A database, a cluster or an instance."""

    status: str
    running: str
    stopped: str
    starting: str
    stopping: str
    cluster: str = ""
    looks: int = 0
    then: str = ""

    def look(self) -> str:
        if self.then:
            self.looks -= 1
            if self.looks < 0:
                self.status, self.then = self.then, ""
        return self.status

    def passes(self, status: str, then: str, looks: int = SLOW) -> None:
        """Be in a status for some looks."""
        self.status, self.then, self.looks = status, then, looks

    def stop(self) -> None:
        if self.status != self.running or self.cluster:
            raise error("InvalidDBInstanceState", "StopDBInstance")
        self.passes(self.stopping, self.stopped)

    def start(self) -> None:
        if self.status != self.stopped:
            raise error("InvalidDBInstanceState", "StartDBInstance")
        self.passes(self.starting, self.running)


def database(status: str = "available") -> Switch:
    return Switch(status, "available", "stopped", "starting", "stopping")


@dataclass
class Scaling:
    """The autoscaling of a service. An alarm and a scheduled action try to raise the count at each look."""

    min: int = 2
    max: int = 6
    suspended: dict[str, bool] = field(
        default_factory=lambda: {
            "DynamicScalingInSuspended": False,
            "DynamicScalingOutSuspended": False,
            "ScheduledScalingSuspended": False,
        }
    )


@dataclass
class Service:
    desired: int = 3
    running: int = 3
    status: str = "ACTIVE"
    scaling: Scaling | None = field(default_factory=Scaling)

    def look(self) -> dict[str, Any]:
        if (scaling := self.scaling) and not scaling.suspended["DynamicScalingOutSuspended"]:
            # AWS: Amazon ECS developer guide, "Automatically scale your Amazon ECS service", considerations.
            self.desired = max(self.desired, scaling.min)
        step = max(-1, min(1, self.desired - self.running))
        self.running += step
        return {
            "serviceName": "web",
            "status": self.status,
            "desiredCount": self.desired,
            "runningCount": self.running,
            "pendingCount": 0,
        }


@dataclass
class Group:
    min: int = 1
    max: int = 4
    desired: int = 2
    instances: int = 2
    suspended: set[str] = field(default_factory=set[str])
    scheduled: int = 2
    """The desired capacity that a scheduled action sets."""

    def look(self) -> dict[str, Any]:
        if "ScheduledActions" not in self.suspended:
            self.min, self.max, self.desired = max(self.min, 1), max(self.max, 4), self.scheduled
        self.instances += max(-1, min(1, self.desired - self.instances))
        return {
            "AutoScalingGroupName": "workers",
            "MinSize": self.min,
            "MaxSize": self.max,
            "DesiredCapacity": self.desired,
            "Instances": [{"InstanceId": f"i-{n}", "LifecycleState": "InService"} for n in range(self.instances)],
            "SuspendedProcesses": [{"ProcessName": name, "SuspensionReason": ""} for name in sorted(self.suspended)],
        }


class World:
    """The services, as boto3's clients of them."""

    def __init__(self) -> None:
        self.databases = {"orders": database()}
        self.clusters = {"au": database()}
        self.redshifts = {"dw": Switch("available", "available", "paused", "resuming", "pausing")}
        self.instances = {"i-01234567": Switch("running", "running", "stopped", "pending", "stopping")}
        self.services = {"web": Service()}
        self.groups = {"workers": Group()}

    @classmethod
    def usual(cls) -> World:
        """A service, an Auto Scaling group and a database."""
        world = cls()
        world.clusters, world.redshifts, world.instances = {}, {}, {}
        return world

    def settings(self) -> dict[str, Any]:
        """Everything that a user sees: it must be the same after an opening as before the closing."""
        switches = {**self.databases, **self.clusters, **self.redshifts, **self.instances}
        return copy.deepcopy(
            {
                **{name: each.status for name, each in switches.items()},
                **{name: vars(each) for name, each in self.services.items()},
                **{name: vars(each) for name, each in self.groups.items()},
            }
        )

    def asleep(self) -> bool:
        """Whether nothing runs."""
        switches = [*self.databases.values(), *self.clusters.values(), *self.redshifts.values()]
        running = [service.running for service in self.services.values()]
        running += [group.instances for group in self.groups.values()]
        stopped = all(each.status == each.stopped for each in (*switches, *self.instances.values()))
        return stopped and not any(running)

    def clients(self) -> dict[str, Any]:
        return {
            "rds": _Rds(self),
            "redshift": _Redshift(self),
            "ec2": _Ec2(self),
            "ecs": _Ecs(self),
            "application-autoscaling": _Scaling(self),
            "autoscaling": _Groups(self),
        }


class _Fake:
    def __init__(self, world: World) -> None:
        self.world = world


class _Rds(_Fake):
    def describe_db_instances(self, **given: Any) -> dict[str, Any]:
        found = self.world.databases[given["DBInstanceIdentifier"]]
        of_cluster = {"DBClusterIdentifier": found.cluster} if found.cluster else {}
        return {"DBInstances": [{"DBInstanceStatus": found.look(), **of_cluster}]}

    def stop_db_instance(self, **given: Any) -> dict[str, Any]:
        return _done(self.world.databases[given["DBInstanceIdentifier"]].stop)

    def start_db_instance(self, **given: Any) -> dict[str, Any]:
        return _done(self.world.databases[given["DBInstanceIdentifier"]].start)

    def describe_db_clusters(self, **given: Any) -> dict[str, Any]:
        return {"DBClusters": [{"Status": self.world.clusters[given["DBClusterIdentifier"]].look()}]}

    def stop_db_cluster(self, **given: Any) -> dict[str, Any]:
        return _done(self.world.clusters[given["DBClusterIdentifier"]].stop)

    def start_db_cluster(self, **given: Any) -> dict[str, Any]:
        return _done(self.world.clusters[given["DBClusterIdentifier"]].start)


class _Redshift(_Fake):
    def describe_clusters(self, **given: Any) -> dict[str, Any]:
        return {"Clusters": [{"ClusterStatus": self.world.redshifts[given["ClusterIdentifier"]].look()}]}

    def pause_cluster(self, **given: Any) -> dict[str, Any]:
        return _done(self.world.redshifts[given["ClusterIdentifier"]].stop)

    def resume_cluster(self, **given: Any) -> dict[str, Any]:
        return _done(self.world.redshifts[given["ClusterIdentifier"]].start)


class _Ec2(_Fake):
    def describe_instances(self, **given: Any) -> dict[str, Any]:
        found = [
            {"InstanceId": each, "State": {"Name": self.world.instances[each].look()}} for each in given["InstanceIds"]
        ]
        return {"Reservations": [{"Instances": found}]}

    def stop_instances(self, **given: Any) -> dict[str, Any]:
        return _done(self.world.instances[given["InstanceIds"][0]].stop)

    def start_instances(self, **given: Any) -> dict[str, Any]:
        return _done(self.world.instances[given["InstanceIds"][0]].start)


class _Ecs(_Fake):
    def describe_services(self, **given: Any) -> dict[str, Any]:
        assert given["cluster"] == "main"
        found = [self.world.services[name].look() for name in given["services"] if name in self.world.services]
        return {"services": found, "failures": [] if found else [{"reason": "MISSING"}]}

    def update_service(self, **given: Any) -> dict[str, Any]:
        assert given["cluster"] == "main"
        self.world.services[given["service"]].desired = given["desiredCount"]
        return {}


class _Scaling(_Fake):
    def _of(self, resource: str) -> Service:
        return self.world.services[resource.rsplit("/", 1)[-1]]

    def describe_scalable_targets(self, **given: Any) -> dict[str, Any]:
        assert (given["ServiceNamespace"], given["ScalableDimension"]) == ("ecs", "ecs:service:DesiredCount")
        scaling = self._of(given["ResourceIds"][0]).scaling
        if scaling is None:
            return {"ScalableTargets": []}
        found = {"MinCapacity": scaling.min, "MaxCapacity": scaling.max, "SuspendedState": dict(scaling.suspended)}
        return {"ScalableTargets": [found]}

    def register_scalable_target(self, **given: Any) -> dict[str, Any]:
        assert (given["ServiceNamespace"], given["ScalableDimension"]) == ("ecs", "ecs:service:DesiredCount")
        service = self._of(given["ResourceId"])
        service.scaling = Scaling(given["MinCapacity"], given["MaxCapacity"], dict(given["SuspendedState"]))
        # AWS: "it changes the resource's current capacity to a value that is inside of this range".
        service.desired = min(max(service.desired, given["MinCapacity"]), given["MaxCapacity"])
        return {"ScalableTargetARN": "arn"}


class _Groups(_Fake):
    def describe_auto_scaling_groups(self, **given: Any) -> dict[str, Any]:
        found = [self.world.groups[name].look() for name in given["AutoScalingGroupNames"] if name in self.world.groups]
        return {"AutoScalingGroups": found}

    def update_auto_scaling_group(self, **given: Any) -> dict[str, Any]:
        if not given["MinSize"] <= given["DesiredCapacity"] <= given["MaxSize"]:
            raise error("ValidationError", "UpdateAutoScalingGroup")
        group = self.world.groups[given["AutoScalingGroupName"]]
        group.min, group.max, group.desired = given["MinSize"], given["MaxSize"], given["DesiredCapacity"]
        return {}

    def suspend_processes(self, **given: Any) -> dict[str, Any]:
        self.world.groups[given["AutoScalingGroupName"]].suspended.update(given["ScalingProcesses"])
        return {}

    def resume_processes(self, **given: Any) -> dict[str, Any]:
        assert given["ScalingProcesses"], "AWS would resume all processes"
        self.world.groups[given["AutoScalingGroupName"]].suspended.difference_update(given["ScalingProcesses"])
        return {}


def _done(change: Callable[[], None]) -> dict[str, Any]:
    change()
    return {}
