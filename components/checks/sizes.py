"""CPU, memory, storage, architecture and operating system."""

from __future__ import annotations

from collections.abc import Iterator

from ..aws import fargate, limits
from ..problems import Problem, key, listed
from ..resolved import LaunchType, Task
from .check import reads


@reads("cpu", "memory", "ephemeral_storage", "operating_system", "launch", "capacity_providers", "task_definition")
def size(task: Task) -> Iterator[Problem]:
    """A size that Fargate offers, or that instances can have.

    The size of an existing task definition is checked when it has been looked up.
    """
    if task.task_definition is None:
        yield from size_problems(task, task.cpu, task.memory, task.ephemeral_storage)


def size_problems(task: Task, cpu: int, memory: int, ephemeral_storage: int | None) -> Iterator[Problem]:
    """Problems in a size for the task's launch type."""
    yield from launch_size_problems(task.launch_type, cpu, memory, ephemeral_storage, windows=task.is_windows)


def launch_size_problems(
    launch_type: LaunchType, cpu: int, memory: int, ephemeral_storage: int | None, *, windows: bool
) -> Iterator[Problem]:
    """Problems in a size for a launch type: CPU units, MiB of memory, GiB of ephemeral storage."""
    if launch_type == "FARGATE":
        yield from _on_fargate(cpu, memory)
        if windows:
            yield from _windows_on_fargate(cpu, ephemeral_storage)
        return
    for name, value, (least, most), unit in (
        ("cpu", cpu, limits.EC2_CPU, ""),
        ("memory", memory, limits.EC2_MEMORY, " MiB"),
    ):
        if not least <= value <= most:
            yield Problem((name,), f"{value} is not allowed. Use {least} to {most}{unit}.")
    if ephemeral_storage is not None:
        yield Problem(("ephemeral_storage",), "is for Fargate only. Instances use their own disk. Remove it.")


def _on_fargate(cpu: int, memory: int) -> Iterator[Problem]:
    if cpu not in fargate.MEMORY_BY_CPU:
        hint = f" {cpu} vCPU is {cpu * 1024}." if cpu * 1024 in fargate.MEMORY_BY_CPU else ""
        yield Problem(("cpu",), f"{cpu} is not a size that Fargate offers. Use {listed(fargate.MEMORY_BY_CPU)}.{hint}")
    elif memory not in fargate.MEMORY_BY_CPU[cpu]:
        fitting = fargate.cpu_for(memory)
        hint = f" With {memory} MiB, {key('cpu')} can be {listed(fitting)}." if fitting else ""
        if fargate.cpu_for(memory * 1024):
            hint = f" {memory} GiB is {memory * 1024}."
        allowed = fargate.memories_in_words(cpu)
        yield Problem(("memory",), f"Fargate does not offer {memory} MiB with {key('cpu')} {cpu}. Use {allowed}.{hint}")


def _windows_on_fargate(cpu: int, ephemeral_storage: int | None) -> Iterator[Problem]:
    if cpu in fargate.MEMORY_BY_CPU and cpu not in fargate.WINDOWS_CPU:
        yield Problem(("cpu",), f"{cpu} is not a size of Windows on Fargate. Use {listed(fargate.WINDOWS_CPU)}.")
    if ephemeral_storage is not None:
        yield Problem(("ephemeral_storage",), "is for Linux only on Fargate. Remove it.")


@reads("architecture", "operating_system")
def windows_on_arm(task: Task) -> Iterator[Problem]:
    """ECS runs Windows on x86_64 only."""
    if task.is_windows and task.architecture == "arm64":
        yield Problem(
            ("architecture",), f"Windows runs on x86_64 only. Write x86_64, or remove {key('operating_system')}."
        )
