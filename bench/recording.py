"""Bare Pulumi programs: they register the resources that another program registered, with literal inputs."""

import json
import shutil
from collections.abc import Awaitable, Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import pulumi

from .workload import STACK

RESOURCES = "resources.json"
BARE, WITH_COMPONENTS = "bare", "bare-components"
"""Folders of the bare programs without and with components."""
_STACK_TYPE = "pulumi:pulumi:Stack"
_MAIN = """\
from pathlib import Path

from bench.recording import register

register(Path(__file__).parent)
"""
_UNCOLLECTED = """\
import gc

gc.disable()

"""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A resource with literal inputs, and the resources that it depends on.

    A component has no module, and has outputs instead of inputs.
    """

    module: str
    type: str
    name: str
    values: dict[str, Any]
    after: list[str]
    parent: str
    """The key of the parent component; empty for the stack."""

    @property
    def key(self) -> str:
        """A unique key within a program."""
        return f"{self.type} {self.name}"


class _Recorder:
    """Records resources in the order of their registration. Their inputs are known later."""

    def __init__(self) -> None:
        self.made: dict[pulumi.Resource, Recorded | None] = {}

    def resource(self, made: pulumi.CustomResource, name: str, inputs: dict[str, Any], opts: Any) -> None:
        self.made[made] = None
        self._keep(made, _resource(type(made), name, inputs, opts))

    def component(self, made: pulumi.ComponentResource) -> None:
        self.made[made] = None

    def outputs(self, made: pulumi.ComponentResource, values: dict[str, Any]) -> None:
        if made in self.made:
            self._keep(made, _component(made, values))

    def _keep(self, made: pulumi.Resource, recorded: Awaitable[Recorded]) -> None:
        async def keep() -> None:
            self.made[made] = await recorded

        # The program waits for outputs, so this has to be one.
        pulumi.Output.from_input(keep())


@contextmanager
def recording() -> Generator[list[Recorded]]:
    """Record the AWS resources and the components of a program that runs in the context.

    The list is complete when the context ends.
    """
    kind: Any = pulumi.Resource
    component: Any = pulumi.ComponentResource
    init, register_outputs = kind.__init__, component.register_outputs
    recorder = _Recorder()
    found: list[Recorded] = []

    def made(self: pulumi.Resource, t: str, name: str, custom: bool, props: Any = None, opts: Any = None, *more: Any):
        if isinstance(self, pulumi.CustomResource) and t.startswith("aws:"):
            recorder.resource(self, name, cast("dict[str, Any]", vars(props)), opts)
        elif isinstance(self, pulumi.ComponentResource) and t != _STACK_TYPE:
            recorder.component(self)
        init(self, t, name, custom, props, opts, *more)

    def told(self: pulumi.ComponentResource, outputs: dict[str, Any]) -> None:
        recorder.outputs(self, outputs)
        register_outputs(self, outputs)

    kind.__init__, component.register_outputs = made, told
    try:
        yield found
    finally:
        kind.__init__, component.register_outputs = init, register_outputs
    found.extend(filter(None, recorder.made.values()))


async def _resource(kind: type, name: str, inputs: dict[str, Any], opts: pulumi.ResourceOptions) -> Recorded:
    given = pulumi.Output.from_input({key: value for key, value in inputs.items() if value is not None})
    explicit = cast("list[pulumi.Resource]", opts.depends_on or [])
    before = {*await given.resources(), *explicit}
    after = sorted(
        f"{type(other).__name__} {other.pulumi_resource_name}"
        for other in before
        if isinstance(other, pulumi.CustomResource)
    )
    values = cast("dict[str, Any]", await given.future())
    return Recorded(kind.__module__, kind.__name__, name, values, after, _key(opts.parent) if opts.parent else "")


async def _component(component: pulumi.ComponentResource, outputs: dict[str, Any]) -> Recorded:
    values = cast("dict[str, Any]", await pulumi.Output.from_input(outputs).future())
    return Recorded("", component.pulumi_resource_type, component.pulumi_resource_name, values, [], "")


def _key(component: pulumi.Resource) -> str:
    return f"{component.pulumi_resource_type} {component.pulumi_resource_name}"


def write_bare_projects(folder: Path, like: Path, resources: list[Recorded], *, engine: bool) -> None:
    """Write projects with bare programs that register the recorded resources.

    Args:
        folder: The projects become subfolders of it.
        like: The project whose files are copied.
        resources: The recorded resources.
        engine: Whether the programs run on the engine. They then have dependencies, and disable Python's garbage
            collector as our program does.
    """
    recorded = resources if engine else [replace(found, after=[]) for found in resources]
    _write(folder / WITH_COMPONENTS, like, recorded, engine=engine)
    _write(folder / BARE, like, [replace(found, parent="") for found in recorded if found.module], engine=engine)


def _write(folder: Path, like: Path, resources: list[Recorded], *, engine: bool) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in ("Pulumi.yaml", f"Pulumi.{STACK}.yaml"):
        shutil.copy(like / name, folder / name)
    (folder / "__main__.py").write_text(_UNCOLLECTED + _MAIN if engine else _MAIN, encoding="utf-8")
    (folder / RESOURCES).write_text(json.dumps([asdict(found) for found in resources]), encoding="utf-8")


def register(folder: Path) -> None:
    """Register the resources of a bare program."""
    made: dict[str, pulumi.Resource] = {}
    for data in json.loads((folder / RESOURCES).read_text(encoding="utf-8")):
        recorded = Recorded(**data)
        opts = pulumi.ResourceOptions(
            parent=made[recorded.parent] if recorded.parent else None,
            depends_on=[made[name] for name in recorded.after] or None,
        )
        made[recorded.key] = _registered(recorded, opts)


class _Component(pulumi.ComponentResource):
    def __init__(self, recorded: Recorded, opts: pulumi.ResourceOptions):
        super().__init__(recorded.type, recorded.name, None, opts)
        self.register_outputs(recorded.values)


def _registered(recorded: Recorded, opts: pulumi.ResourceOptions) -> pulumi.Resource:
    if not recorded.module:
        return _Component(recorded, opts)
    kind: type[Any] = getattr(import_module(recorded.module), recorded.type)
    return kind(recorded.name, opts=opts, **recorded.values)
