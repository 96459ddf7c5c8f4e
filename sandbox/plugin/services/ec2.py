"""EC2: security groups."""

from typing import Any

from ..aws import Aws
from ..fields import Field, changed
from ..resource import Resource, named, retag, tag_list, tag_map
from ..values import Plain, Props

_RULE = {
    "protocol": Field("string", required=True),
    "fromPort": Field("number", required=True),
    "toPort": Field("number", required=True),
    "cidrBlocks": Field("strings", unordered=True),
    "ipv6CidrBlocks": Field("strings", unordered=True),
}


def _permission(rule: Props) -> dict[str, Any]:
    everything = rule["protocol"] == "-1"
    ports = {} if everything else {"FromPort": rule["fromPort"], "ToPort": rule["toPort"]}
    ranges = [{"CidrIp": block} for block in rule.get("cidrBlocks") or []]
    ranges6 = [{"CidrIpv6": block} for block in rule.get("ipv6CidrBlocks") or []]
    return {"IpProtocol": rule["protocol"], **ports, "IpRanges": ranges, "Ipv6Ranges": ranges6}


def _rules(permissions: list[dict[str, Any]]) -> list[Plain]:
    return [
        {
            "protocol": item["IpProtocol"],
            "fromPort": item.get("FromPort", 0),
            "toPort": item.get("ToPort", 0),
            "cidrBlocks": [found["CidrIp"] for found in item.get("IpRanges", [])],
            "ipv6CidrBlocks": [found["CidrIpv6"] for found in item.get("Ipv6Ranges", [])],
        }
        for item in permissions
    ]


class SecurityGroup(Resource):
    """A security group with its rules."""

    token = "aws:ec2/securityGroup:SecurityGroup"
    fields = {
        "name": named("GroupName"),
        "description": Field("string", "Description", default="Managed by Pulumi", replaces=True),
        "vpcId": Field("string", "VpcId", computed=True, replaces=True),
        "egress": Field("objects", fields=_RULE, unordered=True),
        "ingress": Field("objects", fields=_RULE, unordered=True),
    }
    outputs = ("arn", "ownerId")
    tagged = True
    gone = ("InvalidGroup.NotFound",)

    def create(self, aws: Aws, props: Props) -> str:
        tags = tag_list(props["tagsAll"])
        vpc = {"VpcId": props["vpcId"]} if props.get("vpcId") else {}
        specification = {"TagSpecifications": [{"ResourceType": "security-group", "Tags": tags}]} if tags else {}
        answer = aws.client("ec2").create_security_group(
            GroupName=props["name"],
            Description=props.get("description") or "Managed by Pulumi",
            **vpc,
            **specification,
        )
        return answer["GroupId"]

    def complete(self, aws: Aws, identity: str, props: Props) -> None:
        self._set_rules(aws, identity, props)

    def _set_rules(self, aws: Aws, identity: str, props: Props) -> None:
        """Replace all rules. AWS creates each group with a rule that allows all outbound traffic."""
        client = aws.client("ec2")
        group = client.describe_security_groups(GroupIds=[identity])["SecurityGroups"][0]
        for key, name, present in (
            ("egress", "egress", "IpPermissionsEgress"),
            ("ingress", "ingress", "IpPermissions"),
        ):
            wanted = [_permission(rule) for rule in props.get(key) or []]
            if group[present]:
                getattr(client, f"revoke_security_group_{name}")(GroupId=identity, IpPermissions=group[present])
            if wanted:
                getattr(client, f"authorize_security_group_{name}")(GroupId=identity, IpPermissions=wanted)

    def read(self, aws: Aws, identity: str, props: Props) -> Props | None:
        group = aws.client("ec2").describe_security_groups(GroupIds=[identity])["SecurityGroups"][0]
        return {
            "name": group["GroupName"],
            "description": group["Description"],
            "vpcId": group["VpcId"],
            "egress": _rules(group["IpPermissionsEgress"]),
            "ingress": _rules(group["IpPermissions"]),
            "ownerId": group["OwnerId"],
            "arn": f"arn:aws:ec2:{aws.region}:{group['OwnerId']}:security-group/{identity}",
            "tagsAll": tag_map(group.get("Tags")),
        }

    def update(self, aws: Aws, identity: str, old: Props, new: Props) -> None:
        if changed({key: self.fields[key] for key in ("egress", "ingress")}, old, new):
            self._set_rules(aws, identity, new)
        client = aws.client("ec2")
        retag(
            old,
            new,
            untag=lambda keys: client.delete_tags(Resources=[identity], Tags=[{"Key": key} for key in keys]),
            tag=lambda tags: client.create_tags(Resources=[identity], Tags=tag_list(tags)),
        )

    def delete(self, aws: Aws, identity: str, props: Props) -> None:
        aws.client("ec2").delete_security_group(GroupId=identity)


TYPES = (SecurityGroup(),)
