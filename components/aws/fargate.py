"""Task sizes and quotas of Fargate.

AWS: Amazon ECS developer guide, "Amazon ECS task definition differences for Fargate", task CPU and memory.
"""

import itertools

from ..problems import listed

MEMORY_BY_CPU: dict[int, tuple[int, ...]] = {
    256: (512, 1024, 2048),
    512: tuple(range(1024, 4096 + 1, 1024)),
    1024: tuple(range(2048, 8192 + 1, 1024)),
    2048: tuple(range(4096, 16384 + 1, 1024)),
    4096: tuple(range(8192, 30720 + 1, 1024)),
    8192: tuple(range(16384, 61440 + 1, 4096)),
    16384: tuple(range(32768, 122880 + 1, 8192)),
    32768: (61440, 122880, 249856),
}
"""Memory sizes in MiB by CPU units. 1024 CPU units are one vCPU."""

WINDOWS_CPU = (1024, 2048, 4096)
"""CPU units of Windows tasks."""


LAUNCH_BUCKET, LAUNCH_REFILL = 100, 20
"""Task launches per account and Region: the burst, and the rate per second after it. Spot tasks have their own quota of
the same size (AWS: Amazon ECS developer guide, AWS Fargate throttling quotas)."""
RUN_TASK_RATE = 20
"""RunTask calls per second, both burst and sustained (AWS: same page)."""


def cpu_for(memory: int) -> list[int]:
    """The CPU units that support a memory size in MiB, in ascending order."""
    return [cpu for cpu, memories in MEMORY_BY_CPU.items() if memory in memories]


def memories_in_words(cpu: int) -> str:
    """The memory sizes for `cpu` as text: `1024 to 4096 in steps of 1024`."""
    memories = MEMORY_BY_CPU[cpu]
    steps = {after - before for before, after in itertools.pairwise(memories)}
    if len(steps) == 1:
        return f"{memories[0]} to {memories[-1]} in steps of {steps.pop()}"
    return listed(memories)
