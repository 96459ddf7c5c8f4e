"""Where moto differs from AWS in what the sandbox needs, and is put right."""

import copy
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from jsonpath_ng.ext.parser import parse as json_path
from moto.ecs.models import EC2ContainerServiceBackend, Task
from moto.events.utils import EventTemplateParser
from moto.iam.models import IAMBackend
from moto.settings import load_iam_aws_managed_policies

from . import log_policies, states


@cache
def mend() -> None:
    """Put it right in this process, once."""
    states.mend()
    _managed_policies()
    _size_of_tasks()
    _ends_of_tasks()
    _texts_of_events()
    log_policies.mend()


def _managed_policies() -> None:
    """AWS's managed policies, read once: moto does it for each partition, which takes more than a second."""
    iam: Any = IAMBackend
    read = iam._init_aws_policies
    kept: dict[bool, list[Any]] = {}

    def of_partition(self: Any) -> list[Any]:
        wanted = load_iam_aws_managed_policies()
        if wanted not in kept:
            kept[wanted] = read(self)
        own = [copy.copy(policy) for policy in kept[wanted]]
        for policy in own:
            policy.partition, policy.account_id = self.partition, self.account_id
        return own

    iam._init_aws_policies = of_partition


def _size_of_tasks() -> None:
    """A task's own memory is enough; moto wants each container's."""
    ecs: Any = EC2ContainerServiceBackend
    count = ecs._calculate_task_resource_requirements

    class Sized:
        def __init__(self, definition: Any):
            self.container_definitions = [{"memory": 0, **container} for container in definition.container_definitions]

    ecs._calculate_task_resource_requirements = staticmethod(lambda definition: count(Sized(definition)))


def _ends_of_tasks() -> None:
    """A task that has walked to its end says so: moto gives it neither a stop code nor a desired status."""
    task: Any = Task
    advance = task.advance

    def advance_to_the_end(self: Any) -> None:
        advance(self)
        if self.last_status == "STOPPED" and not self.stop_code:
            self.desired_status = "STOPPED"
            self.stop_code = "EssentialContainerExited"
            self.stopped_reason = "Essential container in task exited"
            for container in self.containers:
                container.last_status = "STOPPED"

    task.stop_code = ""
    task.advance = advance_to_the_end


def _texts_of_events() -> None:
    """An input transformer that makes one text: EventBridge leaves out the quotes of what it puts in, so that it stays
    one (AWS: EventBridge user guide, "Input transformation")."""
    parser: Any = EventTemplateParser
    parse = parser.parse

    def transform(input_template: str, input_paths_map: Mapping[str, str], event: Mapping[str, Any]) -> Any:
        if not (input_template or "").startswith('"'):
            return parse(input_template, input_paths_map, event)
        text = input_template
        for name, path in input_paths_map.items():
            found = [match.value for match in json_path(path).find(event)]
            shown = found[0] if found and isinstance(found[0], str) else json.dumps(found[0] if found else "")
            text = text.replace(f"<{name}>", json.dumps(shown.replace('"', ""))[1:-1])
        return json.loads(text)

    parser.parse = staticmethod(transform)
