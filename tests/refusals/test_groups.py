"""Clusters, networks, notifications, keys and roles of a stack that AWS refuses."""

from typing import Any

import pulumi
import pytest

from .refused import Case, assert_at, assert_one, in_group_arguments, in_stack

KEY = "arn:aws:kms:eu-west-1:123456789012:key/11111111-1111-1111-1111-111111111111"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:ops"


def cluster(**values: Any) -> dict[str, Any]:
    return {"cluster": {"create": True, **values}}


def network(**values: Any) -> dict[str, Any]:
    return {"network": values}


def vpc(**values: Any) -> dict[str, Any]:
    return {"network": {"vpc": {"create": values}}}


SECRET = {"config": "token"}
HOOK: dict[str, Any] = {"url": "https://hooks.example.com/runs", "secret": SECRET}


def webhook(name: str = "a", **values: Any) -> dict[str, Any]:
    return {"notify": {"webhook": {name: {**HOOK, **values}}}}


RECIPIENTS: dict[str, Case] = {
    "URL without TLS": (webhook(url="http://a.example/x"), "notify.webhook.a.url", "https://"),
    "secret in a URL": (webhook(url="https://a.example/x?sig=CANARY"), "notify.webhook.a.url", "not shown"),
    "user name in a URL": (webhook(url="https://CANARY@a.example/x"), "notify.webhook.a.url", "not shown"),
    "wildcard in a URL": (webhook(url="https://a.example/*"), "notify.webhook.a.url", "not shown"),
    "header": (webhook(header="X Token"), "notify.webhook.a.header", "header"),
    "secret in plain text": (webhook(secret="CANARY"), "notify.webhook.a.secret", "config"),
    "secret that does not exist": (webhook(), "notify.webhook.a.secret", '"token"'),
    "key in plain text": ({"notify": {"pagerduty": {"a": {"routingKey": "CANARY"}}}}, "notify.pagerduty.a.routingKey", "config"),
    "no key": ({"notify": {"pagerduty": {"a": {}}}}, "notify.pagerduty.a.routingKey", "missing"),
    "URL in plain text": ({"notify": {"heartbeat": {"a": {"tasks": ["job"], "url": "https://a.example/CANARY"}}}}, "notify.heartbeat.a.url", "config"),
    "no task": ({"notify": {"heartbeat": {"a": {"tasks": [], "url": SECRET}}}}, "notify.heartbeat.a.tasks", "0"),
    "name of a channel": ({"notify": {"slack": {"a": {"token": SECRET, "channel": "#alerts"}}}}, "notify.slack.a.channel", "C0123456789"),
    "token in plain text": ({"notify": {"slack": {"a": {"token": "CANARY", "channel": "C0123456789"}}}}, "notify.slack.a.token", "config"),
    "workflow in plain text": ({"notify": {"teams": {"a": {"url": "https://a.example/x?sig=CANARY"}}}}, "notify.teams.a.url", "config"),
    "severity": (webhook(severities=["info"]), "notify.webhook.a.severities.0", ""),
    "no severity": (webhook(severities=[]), "notify.webhook.a.severities", "0"),
    "task": (webhook(tasks=["*-report"]), "notify.webhook.a.tasks.0", "task"),
    "21 tasks": (webhook(tasks=[f"a{n}" for n in range(21)]), "notify.webhook.a.tasks", "21"),
}  # fmt: skip
CASES: dict[str, Case] = {
    "cluster": ({"cluster": "a b"}, "cluster", '"a b"'),
    "cluster by the ARN of a service": ({"cluster": "arn:aws:ecs:eu-west-1:123456789012:service/main"}, "cluster", "service/main"),
    "provider of the cluster": (cluster(capacityProviders=["FARGATE", "fargate"]), "cluster.capacityProviders.1", '"fargate"'),
    "default strategy without entries": (cluster(defaultStrategy=[]), "cluster.defaultStrategy", "0"),
    "default strategy of 7": (cluster(capacityProviders=[f"asg-{n}" for n in range(7)], defaultStrategy=[{"provider": f"asg-{n}"} for n in range(7)]), "cluster.defaultStrategy", "7"),
    "default strategy without weight": (cluster(defaultStrategy=[{"provider": "FARGATE", "weight": 0}]), "cluster.defaultStrategy", "0"),
    "default strategy with two bases": (cluster(defaultStrategy=[{"provider": "FARGATE", "base": 1}, {"provider": "FARGATE_SPOT", "base": 1}]), "cluster.defaultStrategy", "base"),
    "default strategy with a provider twice": (cluster(defaultStrategy=[{"provider": "FARGATE"}, {"provider": "FARGATE"}]), "cluster.defaultStrategy", "provider"),
    "default strategy of both kinds": (cluster(capacityProviders=["FARGATE", "asg"], defaultStrategy=[{"provider": "FARGATE"}, {"provider": "asg"}]), "cluster.defaultStrategy", "Fargate"),
    "weight in the default strategy": (cluster(defaultStrategy=[{"provider": "FARGATE", "weight": 1001}]), "cluster.defaultStrategy.0.weight", "1001"),
    "base in the default strategy": (cluster(defaultStrategy=[{"provider": "FARGATE", "base": 100001}]), "cluster.defaultStrategy.0.base", "100001"),
    "default strategy of another cluster": (cluster(capacityProviders=["FARGATE"], defaultStrategy=[{"provider": "FARGATE_SPOT"}]), "cluster.defaultStrategy", "FARGATE_SPOT"),
    "VPC": (network(vpc="vpc-xyz"), "network.vpc", '"vpc-xyz"'),
    "VPC by no tags": (network(vpc={"tags": {}}), "network.vpc.tags", "tag"),
    "subnets": (network(subnets="isolated"), "network.subnets", '"isolated"'),
    "subnets by no tags": (network(subnets={"tags": {}}), "network.subnets.tags", "tag"),
    "no subnets": (network(subnets=[]), "network.subnets", "0"),
    "17 subnets": (network(subnets=[f"subnet-{n:08x}" for n in range(17)]), "network.subnets", "17"),
    "id of a subnet": (network(subnets=["subnet-0a", "net-0b"]), "network.subnets.1", '"net-0b"'),
    "no security groups": (network(securityGroups=[]), "network.securityGroups", "0"),
    "6 security groups": (network(securityGroups=[f"sg-{n:08x}" for n in range(6)]), "network.securityGroups", "6"),
    "id of a security group": (network(securityGroups=["sg-0a", "0b"]), "network.securityGroups.1", '"0b"'),
    "public address": (network(assignPublicIp="maybe"), "network.assignPublicIp", '"maybe"'),
    "zones of a VPC": (vpc(zones=5), "network.vpc.create.zones", "5"),
    "no zones": (vpc(zones=0), "network.vpc.create.zones", "0"),
    "gateways": (vpc(natGateways="all"), "network.vpc.create.natGateways", '"all"'),
    "block": (vpc(cidr="10.0.0.0"), "network.vpc.create.cidr", '"10.0.0.0"'),
    "block with a host": (vpc(cidr="10.0.0.1/16"), "network.vpc.create.cidr", '"10.0.0.1/16"'),
    "large block": (vpc(cidr="10.0.0.0/15"), "network.vpc.create.cidr", "/15"),
    "small block": (vpc(cidr="10.0.0.0/25"), "network.vpc.create.cidr", "/25"),
    "topic": ({"notify": {"topicArn": "arn:aws:sqs:eu-west-1:123456789012:ops"}}, "notify.topicArn", "arn:aws:sqs"),
    "key of the topic": ({"notify": {"kmsKey": "alias/sns"}}, "notify.kmsKey", '"alias/sns"'),
    "key of an existing topic": ({"notify": {"topicArn": TOPIC, "kmsKey": KEY}}, "notify.kmsKey", "topic"),
    "address": ({"notify": {"emails": ["a@b.cd", "a@b"]}}, "notify.emails.1", '"a@b"'),
    "address twice": ({"notify": {"emails": ["a@b.cd", "a@b.cd"]}}, "notify.emails.1", '"a@b.cd"'),
    **{f"recipient: {name}": case for name, case in RECIPIENTS.items()},
    "key of the queue": ({"encryption": {"deadLetters": "alias/a"}}, "encryption.deadLetters", '"alias/a"'),
    "key of the schedules": ({"encryption": {"schedules": "alias/a"}}, "encryption.schedules", '"alias/a"'),
    "keys of the secrets": ({"encryption": {"secrets": [KEY, "alias/a"]}}, "encryption.secrets.1", '"alias/a"'),
    "path without a slash": ({"iam": {"path": "/teams"}}, "iam.path", '"/teams"'),
    "path that is too long": ({"iam": {"path": f"/{'a' * 250}/"}}, "iam.path", "250"),
    "boundary": ({"iam": {"permissionsBoundary": "arn:aws:iam::123456789012:role/a"}}, "iam.permissionsBoundary", ":role/a"),
    "empty tag": ({"tags": {"team": ""}}, "tags.team", ""),
    "tag of AWS": ({"tags": {"AWS:team": "a"}}, "tags.AWS:team", "aws:"),
    "tag by which commands find a group": ({"tags": {"scheduled-tasks": "a"}}, "tags.scheduled-tasks", "automatically"),
    "tag of a pause": ({"tags": {"scheduled-tasks/paused": "a"}}, "tags.scheduled-tasks/paused", "automatically"),
    "long key of a tag": ({"tags": {"a" * 129: "a"}}, f"tags.{'a' * 129}", "128"),
    "long value of a tag": ({"tags": {"team": "a" * 257}}, "tags.team", "256"),
    "character in the key of a tag": ({"tags": {"team*": "a"}}, "tags.team*", ""),
    "character in the value of a tag": ({"tags": {"team": "a*"}}, "tags.team", ""),
    "tags that differ in case": ({"tags": {"Team": "a", "team": "b"}}, "tags.team", '"Team"'),
    "50 tags": ({"tags": {f"tag{n}": "a" for n in range(50)}}, "tags", "50"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_a_stack_shares_and_aws_refuses(case: Case):
    values, path, part = case
    assert_one(in_stack(values), path, part)


@pytest.mark.parametrize("case", RECIPIENTS.values(), ids=RECIPIENTS)
def test_a_refused_recipient_does_not_show_its_secret(case: Case):
    assert "CANARY" not in "".join(in_stack(case[0]))


def of_arguments(name: str = "a", **values: Any) -> dict[str, Any]:
    return {"notify": {"webhook": {name: {**HOOK, "secret": "s", **values}}}}


ARGUMENTS: dict[str, Case] = {
    "name of a recipient": (of_arguments("on call"), "notify.webhook.on call", "24"),
    "long name of a recipient": (of_arguments("a" * 25), f"notify.webhook.{'a' * 25}", "24"),
    "recipient without a queue": ({**of_arguments(), "monitoring": {"outcomes": False}}, "notify.webhook.a", "outcomes"),
    "long secret": (of_arguments(secret="s" * 513), "notify.webhook.a.secret", "512"),
    "tasks that do not fit": (of_arguments(tasks=[f"{'a' * 90}{n}" for n in range(20)]), "notify.webhook.a.tasks", "2048"),

    "cluster and a new one": ({"create_cluster": {}}, "cluster", "cluster"),
    "VPC by id and by tags": ({"network": {"vpc": "vpc-0a", "vpc_tags": {"env": "dev"}}}, "network.vpc_tags", ""),
    "subnets by kind and by id": ({"network": {"subnets": "public", "subnet_ids": ["subnet-0a"]}}, "network.subnet_ids", "subnets"),
    "subnets by kind and by tags": ({"network": {"subnets": "public", "subnet_tags": {"tier": "a"}}}, "network.subnet_tags", "subnets"),
    "subnets by id and by tags": ({"network": {"subnet_ids": ["subnet-0a"], "subnet_tags": {"tier": "a"}}}, "network.subnet_tags", "subnet_ids"),
    "task definition": ({"task_definitions": ["legacy", "a b"]}, "task_definitions.1", '"a b"'),
    "role that may be passed": ({"pass_role_arns": ["arn:aws:iam::123456789012:user/a"]}, "pass_role_arns.0", "user/a"),
    "account of a registry": ({"registry_accounts": ["1234"]}, "registry_accounts.0", '"1234"'),
    "retention": ({"logs": {"retention_days": 2}}, "logs.retention_days", "2"),
    "key of the logs": ({"logs": {"kms_key": "alias/a"}}, "logs.kms_key", '"alias/a"'),
    **{
        f"a new VPC and {key}": ({"network": {"create_vpc": {}, key: value}}, f"network.{key}", "VPC")
        for key, value in {
            "vpc": "vpc-0a", "vpc_tags": {"env": "dev"}, "vpc_id": "vpc-0a", "subnet_ids": ["subnet-0a"],
            "subnet_tags": {"tier": "a"},
        }.items()
    },
}  # fmt: skip


@pytest.mark.parametrize("case", ARGUMENTS.values(), ids=ARGUMENTS)
def test_arguments_of_a_group_that_do_not_go_together(case: Case):
    values, path, part = case
    assert_one(in_group_arguments(values), path, part)


def test_subnets_of_the_same_program_need_a_choice_of_addresses_and_a_vpc():
    def outputs() -> dict[str, Any]:
        return {"subnet_ids": [pulumi.Output.from_input("subnet-0a")]}

    for extra, path in (({}, "network.assign_public_ip"), ({"assign_public_ip": "auto"}, "network.assign_public_ip")):
        problems = in_group_arguments({"network": lambda extra=extra: {**outputs(), **extra, "vpc_id": "vpc-0a"}})
        assert_one(problems, path, "true")
    problems = in_group_arguments({"network": lambda: {**outputs(), "assign_public_ip": "true"}})
    assert_at(problems, "network.vpc_id", "security group")


def watched(count: int, **values: Any) -> dict[str, Any]:
    task = {"image": "a:1", "schedule": "rate(1 day)", "expectSuccessWithin": "26h", **values}
    return {f"t{number:03}": task for number in range(count)}


def test_more_metric_filters_than_a_log_group_can_have():
    """A log group has 100. One place stays free for the shared filter that can replace them.

    https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html
    """
    assert_one(in_stack({"cluster": "main"}, watched(100)), "monitoring.successMetrics", "shared")
    refused = {"cluster": "a b", "monitoring": {"successMetrics": "shared"}}
    assert_one(in_stack(refused, watched(300)), "cluster", "")
    for allowed in (watched(99), watched(100, timeout="1h"), watched(100, enabled=False)):
        assert_one(in_stack({"cluster": "a b"}, allowed), "cluster", "")
