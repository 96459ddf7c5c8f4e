"""IAM: roles and their policies."""

import json
from typing import Any
from urllib.parse import unquote

from ..aws import Aws
from ..fields import Field, from_api, same_json, to_api
from ..resource import Resource, named, retag, tag_list, tag_map
from ..values import Props


def _document(value: Any) -> str:
    """Return a policy as JSON. boto3 returns some policies parsed and some as quoted JSON."""
    return unquote(value) if isinstance(value, str) else json.dumps(value)


class Role(Resource):
    """A role. Its ID is its name."""

    token = "aws:iam/role:Role"
    fields = {
        "name": named("RoleName"),
        "path": Field("string", "Path", replaces=True, default="/"),
        "assumeRolePolicy": Field(
            "string", "AssumeRolePolicyDocument", required=True, same=same_json, decode=_document
        ),
        "description": Field("string", "Description"),
        "maxSessionDuration": Field("number", "MaxSessionDuration", default=3600),
        "permissionsBoundary": Field("string", "PermissionsBoundary"),
    }
    outputs = ("arn", "uniqueId", "createDate")
    tagged = True
    regional = False
    gone = ("NoSuchEntity",)

    def create(self, aws: Aws, props: Props) -> str:
        aws.client("iam").create_role(**to_api(self.fields, props), Tags=tag_list(props["tagsAll"]))
        return props["name"]

    def read(self, aws: Aws, identity: str, props: Props) -> Props | None:
        role = aws.client("iam").get_role(RoleName=identity)["Role"]
        boundary = role.pop("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
        return {
            **from_api(self.fields, {**role, "PermissionsBoundary": boundary}),
            "arn": role["Arn"],
            "uniqueId": role["RoleId"],
            "createDate": role["CreateDate"].isoformat(),
            "tagsAll": tag_map(role.get("Tags")),
        }

    def update(self, aws: Aws, identity: str, old: Props, new: Props) -> None:
        client = aws.client("iam")
        request = to_api(self.fields, new)
        client.update_assume_role_policy(RoleName=identity, PolicyDocument=request["AssumeRolePolicyDocument"])
        client.update_role(
            RoleName=identity,
            Description=request.get("Description", ""),
            MaxSessionDuration=request["MaxSessionDuration"],
        )
        if boundary := request.get("PermissionsBoundary"):
            client.put_role_permissions_boundary(RoleName=identity, PermissionsBoundary=boundary)
        elif old.get("permissionsBoundary"):
            client.delete_role_permissions_boundary(RoleName=identity)
        retag(
            old,
            new,
            untag=lambda keys: client.untag_role(RoleName=identity, TagKeys=keys),
            tag=lambda tags: client.tag_role(RoleName=identity, Tags=tag_list(tags)),
        )

    def delete(self, aws: Aws, identity: str, props: Props) -> None:
        aws.client("iam").delete_role(RoleName=identity)


class RolePolicy(Resource):
    """An inline policy of a role. Its ID is "role:name"."""

    token = "aws:iam/rolePolicy:RolePolicy"
    fields = {
        "name": named("PolicyName"),
        "role": Field("string", "RoleName", required=True, replaces=True),
        "policy": Field("string", "PolicyDocument", required=True, same=same_json, decode=_document),
    }
    regional = False
    gone = ("NoSuchEntity",)

    def create(self, aws: Aws, props: Props) -> str:
        aws.client("iam").put_role_policy(**to_api(self.fields, props))
        return f"{props['role']}:{props['name']}"

    def read(self, aws: Aws, identity: str, props: Props) -> Props | None:
        role, name = identity.split(":")
        return from_api(self.fields, aws.client("iam").get_role_policy(RoleName=role, PolicyName=name))

    def update(self, aws: Aws, identity: str, old: Props, new: Props) -> None:
        aws.client("iam").put_role_policy(**to_api(self.fields, new))

    def delete(self, aws: Aws, identity: str, props: Props) -> None:
        role, name = identity.split(":")
        aws.client("iam").delete_role_policy(RoleName=role, PolicyName=name)


class RolePolicyAttachment(Resource):
    """A managed policy attached to a role. Its ID is "role/policy's ARN"."""

    token = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
    fields = {
        "role": Field("string", "RoleName", required=True, replaces=True),
        "policyArn": Field("string", "PolicyArn", required=True, replaces=True),
    }
    regional = False
    gone = ("NoSuchEntity",)

    def create(self, aws: Aws, props: Props) -> str:
        aws.client("iam").attach_role_policy(**to_api(self.fields, props))
        return f"{props['role']}/{props['policyArn']}"

    def read(self, aws: Aws, identity: str, props: Props) -> Props | None:
        role, policy = identity.split("/", 1)
        attached = aws.client("iam").list_attached_role_policies(RoleName=role)["AttachedPolicies"]
        found = any(item["PolicyArn"] == policy for item in attached)
        return {"role": role, "policyArn": policy} if found else None

    def update(self, aws: Aws, identity: str, old: Props, new: Props) -> None:
        """Do nothing: every change replaces the resource."""

    def delete(self, aws: Aws, identity: str, props: Props) -> None:
        aws.client("iam").detach_role_policy(**to_api(self.fields, props))


class Policy(Resource):
    """A managed policy. Its ID is its ARN."""

    token = "aws:iam/policy:Policy"
    fields = {
        "name": named("PolicyName"),
        "path": Field("string", "Path", replaces=True, default="/"),
        "description": Field("string", "Description", replaces=True),
        "policy": Field("string", "PolicyDocument", required=True, same=same_json, decode=_document),
    }
    outputs = ("arn", "policyId")
    tagged = True
    regional = False
    gone = ("NoSuchEntity",)

    def create(self, aws: Aws, props: Props) -> str:
        created = aws.client("iam").create_policy(**to_api(self.fields, props), Tags=tag_list(props["tagsAll"]))
        return created["Policy"]["Arn"]

    def read(self, aws: Aws, identity: str, props: Props) -> Props | None:
        client = aws.client("iam")
        policy = client.get_policy(PolicyArn=identity)["Policy"]
        version = client.get_policy_version(PolicyArn=identity, VersionId=policy["DefaultVersionId"])["PolicyVersion"]
        return {
            **from_api(self.fields, {**policy, "PolicyDocument": version["Document"]}),
            "arn": identity,
            "policyId": policy["PolicyId"],
            "tagsAll": tag_map(policy.get("Tags")),
        }

    def update(self, aws: Aws, identity: str, old: Props, new: Props) -> None:
        client = aws.client("iam")
        if not same_json(old["policy"], new["policy"]):
            self._delete_old_versions(client, identity, keep=1)
            document = to_api(self.fields, new)["PolicyDocument"]
            client.create_policy_version(PolicyArn=identity, PolicyDocument=document, SetAsDefault=True)
        retag(
            old,
            new,
            untag=lambda keys: client.untag_policy(PolicyArn=identity, TagKeys=keys),
            tag=lambda tags: client.tag_policy(PolicyArn=identity, Tags=tag_list(tags)),
        )

    def delete(self, aws: Aws, identity: str, props: Props) -> None:
        client = aws.client("iam")
        self._delete_old_versions(client, identity, keep=0)
        client.delete_policy(PolicyArn=identity)

    @staticmethod
    def _delete_old_versions(client: Any, arn: str, *, keep: int) -> None:
        """Delete all versions except the default one and the newest others. A policy has at most five."""
        versions = client.list_policy_versions(PolicyArn=arn)["Versions"]
        others = sorted((one for one in versions if not one["IsDefaultVersion"]), key=lambda one: one["CreateDate"])
        for old in others[: len(others) - keep] if len(others) > keep else []:
            client.delete_policy_version(PolicyArn=arn, VersionId=old["VersionId"])


TYPES = (Role(), RolePolicy(), RolePolicyAttachment(), Policy())
