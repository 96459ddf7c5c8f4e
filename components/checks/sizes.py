"""How big: CPU, memory, storage, processor and operating system."""

from __future__ import annotations

from collections.abc import Iterator

from ..aws import fargate
from ..aws import limits as bounds
from ..problems import Problem, listed
from ..task.capacity import is_windows, runs_on
from .values import Args, choice, whole, within


def size(args: Args) -> Iterator[Problem]:
    """A size that Fargate offers, or what EC2 takes."""
    yield from capacity_size(args, runs_on(args))
    yield from within(args, "count", bounds.TASK_COUNT)
    yield from choice(args, "architecture", bounds.ARCHITECTURES)
    yield from choice(args, "operating_system", bounds.OPERATING_SYSTEMS)
    if is_windows(args) and args.get("architecture") == "arm64":
        yield Problem(("architecture",), "Windows runs on x86_64 only. Write x86_64, or remove operatingSystem.")


def capacity_size(args: Args, where: str) -> Iterator[Problem]:
    """CPU, memory and storage that FARGATE, EC2 or EXTERNAL can give."""
    if where == "FARGATE":
        yield from _fargate_size(args.get("cpu", fargate.DEFAULT_CPU), args.get("memory", fargate.DEFAULT_MEMORY))
        yield from _fargate_windows(args)
        yield from within(args, "ephemeral_storage", fargate.EPHEMERAL_STORAGE_GIB, " GiB")
    else:
        yield from within(args, "cpu", bounds.EC2_CPU)
        yield from within(args, "memory", bounds.EC2_MEMORY, " MiB")
        if "ephemeral_storage" in args:
            yield Problem(("ephemeral_storage",), "is Fargate's. On instances, the disk of the instance is used.")


def _fargate_size(cpu: object, memory: object) -> Iterator[Problem]:
    """Whether Fargate offers these CPU units and MiB together."""
    if whole(cpu) and cpu not in fargate.MEMORY_BY_CPU:
        yield Problem(("cpu",), f"{cpu} is not a size that Fargate offers. Use {listed(fargate.MEMORY_BY_CPU)}.")
    elif whole(cpu) and whole(memory) and memory not in fargate.MEMORY_BY_CPU[cpu]:
        fitting = fargate.cpu_for(memory)
        hint = f" With {memory} MiB, cpu can be {listed(fitting)}." if fitting else ""
        allowed = fargate.memories_in_words(cpu)
        yield Problem(("memory",), f"Fargate does not offer {memory} MiB with cpu {cpu}. With it, use {allowed}.{hint}")


def _fargate_windows(args: Args) -> Iterator[Problem]:
    cpu = args.get("cpu", fargate.DEFAULT_CPU)
    if not is_windows(args):
        return
    if whole(cpu) and cpu in fargate.MEMORY_BY_CPU and cpu not in fargate.WINDOWS_CPU:
        yield Problem(("cpu",), f"Fargate runs Windows with cpu {listed(fargate.WINDOWS_CPU)} only.")
    if "ephemeral_storage" in args:
        yield Problem(("ephemeral_storage",), "is for Linux only on Fargate. Remove it.")
