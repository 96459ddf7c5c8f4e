"""Amounts of CPU and memory of Kubernetes, and the smallest size of Fargate that has them. Pure.

Source: Kubernetes API conventions, "Quantity".
"""

import re
from decimal import ROUND_CEILING, Decimal

from components.aws.fargate import MEMORY_BY_CPU

_UNITS = {
    "m": Decimal("0.001"), "": Decimal(1), "k": Decimal(10**3), "M": Decimal(10**6), "G": Decimal(10**9),
    "T": Decimal(10**12), "Ki": Decimal(2**10), "Mi": Decimal(2**20), "Gi": Decimal(2**30), "Ti": Decimal(2**40),
}  # fmt: skip


def quantity(text: str) -> Decimal | None:
    """An amount such as `500m` or `512Mi`; None if it is none."""
    match = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?|\.[0-9]+)(m|k|M|G|T|Ki|Mi|Gi|Ti)?", text, re.ASCII)
    return Decimal(match[1]) * _UNITS[match[2] or ""] if match else None


def fargate_size(cpus: Decimal, memory: Decimal) -> tuple[int, int] | None:
    """The CPU units and MiB of the smallest size with so many CPUs and bytes; None if there is none."""
    units = int((cpus * 1024).to_integral_value(ROUND_CEILING))
    mebibytes = int((memory / 2**20).to_integral_value(ROUND_CEILING))
    sizes = ((cpu, size) for cpu, memories in MEMORY_BY_CPU.items() for size in memories)
    return next(((cpu, size) for cpu, size in sizes if cpu >= units and size >= mebibytes), None)
