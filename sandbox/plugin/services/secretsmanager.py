"""Secrets Manager: secrets and their values."""

from ..aws import Aws
from ..fields import Field, from_api, to_api
from ..resource import Resource, changed_tags, named, only, tag_list, tag_map
from ..values import Props

CURRENT = "AWSCURRENT"


class Secret(Resource):
    """A secret without its value; its id is its ARN."""

    token = "aws:secretsmanager/secret:Secret"
    fields = {
        "name": named("Name"),
        "description": Field("text", "Description"),
        "kmsKeyId": Field("text", "KmsKeyId"),
        "recoveryWindowInDays": Field("number", default=30),
    }
    outputs = ("arn",)
    tagged = True
    gone = ("ResourceNotFoundException",)

    def create(self, aws: Aws, props: Props) -> str:
        client = aws.client("secretsmanager")
        return client.create_secret(**to_api(self.fields, props), Tags=tag_list(props["tagsAll"]))["ARN"]

    def read(self, aws: Aws, identity: str, props: Props) -> Props | None:
        secret = aws.client("secretsmanager").describe_secret(SecretId=identity)
        if secret.get("DeletedDate"):
            return None
        return {
            **from_api(self.fields, secret),
            **only(props, "recoveryWindowInDays"),
            "arn": secret["ARN"],
            "tagsAll": tag_map(secret.get("Tags")),
        }

    def update(self, aws: Aws, identity: str, old: Props, new: Props) -> None:
        client = aws.client("secretsmanager")
        description = {"Description": new.get("description", "")}
        key = {"KmsKeyId": new["kmsKeyId"]} if "kmsKeyId" in new else {}
        client.update_secret(SecretId=identity, **description, **key)
        to_set, to_remove = changed_tags(old, new)
        if to_remove:
            client.untag_resource(SecretId=identity, TagKeys=to_remove)
        if to_set:
            client.tag_resource(SecretId=identity, Tags=tag_list(to_set))

    def delete(self, aws: Aws, identity: str, props: Props) -> None:
        days = props.get("recoveryWindowInDays", 30)
        how = {"RecoveryWindowInDays": days} if days else {"ForceDeleteWithoutRecovery": True}
        aws.client("secretsmanager").delete_secret(SecretId=identity, **how)


class SecretVersion(Resource):
    """A secret's value; its id is "secret's ARN|version"."""

    token = "aws:secretsmanager/secretVersion:SecretVersion"
    fields = {
        "secretId": Field("text", "SecretId", required=True, replaces=True),
        "secretString": Field("text", "SecretString", required=True, replaces=True, secret=True),
        "versionStages": Field("texts", "VersionStages", computed=True, unordered=True, replaces=True),
    }
    outputs = ("arn", "versionId")
    gone = ("ResourceNotFoundException",)

    def create(self, aws: Aws, props: Props) -> str:
        answer = aws.client("secretsmanager").put_secret_value(**to_api(self.fields, props))
        return f"{answer['ARN']}|{answer['VersionId']}"

    def read(self, aws: Aws, identity: str, props: Props) -> Props | None:
        arn, version = identity.split("|")
        found = aws.client("secretsmanager").get_secret_value(SecretId=arn, VersionId=version)
        read = from_api(self.fields, found)
        return {**read, "secretId": props.get("secretId", arn), "arn": found["ARN"], "versionId": version}

    def update(self, aws: Aws, identity: str, old: Props, new: Props) -> None:
        """Nothing of it can change."""

    def delete(self, aws: Aws, identity: str, props: Props) -> None:
        # AWS keeps a version as long as it has a label, and AWSCURRENT cannot be taken away: it goes with
        # the secret.
        arn, version = identity.split("|")
        for stage in set(props.get("versionStages", [])) - {CURRENT}:
            aws.client("secretsmanager").update_secret_version_stage(
                SecretId=arn, VersionStage=stage, RemoveFromVersionId=version
            )


RESOURCES = (Secret(), SecretVersion())
FUNCTIONS = ()
