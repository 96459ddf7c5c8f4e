"""Arguments of VPC, subnets and security groups."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Literal

from typing_extensions import TypedDict

from ..aws import patterns
from ..keys.annotations import Aws, Between, CidrBlock, Default, Example, FlagAsString, Input, Matches, NotEmpty, Text
from .strict import strict
from .values import SecurityGroupIds, SubnetIds

SubnetKind = Literal["private", "public"]
PublicIp = Literal["auto", "true", "false"]
NatGateways = Literal["none", "single", "perZone"]

if TYPE_CHECKING:
    PublicIpOrFlag = PublicIp | bool
else:
    # Validation makes a string of it. Schemas have the string only, because that is a promise to other languages.
    PublicIpOrFlag = PublicIp


VpcReference = Annotated[str, Matches(patterns.VPC, "a VPC", "default, or an ID such as vpc-0123456789abcdef0")]
VpcTags = Annotated[Mapping[str, Text], NotEmpty("is empty, which would match every VPC. Name at least one tag.")]
SubnetTags = Annotated[Mapping[str, Text], NotEmpty("is empty, which would match every subnet. Name at least one tag.")]


@strict
class VpcArgs(TypedDict, total=False):
    """A VPC that the group creates (awsx.ec2.Vpc), with a public and a private subnet in each Availability Zone."""

    cidr: Annotated[str, CidrBlock(16, 24), Default("10.0.0.0/16"), Aws("CidrBlock"), Example("{ cidr: 10.20.0.0/16 }")]
    """IPv4 block, /16 to /24."""

    nat_gateways: Annotated[NatGateways, Default("single"), Aws("NatGateways"), Example("{ natGateways: none }")]
    """NAT gateways, which AWS charges for by the hour. With `none`, private subnets get VPC endpoints (also
    charged) for ECR, CloudWatch Logs, secrets and S3, and reach nothing else."""

    zones: Annotated[int, Between(1, 4), Default(2), Aws("AvailabilityZones"), Example("{ zones: 3 }")]
    """Number of Availability Zones."""


@strict
class NetworkArgs(TypedDict, total=False):
    """VPC, subnets and security groups of runs (network mode awsvpc). Name the VPC in at most one way, and the
    subnets in at most one way."""

    vpc: Annotated[
        VpcReference,
        Default("default"),
        Aws("VPC of the subnets"),
    ]
    """`default` (the account's default VPC) or the ID of a VPC."""

    create_vpc: Annotated[VpcArgs, Default(words="none"), Aws("awsx.ec2.Vpc")]
    """A new VPC, instead of `vpc` and `vpc_tags`."""

    vpc_tags: Annotated[
        VpcTags,
        Default(words="none"),
        Aws("Filters: tag:key"),
    ]
    """Tags that match exactly one VPC, instead of `vpc`."""

    subnets: Annotated[
        SubnetKind,
        Default(words="public in the default VPC, otherwise private"),
        Aws("NetworkConfiguration.awsvpcConfiguration.Subnets"),
    ]
    """`public` selects the VPC's subnets with a route to an internet gateway. `private` selects those with other routes
    out of the VPC or, if there are none, isolated subnets with endpoints for ECR and S3."""

    subnet_ids: Annotated[
        SubnetIds,
        Default(words="the subnets that `subnets` selects"),
        Aws("NetworkConfiguration.awsvpcConfiguration.Subnets"),
    ]
    """1 to 16 subnets of one VPC, by ID."""

    subnet_tags: Annotated[
        SubnetTags,
        Default(words="none"),
        Aws("Filters: tag:key"),
    ]
    """Tags that match subnets of the VPC."""

    security_group_ids: Annotated[
        SecurityGroupIds,
        Default(words="a new one, which allows all outbound and no inbound traffic"),
        Aws("NetworkConfiguration.awsvpcConfiguration.SecurityGroups"),
    ]
    """1 to 5 security groups, by ID."""

    assign_public_ip: Annotated[
        PublicIpOrFlag, FlagAsString(), Default("auto"), Aws("NetworkConfiguration.awsvpcConfiguration.AssignPublicIp")
    ]
    """Public IP addresses for runs. `auto` assigns one in public subnets, where runs would otherwise have no
    internet access, and none in private subnets."""

    vpc_id: Annotated[Input[str], Default(words="none"), Aws("VPC of the security group")]
    """VPC of `subnet_ids`. Required if other resources produce the subnet IDs and `security_group_ids` is not
    set."""


@strict
class TaskNetworkArgs(TypedDict, total=False):
    """VPC, subnets and security groups of one task's runs (network mode awsvpc). Runs use the group's for whatever is
    left out."""

    vpc: Annotated[
        VpcReference,
        Default(words="the group's"),
        Aws("VPC of the subnets"),
    ]
    """`default` (the account's default VPC) or the ID of a VPC."""

    vpc_tags: Annotated[
        VpcTags,
        Default(words="none"),
        Aws("Filters: tag:key"),
    ]
    """Tags that match exactly one VPC, instead of `vpc`."""

    subnets: Annotated[
        SubnetKind,
        Default(words="the group's subnets; in another VPC as for the group"),
        Aws("NetworkConfiguration.awsvpcConfiguration.Subnets"),
    ]
    """`public` or `private` subnets of the VPC, as for the group."""

    subnet_ids: Annotated[
        SubnetIds,
        Default(words="the group's subnets"),
        Aws("NetworkConfiguration.awsvpcConfiguration.Subnets"),
    ]
    """1 to 16 subnets of one VPC, by ID."""

    subnet_tags: Annotated[
        SubnetTags,
        Default(words="none"),
        Aws("Filters: tag:key"),
    ]
    """Tags that match subnets of the VPC."""

    security_group_ids: Annotated[
        SecurityGroupIds,
        Default(words="the group's; in another VPC a new one, as for the group"),
        Aws("NetworkConfiguration.awsvpcConfiguration.SecurityGroups"),
    ]
    """1 to 5 security groups, by ID."""

    assign_public_ip: Annotated[
        PublicIpOrFlag,
        FlagAsString(),
        Default(words="the group's; with other subnets `auto`"),
        Aws("NetworkConfiguration.awsvpcConfiguration.AssignPublicIp"),
    ]
    """Public IP addresses for runs, as for the group."""

    vpc_id: Annotated[Input[str], Default(words="none"), Aws("VPC of the security group")]
    """VPC of `subnet_ids`, as for the group."""
