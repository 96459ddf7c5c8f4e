"""The smoke test in an emulator of AWS: what the emulator lacks, and a place for the stack in it."""

import os
import re
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress

from components.json_values import Data

from ..aws.answers import AnswerError
from ..aws.errors import error_code
from ..aws.session import Aws
from ..errors import OpsError
from ..local_sandbox import client_variables, emulator_problem
from .step import MissingError

_LACKS = re.compile(
    r"NotImplemented|\bnot (?:yet )?(?:been )?implemented|NotYetImplemented|UnknownOperation|InvalidAction\b"
    r"|InternalFailure|InternalError|InternalServerError|[Ss]tatus ?[Cc]ode: (?:404|5\d\d)",
)
"""Parts of the codes and messages with which emulators answer calls that they lack. Providers of Pulumi report them in
the text of an error. AWS: Smithy, "AWS protocols", UnknownOperationException; Common Errors of the query APIs,
InvalidAction, InternalFailure."""
_NETWORK = "10.123.0.0/24"


def is_gap(error: BaseException) -> bool:
    """Tell if an error shows that an emulator lacks something, and not that it does something else than assumed.

    A call that it lacks is answered with NotImplemented, an unknown operation, HTTP status 404 or 5xx, or something
    that no client can read. An effect that it lacks doesn't come.
    """
    return any(_lacks(each) for each in _chain(error))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _lacks(error: BaseException) -> bool:
    from botocore.exceptions import ClientError
    from botocore.parsers import ResponseParserError

    if isinstance(error, (MissingError, AnswerError, ResponseParserError)):
        return True
    if isinstance(error, ClientError):
        status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") or 0)
        return status == 404 or status >= 500 or _LACKS.search(error_code(error)) is not None
    return isinstance(error, OpsError) and _LACKS.search(str(error)) is not None


@contextmanager
def connected(endpoint: str) -> Generator[None]:
    """Let all clients of this process, and the processes that it starts, call an emulator with its own credentials.

    Raises OpsError if the URL isn't an endpoint of an emulator.
    """
    if problem := emulator_problem(endpoint):
        raise OpsError(f"--endpoint: {problem} Omit --endpoint to test an account.")
    before = dict(os.environ)
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update(client_variables(endpoint.rstrip("/")))
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def create_network(aws: Aws) -> str:
    """Create a VPC with a subnet and a route to the internet, and return its ID.

    The default VPC of an emulator may have no route, unlike that of AWS. Like that one, it has DNS hostnames.
    """
    ec2 = aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock=_NETWORK)["Vpc"]["VpcId"]
    try:
        ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
        ec2.create_subnet(VpcId=vpc, CidrBlock=_NETWORK)
        gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(VpcId=vpc, InternetGatewayId=gateway)
        tables = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"]
        table = tables[0]["RouteTableId"]
        ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    except BaseException:
        with suppress(Exception):
            delete_network(aws, vpc)
        raise
    return vpc


def delete_network(aws: Aws, vpc: str) -> None:
    """Delete a VPC that `create_network` created."""
    ec2 = aws.client("ec2")
    gateways = ec2.describe_internet_gateways(Filters=[{"Name": "attachment.vpc-id", "Values": [vpc]}])
    for gateway in gateways["InternetGateways"]:
        ec2.detach_internet_gateway(VpcId=vpc, InternetGatewayId=gateway["InternetGatewayId"])
        ec2.delete_internet_gateway(InternetGatewayId=gateway["InternetGatewayId"])
    for subnet in ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"]:
        ec2.delete_subnet(SubnetId=subnet["SubnetId"])
    ec2.delete_vpc(VpcId=vpc)


def given_in(aws: Aws, vpc: str) -> Data:
    """The configuration of a stack in the VPC that `create_network` created, with a cluster of its own."""
    subnets = aws.client("ec2").describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"]
    return {
        "cluster": {"create": True},
        "network": {"subnets": [subnet["SubnetId"] for subnet in subnets], "assignPublicIp": True},
    }
