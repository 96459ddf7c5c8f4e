"""Where runs go: cluster, subnets, logs, registries. Each is asked for once, whatever the number of tasks."""

from collections.abc import Iterator, Mapping
from typing import Any

from ..aws.logs import AWSLOGS
from .case import Case
from .finding import OK, PROBLEM, UNKNOWN, WARNING, Finding, attempt, some
from .image import EcrImage, ecr_image, is_reference
from .launch import Launch
from .network import endpoints_of, way_out

Data = Mapping[str, Any]

_OWN_INSTANCES = ("EC2", "EXTERNAL")
_FEW_ADDRESSES = 8
_BATCH = 100
"""Clusters, or images, of one call (AWS: Amazon ECS API reference, DescribeClusters; Amazon ECR API reference,
BatchGetImage)."""


def cluster_findings(case: Case) -> Iterator[Finding]:
    """Whether the clusters are active, and have what runs are started on."""
    arns = sorted({launch.cluster_arn for launch in case.launches})
    ecs = case.deployment.client("ecs")
    there: dict[str, Data] = {}
    for start in range(0, len(arns), _BATCH):
        clusters = ecs.describe_clusters(clusters=arns[start : start + _BATCH])["clusters"]
        there |= {cluster["clusterArn"]: cluster for cluster in clusters}
    for arn in arns:
        cluster = there.get(arn)
        name, status = arn.rsplit("/", 1)[-1], cluster["status"] if cluster else "not there"
        if cluster is None or status != "ACTIVE":
            yield Finding(PROBLEM, "", f"the cluster {name} is {status}", "Create it again, or set another `cluster`.")
            continue
        yield Finding(OK, "", f"the cluster {name} is active")
        yield from _capacity(cluster, [launch for launch in case.launches if launch.cluster_arn == arn])


def _capacity(cluster: Data, launches: list[Launch]) -> Iterator[Finding]:
    name = cluster["clusterName"]
    wanted = {provider for launch in launches for provider in launch.providers}
    if missing := wanted - set(cluster.get("capacityProviders", ())):
        words = f"the cluster {name} does not have the capacity provider {some(missing)}"
        yield Finding(PROBLEM, "", words, "Associate it with the cluster, or set another `launch`.")
    types = {launch.launch_type for launch in launches}
    if types.intersection(_OWN_INSTANCES) and not cluster.get("registeredContainerInstancesCount"):
        words = f"the cluster {name} has no container instance, and runs are started on some"
        yield Finding(PROBLEM, "", words, "Add instances, or set launch: fargate.")


def network_findings(case: Case) -> Iterator[Finding]:
    """Whether subnets and security groups are there, and have a way to the images: five calls in all."""
    ec2 = case.deployment.client("ec2")
    wanted = sorted({subnet for launch in case.launches for subnet in launch.subnets})
    if not wanted:
        return
    subnets = {each["SubnetId"]: each for each in _found(ec2, "describe_subnets", "Subnets", "subnet-id", wanted)}
    if missing := set(wanted) - subnets.keys():
        words = f"there is no subnet {some(missing)}"
        yield Finding(PROBLEM, "", words, "pulumi up looks the subnets up again; those that are named must be there.")
    groups = sorted({group for launch in case.launches for group in launch.security_groups})
    yield from _security_groups(ec2, groups)
    vpcs = sorted({each["VpcId"] for each in subnets.values()})
    if vpcs:
        tables = _found(ec2, "describe_route_tables", "RouteTables", "vpc-id", vpcs)
        endpoints = _found(ec2, "describe_vpc_endpoints", "VpcEndpoints", "vpc-id", vpcs)
        yield from _ways(case, subnets, tables, endpoints)


def _found(ec2: Any, operation: str, key: str, name: str, values: list[str]) -> list[Data]:
    pages = ec2.get_paginator(operation).paginate(Filters=[{"Name": name, "Values": values}])
    return [each for page in pages for each in page[key]]


def _security_groups(ec2: Any, groups: list[str]) -> Iterator[Finding]:
    there = _found(ec2, "describe_security_groups", "SecurityGroups", "group-id", groups) if groups else []
    if missing := set(groups) - {each["GroupId"] for each in there}:
        words = f"there is no security group {some(missing)}"
        yield Finding(PROBLEM, "", words, "pulumi up --refresh makes the stack's own again; those named must be there.")
    if closed := {each["GroupId"] for each in there if not each.get("IpPermissionsEgress")}:
        words = f"the security group {some(closed)} lets nothing out"
        yield Finding(PROBLEM, "", words, "Let runs out to port 443 at least, where images and logs are.")


def _ways(case: Case, subnets: Mapping[str, Data], tables: list[Data], endpoints: list[Data]) -> Iterator[Finding]:
    ecr = all(ecr_image(image) for image in case.images)
    ways: dict[Finding, list[str]] = {}
    for subnet_id, public_ip in sorted(
        {(each, launch.public_ip) for launch in case.launches for each in launch.subnets}
    ):
        if (subnet := subnets.get(subnet_id)) is None:
            continue
        services = endpoints_of(subnet["VpcId"], endpoints)
        way = way_out(subnet, tables, services, public_ip=public_ip, ecr=ecr)
        ways.setdefault(Finding(way.level, "", way.words, way.fix), []).append(subnet_id)
        if (free := int(subnet.get("AvailableIpAddressCount", _FEW_ADDRESSES))) < _FEW_ADDRESSES:
            words = f"{subnet_id} has {free} free addresses, and each run takes one"
            yield Finding(WARNING if free else PROBLEM, "", words, "Add a subnet that has more.")
    for way, where in ways.items():
        yield Finding(way.level, "", f"{some(where)}: {way.words}", way.fix)


def log_findings(case: Case) -> list[Finding]:
    """Whether the log groups are there: without its log group, no container starts. One call for each group."""
    found: list[Finding] = []
    for group in sorted(_log_groups(case)):
        found += attempt("", f"the log group {group}", _log_group, case, group)
    return found


def _log_groups(case: Case) -> set[str]:
    logs = (
        container.get("logConfiguration", {})
        for definition in case.definitions
        for container in definition["containerDefinitions"]
    )
    given = (log.get("options", {}) for log in logs if log.get("logDriver") == AWSLOGS)
    here = (each for each in given if each.get("awslogs-region", case.deployment.region) == case.deployment.region)
    return {each["awslogs-group"] for each in here if each.get("awslogs-create-group") != "true"}


def _log_group(case: Case, name: str) -> Finding:
    groups = case.deployment.aws.pages("logs", "describe_log_groups", "logGroups", logGroupNamePrefix=name)
    if any(group["logGroupName"] == name for group in groups):
        return Finding(OK, "", f"the log group {name} is there")
    return Finding(PROBLEM, "", f"the log group {name} is not there", "pulumi up --refresh makes it again.")


def image_findings(case: Case) -> list[Finding]:
    """Whether the images are of a form that can be pulled, and whether those in ECR are there: one call for each
    hundred images of a repository."""
    found: list[Finding] = []
    repositories: dict[tuple[str, str, str], dict[EcrImage, str]] = {}
    for image, task in case.images.items():
        parts = ecr_image(image)
        if parts:
            repositories.setdefault((parts.region, parts.account_id, parts.repository), {})[parts] = task
        elif is_reference(image):
            found.append(Finding(OK, task, f"the image {image} can be asked for; its registry was not asked"))
        else:
            found.append(Finding(PROBLEM, task, f"{image} is no name of an image", "Write `image` as host/path:tag."))
    for (region, account_id, repository), images in repositories.items():
        what = f"the images in {repository}"
        if region != case.deployment.region:
            found.append(Finding(UNKNOWN, "", f"{what}: they are in {region}."))
            continue
        found += attempt("", what, _ecr_images, case, account_id, repository, images)
    return found


def _ecr_images(case: Case, account_id: str, repository: str, images: Mapping[EcrImage, str]) -> Iterator[Finding]:
    ecr = case.deployment.client("ecr")
    ids = [image.id for image in images]
    missing: list[dict[str, str]] = []
    try:
        for start in range(0, len(ids), _BATCH):
            batch = ids[start : start + _BATCH]
            answer = ecr.batch_get_image(registryId=account_id, repositoryName=repository, imageIds=batch)
            missing += [failure["imageId"] for failure in answer.get("failures", ())]
    except ecr.exceptions.RepositoryNotFoundException:
        missing = ids
    for image, task in images.items():
        name = f"the image {repository}:{image.digest or image.tag}"
        if any(image.id.items() <= each.items() for each in missing):
            words, fix = (
                f"{name} is not in ECR",
                "Push it, or set another `image`; a lifecycle policy may have removed it.",
            )
            yield Finding(PROBLEM, task, words, fix)
        else:
            yield Finding(OK, task, f"{name} is in ECR")
