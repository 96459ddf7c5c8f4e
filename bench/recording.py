"""The same resources without the components: what a program registered, recorded, and registered again with literal
inputs by a bare Pulumi program."""

import json
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import pulumi

from .workload import STACK

RESOURCES = "resources.json"
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
    """A resource with literal inputs, and the names of those that must be there before it."""

    module: str
    type: str
    name: str
    inputs: dict[str, Any]
    after: list[str]

    @property
    def key(self) -> str:
        """Different for all resources of a program."""
        return f"{self.type} {self.name}"


@contextmanager
def recording() -> Generator[list[Recorded]]:
    """Record the AWS resources of a program that runs meanwhile, in order; the list is full when it has ended."""
    kind: Any = pulumi.CustomResource
    real = kind.__init__
    made: list[Recorded | None] = []
    found: list[Recorded] = []

    def init(self: pulumi.CustomResource, t: str, name: str, props: Any = None, opts: Any = None, *more: Any) -> None:
        if t.startswith("aws:"):
            place = len(made)
            made.append(None)

            async def keep() -> None:
                made[place] = await _literal(type(self), name, cast("dict[str, Any]", vars(props)), opts)

            # An output, as the program waits for these.
            pulumi.Output.from_input(keep())
        real(self, t, name, props, opts, *more)

    kind.__init__ = init
    try:
        yield found
    finally:
        kind.__init__ = real
    found.extend(resource for resource in made if resource)


async def _literal(kind: type, name: str, inputs: dict[str, Any], opts: pulumi.ResourceOptions) -> Recorded:
    given = pulumi.Output.from_input({key: value for key, value in inputs.items() if value is not None})
    explicit = cast("list[pulumi.Resource]", opts.depends_on or [])
    before = {*await given.resources(), *explicit}
    after = sorted(
        f"{type(other).__name__} {other.pulumi_resource_name}"
        for other in before
        if isinstance(other, pulumi.CustomResource)
    )
    return Recorded(kind.__module__, kind.__name__, name, cast("dict[str, Any]", await given.future()), after)


def write_bare_project(
    folder: Path, like: Path, resources: list[Recorded], *, ordered: bool, collected: bool = True
) -> Path:
    """A project as `like`, of a bare program with these resources. `ordered`: each waits for those before it, as an
    engine needs it. `collected`: with Python's garbage collector, which ours does without."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in ("Pulumi.yaml", f"Pulumi.{STACK}.yaml"):
        shutil.copy(like / name, folder / name)
    (folder / "__main__.py").write_text(_MAIN if collected else _UNCOLLECTED + _MAIN, encoding="utf-8")
    data = [asdict(resource if ordered else replace(resource, after=[])) for resource in resources]
    (folder / RESOURCES).write_text(json.dumps(data), encoding="utf-8")
    return folder


def register(folder: Path) -> None:
    """The bare program."""
    made: dict[str, pulumi.Resource] = {}
    for data in json.loads((folder / RESOURCES).read_text(encoding="utf-8")):
        resource = Recorded(**data)
        kind: type[Any] = getattr(import_module(resource.module), resource.type)
        opts = pulumi.ResourceOptions(depends_on=[made[name] for name in resource.after]) if resource.after else None
        made[resource.key] = kind(resource.name, opts=opts, **resource.inputs)
