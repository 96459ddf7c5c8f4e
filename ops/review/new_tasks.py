"""The description of a new task: its image, size, network and alerts. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from components.resolved import Group, Network, Task
from components.schedules import durations

_LAUNCH = {
    "fargate": "Fargate",
    "fargateSpot": "Fargate Spot",
    "ec2": "EC2",
    "external": "ECS Anywhere",
    "clusterDefault": "the cluster's default capacity",
}


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a sentence: words of this project, or a value from the configuration."""

    text: str
    is_value: bool = False


@dataclass(frozen=True, slots=True)
class NewTask:
    """A new task, in words.

    Args:
        runs: The image, or the existing task definition.
        size: CPU, memory, storage and capacity.
        network: The VPC, the subnets and the public IP address of its runs.
        alerts: The recipients of failures, and the alarms.
    """

    runs: tuple[Part, ...]
    size: tuple[Part, ...]
    network: tuple[Part, ...]
    alerts: tuple[Part, ...]


def new_task(task: Task, group: Group) -> NewTask:
    """Describe a task of a group."""
    return NewTask(tuple(_runs(task)), tuple(_size(task)), tuple(_network(task, group)), tuple(_alerts(task, group)))


def _value(value: object) -> Part:
    return Part(str(value), is_value=True)


def listed_values(values: list[str]) -> Iterator[Part]:
    """Values as a sentence lists them: `a`, `b` and `c`."""
    for number, value in enumerate(values):
        if number:
            yield Part(" and " if number == len(values) - 1 else ", ")
        yield _value(value)


def _runs(task: Task) -> Iterator[Part]:
    if task.task_definition is not None:
        yield Part("existing task definition ")
        yield _value(task.task_definition)
    elif task.build is not None:
        yield Part("image built from ")
        yield _value(task.build.context)
    else:
        yield Part("image ")
        yield _value(task.image)
    if task.sidecars:
        yield Part(", with ")
        yield from listed_values(sorted(task.sidecars))


def _size(task: Task) -> Iterator[Part]:
    if task.task_definition is None:
        yield Part(f"{task.cpu} CPU units and {task.memory} MiB")
        yield Part(f", {task.ephemeral_storage} GiB of storage" if task.ephemeral_storage else "")
        yield Part(", Windows" if task.is_windows else ", ARM" if task.architecture == "arm64" else "")
    else:
        yield Part("size of the task definition")
    if task.launch in _LAUNCH:
        yield Part(f", on {_LAUNCH[task.launch]}")
    else:
        yield Part(", on Managed Instances of " if task.launch else ", on ")
        yield from listed_values(task.provider_names)
    yield Part(f", {task.count} at a time" if task.count > 1 else "")


def _network(task: Task, group: Group) -> Iterator[Part]:
    network = group.network
    if task.network_mode != "awsvpc":
        yield Part("that of its instance, mode ")
        yield _value(task.network_mode)
        return
    if network.create_vpc:
        yield Part("new VPC ")
        yield _value(network.create_vpc.cidr)
        yield Part(f", {network.subnets} subnets")
    elif isinstance(network.subnet_ids, list | tuple):
        yield Part("subnets ")
        yield from listed_values([str(each) for each in network.subnet_ids])
    else:
        yield from _subnets(network)
    addresses = {"true": ", public IP address", "false": ", no public IP address", "auto": ""}
    yield Part(addresses[network.assign_public_ip])


def _subnets(network: Network) -> Iterator[Part]:
    if network.subnet_tags:
        yield Part("subnets with tags ")
        yield from _tags(network.subnet_tags)
    else:
        yield Part(f"{network.subnets} subnets")
    if network.vpc_tags:
        yield Part(" of the VPC with tags ")
        yield from _tags(network.vpc_tags)
    elif network.vpc == "default":
        yield Part(" of the default VPC")
    else:
        yield Part(" of ")
        yield _value(network.vpc)


def _tags(tags: Mapping[str, str]) -> Iterator[Part]:
    return listed_values([f"{name}={value}" for name, value in sorted(tags.items())])


def _alerts(task: Task, group: Group) -> Iterator[Part]:
    recipients = list(group.notify.emails) if group.notify else []
    recipients += [
        f"{kind} {name}"
        for (kind, name), found in group.recipients.items()
        if found.covers(task.name) and "critical" in found.severities
    ]
    topic = group.notify.topic_arn if group.notify else None
    if not group.monitoring.outcomes:
        yield Part("no messages about failed runs")
    elif recipients or topic is not None:
        yield Part("failed runs to ")
        yield from listed_values([*recipients, *([str(topic)] if isinstance(topic, str) else [])])
        yield Part("an SNS topic" if topic is not None and not isinstance(topic, str) else "")
    else:
        yield Part("failed runs to the stack's topic, which has no recipients")
    if task.expect_success_within:
        yield Part(f"; alarm after {durations.in_words(task.expect_success_within)} without success")
    else:
        yield Part("; no alarm if it never runs (")
        yield _value("expectSuccessWithin")
        yield Part(" isn't set)")
    if task.expect_duration_under:
        yield Part(f"; alarm if a run takes longer than {durations.in_words(task.expect_duration_under)}")
    if task.timeout:
        yield Part(f"; stopped after {durations.in_words(task.timeout)}")
