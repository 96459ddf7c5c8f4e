"""Fixes for differences between moto and AWS that matter to the sandbox."""

import copy
from functools import cache
from typing import Any

from moto import backends
from moto.cloudwatch.models import CloudWatchBackend
from moto.core import responses
from moto.core.utils import method_names_from_class
from moto.ec2.models import EC2Backend
from moto.ec2.models.elastic_network_interfaces import NetworkInterface
from moto.ecs.models import EC2ContainerServiceBackend, Task
from moto.iam.models import IAMBackend
from moto.settings import load_iam_aws_managed_policies

from .moto_automations import fix_automations
from .moto_conditions import fix_conditions
from .moto_connections import fix_connections
from .moto_events import fix_events
from .moto_insights import fix_insights
from .moto_log_keys import fix_log_keys
from .moto_log_policies import fix_log_policies
from .moto_run_task import fix_run_task
from .moto_snapshots import fix_snapshots
from .moto_step_functions import fix_step_functions
from .moto_task_definitions import fix_task_definitions
from .moto_topics import fix_topics


@cache
def apply_fixes() -> None:
    """Apply all fixes to moto in this process, once."""
    fix_step_functions()
    fix_log_policies()
    fix_log_keys()
    fix_insights()
    fix_events()
    fix_topics()
    fix_connections()
    fix_conditions()
    fix_run_task()
    fix_automations()
    fix_snapshots()
    fix_task_definitions()
    _cache_managed_policies()
    _cache_method_names()
    _cache_services()
    _accept_task_memory()
    _complete_stopped_tasks()
    _connect_default_vpcs()
    _run_tasks_without_dns_names()
    _begin_alarms_without_data()


def _cache_managed_policies() -> None:
    """Read AWS's managed policies once. moto reads them once per partition, which takes more than a second."""
    iam: Any = IAMBackend
    read = iam._init_aws_policies
    cached: dict[bool, list[Any]] = {}

    def policies(self: Any) -> list[Any]:
        wanted = load_iam_aws_managed_policies()
        if wanted not in cached:
            cached[wanted] = read(self)
        copies = [copy.copy(policy) for policy in cached[wanted]]
        for policy in copies:
            policy.partition, policy.account_id = self.partition, self.account_id
        return copies

    iam._init_aws_policies = policies


def _cache_method_names() -> None:
    """List the operations of a service once. moto lists them at each request, which takes a tenth of its time."""
    names: Any = responses
    names.method_names_from_class = cache(method_names_from_class)


def _cache_services() -> None:
    """List moto's services once. moto reads its folder at each request, which takes a sixth of its time."""
    names = frozenset(backends.list_of_moto_modules())
    backends.list_of_moto_modules = lambda: names


def _accept_task_memory() -> None:
    """Accept a task definition that sets memory for the task only. moto requires it for each container."""
    ecs: Any = EC2ContainerServiceBackend
    count = ecs._calculate_task_resource_requirements

    class WithMemory:
        def __init__(self, definition: Any):
            self.container_definitions = [{"memory": 0, **container} for container in definition.container_definitions]

    ecs._calculate_task_resource_requirements = staticmethod(lambda definition: count(WithMemory(definition)))


def _complete_stopped_tasks() -> None:
    """Set the stop code, the reason and the desired status of a stopped task. moto leaves them out."""
    task: Any = Task
    advance = task.advance

    def advance_and_complete(self: Any) -> None:
        advance(self)
        if self.last_status == "STOPPED" and not self.stop_code:
            self.desired_status = "STOPPED"
            self.stop_code = "EssentialContainerExited"
            self.stopped_reason = "Essential container in task exited"
            for container in self.containers:
                container.last_status = "STOPPED"

    task.stop_code = ""
    task.advance = advance_and_complete


def _connect_default_vpcs() -> None:
    """Give default VPCs an internet gateway, and a route to it in the main route table. moto leaves them out.

    AWS: Amazon VPC user guide, "Default VPCs", components.
    """
    ec2: Any = EC2Backend
    create = ec2.create_default_vpc

    def create_connected(self: Any) -> Any:
        vpc = create(self)
        gateway = self.create_internet_gateway()
        self.attach_internet_gateway(gateway.id, vpc.id)
        [main] = self.describe_route_tables(filters={"vpc-id": [vpc.id], "association.main": ["true"]})
        self.create_route(main.id, "0.0.0.0/0", gateway_id=gateway.id)
        return vpc

    ec2.create_default_vpc = create_connected


def _run_tasks_without_dns_names() -> None:
    """Run tasks in VPCs without DNS hostnames, whose network interfaces have no name. moto fails there.

    AWS: Amazon VPC user guide, "DNS attributes for your VPC": a VPC has no DNS hostnames by default.
    """
    interface: Any = NetworkInterface
    interface.private_dns_name = ""


def _begin_alarms_without_data() -> None:
    """Let new alarms begin with INSUFFICIENT_DATA, and keep the state of changed ones. In moto, both become OK.

    AWS: AWS CloudFormation template reference, AWS::CloudWatch::Alarm: "When this operation creates an alarm, the alarm
    state is immediately set to INSUFFICIENT_DATA. The alarm is then evaluated and its state is set appropriately. [...]
    When you update an existing alarm, its state is left unchanged".
    """
    cloudwatch: Any = CloudWatchBackend
    put = cloudwatch.put_metric_alarm

    def put_metric_alarm(self: Any, name: str, *arguments: Any, **named: Any) -> Any:
        before = self.alarms.get(name)
        alarm = put(self, name, *arguments, **named)
        if before is None:
            alarm.state_value, alarm.state_reason = "INSUFFICIENT_DATA", "Unchecked: Initial alarm creation"
        else:
            for member in ("state_value", "state_reason", "state_reason_data", "state_updated_timestamp"):
                setattr(alarm, member, getattr(before, member))
        return alarm

    cloudwatch.put_metric_alarm = put_metric_alarm
