"""Sizes of the values that a deployment stores as SSM parameters."""

from __future__ import annotations

from typing import Literal

from ..aws import limits

Tier = Literal["Standard", "Advanced"]


def parameter_tier(value: str) -> Tier:
    """The tier of a parameter that stores a value. AWS charges for advanced parameters only."""
    standard, _ = limits.PARAMETER_LENGTH
    return "Standard" if len(value.encode()) <= standard else "Advanced"


def size_problem(size: int) -> str | None:
    """Why AWS refuses to store a value of so many bytes; None if AWS accepts it."""
    _, most = limits.PARAMETER_LENGTH
    if size == 0:
        return "is empty, and AWS stores no empty parameter. Store a value, or remove the variable."
    if size > most:
        return (
            f"has {size} bytes, and AWS stores at most {most} as a parameter. Store it in Secrets Manager, and write "
            "the secret's ARN instead."
        )
    return None
