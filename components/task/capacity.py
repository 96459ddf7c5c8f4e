"""What a task runs on, from its arguments."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from ..aws.limits import PROVIDERS

Args = Mapping[str, Any]


def runs_on(args: Args) -> str:
    """FARGATE, EC2 or EXTERNAL: what a task definition has to be compatible with."""
    if args.get("launch") == "external":
        return "EXTERNAL"
    if args.get("launch") == "ec2":
        return "EC2"
    names = provider_names(args)
    return "EC2" if names and not set(names) & set(PROVIDERS) else "FARGATE"


def provider_names(args: Args) -> list[str]:
    """The capacity providers that the task names."""
    entries = args.get("capacity_providers")
    if not isinstance(entries, Sequence) or isinstance(entries, str):
        return []
    given = (
        cast("Args", entry).get("provider") for entry in cast("Sequence[object]", entries) if isinstance(entry, Mapping)
    )
    return [name for name in given if isinstance(name, str)]


def network_mode(args: Args) -> str:
    """The network mode of a task definition made here."""
    return args.get("network_mode", "bridge" if runs_on(args) == "EXTERNAL" else "awsvpc")


def is_windows(args: Args) -> bool:
    """Whether the task runs on Windows."""
    return str(args.get("operating_system", "LINUX")).startswith("WINDOWS")


def reads_only_root(args: Args) -> bool | None:
    """Whether the container sees its root file system as read-only; None where the task does not say and nothing
    follows."""
    if "read_only_root" in args:
        return args["read_only_root"]
    volumes = args.get("volumes")
    scratch = isinstance(volumes, Mapping) and any(
        isinstance(volume, Mapping) and "efs" not in volume for volume in cast("Args", volumes).values()
    )
    return True if scratch and not is_windows(args) else None
