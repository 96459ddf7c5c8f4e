"""Sizes that Fargate offers.

AWS: Amazon ECS developer guide, "Amazon ECS task definition differences for Fargate", task CPU and memory.
"""

import itertools

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
"""MiB of memory that Fargate offers for each number of CPU units (1024 units are one vCPU)."""

WINDOWS_CPU = (1024, 2048, 4096)
"""CPU units with which Fargate runs Windows."""

DEFAULT_CPU = 256
DEFAULT_MEMORY = 512

EPHEMERAL_STORAGE_GIB = (21, 200)
"""Least and most ephemeral storage that can be asked for; 20 GiB come without asking (AWS: botocore ecs,
EphemeralStorage)."""

MAX_STOP_TIMEOUT_SECONDS = 120
"""AWS: botocore ecs, ContainerDefinition.stopTimeout, for tasks on Fargate."""

LAUNCH_BUCKET, LAUNCH_REFILL = 100, 20
"""Tasks that an account in a Region starts at once after a rest, and a second from then on; tasks on Spot have the same
again (AWS: Amazon ECS developer guide, AWS Fargate throttling quotas; so is the next)."""
RUN_TASK_RATE = 20
"""Calls of RunTask that Fargate takes in a second, at once or all the time."""


def cpu_for(memory: int) -> list[int]:
    """The CPU units that go with an amount of memory in MiB, smallest first."""
    return [cpu for cpu, memories in MEMORY_BY_CPU.items() if memory in memories]


def memories_in_words(cpu: int) -> str:
    """What goes with `cpu`, as a sentence says it: `1024 to 4096 in steps of 1024`."""
    memories = MEMORY_BY_CPU[cpu]
    steps = {after - before for before, after in itertools.pairwise(memories)}
    if len(steps) == 1:
        return f"{memories[0]} to {memories[-1]} in steps of {steps.pop()}"
    return ", ".join(str(memory) for memory in memories)
