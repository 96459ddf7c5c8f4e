"""One stack, as people write it."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag

from components.aws import limits as bounds

from .base import Model, Tags, in_bounds, kind, one_of
from .task import CapacityProvider


class ClusterToCreate(Model):
    """A cluster of the stack's own."""

    create: Literal[True] = Field(description="Always true.")
    container_insights: bool | None = Field(None, description="Default: false; it costs money per metric.")
    capacity_providers: list[str] | None = Field(
        None,
        description="FARGATE, FARGATE_SPOT, and providers over Auto Scaling groups by name. Default: the first two.",
    )
    default_strategy: list[CapacityProvider] | None = Field(
        None, description="Strategy of what others start on the cluster without saying where. Default: none."
    )


class ByTags(Model):
    """Something found by its tags."""

    tags: Tags = Field(description="All of these tags, at least one.")


class VpcSettings(Model):
    """A VPC with a public and a private subnet in each zone."""

    cidr: str | None = Field(None, description="IPv4 block, /16 to /24. Default: 10.0.0.0/16.")
    nat_gateways: str | None = Field(
        None,
        description="none, single or perZone. none: endpoints for AWS's services instead. Default: single.",
        json_schema_extra=one_of(bounds.NAT_GATEWAYS),
    )
    zones: int | None = Field(
        None, description="Availability zones. Default: 2.", json_schema_extra=in_bounds(bounds.VPC_ZONES)
    )


class VpcToCreate(Model):
    """A VPC of the stack's own."""

    create: VpcSettings = Field(description="Its settings; {} for the defaults.")


class Encryption(Model):
    """KMS keys, by ARN; those of logs are with logs."""

    dead_letters: str | None = Field(None, description="Key of the dead-letter queue. Default: SQS's encryption.")
    schedules: str | None = Field(None, description="Key of what schedules send. Default: a key of AWS's own.")
    secrets: list[str] | None = Field(
        None, description="Keys that the tasks' secrets are encrypted with, which their roles may decrypt with."
    )


class Notify(Model):
    """Whom failures and alarms reach: a topic of Amazon SNS, created where none is given."""

    emails: list[str] | None = Field(
        None, description="Addresses that are subscribed; each has to confirm. Default: none."
    )
    topic_arn: str | None = Field(None, description="A topic made elsewhere. Default: one is created.")
    kms_key: str | None = Field(None, description="ARN of a KMS key for the topic that is created. Default: none.")


class Monitoring(Model):
    """What is watched."""

    outcomes: bool | None = Field(None, description="The ends of runs, in logs; failures to the topic. Default: true.")
    alarms: bool | None = Field(None, description="Alarms on launches and dead letters. Default: true.")
    dashboard: bool | None = Field(
        None, description="A dashboard; CloudWatch charges beyond the third of an account. Default: false."
    )
    tracing: bool | None = Field(None, description="X-Ray traces of supervised runs. Default: false.")


class Iam(Model):
    """The roles of the stack."""

    path: str | None = Field(None, description="Path that they are put under. Default: /.", examples=["/teams/data/"])
    permissions_boundary: str | None = Field(None, description="ARN of a managed policy that bounds them all.")


def _vpc_kind(value: object) -> str:
    if isinstance(value, VpcToCreate) or (isinstance(value, dict) and "create" in value):
        return "<create>"
    return "<map>" if isinstance(value, dict | ByTags) else "<text>"


def _flag(value: object) -> object:
    """`true` and `false` are booleans in YAML and words beside `auto`."""
    return str(value).lower() if isinstance(value, bool) else value


class Network(Model):
    """Where runs get their network interfaces."""

    vpc: (
        Annotated[
            Annotated[str, Tag("<text>")] | Annotated[ByTags, Tag("<map>")] | Annotated[VpcToCreate, Tag("<create>")],
            Discriminator(_vpc_kind),
        ]
        | None
    ) = Field(None, description="default, the id of a VPC, {tags: {...}} or {create: {...}}. Default: default.")
    subnets: (
        Annotated[
            Annotated[str, Tag("<text>")] | Annotated[list[str], Tag("<list>")] | Annotated[ByTags, Tag("<map>")],
            Discriminator(kind),
        ]
        | None
    ) = Field(
        None,
        description="private, public, ids or {tags: {...}}. Default: private; public in the default VPC.",
    )
    security_groups: list[str] | None = Field(
        None, description="1 to 5 ids. Default: one is created, which lets runs out and nothing in."
    )
    assign_public_ip: Annotated[str, BeforeValidator(_flag)] | None = Field(
        None,
        description="auto: on for public subnets, off for private ones. Default: auto.",
        json_schema_extra={"enum": ["auto", True, False, "true", "false"]},
    )


class Stack(Model):
    """The configuration of one stack: the keys of `config:` that start with the project's name."""

    cluster: (
        Annotated[
            Annotated[str, Tag("<text>")] | Annotated[ClusterToCreate, Tag("<map>")],
            Discriminator(kind),
        ]
        | None
    ) = Field(None, description="Name or ARN of the cluster, or {create: true}. Default: default.")
    network: Network | None = Field(None, description="Where runs get their network interfaces.")
    notify: Notify | None = Field(None, description="Whom failures and alarms reach. Default: nobody.")
    monitoring: Monitoring | None = Field(None, description="What is watched. Default: outcomes and alarms.")
    encryption: Encryption | None = Field(None, description="KMS keys. Default: AWS's own encryption.")
    iam: Iam | None = Field(None, description="Path and permissions boundary of the stack's roles.")
    defaults: dict[str, Any] | None = Field(None, description="What all tasks of the stack have in common.")
    tags: Tags | None = Field(None, description="Tags of all that the stack has.")
    enabled: bool | None = Field(None, description="false pauses every schedule of the stack. Default: true.")
    catalogue: (
        Annotated[
            Annotated[bool, Tag("<boolean>")] | Annotated[list[str], Tag("<list>")],
            Discriminator(kind),
        ]
        | None
    ) = Field(None, description="Which catalogue tasks the stack has: true (all), false, or names. Default: true.")
    tasks: dict[str, dict[str, Any] | None] | None = Field(
        None,
        description="The stack's own tasks, and what it changes in the catalogue's; null: not in this stack.",
    )
