"""Dependencies that travel with a value."""

from typing import Any

import pulumi


def after(value: pulumi.Output[str], *waited_for: pulumi.Output[Any]) -> pulumi.Output[str]:
    """`value`, once the others are there as well: a dependency that travels with the value, into other components
    too."""
    return pulumi.Output.all(value, *waited_for).apply(lambda parts: parts[0])
